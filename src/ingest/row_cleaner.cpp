#include "ingest/row_cleaner.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <limits>

#include "campaign/dates.h"
#include "campaign/schema.h"

namespace pythia {
namespace {

constexpr double kMostCounts = 9007199254740992.0;  // 2^53: whole numbers are exact up to here

struct Reasons {
  std::string_view missing;  // empty: may be missing
  std::string_view bad;
  std::string_view negative;  // empty: may be negative
  std::string_view fraction;
};

Reasons ReasonsOf(std::string_view name) {
  if (name == column::kImpressions) {
    return {"missing_impressions", "bad_impressions", "negative_impressions",
            "fractional_impressions"};
  }
  if (name == column::kClicks) {
    return {"missing_clicks", "bad_clicks", "negative_clicks", "fractional_clicks"};
  }
  if (name == column::kAcquisitionCost) return {"missing_spend", "bad_spend", "negative_spend", ""};
  if (name == column::kConversions) return {"", "bad_number", "negative_conversions", ""};
  if (name == column::kDuration) return {"", "bad_duration", "bad_duration", ""};
  return {"", "bad_number", "", ""};
}

bool Reject(std::string_view reason, size_t cell, Rejection* rejection) {
  *rejection = {reason, static_cast<int>(cell)};
  return false;
}

// The first and last eight bytes: all of a text of up to sixteen.
void Ends(std::string_view text, uint64_t* head, uint64_t* tail) {
  *head = 0;
  *tail = 0;
  if (text.size() >= 8) {
    std::memcpy(head, text.data(), 8);
    std::memcpy(tail, text.data() + text.size() - 8, 8);
    return;
  }
  for (size_t i = 0; i < text.size(); ++i) {
    *head = *head << 8 | static_cast<unsigned char>(text[i]);
  }
}

}  // namespace

uint32_t LevelCache::Code(std::string_view level, Dictionary* dictionary) {
  if (level.empty() || level.size() > 16) return dictionary->Intern(level);
  uint64_t head = 0;
  uint64_t tail = 0;
  Ends(level, &head, &tail);
  const uint64_t hash = (head ^ (tail * 31) ^ level.size()) * 0x9E3779B97F4A7C15ULL;
  Entry& entry = entries_[hash >> 58];
  if (entry.head != head || entry.tail != tail || entry.size != level.size()) {
    entry = {head, tail, level.size(), dictionary->Intern(level)};
  }
  return entry.code;
}

RowCleaner::RowCleaner(const ColumnPlan& plan)
    : plan_(plan), values_(plan.cells.size()), levels_(plan.cells.size()) {
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
  const Reasons reasons = ReasonsOf(plan.name);
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

bool RowCleaner::clicks_above_impressions() const {
  return values_[static_cast<size_t>(clicks_)].number >
         values_[static_cast<size_t>(impressions_)].number;
}

void RowCleaner::AppendText(std::string_view cell, size_t i, Column* column) {
  const std::string_view text = Trim(cell);
  if (IsMissingMark(text)) return column->AppendMissing();
  if (column->type() == ColumnType::kCategory) {
    return column->AppendCode(levels_[i].Code(text, column->dictionary().get()));
  }
  column->AppendText(text);
}

void RowCleaner::AppendDuration(size_t end_cell, Column* column) {
  const int32_t end = values_[end_cell].day;
  const int32_t start = date_ >= 0 ? values_[static_cast<size_t>(date_)].day : kMissingDay;
  if (end == kMissingDay || start == kMissingDay) return column->AppendMissing();
  column->AppendNumber(end - start + 1);
}

void RowCleaner::AppendTo(std::span<const std::string_view> cells, Table* table) {
  for (size_t i = 0; i < plan_.cells.size(); ++i) {
    const CellPlan& plan = plan_.cells[i];
    if (plan.column < 0) continue;
    Column& column = table->columns()[static_cast<size_t>(plan.column)];
    switch (plan.kind) {
      case CellKind::kText:
        AppendText(cells[i], i, &column);
        break;
      case CellKind::kDate:
        column.AppendDay(values_[i].day);
        break;
      case CellKind::kEndDate:
        AppendDuration(i, &column);
        break;
      case CellKind::kNumber:
      case CellKind::kCount:
      case CellKind::kDuration:
      case CellKind::kRoas:
        column.AppendNumber(values_[i].number);
        break;
      case CellKind::kSkip:
        break;
    }
  }
  for (const auto& [c, value] : plan_.constants) {
    Column& column = table->columns()[static_cast<size_t>(c)];
    if (const double* number = std::get_if<double>(&value)) {
      column.AppendNumber(*number);
    } else if (column.type() == ColumnType::kDate) {
      int32_t day = kMissingDay;
      if (ParseIsoDay(std::get<std::string>(value), &day)) column.AppendDay(day);
    } else {
      column.AppendString(std::get<std::string>(value));
    }
  }
}

}  // namespace pythia
