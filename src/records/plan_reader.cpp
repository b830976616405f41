#include "records/plan_reader.h"

#include <charconv>
#include <cmath>
#include <cstdlib>
#include <optional>
#include <string>
#include <utility>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "base/utf8.h"
#include "records/json.h"

namespace pythia {
namespace {

constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";
constexpr size_t kMostQuoted = 200;  // bytes of a refused value in its message

int HexDigit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

bool IsDigit(char c) { return c >= '0' && c <= '9'; }

// Walks the text once. A step returns false at the first fault: error() then says what a plan
// cannot hold, or is empty where the text is no JSON.
class PlanReader {
 public:
  explicit PlanReader(std::string_view text) : text_(text) {
    if (text_.starts_with(kByteOrderMark)) at_ = kByteOrderMark.size();
  }

  bool Read(PlanList* out) {
    SkipSpace();
    out->is_array = Peek() == '[';
    const bool read = out->is_array ? ReadArray(&out->plans) : ReadOne(&out->plans);
    if (!read) return false;
    SkipSpace();
    return at_ == text_.size();
  }

  const std::optional<Error>& error() const { return error_; }
  // The field that the walk stopped in.
  std::string Field() const {
    if (index_ < 0) return key_;
    return fmt::format("[{}]{}{}", index_, key_.empty() ? "" : ".", key_);
  }

 private:
  char Peek() const { return at_ < text_.size() ? text_[at_] : '\0'; }
  bool Take(char c) {
    if (Peek() != c) return false;
    ++at_;
    return true;
  }
  void SkipSpace() {
    while (at_ < text_.size() &&
           (text_[at_] == ' ' || text_[at_] == '\n' || text_[at_] == '\r' || text_[at_] == '\t')) {
      ++at_;
    }
  }

  bool Refuse(std::string message, std::string value, std::string hint = {}) {
    error_ = Error{.code = ErrorCode::kBadInput,
                   .message = std::move(message),
                   .place = {.column = Field()},
                   .value = std::move(value),
                   .hint = std::move(hint)};
    return false;
  }

  bool ReadOne(std::vector<Plan>* plans) {
    plans->emplace_back();
    return ReadPlan(&plans->back());
  }

  bool ReadArray(std::vector<Plan>* plans) {
    ++at_;
    SkipSpace();
    if (Take(']')) return RefuseCount("0");
    for (index_ = 0;; ++index_) {
      if (plans->size() == kMostPlans) return RefuseCount("more");
      if (!ReadOne(plans)) return false;
      key_.clear();
      SkipSpace();
      if (Take(']')) break;
      if (!Take(',')) return false;
      SkipSpace();
    }
    index_ = -1;
    return true;
  }

  bool RefuseCount(std::string given) {
    index_ = -1;
    return Refuse(fmt::format("an array holds 1 to {} plans", kMostPlans), std::move(given));
  }

  bool ReadPlan(Plan* plan) {
    if (!Take('{')) return RefuseValue("a plan must be a JSON object", {});
    SkipSpace();
    if (Take('}')) return true;
    for (;;) {
      if (!ReadMember(plan)) return false;
      SkipSpace();
      if (Take('}')) break;
      if (!Take(',')) return false;
      key_.clear();
      SkipSpace();
    }
    key_.clear();
    return true;
  }

  bool ReadMember(Plan* plan) {
    std::string key;
    if (!ReadText(&key)) return false;
    key_ = key;
    if (++num_values_ > kMostPlanValues) {
      return Refuse(fmt::format("plans hold up to {} values", kMostPlanValues), {});
    }
    const auto [place, is_new] = plan->values.try_emplace(std::move(key));
    if (!is_new) return false;
    SkipSpace();
    if (!Take(':')) return false;
    SkipSpace();
    return ReadValue(&place->second);
  }

  bool ReadValue(PlanValue* value) {
    const char first = Peek();
    if (first == '"') {
      *value = std::string();
      return ReadText(&std::get<std::string>(*value));
    }
    if (first != '-' && !IsDigit(first)) {
      return RefuseValue("must be a number or text", "Leave out what is not known.");
    }
    const std::optional<double> number = ReadNumber();
    if (number) *value = *number;
    return number.has_value();
  }

  // For a value that is JSON, or begins as an array or object; what is no JSON has no error.
  bool RefuseValue(std::string message, std::string hint) {
    const size_t begin = at_;
    std::string unused;
    bool is_json = Peek() == '{' || Peek() == '[';
    if (is_json) {
      at_ = text_.size();
    } else if (Peek() == '"') {
      is_json = ReadText(&unused);
    } else if (Peek() == '-' || IsDigit(Peek())) {
      is_json = ReadNumber().has_value();
    } else {
      is_json = TakeWord("null") || TakeWord("true") || TakeWord("false");
    }
    if (!is_json) return false;
    std::string given(text_.substr(begin, std::min(at_ - begin, kMostQuoted)));
    return Refuse(std::move(message), std::move(given), std::move(hint));
  }

