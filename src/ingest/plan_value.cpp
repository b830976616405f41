#include <cmath>
#include <string>

#include "campaign/dates.h"
#include "campaign/schema.h"
#include "ingest/fields.h"

namespace pythia {
namespace {

tl::unexpected<Error> Bad(const ColumnSpec& spec, std::string_view text, std::string message,
                          std::string hint = {}) {
  return Fail(Error{ErrorCode::kBadInput,
                    std::move(message),
                    {.column = spec.name},
                    std::string(text),
                    std::move(hint)});
}

// One value has no column to learn the mark from: three digits behind a single comma are a group,
// a single dot is a decimal mark (but groups a count, which has no decimals).
char LikelyDecimal(const ColumnSpec& spec, const NumberScan& scan) {
  using enum NumberScan::Mark;
  if (scan.mark == kComma) return ',';
  return scan.mark == kMaybeDot && spec.type == ColumnType::kCount ? ',' : '.';
}

Result<PlanValue> ParsePlanDay(const ColumnSpec& spec, std::string_view text) {
  const DateScan scan = ScanDate(text);
  const bool ambiguous = scan.shape == DateScan::Shape::kNumeric && scan.first <= 12 &&
                         scan.second <= 12 && scan.first != scan.second;
  if (ambiguous) {
    return Bad(spec, text, "a date that can be read in two ways", "Write it as YYYY-MM-DD.");
  }
  int32_t day = 0;
  if (ParseDay(text, scan.first > 12 ? DateOrder::kDmy : DateOrder::kMdy, &day) != Parsed::kOk) {
    return Bad(spec, text, "no such day", "Write it as YYYY-MM-DD.");
  }
  return PlanValue(FormatDay(day));
}

Result<PlanValue> ParsePlanNumber(const ColumnSpec& spec, std::string_view text) {
  double value = 0;
  if (spec.name == column::kDuration) {
    if (ParseDuration(text, '.', &value) != Parsed::kOk) {
      return Bad(spec, text, "no number of days", "Write it as 30, \"30 days\" or \"4 weeks\".");
    }
    return Result<PlanValue>(tl::in_place, value);
  }
  if (ParseNumber(text, LikelyDecimal(spec, ScanNumber(text)), &value) != Parsed::kOk) {
    return Bad(spec, text, "no number", "Write it as 1234.5 or \"$1,234.50\".");
  }
  const bool count = spec.type == ColumnType::kCount;
  if ((count || spec.type == ColumnType::kMoney) && value < 0 && spec.role == Role::kPlan) {
    return Bad(spec, text, "must not be negative");
  }
  if (count && (value < 0 || value != std::floor(value))) {
    return Bad(spec, text, "must be a whole number, not negative");
  }
  return Result<PlanValue>(tl::in_place, value);
}

}  // namespace

Result<PlanValue> ParsePlanValue(const ColumnSpec& spec, std::string_view text) {
  const std::string_view trimmed = Trim(text);
  if (IsMissingMark(trimmed)) return Bad(spec, text, "a value is missing");
  if (spec.type == ColumnType::kDate) return ParsePlanDay(spec, trimmed);
  if (IsNumeric(spec.type)) return ParsePlanNumber(spec, trimmed);
  return PlanValue(std::string(trimmed));
}

}  // namespace pythia
