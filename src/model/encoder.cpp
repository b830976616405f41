#include "model/encoder.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <map>
#include <numeric>
#include <set>

#include <fmt/format.h>

#include "base/check.h"
#include "campaign/dates.h"
#include "campaign/schema.h"

namespace pythia {
namespace {

constexpr std::array<std::string_view, 12> kMonths = {
    "January", "February", "March",     "April",   "May",      "June",
    "July",    "August",   "September", "October", "November", "December"};
constexpr std::array<std::string_view, 7> kWeekdays = {
    "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"};
constexpr double kRangeSlack = 1e-9;

std::string_view PartName(DatePart part, int32_t day) {
  return part == DatePart::kMonth ? kMonths[static_cast<size_t>(CivilFromDays(day).month - 1)]
                                  : kWeekdays[static_cast<size_t>(Weekday(day))];
}

double Transformed(const NumericFeature& feature, double x) {
  return feature.log ? std::log1p(x) : x;
}

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
  const size_t parts = part == DatePart::kMonth ? kMonths.size() : kWeekdays.size();
  const size_t needed = part == DatePart::kMonth ? 2 : 8;
  if (periods.size() < parts) return false;
  for (const auto& [name, seen] : periods) {
    if (seen.size() < needed) return false;
  }
  return KeepLevels(counts, feature);
}

// Where a level stands among the feature's; "(other)" where it does not.
uint16_t LevelCode(const CategoryFeature& feature, std::string_view level) {
  const auto end = feature.levels.end() - 1;
  const auto found = std::lower_bound(feature.levels.begin(), end, level);
  return static_cast<uint16_t>((found != end && *found == level ? found : end) -
                               feature.levels.begin());
}

void EncodeCategory(const CategoryFeature& feature, const Column& column,
                    std::span<const int64_t> rows, std::vector<uint16_t>* codes) {
  codes->clear();
  codes->reserve(rows.size());
  if (feature.part != DatePart::kNone) {
    const ColumnCounts days = CountDays(column, rows);
    const std::vector<uint16_t> levels =
        Encoder::LevelsOf(feature, column, days.first_day, days.by_day.size());
    for (const int64_t row : rows) {
      const int32_t day = column.days()[static_cast<size_t>(row)];
      codes->push_back(column.IsMissing(row) ? levels.back()
                                             : levels[static_cast<size_t>(day - days.first_day)]);
    }
    return;
  }
  const std::vector<uint16_t> levels = Encoder::LevelsOf(feature, column, 0, 0);
  for (const int64_t row : rows) {
    codes->push_back(column.IsMissing(row) ? levels.back()
                                           : levels[column.codes()[static_cast<size_t>(row)]]);
  }
}

std::string FeatureName(const CategoryFeature& feature) {
  switch (feature.part) {
    case DatePart::kNone:
      return feature.column;
    case DatePart::kMonth:
      return feature.column + "(month)";
    case DatePart::kWeekday:
      return feature.column + "(weekday)";
  }
  PYTHIA_CHECK(false);
}

template <typename... Arguments>
void Say(std::vector<std::string>* warnings, fmt::format_string<const Arguments&...> words,
         const Arguments&... arguments) {
  if (warnings != nullptr) warnings->push_back(fmt::format(words, arguments...));
}

double EncodePlanNumber(const NumericFeature& feature, const Plan& plan,
                        std::vector<std::string>* warnings) {
  const auto found = plan.values.find(feature.column);
  if (found == plan.values.end()) {
    if (warnings)
      warnings->push_back(feature.column + " is not given: the history's average is used");
    return 0;
  }
  const double x = std::get<double>(found->second);
  const double slack = kRangeSlack * (std::fabs(feature.max) + std::fabs(feature.min));
  if (x < feature.min - slack || x > feature.max + slack) {
    Say(warnings, "{} = {} is outside the history ({} to {}): extrapolated", feature.column, x,
        feature.min, feature.max);
  }
  return (Transformed(feature, x) - feature.mean) / feature.sd;
}

// Most plans leave something out, so this is said in every answer: without a format to read.
std::string NotGiven(const CategoryFeature& feature) {
  std::string words;
  words.reserve(2 * feature.column.size() + 40);
  words += feature.column;
  words += " is not given: an average ";
  words += feature.part == DatePart::kNone ? feature.column : "day";
  words += " is used";
  return words;
}

uint16_t EncodePlanCategory(const CategoryFeature& feature, const Plan& plan,
                            std::vector<std::string>* warnings) {
  const auto found = plan.values.find(feature.column);
  if (found == plan.values.end()) {
    if (warnings) warnings->push_back(NotGiven(feature));
    return kAverageLevel;
  }
  const std::string& text = std::get<std::string>(found->second);
  if (feature.part == DatePart::kNone) {
    const uint16_t code = LevelCode(feature, text);
    if (feature.levels[code] != kOtherLevel) return code;
    if (std::binary_search(feature.pooled.begin(), feature.pooled.end(), text)) {
      Say(warnings, "{} '{}' is rare in the history: it is treated as the other rare ones are",
          feature.column, Printable(text));
      return code;
    }
    Say(warnings, "{} '{}' is not in the history: an average {} is used", feature.column,
        Printable(text), feature.column);
    return kAverageLevel;
  }
  int32_t day = 0;
  PYTHIA_CHECK(ParseIsoDay(text, &day));  // plans are checked before they come here
  return LevelCode(feature, PartName(feature.part, day));
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

std::vector<double> CategoryFeature::Shares() const {
  std::vector<double> shares(rows.size());
  ShareInto(shares);
  return shares;
}

void CategoryFeature::ShareInto(std::span<double> out) const {
  PYTHIA_CHECK(out.size() == rows.size());
  const auto all = static_cast<double>(std::accumulate(rows.begin(), rows.end(), int64_t{0}));
  for (size_t level = 0; level < rows.size(); ++level) {
    out[level] = static_cast<double>(rows[level]) / all;
  }
}

double CategoryFeature::AverageOf(std::span<const double> of_levels) const {
  PYTHIA_CHECK(of_levels.size() == rows.size());
  const auto all = static_cast<double>(std::accumulate(rows.begin(), rows.end(), int64_t{0}));
  double mean = 0;
  for (size_t level = 0; level < rows.size(); ++level) {
    mean += static_cast<double>(rows[level]) / all * of_levels[level];
  }
  return mean;
}

Encoder::Encoder(std::vector<NumericFeature> numbers, std::vector<CategoryFeature> categories)
    : numbers_(std::move(numbers)), categories_(std::move(categories)) {}

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

std::vector<uint16_t> Encoder::LevelsOf(const CategoryFeature& feature, const Column& column,
                                        int32_t first_day, size_t days) {
  std::vector<uint16_t> levels;
  if (feature.part == DatePart::kNone) {
    for (uint32_t code = 0; code < column.dictionary()->size(); ++code) {
      levels.push_back(LevelCode(feature, column.dictionary()->level(code)));
    }
  }
  for (size_t i = 0; feature.part != DatePart::kNone && i < days; ++i) {
    levels.push_back(
        LevelCode(feature, PartName(feature.part, first_day + static_cast<int32_t>(i))));
  }
  levels.push_back(LevelCode(feature, kMissingLevel));
  return levels;
}

glm::DesignShape Encoder::shape() const {
  glm::DesignShape shape;
  shape.num_dense = static_cast<int>(numbers_.size());
  for (const CategoryFeature& feature : categories_) {
    shape.num_levels.push_back(static_cast<int>(feature.levels.size()));
  }
  return shape;
}

std::vector<std::string> Encoder::terms() const {
  std::vector<std::string> terms;
  for (const NumericFeature& feature : numbers_) {
    terms.push_back(feature.log ? "log(1 + " + feature.column + ")" : feature.column);
  }
  for (const CategoryFeature& feature : categories_) {
    for (const std::string& level : feature.levels) {
      terms.push_back(FeatureName(feature) + "=" + level);
    }
  }
  return terms;
}

std::vector<std::string> Encoder::columns() const {
  std::vector<std::string> columns;
  for (const NumericFeature& feature : numbers_) columns.push_back(feature.column);
  for (const CategoryFeature& feature : categories_) {
    if (columns.empty() || columns.back() != feature.column) columns.push_back(feature.column);
  }
  return columns;
}

bool Encoder::Uses(std::string_view column) const {
  const auto is_of = [&](const auto& feature) { return feature.column == column; };
  return std::any_of(numbers_.begin(), numbers_.end(), is_of) ||
         std::any_of(categories_.begin(), categories_.end(), is_of);
}

std::optional<std::string> Encoder::Misses(const Table& table) const {
  for (const NumericFeature& feature : numbers_) {
    const Column* column = table.Find(feature.column);
    if (column == nullptr || !IsNumeric(column->type())) return feature.column;
  }
  for (const CategoryFeature& feature : categories_) {
    const Column* column = table.Find(feature.column);
    const ColumnType type =
        feature.part == DatePart::kNone ? ColumnType::kCategory : ColumnType::kDate;
    if (column == nullptr || column->type() != type) return feature.column;
  }
  return std::nullopt;
}

void Encoder::Encode(const Table& table, std::span<const int64_t> rows,
                     glm::MemoryDesign* design) const {
  design->dense.resize(numbers_.size());
  for (size_t j = 0; j < numbers_.size(); ++j) {
    const NumericFeature& feature = numbers_[j];
    const Column* column = table.Find(feature.column);
    PYTHIA_CHECK(column != nullptr);
    std::vector<double>& x = design->dense[j];
    x.clear();
    x.reserve(rows.size());
    for (const int64_t row : rows) {
      x.push_back(
          column->IsMissing(row)
              ? 0
              : (Transformed(feature, column->numbers()[static_cast<size_t>(row)]) - feature.mean) /
                    feature.sd);
    }
  }
  design->codes.resize(categories_.size());
  for (size_t c = 0; c < categories_.size(); ++c) {
    const Column* column = table.Find(categories_[c].column);
    PYTHIA_CHECK(column != nullptr);
    EncodeCategory(categories_[c], *column, rows, &design->codes[c]);
  }
}

EncodedRow Encoder::Encode(const Plan& plan, std::vector<std::string>* warnings) const {
  EncodedRow row;
  for (const NumericFeature& feature : numbers_) {
    row.dense.push_back(EncodePlanNumber(feature, plan, warnings));
  }
  for (const CategoryFeature& feature : categories_) {
    row.codes.push_back(EncodePlanCategory(feature, plan, warnings));
  }
  return row;
}

std::vector<std::string> DefaultFeatures(const Schema& schema) {
  std::vector<std::string> columns;
  for (const ColumnSpec& spec : schema) {
    if (spec.role == Role::kPlan && spec.type != ColumnType::kText) columns.push_back(spec.name);
  }
  return columns;
}

Status CheckFeatures(const Schema& schema, std::span<const std::string> columns) {
  std::string known;
  for (const ColumnSpec& spec : schema) {
    if (spec.role != Role::kPlan && spec.role != Role::kOther) continue;
    if (spec.type != ColumnType::kText) known += (known.empty() ? "" : ", ") + spec.name;
  }
  std::set<std::string_view> seen;
  for (const std::string& name : columns) {
    const auto found = std::find_if(schema.begin(), schema.end(),
                                    [&](const ColumnSpec& spec) { return spec.name == name; });
    const auto refuse = [&](std::string_view why) {
      return Fail(Error{.code = ErrorCode::kUsage,
                        .message = std::string(why),
                        .value = name,
                        .hint = "Columns that can be features: " + known + "."});
    };
    if (!seen.insert(name).second) return refuse("a feature is named twice");
    if (found == schema.end()) return refuse("the dataset has no such column");
    if (found->role == Role::kOutcome) {
      return refuse("an outcome is known only after the campaign and cannot be a feature");
    }
    if (found->role == Role::kId || found->type == ColumnType::kText) {
      return refuse("an id or a near-unique text cannot be a feature");
    }
  }
  return {};
}

}  // namespace pythia