  bool TakeWord(std::string_view word) {
    if (!text_.substr(at_).starts_with(word)) return false;
    at_ += word.size();
    return true;
  }

  bool SkipDigits() {
    const size_t begin = at_;
    while (IsDigit(Peek())) ++at_;
    return at_ > begin;
  }

  std::optional<double> ReadNumber() {
    const size_t begin = at_;
    Take('-');
    if (!Take('0') && !SkipDigits()) return std::nullopt;
    bool is_whole = true;
    if (Take('.')) {
      is_whole = false;
      if (!SkipDigits()) return std::nullopt;
    }
    if (Take('e') || Take('E')) {
      is_whole = false;
      if (!Take('+')) Take('-');
      if (!SkipDigits()) return std::nullopt;
    }
    const std::string_view digits = text_.substr(begin, at_ - begin);
    double value = 0;
    const auto result = std::from_chars(digits.data(), digits.data() + digits.size(), value);
    // Too small is zero or nearly so; too large is no number for this program.
    if (result.ec == std::errc::result_out_of_range) {
      value = std::strtod(std::string(digits).c_str(), nullptr);
    }
    if (!std::isfinite(value)) return std::nullopt;
    return is_whole && value == 0 ? 0.0 : value;
  }

  bool ReadText(std::string* out) {
    if (!Take('"')) return false;
    for (;;) {
      const size_t begin = at_;
      while (at_ < text_.size() && IsPlain(text_[at_])) ++at_;
      out->append(text_, begin, at_ - begin);
      if (Take('"')) return true;
      if (at_ == text_.size()) return false;
      const bool taken = Take('\\') ? ReadEscape(out) : ReadCharacter(out);
      if (!taken) return false;
    }
  }

  static bool IsPlain(char c) {
    const auto byte = static_cast<unsigned char>(c);
    return byte >= 0x20 && byte < 0x80 && c != '"' && c != '\\';
  }

  // One that is not ASCII.
  bool ReadCharacter(std::string* out) {
    const std::string_view rest = text_.substr(at_);
    const size_t length = Utf8Length(rest);
    if (length < 2) return false;
    out->append(rest, 0, length);
    at_ += length;
    return true;
  }

  bool ReadEscape(std::string* out) {
    constexpr std::string_view kLetters = "\"\\/bfnrt";
    constexpr std::string_view kMeanings = "\"\\/\b\f\n\r\t";
    const char letter = Peek();
    if (letter == 'u') return ReadCodePoint(out);
    const size_t known = at_ < text_.size() ? kLetters.find(letter) : kLetters.npos;
    if (known == kLetters.npos) return false;
    ++at_;
    *out += kMeanings[known];
    return true;
  }

  bool ReadCodePoint(std::string* out) {
    const std::optional<uint32_t> first = ReadCodeUnit();
    if (!first) return false;
    uint32_t code = *first;
    if (code >= 0xD800 && code < 0xDC00) {
      if (!Take('\\') || Peek() != 'u') return false;
      const std::optional<uint32_t> second = ReadCodeUnit();
      if (!second || *second < 0xDC00 || *second > 0xDFFF) return false;
      code = 0x10000 + ((code - 0xD800) << 10) + (*second - 0xDC00);
    } else if (code >= 0xDC00 && code < 0xE000) {
      return false;
    }
    AppendUtf8(code, out);
    return true;
  }

  // "u00e9"
  std::optional<uint32_t> ReadCodeUnit() {
    if (text_.size() - at_ < 5) return std::nullopt;
    uint32_t code = 0;
    for (size_t i = 1; i < 5; ++i) {
      const int digit = HexDigit(text_[at_ + i]);
      if (digit < 0) return std::nullopt;
      code = code << 4 | static_cast<uint32_t>(digit);
    }
    at_ += 5;
    return code;
  }

  std::string_view text_;
  size_t at_ = 0;
  std::string key_;     // of the member that is being read
  int64_t index_ = -1;  // of the plan in its array
  size_t num_values_ = 0;
  std::optional<Error> error_;
};

// The parser of documents says what is wrong, and where: it stops at the same fault, and what is
// before that is plain and bounded.
Error SyntaxError(std::string_view text, const std::string& field) {
  const Result<Json> json = ParseJson(text);
  Error error =
      json ? Error{.code = ErrorCode::kBadInput, .message = "not valid JSON"} : json.error();
  if (!field.empty()) {
    error.message += fmt::format(" (line {}, {})", error.place.line, error.place.column);
    error.place.column = field;
  }
  return error;
}

}  // namespace

Result<PlanList> ReadPlanText(std::string_view text) {
  PlanReader reader(text);
  PlanList list;
  if (reader.Read(&list)) return list;
  if (reader.error()) return Fail(*reader.error());
  return Fail(SyntaxError(text, reader.Field()));
}

}  // namespace pythia
