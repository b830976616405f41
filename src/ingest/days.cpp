#include <array>
#include <cmath>

#include "campaign/dates.h"
#include "ingest/fields.h"

namespace pythia {
namespace {

bool IsDigit(char c) { return c >= '0' && c <= '9'; }

// Reads 1 to `most` digits off the front; how many there were, 0 where none.
int TakeDigits(std::string_view* text, int most, int* value) {
  int count = 0;
  *value = 0;
  while (count < most && std::cmp_less(count, text->size()) &&
         IsDigit((*text)[static_cast<size_t>(count)])) {
    *value = *value * 10 + ((*text)[static_cast<size_t>(count)] - '0');
    ++count;
  }
  text->remove_prefix(static_cast<size_t>(count));
  return count;
}

bool TakeSeparator(std::string_view* text, char* separator) {
  if (text->empty()) return false;
  const char c = text->front();
  if (c != '-' && c != '/' && c != '.') return false;
  *separator = c;
  text->remove_prefix(1);
  return true;
}

// Nothing, or a time of day behind 'T' or a blank.
bool IsTimeOrEmpty(std::string_view text) {
  if (text.empty()) return true;
  if ((text[0] != 'T' && text[0] != ' ') || text.size() < 3 || !IsDigit(text[1])) return false;
  for (const char c : text.substr(1)) {
    if (!IsDigit(c) && std::string_view(":.+-ZUTCAPMapm ").find(c) == std::string_view::npos) {
      return false;
    }
  }
  return true;
}

int FullYear(int digits, int year) {
  if (digits == 4) return year;
  return year + (year < 69 ? 2000 : 1900);
}

struct MonthName {
  std::string_view start;  // lower case
  int month;
};

// The first letters of month names in English, French, German, Spanish, Portuguese, Italian.
constexpr std::array<MonthName, 42> kMonths = {{
    {"jan", 1},
    {"ene", 1},
    {"gen", 1},
    {"feb", 2},
    {"fev", 2},
    {"f\xC3\xA9v", 2},
    {"mar", 3},
    {"m\xC3\xA4r", 3},
    {"apr", 4},
    {"avr", 4},
    {"abr", 4},
    {"may", 5},
    {"mai", 5},
    {"mag", 5},
    {"jun", 6},
    {"juin", 6},
    {"giu", 6},
    {"jul", 7},
    {"juil", 7},
    {"lug", 7},
    {"aug", 8},
    {"ago", 8},
    {"ao\xC3\xBB", 8},
    {"aou", 8},
    {"sep", 9},
    {"set", 9},
    {"oct", 10},
    {"okt", 10},
    {"out", 10},
    {"ott", 10},
    {"nov", 11},
    {"dec", 12},
    {"d\xC3\xA9"
     "c",
     12},
    {"dez", 12},
    {"dic", 12},
    {"maj", 5},
    {"mrt", 3},
    {"mei", 5},
    {"mayo", 5},
    {"maio", 5},
    {"mars", 3},
    {"m\xC3\xA4rz", 3},
}};

// The month that the letters at the front name, taken off with a dot or comma behind it.
int TakeMonth(std::string_view* text) {
  std::array<char, 12> lower{};
  size_t length = 0;
  while (length < text->size() && length < lower.size()) {
    const char c = (*text)[length];
    const bool letter =
        (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || static_cast<unsigned char>(c) >= 0x80;
    if (!letter) break;
    lower[length++] = c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c;
  }
  const std::string_view word(lower.data(), length);
  for (const MonthName& name : kMonths) {
    if (!word.starts_with(name.start)) continue;
    text->remove_prefix(length);
    if (!text->empty() && (text->front() == '.' || text->front() == ',')) text->remove_prefix(1);
    return name.month;
  }
  return 0;
}

void SkipJoint(std::string_view* text) {
  while (!text->empty() &&
         std::string_view(" -/,.").find(text->front()) != std::string_view::npos) {
    text->remove_prefix(1);
  }
}

// "Sep 1, 2026", "1 Sep 2026", "01-Sep-26".
DateScan ScanNamed(std::string_view text) {
  DateScan scan;
  int day = 0;
  int year = 0;
  const bool day_first = IsDigit(text.front());
  if (day_first && TakeDigits(&text, 2, &day) == 0) return scan;
  SkipJoint(&text);
  const int month = TakeMonth(&text);
  if (month == 0) return scan;
  SkipJoint(&text);
  if (!day_first && TakeDigits(&text, 2, &day) == 0) return scan;
  SkipJoint(&text);
  const int digits = TakeDigits(&text, 4, &year);
  if ((digits != 2 && digits != 4) || !IsTimeOrEmpty(text)) return scan;
  return {DateScan::Shape::kCertain, FullYear(digits, year), month, day};
}

// "2026-09-01", "2026/9/1", "20260901".
DateScan ScanYearFirst(std::string_view text) {
  DateScan scan;
  char first_mark = 0;
  char second_mark = 0;
  if (TakeDigits(&text, 4, &scan.year) != 4) return {};
  if (text.size() == 4 && IsDigit(text[0])) {
    TakeDigits(&text, 2, &scan.first);
    if (TakeDigits(&text, 2, &scan.second) != 2) return {};
    scan.shape = DateScan::Shape::kCertain;
    return scan;
  }
  if (!TakeSeparator(&text, &first_mark) || TakeDigits(&text, 2, &scan.first) == 0 ||
      !TakeSeparator(&text, &second_mark) || first_mark != second_mark ||
      TakeDigits(&text, 2, &scan.second) == 0 || !IsTimeOrEmpty(text)) {
    return {};
  }
  scan.shape = DateScan::Shape::kCertain;
  return scan;
}

DateScan ScanYearLast(std::string_view text) {
  DateScan scan;
  char first_mark = 0;
  char second_mark = 0;
  int year = 0;
  if (TakeDigits(&text, 2, &scan.first) == 0 || !TakeSeparator(&text, &first_mark) ||
      TakeDigits(&text, 2, &scan.second) == 0 || !TakeSeparator(&text, &second_mark) ||
      first_mark != second_mark) {
    return {};
  }
  const int digits = TakeDigits(&text, 4, &year);
  if ((digits != 2 && digits != 4) || !IsTimeOrEmpty(text)) return {};
  scan.shape = DateScan::Shape::kNumeric;
  scan.year = FullYear(digits, year);
  return scan;
}

struct DurationUnit {
  std::string_view start;  // lower case
  double days;
};

constexpr std::array<DurationUnit, 22> kUnits = {{
    {"day", 1},
    {"tag", 1},
    {"jour", 1},
    {"d\xC3\xAD"
     "a",
     1},
    {"dia", 1},
    {"giorn", 1},
    {"week", 7},
    {"woche", 7},
    {"semain", 7},
    {"seman", 7},
    {"settiman", 7},
    {"month", 30},
    {"monat", 30},
    {"mois", 30},
    {"mes", 30},
    {"m\xC3\xAAs", 30},
    {"year", 365},
    {"jahr", 365},
    {"an", 365},
    {"a\xC3\xB1o", 365},
    {"mese", 30},
    {"mesi", 30},
}};

// Days of the unit that `word` (lower case) names, 0 where it names none.
double UnitDays(std::string_view word) {
  if (word.empty() || word == "d") return 1;
  if (word == "w" || word == "wk" || word == "wks") return 7;
  if (word == "m" || word == "mo") return 30;
  if (word == "y" || word == "yr") return 365;
  for (const DurationUnit& unit : kUnits) {
    if (word.starts_with(unit.start) && word.size() <= unit.start.size() + 3) return unit.days;
  }
  return 0;
}

}  // namespace

DateScan ScanDate(std::string_view text) {
  const std::string_view trimmed = Trim(text);
  if (trimmed.size() < 6 || trimmed.size() > 40) return {};
  if (!IsDigit(trimmed[0])) return ScanNamed(trimmed);
  DateScan scan = ScanYearFirst(trimmed);
  if (scan.shape == DateScan::Shape::kNone) scan = ScanYearLast(trimmed);
  if (scan.shape == DateScan::Shape::kNone) scan = ScanNamed(trimmed);
  return scan;
}

Parsed ParseDay(std::string_view text, DateOrder order, int32_t* day) {
  if (ParseIsoDay(text, day)) return Parsed::kOk;
  const std::string_view trimmed = Trim(text);
  if (IsMissingNumber(trimmed)) return Parsed::kMissing;
  const DateScan scan = ScanDate(trimmed);
  if (scan.shape == DateScan::Shape::kNone) return Parsed::kBad;
  const bool month_first = scan.shape == DateScan::Shape::kCertain || order == DateOrder::kMdy;
  const CivilDate date{.year = scan.year,
                       .month = month_first ? scan.first : scan.second,
                       .day = month_first ? scan.second : scan.first};
  if (!IsValidDate(date)) return Parsed::kBad;
  *day = DaysFromCivil(date);
  return Parsed::kOk;
}

Parsed ParseDuration(std::string_view text, char decimal, double* days) {
  const std::string_view trimmed = Trim(text);
  if (IsMissingNumber(trimmed)) return Parsed::kMissing;
  size_t length = 0;
  while (length < trimmed.size() &&
         (IsDigit(trimmed[length]) || trimmed[length] == '.' || trimmed[length] == ',')) {
    ++length;
  }
  if (ParseNumber(trimmed.substr(0, length), decimal, days) != Parsed::kOk) return Parsed::kBad;
  std::string_view rest = Trim(trimmed.substr(length));
  if (rest.starts_with('-')) rest = Trim(rest.substr(1));  // "30-day"
  std::array<char, 16> lower{};
  if (rest.size() > lower.size()) return Parsed::kBad;
  for (size_t i = 0; i < rest.size(); ++i) {
    lower[i] = rest[i] >= 'A' && rest[i] <= 'Z' ? static_cast<char>(rest[i] + 32) : rest[i];
  }
  const double unit = UnitDays({lower.data(), rest.size()});
  *days *= unit;
  return *days > 0 && std::isfinite(*days) ? Parsed::kOk : Parsed::kBad;
}

}  // namespace pythia
