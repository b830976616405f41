// Calendar days as a number: days since 1970-01-01 in the proleptic Gregorian calendar.
// Formula: H. Hinnant, "chrono-compatible low-level date algorithms".
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace pythia {

struct CivilDate {
  int year = 1970;
  int month = 1;  // 1..12
  int day = 1;    // 1..31
};

bool IsValidDate(const CivilDate& date);       // years 1..9999
int32_t DaysFromCivil(const CivilDate& date);  // requires IsValidDate
CivilDate CivilFromDays(int32_t days);
int Weekday(int32_t days);            // 0 = Monday ... 6 = Sunday
std::string FormatDay(int32_t days);  // "2026-11-22"
// Exactly "YYYY-MM-DD" of a day that exists.
bool ParseIsoDay(std::string_view text, int32_t* days);

}  // namespace pythia
