// What features are learned from, and how.
#include <algorithm>
#include <cmath>
#include <map>
#include <set>

#include "base/check.h"
#include "campaign/dates.h"
#include "model/date_part.h"
#include "model/encoder.h"

namespace pythia {
namespace {

// Merged by Chan, Golub and LeVeque's update.
void AddMoments(const ColumnCounts& from, ColumnCounts* to) {
  const auto all = static_cast<double>(to->known + from.known);
  const double delta = from.mean - to->mean;
  const double share = static_cast<double>(from.known) / all;
  to->squares += from.squares + delta * delta * static_cast<double>(to->known) * share;
  to->mean += delta * share;
}

ColumnCounts CountNumbers(const Column& column, std::span<const int64_t> rows) {
  ColumnCounts counts;
  double sum = 0;
  const auto each = [&](const auto& take) {
    for (const int64_t row : rows) {
      if (!column.IsMissing(row)) take(column.numbers()[static_cast<size_t>(row)]);
    }
  };
  each([&](double x) {
    counts.min = counts.known == 0 ? x : std::min(counts.min, x);
    counts.max = counts.known == 0 ? x : std::max(counts.max, x);
    ++counts.known;
  });
  // A negative number has no logarithm: such a column enters as it is.
  counts.log = EntersAsLog(column.type()) && !(counts.min < 0);
  counts.missing = std::ssize(rows) - counts.known;
  if (counts.known == 0) return counts;
  const auto value = [&](double x) { return counts.log ? std::log1p(x) : x; };
  each([&](double x) { sum += value(x); });
  counts.mean = sum / static_cast<double>(counts.known);
  each([&](double x) {
    const double d = value(x) - counts.mean;
    counts.squares += d * d;
  });
  return counts;
}

ColumnCounts CountCodes(const Column& column, std::span<const int64_t> rows) {
  ColumnCounts counts{.by_code = std::vector<int64_t>(column.dictionary()->size(), 0)};
  for (const int64_t row : rows) {
    if (column.IsMissing(row)) {
      ++counts.missing;
    } else {
      ++counts.by_code[column.codes()[static_cast<size_t>(row)]];
    }
  }
  return counts;
}

// False where the column does not vary over the rows.
bool FitNumber(const Column& column, const ColumnCounts& counts, NumericFeature* feature) {
  *feature = {.column = column.name(),
              .log = counts.log,
              .mean = counts.mean,
              .min = counts.min,
              .max = counts.max};
  if (counts.known == 0 || feature->min == feature->max) return false;
  feature->sd = std::sqrt(counts.squares / static_cast<double>(counts.known));
  return feature->sd > 0;
}

// The levels that are frequent enough, sorted; the rest is pooled. False where fewer than two
// remain.
bool KeepLevels(const std::map<std::string, int64_t, std::less<>>& counts,
                CategoryFeature* feature) {
  std::vector<std::pair<int64_t, std::string_view>> by_rows;  // the most frequent first
  for (const auto& [level, rows] : counts) by_rows.emplace_back(-rows, level);
  std::sort(by_rows.begin(), by_rows.end());
  int64_t pooled_rows = 0;
  for (const auto& [negative_rows, level] : by_rows) {
    if (-negative_rows >= kMinLevelRows && level != kOtherLevel &&
        feature->levels.size() < kMaxLevels) {
      feature->levels.emplace_back(level);
      continue;
    }
    pooled_rows -= negative_rows;
    if (feature->pooled.size() < kMaxPooledNames) feature->pooled.emplace_back(level);
  }
  std::sort(feature->levels.begin(), feature->levels.end());
  std::sort(feature->pooled.begin(), feature->pooled.end());
  for (const std::string& level : feature->levels) {
    feature->rows.push_back(counts.find(level)->second);
  }
  const size_t with_rows = feature->levels.size() + (pooled_rows > 0 ? 1 : 0);
  feature->levels.emplace_back(kOtherLevel);
  feature->rows.push_back(pooled_rows);
  return with_rows >= 2;
}

bool FitCategory(const Column& column, const ColumnCounts& of, CategoryFeature* feature) {
  feature->column = column.name();
  std::map<std::string, int64_t, std::less<>> counts;
  for (uint32_t code = 0; code < of.by_code.size(); ++code) {
    if (of.by_code[code] > 0) {
      counts[std::string(column.dictionary()->level(code))] += of.by_code[code];
    }
  }
  if (of.missing > 0) counts[std::string(kMissingLevel)] += of.missing;
  return KeepLevels(counts, feature);
}

// Enough of the calendar to tell its parts from one another: see the header.
bool FitDatePart(const Column& column, const ColumnCounts& of, DatePart part,
                 CategoryFeature* feature) {
  feature->column = column.name();
  feature->part = part;
  std::map<std::string, int64_t, std::less<>> counts;
  std::map<std::string_view, std::set<int>> periods;  // years of a month, weeks of a weekday
  if (of.missing > 0) counts[std::string(kMissingLevel)] += of.missing;
  for (size_t i = 0; i < of.by_day.size(); ++i) {
    if (of.by_day[i] == 0) continue;
    const int32_t day = of.first_day + static_cast<int32_t>(i);
    const std::string_view name = PartName(part, day);
    counts[std::string(name)] += of.by_day[i];
    periods[name].insert(part == DatePart::kMonth ? CivilFromDays(day).year : (day + 3) / 7);
  }
  const auto parts = static_cast<size_t>(NumParts(part));
  const size_t needed = part == DatePart::kMonth ? 2 : 8;
  if (periods.size() < parts) return false;
  for (const auto& [name, seen] : periods) {
    if (seen.size() < needed) return false;
  }
  return KeepLevels(counts, feature);
}

}  // namespace

bool EntersAsLog(ColumnType type) {
  return type == ColumnType::kMoney || type == ColumnType::kCount;
}

void ColumnCounts::Add(const ColumnCounts& other) {
  missing += other.missing;
  if (other.known > 0) {
    min = known == 0 ? other.min : std::min(min, other.min);
    max = known == 0 ? other.max : std::max(max, other.max);
    log = known == 0 ? other.log : log;
    AddMoments(other, this);
    known += other.known;
  }
  if (by_code.size() < other.by_code.size()) by_code.resize(other.by_code.size());
  for (size_t code = 0; code < other.by_code.size(); ++code) by_code[code] += other.by_code[code];
  if (other.by_day.empty()) return;
  if (by_day.empty()) first_day = other.first_day;
  const int32_t end = std::max(first_day + static_cast<int32_t>(by_day.size()),
                               other.first_day + static_cast<int32_t>(other.by_day.size()));
  if (other.first_day < first_day) {
    by_day.insert(by_day.begin(), static_cast<size_t>(first_day - other.first_day), 0);
    first_day = other.first_day;
  }
  by_day.resize(static_cast<size_t>(end - first_day));
  for (size_t i = 0; i < other.by_day.size(); ++i) {
    by_day[static_cast<size_t>(other.first_day - first_day) + i] += other.by_day[i];
  }
}

Encoder Encoder::Fit(const Table& table, std::span<const int64_t> rows,
                     std::span<const std::string> columns, std::vector<std::string>* notes) {
  std::vector<ColumnCounts> counts;
  for (const std::string& name : columns) {
    const Column* column = table.Find(name);
    PYTHIA_CHECK(column != nullptr);
    if (IsNumeric(column->type())) {
      counts.push_back(CountNumbers(*column, rows));
    } else if (column->type() == ColumnType::kCategory) {
      counts.push_back(CountCodes(*column, rows));
    } else {
      counts.push_back(column->type() == ColumnType::kDate ? CountDays(*column, rows)
                                                           : ColumnCounts());
    }
  }
  return FromCounts(table, columns, counts, notes);
}

Encoder Encoder::FromCounts(const Table& table, std::span<const std::string> columns,
                            std::span<const ColumnCounts> counts, std::vector<std::string>* notes) {
  Encoder encoder;
  for (size_t i = 0; i < columns.size(); ++i) {
    const Column* column = table.Find(columns[i]);
    PYTHIA_CHECK(column != nullptr);
    bool used = false;
    if (IsNumeric(column->type())) {
      NumericFeature feature;
      used = FitNumber(*column, counts[i], &feature);
      if (used) encoder.numbers_.push_back(std::move(feature));
    } else if (column->type() == ColumnType::kCategory) {
      CategoryFeature feature;
      used = FitCategory(*column, counts[i], &feature);
      if (used) encoder.categories_.push_back(std::move(feature));
    } else if (column->type() == ColumnType::kDate) {
      for (const DatePart part : {DatePart::kMonth, DatePart::kWeekday}) {
        CategoryFeature feature;
        if (FitDatePart(*column, counts[i], part, &feature)) {
          encoder.categories_.push_back(std::move(feature));
        }
      }
      used = true;  // a date without enough of the calendar is no news
    }
    if (!used)
      notes->push_back(columns[i] +
                       (column->type() == ColumnType::kCategory
                            ? ": no two of its values are frequent enough to be a feature"
                            : " does not vary enough to be a feature"));
  }
  return encoder;
}

}  // namespace pythia
