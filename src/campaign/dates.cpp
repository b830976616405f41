#include "campaign/dates.h"

#include <array>

#include <fmt/format.h>

#include "base/check.h"

namespace pythia {

bool IsValidDate(const CivilDate& date) {
  constexpr std::array<int, 12> kLengths = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
  if (date.year < 1 || date.year > 9999 || date.month < 1 || date.month > 12) return false;
  const bool leap = date.year % 4 == 0 && (date.year % 100 != 0 || date.year % 400 == 0);
  const int length =
      kLengths[static_cast<size_t>(date.month - 1)] + (date.month == 2 && leap ? 1 : 0);
  return date.day >= 1 && date.day <= length;
}

int32_t DaysFromCivil(const CivilDate& date) {
  PYTHIA_CHECK(IsValidDate(date));
  const int y = date.year - (date.month <= 2 ? 1 : 0);
  const int era = y / 400;
  const int year_of_era = y - era * 400;
  const int day_of_year = (153 * (date.month + (date.month > 2 ? -3 : 9)) + 2) / 5 + date.day - 1;
  const int day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
  return era * 146097 + day_of_era - 719468;
}

CivilDate CivilFromDays(int32_t days) {
  const int z = days + 719468;
  const int era = (z >= 0 ? z : z - 146096) / 146097;
  const int day_of_era = z - era * 146097;
  const int year_of_era =
      (day_of_era - day_of_era / 1460 + day_of_era / 36524 - day_of_era / 146096) / 365;
  const int day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
  const int shifted_month = (5 * day_of_year + 2) / 153;
  const int month = shifted_month + (shifted_month < 10 ? 3 : -9);
  return {.year = year_of_era + era * 400 + (month <= 2 ? 1 : 0),
          .month = month,
          .day = day_of_year - (153 * shifted_month + 2) / 5 + 1};
}

int Weekday(int32_t days) { return ((days + 3) % 7 + 7) % 7; }

std::string FormatDay(int32_t days) {
  const CivilDate date = CivilFromDays(days);
  return fmt::format("{:04}-{:02}-{:02}", date.year, date.month, date.day);
}

bool ParseIsoDay(std::string_view text, int32_t* days) {
  if (text.size() != 10 || text[4] != '-' || text[7] != '-') return false;
  const auto number = [text](size_t begin, size_t end, int* out) {
    *out = 0;
    for (size_t i = begin; i < end; ++i) {
      if (text[i] < '0' || text[i] > '9') return false;
      *out = *out * 10 + (text[i] - '0');
    }
    return true;
  };
  CivilDate date;
  if (!number(0, 4, &date.year) || !number(5, 7, &date.month) || !number(8, 10, &date.day) ||
      !IsValidDate(date)) {
    return false;
  }
  *days = DaysFromCivil(date);
  return true;
}

}  // namespace pythia
