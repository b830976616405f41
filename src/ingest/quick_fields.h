// The usual shapes of numbers and days, read eight bytes at a time. False for everything else: the
// parsers of fields.h read it then, and give the same where both do. At `text`, 16 bytes can be
// read, whatever the length. Thread-safe: pure functions.
#pragma once

#include <algorithm>
#include <array>
#include <bit>
#include <cstdint>
#include <cstring>
#include <string_view>

#include "campaign/dates.h"
#include "ingest/fields.h"

namespace pythia::ingest_internal {

static_assert(std::endian::native == std::endian::little);

inline uint64_t LoadEight(const char* text) {
  uint64_t word = 0;
  std::memcpy(&word, text, sizeof(word));
  return word;
}

inline constexpr std::array<double, 9> kQuickPowers = {1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8};

// Eight digits, the first in the lowest byte, each as 0 .. 9.
inline uint64_t EightDigits(uint64_t digits) {
  digits = digits * 10 + (digits >> 8);
  return ((digits & 0x000000FF000000FFULL) * (100 + (1000000ULL << 32)) +
          ((digits >> 16) & 0x000000FF000000FFULL) * (1 + (10000ULL << 32))) >>
         32;
}

// Up to eight characters at the upper end of a word, digits as 0 .. 9; what stands below is zeros.
struct EightCharacters {
  uint64_t word;
  uint64_t others;  // the highest bit of every byte that is no digit, and perhaps of some above it

  EightCharacters(const char* text, size_t length)
      : word((LoadEight(text) ^ 0x3030303030303030ULL) << (64 - 8 * length)),
        others(((word + 0x7676767676767676ULL) | word) & 0x8080808080808080ULL) {}
  bool has_one_other() const { return (others & (others - 1)) == 0; }
  // The lowest bit of the first other.
  unsigned mark() const { return static_cast<unsigned>(std::countr_zero(others)) & ~7U; }
  bool is_at(unsigned bit, char c) const {
    return static_cast<unsigned char>(word >> bit) == static_cast<unsigned char>(c ^ 0x30);
  }
  // The digits, where the character at `bit` is left out.
  uint64_t Without(unsigned bit) const {
    const uint64_t below = (uint64_t{1} << bit) - 1;
    return (word & ~(below << 8 | 0xFF)) | (word & below) << 8;
  }
};

// How a number is written that was read; bits.
enum QuickShape : unsigned {
  kNotRead = 0,
  kDigits = 1,  // only
  kPoint = 2,   // with a mark that can only begin decimals
  kDollar = 4,  // beside one of these
  kOther = 8,   // in a way about which NumberScan has to be asked
};

// "1204", "0.0509", "-0.79": a sign, then up to eight digits and marks.
[[gnu::always_inline]] inline unsigned QuickNumber(const char* text, size_t length, char decimal,
                                                   double* value) {
  const bool negative = *text == '-';
  text += negative ? 1 : 0;
  length -= negative ? 1 : 0;
  if (length - 1 >= 8) return kNotRead;  // also where nothing is left
  const double sign = negative ? -1 : 1;
  const EightCharacters eight(text, length);
  if (eight.others == 0) {
    *value = static_cast<double>(EightDigits(eight.word)) * sign;
    return kDigits;
  }
  const unsigned mark = eight.mark();
  if (!eight.has_one_other() || length == 1 || !eight.is_at(mark, decimal)) return kNotRead;
  const size_t behind = 7 - mark / 8;
  *value = static_cast<double>(EightDigits(eight.Without(mark))) / kQuickPowers[behind] * sign;
  const bool odd = behind == 0 || behind + 1 >= length || (behind == 3 && *text != '0');
  return odd ? kOther : kPoint;
}

// An amount as "$16,402.00", with commas as groups of three and a decimal dot.
struct MoneyParts {
  uint64_t whole = 0;
  uint64_t fraction = 0;
  size_t decimals = 0;
  bool dot = false;
  bool dollar = false;
  bool comma = false;

  // Up to 999,999 and 99,999,999 without a comma.
  bool Read(std::string_view text) {
    dollar = !text.empty() && text.front() == '$';
    if (dollar) text.remove_prefix(1);
    size_t end = text.size();
    if (end >= 4 && text[end - 3] == '.') {  // as nearly always
      end -= 3;
    } else {
      end = std::min(text.find('.'), end);
    }
    dot = end < text.size();
    decimals = text.size() - end - (dot ? 1 : 0);
    if (end - 1 >= 8 || decimals > 7) return false;
    // NOLINTNEXTLINE(bugprone-suspicious-stringview-data-usage): with the length that counts
    const EightCharacters high(text.data(), end);
    comma = high.others != 0;
    constexpr unsigned kComma = 32;  // the fourth from the end
    if (comma && (high.others != 0x80ULL << kComma || end < 5 || !high.is_at(kComma, ','))) {
      return false;
    }
    whole = EightDigits(comma ? high.Without(kComma) : high.word);
    if (decimals == 0) return true;
    const EightCharacters low(text.data() + end + 1, decimals);
    fraction = EightDigits(low.word);
    return low.others == 0;
  }
};

inline unsigned QuickMoney(std::string_view text, double* value) {
  MoneyParts parts;
  if (!parts.Read(text)) return kNotRead;
  constexpr std::array<uint64_t, 8> kPowers = {1, 10, 100, 1000, 10000, 100000, 1000000, 10000000};
  const uint64_t mantissa = parts.whole * kPowers[parts.decimals] + parts.fraction;
  if (mantissa > 999'999'999'999'999) return kNotRead;  // exact by one division up to here
  *value = static_cast<double>(mantissa) / kQuickPowers[parts.decimals];
  const bool sure =
      parts.dot && (parts.dollar || parts.comma) && parts.decimals != 0 && parts.decimals != 3;
  return sure ? kPoint | (parts.dollar ? kDollar : 0U) : kOther;
}

// A quoted cell without its quotes; what is inside may still hold some.
inline std::string_view InsideQuotes(std::string_view raw) {
  const bool quoted = raw.size() >= 2 && raw.front() == '"' && raw.back() == '"';
  return quoted ? raw.substr(1, raw.size() - 2) : raw;
}

// "2021-03-04". Remembers the months that came last. Not thread-safe.
class QuickDays {
 public:
  bool Read(const char* text, size_t length, int32_t* day) {
    if (length != 10) return false;
    const uint64_t month = LoadEight(text);
    Month& known = months_[month * 0x9E3779B97F4A7C15ULL >> 59];
    if (known.text != month && !Learn(std::string_view(text, length), month, &known)) return false;
    const auto tens = static_cast<unsigned>(text[8] - '0');
    const auto ones = static_cast<unsigned>(text[9] - '0');
    const unsigned number = tens * 10 + ones;
    if (tens > 3 || ones > 9 || number - 1 >= known.length) return false;
    *day = known.before + static_cast<int32_t>(number);
    return true;
  }

 private:
  struct Month {
    uint64_t text = 0;
    int32_t before = 0;  // the day before its first
    uint32_t length = 0;
  };
  static bool Learn(std::string_view text, uint64_t month, Month* known) {
    int32_t day = 0;
    if (!ParseIsoDay(text, &day)) return false;
    const CivilDate date = CivilFromDays(day);
    uint32_t length = 28;
    while (length < 31 && IsValidDate({date.year, date.month, static_cast<int>(length) + 1})) {
      ++length;
    }
    *known = {month, day - date.day, length};
    return true;
  }
  std::array<Month, 32> months_{};
};

}  // namespace pythia::ingest_internal
