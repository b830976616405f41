#include "model/date_part.h"

#include <algorithm>
#include <array>

#include "campaign/dates.h"

namespace pythia {
namespace {

constexpr std::array<std::string_view, 12> kMonths = {
    "January", "February", "March",     "April",   "May",      "June",
    "July",    "August",   "September", "October", "November", "December"};
constexpr std::array<std::string_view, 7> kWeekdays = {
    "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"};

}  // namespace

int NumParts(DatePart part) {
  return static_cast<int>(part == DatePart::kMonth ? kMonths.size() : kWeekdays.size());
}

std::string_view PartName(DatePart part, int32_t day) {
  return part == DatePart::kMonth ? kMonths[static_cast<size_t>(CivilFromDays(day).month - 1)]
                                  : kWeekdays[static_cast<size_t>(Weekday(day))];
}

ColumnCounts CountDays(const Column& column, std::span<const int64_t> rows) {
  ColumnCounts counts;
  int32_t first = 0;
  int32_t last = -1;
  for (const int64_t row : rows) {
    if (column.IsMissing(row)) continue;
    const int32_t day = column.days()[static_cast<size_t>(row)];
    first = last < first ? day : std::min(first, day);
    last = std::max(last, day);
  }
  counts.first_day = first;
  if (last >= first) counts.by_day.assign(static_cast<size_t>(int64_t{last} - first) + 1, 0);
  for (const int64_t row : rows) {
    if (column.IsMissing(row)) {
      ++counts.missing;
    } else {
      ++counts.by_day[static_cast<size_t>(column.days()[static_cast<size_t>(row)] - first)];
    }
  }
  return counts;
}

}  // namespace pythia
