#include <array>
#include <charconv>
#include <cmath>

#include "ingest/fields.h"

namespace pythia {
namespace {

bool IsDigit(char c) { return c >= '0' && c <= '9'; }
bool IsUpper(char c) { return c >= 'A' && c <= 'Z'; }

constexpr std::string_view kNoBreakSpace = "\xC2\xA0";
constexpr std::string_view kNarrowNoBreakSpace = "\xE2\x80\xAF";
constexpr std::string_view kThinSpace = "\xE2\x80\x89";
constexpr std::string_view kMinus = "\xE2\x88\x92";
constexpr std::string_view kApostrophe = "\xE2\x80\x99";

// Bytes of the blank that `text` begins with, or 0.
size_t BlankLength(std::string_view text) {
  if (text.empty()) return 0;
  if (text[0] == ' ' || text[0] == '\t') return 1;
  if (text.starts_with(kNoBreakSpace)) return kNoBreakSpace.size();
  if (text.starts_with(kNarrowNoBreakSpace)) return kNarrowNoBreakSpace.size();
  if (text.starts_with(kThinSpace)) return kThinSpace.size();
  return 0;
}

bool EqualsIgnoringCase(std::string_view text, std::string_view lower) {
  if (text.size() != lower.size()) return false;
  for (size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if ((IsUpper(c) ? static_cast<char>(c + 32) : c) != lower[i]) return false;
  }
  return true;
}

struct Currency {
  std::string_view symbol;
  std::string_view code;  // empty: several countries
};

// Longer symbols before their own endings.
constexpr std::array<Currency, 20> kSymbols = {{
    {"US$", "USD"}, {"CA$", "CAD"}, {"AU$", "AUD"}, {"NZ$", "NZD"}, {"HK$", "HKD"},
    {"R$", "BRL"},  {"C$", "CAD"},  {"A$", "AUD"},  {"S$", "SGD"},  {"E£", "EGP"},
    {"$", "USD"},   {"€", "EUR"},   {"£", "GBP"},   {"¥", "JPY"},   {"₹", "INR"},
    {"₺", "TRY"},   {"₩", "KRW"},   {"₪", "ILS"},   {"zł", "PLN"},  {"kr", ""},
}};

constexpr std::string_view kCodes =
    "USD EUR GBP JPY CNY INR BRL CAD AUD NZD CHF SEK NOK DKK PLN CZK HUF RON BGN TRY RUB UAH ILS "
    "AED SAR QAR KWD BHD OMR JOD EGP MAD TND ZAR NGN KES GHS MXN ARS CLP COP PEN UYU KRW TWD HKD "
    "SGD THB IDR MYR PHP VND PKR BDT LKR ";

// The code that `text` is; empty where it is none.
std::string_view FindCode(std::string_view text) {
  if (text.size() != 3) return {};
  for (size_t at = 0; at < kCodes.size(); at += 4) {
    if (kCodes.substr(at, 3) == text) return kCodes.substr(at, 3);
  }
  return {};
}

// Both give what lies in the tables above, not in `text`.
std::string_view LeadingCurrency(std::string_view text) {
  if (text.empty() || IsDigit(text.front())) return {};
  if (text.front() == '$') return "$";
  for (const Currency& currency : kSymbols) {
    if (text.starts_with(currency.symbol)) return currency.symbol;
  }
  return text.size() > 3 ? FindCode(text.substr(0, 3)) : std::string_view{};
}

std::string_view TrailingCurrency(std::string_view text) {
  if (text.empty() || IsDigit(text.back())) return {};
  for (const Currency& currency : kSymbols) {
    if (text.ends_with(currency.symbol)) return currency.symbol;
  }
  return text.size() > 3 ? FindCode(text.substr(text.size() - 3)) : std::string_view{};
}

// A cell without its sign, currency and percent sign.
struct Stripped {
  std::string_view digits;
  std::string_view currency;
  bool negative = false;
  bool percent = false;
};

bool TakeSign(std::string_view* text, bool* negative) {
  if (text->empty()) return false;
  if ((*text)[0] == '-' || text->starts_with(kMinus)) {
    text->remove_prefix((*text)[0] == '-' ? 1 : kMinus.size());
    *negative = !*negative;
    return true;
  }
  if ((*text)[0] != '+') return false;
  text->remove_prefix(1);
  return true;
}

Stripped Strip(std::string_view text) {
  Stripped result{.digits = Trim(text), .currency = {}};
  std::string_view& rest = result.digits;
  if (rest.size() > 2 && rest.front() == '(' && rest.back() == ')') {
    result.negative = true;
    rest = Trim(rest.substr(1, rest.size() - 2));
  }
  bool sign = TakeSign(&rest, &result.negative);
  result.currency = LeadingCurrency(rest);
  rest = Trim(rest.substr(result.currency.size()));
  if (!sign) sign = TakeSign(&rest, &result.negative);
  if (rest.ends_with('%')) {
    result.percent = true;
    rest = Trim(rest.substr(0, rest.size() - 1));
  }
  if (result.currency.empty()) {
    result.currency = TrailingCurrency(rest);
    rest = Trim(rest.substr(0, rest.size() - result.currency.size()));
  }
  return result;
}

// Digits and marks of a stripped cell.
struct Marks {
  bool ok = false;
  int dots = 0;
  int commas = 0;
  int other_groups = 0;  // blanks and apostrophes
  size_t last_dot = 0;
  size_t last_comma = 0;
  size_t mantissa = 0;  // length before an exponent
};

// Bytes of a grouping mark that is neither dot nor comma, or 0.
size_t OtherGroupLength(std::string_view text) {
  if (text[0] == '\'') return 1;
  if (text.starts_with(kApostrophe)) return kApostrophe.size();
  return BlankLength(text);
}

bool IsExponent(std::string_view text) {
  if (text.size() < 2 || (text[0] != 'e' && text[0] != 'E')) return false;
  text.remove_prefix(text[1] == '-' || text[1] == '+' ? 2 : 1);
  if (text.empty() || text.size() > 4) return false;
  for (const char c : text) {
    if (!IsDigit(c)) return false;
  }
  return true;
}

Marks FindMarks(std::string_view digits) {
  Marks marks;
  bool any_digit = false;
  size_t at = 0;
  while (at < digits.size()) {
    const char c = digits[at];
    if (IsDigit(c)) {
      any_digit = true;
    } else if (c == '.') {
      ++marks.dots;
      marks.last_dot = at;
    } else if (c == ',') {
      ++marks.commas;
      marks.last_comma = at;
    } else if (any_digit && IsExponent(digits.substr(at))) {
      break;
    } else {
      const size_t group = OtherGroupLength(digits.substr(at));
      if (group == 0) return marks;
      ++marks.other_groups;
      at += group - 1;
    }
    ++at;
  }
  marks.mantissa = at;
  marks.ok = any_digit;
  return marks;
}

// Groups of an integer part are three digits from the right; those before may be two, as in India.
class GroupChecker {
 public:
  void Digit() { ++run_; }
  bool Mark() {
    const bool good = seen_ ? run_ == 2 || run_ == 3 : run_ >= 1 && run_ <= 3;
    seen_ = true;
    run_ = 0;
    return good;
  }
  bool End() const { return !seen_ || run_ == 3; }

