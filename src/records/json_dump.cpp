#include <cmath>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "records/json.h"
#include "records/json_text.h"

namespace pythia {
namespace {

// Writes one document; `indent` spaces per level, 0: all on one line.
class Writer {
 public:
  Writer(int indent, std::string* out) : indent_(indent), out_(out) {}

  void Write(const Json& json) {
    switch (json.type()) {
      case Json::value_t::object:
        return WriteObject(json);
      case Json::value_t::array:
        return WriteArray(json);
      case Json::value_t::string:
        return AppendJsonText(json.get_ref<const std::string&>(), out_);
      case Json::value_t::boolean:
        *out_ += json.get<bool>() ? "true" : "false";
        return;
      case Json::value_t::number_integer:
        *out_ += fmt::format("{}", json.get<int64_t>());
        return;
      case Json::value_t::number_unsigned:
        *out_ += fmt::format("{}", json.get<uint64_t>());
        return;
      case Json::value_t::number_float:
        return WriteDouble(json.get<double>());
      default:
        *out_ += "null";
    }
  }

 private:
  void WriteDouble(double value) {
    if (std::isfinite(value)) {
      AppendNumberText(value, out_);
    } else {
      *out_ += "null";
    }
  }

  void WriteObject(const Json& json) {
    Open('{');
    for (auto it = json.begin(); it != json.end(); ++it) {
      Separate(it == json.begin());
      AppendJsonText(it.key(), out_);
      *out_ += indent_ > 0 ? ": " : ":";
      Write(it.value());
    }
    Close('}', json.empty());
  }

  void WriteArray(const Json& json) {
    Open('[');
    for (auto it = json.begin(); it != json.end(); ++it) {
      Separate(it == json.begin());
      Write(*it);
    }
    Close(']', json.empty());
  }

  void Open(char bracket) {
    *out_ += bracket;
    ++depth_;
  }

  void Close(char bracket, bool empty) {
    --depth_;
    if (!empty) NewLine();
    *out_ += bracket;
  }

  void Separate(bool first) {
    if (!first) *out_ += ',';
    NewLine();
  }

  void NewLine() {
    if (indent_ == 0) return;
    *out_ += '\n';
    out_->append(static_cast<size_t>(indent_) * static_cast<size_t>(depth_), ' ');
  }

  int indent_;
  int depth_ = 0;
  std::string* out_;
};

}  // namespace

std::string DumpJson(const Json& json) {
  std::string out;
  Writer(0, &out).Write(json);
  return out;
}

std::string PrettyJson(const Json& json) {
  std::string out;
  Writer(2, &out).Write(json);
  out += '\n';
  return out;
}

}  // namespace pythia
