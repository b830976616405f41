// From campaigns and plans to the columns of a design matrix.
//
// Fitted on training rows only. Money and counts enter as log(1 + x), other numbers as they are;
// both are standardised with the training rows' mean and population standard deviation, and a
// missing number takes the mean. Categories are one-hot without a dropped level: levels seen fewer
// than kMinLevelRows times, and those beyond the kMaxLevels most frequent, are pooled into
// "(other)", where a plan with one of them falls too. A plan without the category, or with a level
// that the training rows do not know, takes the average of the levels, weighted by their rows. The
// month is a category of its own where every month of the year was seen in two years or more, the
// weekday where every weekday was seen in eight weeks or more.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "base/error.h"
#include "campaign/table.h"
#include "glm/design.h"
#include "records/plan.h"

namespace pythia {

inline constexpr int64_t kMinLevelRows = 10;
inline constexpr size_t kMaxLevels = 256;
inline constexpr size_t kMaxPooledNames = 1000;
inline constexpr std::string_view kOtherLevel = "(other)";
inline constexpr std::string_view kMissingLevel = "(missing)";

struct NumericFeature {
  std::string column;
  bool log = false;  // log(1 + x)
  double mean = 0;   // after the logarithm
  double sd = 1;
  double min = 0;  // of the raw values in the training rows
  double max = 0;
};

enum class DatePart { kNone, kMonth, kWeekday };

struct CategoryFeature {
  std::string column;
  DatePart part = DatePart::kNone;
  // Sorted by bytes, "(other)" last; "(missing)" is among them where training rows had it.
  std::vector<std::string> levels;
  std::vector<int64_t> rows;  // [levels], of the training rows
  // The names that "(other)" pools, sorted by bytes; beyond kMaxPooledNames the most frequent.
  std::vector<std::string> pooled;

  // The share of the training rows with each level. [levels]
  std::vector<double> Shares() const;
  // The same, into `out`. [levels]
  void ShareInto(std::span<double> out) const;
  // The mean of numbers that belong to the levels, weighted by those shares.
  double AverageOf(std::span<const double> of_levels) const;
};

// What features are learned from: the rows of one column, or of a part of them. Two of the same
// column add up.
struct ColumnCounts {
  int64_t missing = 0;
  // Numbers. The moments are those of log(1 + x) where `log` is set.
  bool log = false;
  int64_t known = 0;
  double min = 0;  // of x
  double max = 0;
  double mean = 0;
  double squares = 0;  // sum of (value - mean)^2
  // Categories: rows of each code of the dictionary.
  std::vector<int64_t> by_code = {};
  // Dates: rows of each day from `first_day` on.
  int32_t first_day = 0;
  std::vector<int64_t> by_day = {};

  void Add(const ColumnCounts& other);
};

// Whether a number column enters as its logarithm, unless a value is negative.
bool EntersAsLog(ColumnType type);

// In place of a level: all of them, each by its share of the training rows.
inline constexpr uint16_t kAverageLevel = 0xffff;

// One row of a design: [dense], and one level, or kAverageLevel, per category.
struct EncodedRow {
  std::vector<double> dense;
  std::vector<uint16_t> codes;
};

// Immutable once fitted; safe to use from several threads.
class Encoder {
 public:
  Encoder() = default;
  Encoder(std::vector<NumericFeature> numbers, std::vector<CategoryFeature> categories);

  // Features from `columns` of `table`, learned on `rows`. A column without variation is left out
  // and named in `notes`.
  static Encoder Fit(const Table& table, std::span<const int64_t> rows,
                     std::span<const std::string> columns, std::vector<std::string>* notes);

  // The same from what was counted. counts: [columns]
  static Encoder FromCounts(const Table& table, std::span<const std::string> columns,
                            std::span<const ColumnCounts> counts, std::vector<std::string>* notes);

  const std::vector<NumericFeature>& numbers() const { return numbers_; }
  const std::vector<CategoryFeature>& categories() const { return categories_; }
  glm::DesignShape shape() const;
  // The names of the design's columns: "log(1 + Acquisition_Cost)", "Channel_Used=Email".
  std::vector<std::string> terms() const;
  // The input columns that the features come from, each once.
  std::vector<std::string> columns() const;
  bool Uses(std::string_view column) const;
  // The first column that `table` lacks, or holds as another type; none where rows can be encoded.
  std::optional<std::string> Misses(const Table& table) const;

  // The level of a category feature for each code of the column's dictionary and, last, for a
  // missing one; of a date feature for each of `days` days from `first_day` on and a missing one.
  static std::vector<uint16_t> LevelsOf(const CategoryFeature& feature, const Column& column,
                                        int32_t first_day, size_t days);

  // Fills dense and codes of `design` with `rows` of `table`, which misses no column.
  void Encode(const Table& table, std::span<const int64_t> rows, glm::MemoryDesign* design) const;
  // What was not given, not known or outside the history is said in `warnings`, if it is given.
  EncodedRow Encode(const Plan& plan, std::vector<std::string>* warnings) const;

 private:
  std::vector<NumericFeature> numbers_;
  std::vector<CategoryFeature> categories_;
};

// The columns of `schema` that are features unless the user names others: numbers, money and
// categories of the plan, and the date.
std::vector<std::string> DefaultFeatures(const Schema& schema);

// Checks columns that a user named: they exist, and none is an outcome or an id.
Status CheckFeatures(const Schema& schema, std::span<const std::string> columns);

}  // namespace pythia