 private:
  int run_ = 0;
  bool seen_ = false;
};

// `digits` as the plain "123.45e6" that from_chars reads. False where marks stand in wrong places.
bool Plain(std::string_view digits, char decimal, std::array<char, 64>* out, size_t* length) {
  GroupChecker groups;
  bool fraction = false;
  bool any_digit = false;
  size_t used = 0;
  for (size_t at = 0; at < digits.size(); ++at) {
    const char c = digits[at];
    if (used + 1 >= out->size()) return false;
    if (IsDigit(c)) {
      any_digit = true;
      if (!fraction) groups.Digit();
      (*out)[used++] = c;
    } else if (c == decimal) {
      if (fraction || !groups.End()) return false;
      fraction = true;
      (*out)[used++] = '.';
    } else if (any_digit && IsExponent(digits.substr(at))) {
      if (used + digits.size() - at >= out->size() || (!fraction && !groups.End())) return false;
      for (const char e : digits.substr(at)) {
        if (e != '+') (*out)[used++] = e;
      }
      *length = used;
      return true;
    } else {
      const size_t group = c == '.' || c == ',' ? 1 : OtherGroupLength(digits.substr(at));
      if (group == 0 || fraction || !groups.Mark()) return false;
      at += group - 1;
    }
  }
  *length = used;
  return any_digit && (fraction || groups.End());
}

constexpr std::array<double, 16> kPowers = {1e0, 1e1, 1e2,  1e3,  1e4,  1e5,  1e6,  1e7,
                                            1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15};

// Digits with at most one decimal mark and at most 15 digits: exact by one division (Clinger 1990).
bool ParsePlain(std::string_view text, char decimal, double* value) {
  if (text.empty() || text.size() > 16) return false;
  uint64_t mantissa = 0;
  size_t mark = text.size();
  for (size_t i = 0; i < text.size(); ++i) {
    const auto digit = static_cast<unsigned>(text[i] - '0');
    if (digit < 10) {
      mantissa = mantissa * 10 + digit;
    } else if (text[i] == decimal && mark == text.size() && text.size() > 1) {
      mark = i;
    } else {
      return false;
    }
  }
  if (mark == text.size()) {
    if (text.size() == 16) return false;
    *value = static_cast<double>(mantissa);
    return true;
  }
  *value = static_cast<double>(mantissa) / kPowers[text.size() - mark - 1];
  return true;
}

bool HasThreeDigits(std::string_view digits) {
  return digits.size() == 3 && IsDigit(digits[0]) && IsDigit(digits[1]) && IsDigit(digits[2]);
}

// One kind of mark, once: a group only where one to three digits, not just zeros, stand before it
// and three behind.
bool MayBeGroup(std::string_view mantissa, size_t mark) {
  return mark >= 1 && mark <= 3 && mantissa[0] != '0' && HasThreeDigits(mantissa.substr(mark + 1));
}

NumberScan::Mark Judge(const Marks& marks, std::string_view mantissa) {
  using enum NumberScan::Mark;
  if (marks.dots == 0 && marks.commas == 0) return kNone;
  if (marks.dots > 0 && marks.commas > 0) {
    return marks.last_dot > marks.last_comma ? kDot : kComma;
  }
  if (marks.dots > 1) return kComma;
  if (marks.commas > 1) return kDot;
  const bool dot = marks.dots == 1;
  if (marks.other_groups > 0 || !MayBeGroup(mantissa, dot ? marks.last_dot : marks.last_comma)) {
    return dot ? kDot : kComma;
  }
  return dot ? kMaybeDot : kMaybeComma;
}

}  // namespace

std::string_view Trim(std::string_view text) {
  const auto is_plain = [](char c) { return c > ' ' && c < 0x7F; };
  if (!text.empty() && is_plain(text.front()) && is_plain(text.back())) return text;
  while (!text.empty()) {
    const size_t blank = BlankLength(text);
    if (blank == 0) break;
    text.remove_prefix(blank);
  }
  while (!text.empty()) {
    if (text.back() == ' ' || text.back() == '\t') {
      text.remove_suffix(1);
    } else if (text.ends_with(kNoBreakSpace)) {
      text.remove_suffix(kNoBreakSpace.size());
    } else if (text.ends_with(kNarrowNoBreakSpace) || text.ends_with(kThinSpace)) {
      text.remove_suffix(kThinSpace.size());
    } else {
      break;
    }
  }
  return text;
}

bool IsMissingMark(std::string_view text) {
  if (text.size() > 4) return false;
  return text.empty() || text == "-" || text == "--" || EqualsIgnoringCase(text, "n/a") ||
         EqualsIgnoringCase(text, "null") || EqualsIgnoringCase(text, "nan");
}

bool IsMissingNumber(std::string_view text) {
  if (IsMissingMark(text)) return true;
  return text.size() <= 5 &&
         (EqualsIgnoringCase(text, "na") || EqualsIgnoringCase(text, "none") ||
          EqualsIgnoringCase(text, "n.a.") || EqualsIgnoringCase(text, "#n/a") ||
          text == "\xE2\x80\x94" || text == "\xE2\x80\x93");
}

NumberScan ScanNumber(std::string_view text) {
  NumberScan scan;
  const Stripped stripped = Strip(text);
  const Marks marks = FindMarks(stripped.digits);
  if (!marks.ok) return scan;
  scan.percent = stripped.percent;
  scan.currency = stripped.currency;
  scan.mark = Judge(marks, stripped.digits.substr(0, marks.mantissa));
  const char decimal =
      scan.mark == NumberScan::Mark::kComma || scan.mark == NumberScan::Mark::kMaybeDot ? ',' : '.';
  double value = 0;
  scan.ok = ParseNumber(text, decimal, &value) == Parsed::kOk;
  return scan;
}

Parsed ParseNumber(std::string_view text, char decimal, double* value) {
  if (ParsePlain(text, decimal, value)) return Parsed::kOk;
  const std::string_view trimmed = Trim(text);
  if (IsMissingNumber(trimmed)) return Parsed::kMissing;
  const Stripped stripped = Strip(trimmed);
  if (!ParsePlain(stripped.digits, decimal, value)) {
    std::array<char, 64> plain{};
    size_t length = 0;
    if (!Plain(stripped.digits, decimal, &plain, &length)) return Parsed::kBad;
    const auto [end, error] = std::from_chars(plain.data(), plain.data() + length, *value);
    if (error != std::errc() || end != plain.data() + length) return Parsed::kBad;
  }
  if (stripped.percent) *value /= 100;
  if (stripped.negative) *value = -*value;
  return std::isfinite(*value) ? Parsed::kOk : Parsed::kBad;
}

std::string_view CurrencyCode(std::string_view symbol) {
  for (const Currency& currency : kSymbols) {
    if (symbol == currency.symbol) return currency.code;
  }
  if (symbol.size() != 3) return {};
  for (size_t at = 0; at < kCodes.size(); at += 4) {
    const std::string_view code = kCodes.substr(at, 3);
    bool same = true;
    for (size_t i = 0; i < 3; ++i) same = same && (symbol[i] & ~0x20) == code[i];
    if (same) return code;
  }
  return {};
}

bool CurrencyMayBe(std::string_view symbol, std::string_view code) {
  if (CurrencyCode(symbol) == code) return true;
  constexpr std::string_view kDollars = "CAD AUD NZD HKD SGD TWD MXN ARS CLP COP UYU";
  if (symbol == "$") return kDollars.find(code) != std::string_view::npos;
  if (symbol == "kr") return code == "SEK" || code == "NOK" || code == "DKK";
  if (symbol == "\xC2\xA3") return code == "EGP";
  return symbol == "\xC2\xA5" && code == "CNY";
}

}  // namespace pythia
