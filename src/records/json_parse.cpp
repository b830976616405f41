#include <algorithm>
#include <cstddef>
#include <iterator>
#include <vector>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "records/json.h"

namespace pythia {
namespace {

constexpr size_t kMaxDepth = 64;

// Walks the text and says how far the parser has come, which its callbacks do not.
class TrackedIterator {
 public:
  using iterator_category = std::forward_iterator_tag;
  using value_type = char;
  using difference_type = std::ptrdiff_t;
  using pointer = const char*;
  using reference = const char&;

  TrackedIterator(const char* at, const char** reached) : at_(at), reached_(reached) {}
  reference operator*() const { return *at_; }
  TrackedIterator& operator++() {
    *reached_ = ++at_;
    return *this;
  }
  TrackedIterator operator++(int) {
    TrackedIterator before = *this;
    ++*this;
    return before;
  }
  bool operator==(const TrackedIterator& other) const { return at_ == other.at_; }

 private:
  const char* at_;
  const char** reached_;
};

// Builds the document while refusing what the standard leaves open.
class StrictBuilder {
 public:
  StrictBuilder(std::string_view text, const char* const* reached)
      : text_(text), reached_(reached) {}

  Json& document() { return document_; }
  Error& error() { return error_; }

  bool null() { return Add(nullptr); }
  bool boolean(bool value) { return Add(value); }
  bool number_integer(Json::number_integer_t value) { return Add(value); }
  bool number_unsigned(Json::number_unsigned_t value) { return Add(value); }
  bool number_float(Json::number_float_t value, const std::string& /*text*/) { return Add(value); }
  bool string(std::string& value) { return Add(std::move(value)); }
  static bool binary(Json::binary_t& /*value*/) { return false; }
  bool start_object(size_t /*size*/) { return Open(Json::object()); }
  bool start_array(size_t /*size*/) { return Open(Json::array()); }
  bool end_object() { return Close(); }
  bool end_array() { return Close(); }

  bool key(std::string& name) {
    if (open_.back()->contains(name)) return Refuse("this key appears twice in one object", name);
    key_ = std::move(name);
    return true;
  }

  bool parse_error(size_t /*position*/, const std::string& last_token,
                   const Json::exception& problem) {
    return Refuse(Reason(problem.what()), last_token);
  }

  bool Refuse(std::string message, std::string value) {
    const std::string_view before = text_.substr(0, static_cast<size_t>(*reached_ - text_.data()));
    const size_t line_start = before.find_last_of('\n') + 1;
    error_ =
        Error{ErrorCode::kBadInput, "not valid JSON: " + std::move(message), {}, std::move(value)};
    error_.place.line = 1 + std::count(before.begin(), before.end(), '\n');
    error_.place.column = fmt::format("column {}", std::max<size_t>(1, before.size() - line_start));
    return false;
  }

 private:
  // The sentence in the parser's message, without its number, position and quotation.
  static std::string Reason(std::string_view what) {
    if (const size_t end = what.find("] "); end != what.npos) what.remove_prefix(end + 2);
    if (what.starts_with("parse error")) {
      if (const size_t end = what.find(": "); end != what.npos) what.remove_prefix(end + 2);
    }
    if (what.starts_with("number overflow")) return "a number too large for this program";
    const size_t quotation = what.find("; last read: ");
    if (quotation == what.npos) return std::string(what);
    const size_t expected = what.rfind("; expected ");
    std::string reason(what.substr(0, quotation));
    if (expected != what.npos && expected > quotation) reason += what.substr(expected);
    return reason;
  }

  template <typename Value>
  bool Add(Value&& value) {
    Slot() = std::forward<Value>(value);
    return true;
  }

  Json& Slot() {
    if (open_.empty()) return document_;
    Json& parent = *open_.back();
    if (parent.is_object()) return parent[key_];
    return parent.emplace_back();
  }

  bool Open(Json value) {
    if (open_.size() == kMaxDepth) {
      return Refuse(fmt::format("nested deeper than {} levels", kMaxDepth), "");
    }
    Json& slot = Slot();
    slot = std::move(value);
    open_.push_back(&slot);
    return true;
  }

  bool Close() {
    open_.pop_back();
    return true;
  }

  std::string_view text_;
  const char* const* reached_;
  Json document_;
  std::vector<Json*> open_;
  std::string key_;
  Error error_;
};

}  // namespace

Result<Json> ParseJson(std::string_view text) {
  const char* reached = text.data();
  StrictBuilder builder(text, &reached);
  // The parser takes a NUL byte for the end of its input and would not see what follows.
  if (const size_t nul = text.find('\0'); nul != text.npos) {
    reached = text.data() + nul + 1;
    builder.Refuse("a NUL byte", std::string(1, '\0'));
    return Fail(std::move(builder.error()));
  }
  const TrackedIterator begin(reached, &reached);
  const TrackedIterator end(text.data() + text.size(), &reached);
  if (!Json::sax_parse(begin, end, &builder)) return Fail(std::move(builder.error()));
  return std::move(builder.document());
}

}  // namespace pythia
