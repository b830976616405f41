// Days of a history, and the parts of a day that are categories.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

#include "model/encoder.h"

namespace pythia {

// Of kMonth or kWeekday.
int NumParts(DatePart part);
// "March", "Monday". `day`: since 1970-01-01.
std::string_view PartName(DatePart part, int32_t day);

// The days of a date column in some of its rows.
ColumnCounts CountDays(const Column& column, std::span<const int64_t> rows);

}  // namespace pythia
