#include "ingest/summary.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include <fmt/format.h>

#include "campaign/dates.h"

namespace pythia {
namespace {

constexpr size_t kLargest = 5;
constexpr double kScale = 0x1p-64;  // more values than there can be

// The values that are there, in their order. Sums of whole histories must not depend on blocks, so
// they are added up one by one; that only one sum is kept as long as it is finite makes no
// difference, for the scale is a power of two.
template <typename Value>
void AddValues(const std::vector<Value>& values, const Column& column, Summary::Gathered* to) {
  const bool whole = column.num_missing() == 0;
  double sum = to->sum;
  double least = to->summary.min;
  double most = to->summary.max;
  if (to->summary.present == 0) {
    least = std::numeric_limits<double>::infinity();
    most = -least;
  }
  for (size_t i = 0; i < values.size(); ++i) {
    if (!whole && column.IsMissing(static_cast<int64_t>(i))) continue;
    const auto value = static_cast<double>(values[i]);
    sum += value;
    least = value < least ? value : least;
    most = most < value ? value : most;
  }
  if (!std::isfinite(sum)) {
    if (std::isfinite(to->sum)) to->scaled_sum = to->sum * kScale;
    for (size_t i = 0; i < values.size(); ++i) {
      if (column.IsMissing(static_cast<int64_t>(i))) continue;
      to->scaled_sum += static_cast<double>(values[i]) * kScale;
    }
  }
  to->sum = sum;
  to->summary.present += column.size() - column.num_missing();
  if (to->summary.present == 0) return;
  to->summary.min = least;
  to->summary.max = most;
}

// Amounts near the largest number have a mean though their sum is none.
double MeanOf(double sum, double scaled_sum, const ColumnSummary& summary) {
  const auto count = static_cast<double>(summary.present);
  if (std::isfinite(sum)) return sum / count;
  return std::clamp(scaled_sum / count / kScale, summary.min, summary.max);
}

}  // namespace

Summary::Summary(const Schema& schema) {
  for (const ColumnSpec& spec : schema) {
    Gathered& gathered = columns_.emplace_back();
    gathered.summary.name = spec.name;
    gathered.summary.type = spec.type;
    gathered.summary.role = spec.role;
  }
}

void Summary::Add(const Table& block) {
  for (size_t c = 0; c < columns_.size(); ++c) {
    const Column& column = block.columns()[c];
    Gathered& gathered = columns_[c];
    ColumnSummary& summary = gathered.summary;
    summary.missing += column.num_missing();
    if (column.type() == ColumnType::kText) {
      summary.present += column.size() - column.num_missing();
      continue;
    }
    if (column.type() == ColumnType::kCategory) {
      gathered.dictionary = column.dictionary();
      gathered.counts.resize(column.dictionary()->size());
    }
    if (column.type() == ColumnType::kCategory) {
      for (const uint32_t code : column.codes()) {
        if (code != kMissingCode) ++gathered.counts[code];
      }
      summary.present += column.size() - column.num_missing();
    } else if (column.type() == ColumnType::kDate) {
      AddValues(column.days(), column, &gathered);
    } else {
      AddValues(column.numbers(), column, &gathered);
    }
  }
}

std::vector<ColumnSummary> Summary::Finish() const {
  std::vector<ColumnSummary> summaries;
  for (const Gathered& gathered : columns_) {
    ColumnSummary& summary = summaries.emplace_back(gathered.summary);
    if (summary.present > 0 && IsNumeric(summary.type)) {
      summary.mean = MeanOf(gathered.sum, gathered.scaled_sum, summary);
    }
    for (uint32_t code = 0; code < gathered.counts.size(); ++code) {
      if (gathered.counts[code] == 0) continue;
      ++summary.distinct;
      summary.largest.emplace_back(gathered.dictionary->level(code), gathered.counts[code]);
    }
    std::sort(summary.largest.begin(), summary.largest.end(), [](const auto& a, const auto& b) {
      return a.second != b.second ? a.second > b.second : a.first < b.first;
    });
    summary.largest.resize(std::min(summary.largest.size(), kLargest));
  }
  return summaries;
}

std::string FormatCell(const Column& column, int64_t row) {
  if (column.IsMissing(row)) return {};
  const auto i = static_cast<size_t>(row);
  if (column.type() == ColumnType::kText) return std::string(column.text(row));
  if (column.type() == ColumnType::kCategory) return std::string(column.level(row));
  if (column.type() == ColumnType::kDate) return FormatDay(column.days()[i]);
  return fmt::format("{}", column.numbers()[i]);
}

}  // namespace pythia
