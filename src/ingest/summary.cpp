#include "ingest/summary.h"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include "campaign/dates.h"

namespace pythia {
namespace {

constexpr size_t kLargest = 5;
constexpr double kScale = 0x1p-64;  // more values than there can be

void AddRange(double value, ColumnSummary* summary) {
  if (summary->present == 0) summary->min = summary->max = value;
  summary->min = std::min(summary->min, value);
  summary->max = std::max(summary->max, value);
  ++summary->present;
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
    for (int64_t row = 0; row < column.size(); ++row) {
      if (column.IsMissing(row)) continue;
      const auto i = static_cast<size_t>(row);
      if (column.type() == ColumnType::kCategory) {
        ++gathered.counts[column.codes()[i]];
        ++summary.present;
      } else {
        const bool date = column.type() == ColumnType::kDate;
        const double value = date ? column.days()[i] : column.numbers()[i];
        AddRange(value, &summary);
        gathered.sum += value;
        gathered.scaled_sum += value * kScale;
      }
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
