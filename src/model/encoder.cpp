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

// False where the column does not vary over the rows.
bool FitNumber(const Column& column, std::span<const int64_t> rows, NumericFeature* feature) {
  feature->column = column.name();
  feature->log = column.type() == ColumnType::kMoney || column.type() == ColumnType::kCount;
  double sum = 0;
  int64_t n = 0;
  for (const int64_t row : rows) {
    if (column.IsMissing(row)) continue;
    const double x = column.numbers()[static_cast<size_t>(row)];
    feature->min = n == 0 ? x : std::min(feature->min, x);
    feature->max = n == 0 ? x : std::max(feature->max, x);
    // A negative number has no logarithm: such a column enters as it is.
    if (x < 0) feature->log = false;
    ++n;
  }
  if (n == 0 || feature->min == feature->max) return false;
  for (const int64_t row : rows) {
    if (!column.IsMissing(row)) {
      sum += Transformed(*feature, column.numbers()[static_cast<size_t>(row)]);
    }
  }
  feature->mean = sum / static_cast<double>(n);
  double squares = 0;
  for (const int64_t row : rows) {
    if (column.IsMissing(row)) continue;
    const double d =
        Transformed(*feature, column.numbers()[static_cast<size_t>(row)]) - feature->mean;
    squares += d * d;
  }
  feature->sd = std::sqrt(squares / static_cast<double>(n));
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

bool FitCategory(const Column& column, std::span<const int64_t> rows, CategoryFeature* feature) {
  feature->column = column.name();
  std::vector<int64_t> by_code(column.dictionary()->size(), 0);
  int64_t missing = 0;
  for (const int64_t row : rows) {
    if (column.IsMissing(row)) {
      ++missing;
    } else {
      ++by_code[column.codes()[static_cast<size_t>(row)]];
    }
  }
  std::map<std::string, int64_t, std::less<>> counts;
  for (uint32_t code = 0; code < by_code.size(); ++code) {
    if (by_code[code] > 0) counts[std::string(column.dictionary()->level(code))] += by_code[code];
  }
  if (missing > 0) counts[std::string(kMissingLevel)] += missing;
  return KeepLevels(counts, feature);
}

// Enough of the calendar to tell its parts from one another: see the header.
bool FitDatePart(const Column& column, std::span<const int64_t> rows, DatePart part,
                 CategoryFeature* feature) {
  feature->column = column.name();
  feature->part = part;
  std::map<std::string, int64_t, std::less<>> counts;
  std::map<std::string_view, std::set<int>> periods;  // years of a month, weeks of a weekday
  for (const int64_t row : rows) {
    if (column.IsMissing(row)) {
      ++counts[std::string(kMissingLevel)];
      continue;
    }
    const int32_t day = column.days()[static_cast<size_t>(row)];
    const std::string_view name = PartName(part, day);
    ++counts[std::string(name)];
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
  const uint16_t missing = LevelCode(feature, kMissingLevel);
  if (feature.part != DatePart::kNone) {
    for (const int64_t row : rows) {
      codes->push_back(column.IsMissing(row)
                           ? missing
                           : LevelCode(feature, PartName(feature.part,
                                                         column.days()[static_cast<size_t>(row)])));
    }
    return;
  }
  std::vector<uint16_t> by_code(column.dictionary()->size());
  for (uint32_t code = 0; code < by_code.size(); ++code) {
    by_code[code] = LevelCode(feature, column.dictionary()->level(code));
  }
  for (const int64_t row : rows) {
    codes->push_back(column.IsMissing(row) ? missing
                                           : by_code[column.codes()[static_cast<size_t>(row)]]);
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
    Say(warnings, "{} is not given: the history's average is used", feature.column);
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

uint16_t EncodePlanCategory(const CategoryFeature& feature, const Plan& plan,
                            std::vector<std::string>* warnings) {
  const auto found = plan.values.find(feature.column);
  if (found == plan.values.end()) {
    Say(warnings, "{} is not given: an average {} is used", feature.column,
        feature.part == DatePart::kNone ? feature.column : "day");
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
  Encoder encoder;
  for (const std::string& name : columns) {
    const Column* column = table.Find(name);
    PYTHIA_CHECK(column != nullptr);
    bool used = false;
    if (IsNumeric(column->type())) {
      NumericFeature feature;
      used = FitNumber(*column, rows, &feature);
      if (used) encoder.numbers_.push_back(std::move(feature));
    } else if (column->type() == ColumnType::kCategory) {
      CategoryFeature feature;
      used = FitCategory(*column, rows, &feature);
      if (used) encoder.categories_.push_back(std::move(feature));
    } else if (column->type() == ColumnType::kDate) {
      for (const DatePart part : {DatePart::kMonth, DatePart::kWeekday}) {
        CategoryFeature feature;
        if (FitDatePart(*column, rows, part, &feature)) {
          encoder.categories_.push_back(std::move(feature));
        }
      }
      used = true;  // a date without enough of the calendar is no news
    }
    if (!used)
      notes->push_back(name + (column->type() == ColumnType::kCategory
                                   ? ": no two of its values are frequent enough to be a feature"
                                   : " does not vary enough to be a feature"));
  }
  return encoder;
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
