#include "ingest/row_cleaner.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "campaign/dates.h"
#include "campaign/schema.h"

namespace pythia {
namespace {

bool Reject(std::string_view reason, size_t cell, Rejection* rejection) {
  *rejection = {reason, static_cast<int>(cell)};
  return false;
}

}  // namespace

NumberRules RulesOf(std::string_view column) {
  if (column == column::kImpressions) {
    return {"missing_impressions", "bad_impressions", "negative_impressions",
            "fractional_impressions"};
  }
  if (column == column::kClicks) {
    return {"missing_clicks", "bad_clicks", "negative_clicks", "fractional_clicks"};
  }
  if (column == column::kAcquisitionCost) {
    return {"missing_spend", "bad_spend", "negative_spend", ""};
  }
  if (column == column::kConversions) return {"", "bad_number", "negative_conversions", ""};
  if (column == column::kDuration) return {"", "bad_duration", "bad_duration", ""};
  return {"", "bad_number", "", ""};
}

RowCleaner::RowCleaner(const ColumnPlan& plan) : plan_(plan), values_(plan.cells.size()) {
  for (const CellPlan& cell : plan.cells) rules_.push_back(RulesOf(cell.name));
  const auto find = [&plan](std::string_view name) {
    for (size_t i = 0; i < plan.cells.size(); ++i) {
      if (plan.cells[i].name == name && plan.cells[i].kind != CellKind::kSkip &&
          plan.cells[i].column >= 0) {
        return static_cast<int>(i);
      }
    }
    return -1;
  };
  impressions_ = find(column::kImpressions);
  clicks_ = find(column::kClicks);
  date_ = find(column::kDate);
  for (const int first : {impressions_, clicks_, find(column::kAcquisitionCost), date_}) {
    if (first >= 0) order_.push_back(static_cast<size_t>(first));
  }
  for (size_t i = 0; i < plan.cells.size(); ++i) {
    const CellPlan& cell = plan.cells[i];
    const bool reads = cell.column >= 0 && cell.kind != CellKind::kText;
    if (reads && std::find(order_.begin(), order_.end(), i) == order_.end()) order_.push_back(i);
  }
}

bool RowCleaner::Read(std::span<const std::string_view> cells, Rejection* rejection) {
  return std::all_of(order_.begin(), order_.end(),
                     [&](size_t i) { return ReadCell(i, cells[i], rejection); });
}

bool RowCleaner::ReadCell(size_t i, std::string_view cell, Rejection* rejection) {
  switch (plan_.cells[i].kind) {
    case CellKind::kDate:
    case CellKind::kEndDate:
      return ReadDates(i, cell, rejection);
    case CellKind::kNumber:
    case CellKind::kCount:
    case CellKind::kDuration:
    case CellKind::kRoas:
      return ReadNumber(i, cell, rejection);
    case CellKind::kSkip:
    case CellKind::kText:
      return true;
  }
  return true;
}

bool RowCleaner::ReadDates(size_t i, std::string_view cell, Rejection* rejection) {
  const CellPlan& plan = plan_.cells[i];
  int32_t& day = values_[i].day;
  switch (ParseDay(cell, plan.order, &day)) {
    case Parsed::kOk:
      break;
    case Parsed::kMissing:
      day = kMissingDay;
      return true;
    case Parsed::kBad:
      return Reject("bad_date", i, rejection);
  }
  const bool ends_first = plan.kind == CellKind::kEndDate && date_ >= 0 &&
                          values_[static_cast<size_t>(date_)].day != kMissingDay &&
                          day < values_[static_cast<size_t>(date_)].day;
  return !ends_first || Reject("bad_duration", i, rejection);
}

bool RowCleaner::ReadNumber(size_t i, std::string_view cell, Rejection* rejection) {
  const CellPlan& plan = plan_.cells[i];
  double& number = values_[i].number;
  const Parsed parsed = plan.kind == CellKind::kDuration
                            ? ParseDuration(cell, plan.decimal, &number)
                            : ParseNumber(cell, plan.decimal, &number);
  if (parsed == Parsed::kOk && plan.kind == CellKind::kCount && number >= 0 &&
      number <= kMostCounts && number == std::floor(number)) {
    return true;
  }
  if (parsed == Parsed::kMissing) number = std::numeric_limits<double>::quiet_NaN();
  const NumberRules& reasons = rules_[i];
  if (parsed == Parsed::kMissing) {
    return reasons.missing.empty() || Reject(reasons.missing, i, rejection);
  }
  if (parsed == Parsed::kBad) return Reject(reasons.bad, i, rejection);
  if (number < 0 && !reasons.negative.empty()) return Reject(reasons.negative, i, rejection);
  if (plan.kind == CellKind::kCount) {
    return Reject(number > kMostCounts ? reasons.bad : reasons.fraction, i, rejection);
  }
  number *= plan.scale;
  if (plan.kind == CellKind::kRoas) number -= 1;
  return true;
}

}  // namespace pythia
