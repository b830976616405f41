#include "model/encoder.h"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <set>

#include <fmt/format.h>

#include "base/check.h"
#include "campaign/dates.h"
#include "campaign/schema.h"
#include "model/date_part.h"

namespace pythia {
namespace {

constexpr double kRangeSlack = 1e-9;

double Transformed(const NumericFeature& feature, double x) {
  return feature.log ? std::log1p(x) : x;
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
