// Distributions of cleaned columns, gathered block by block. Not thread-safe.
#pragma once

#include <vector>

#include "campaign/table.h"
#include "records/cleaning_report.h"

namespace pythia {

class Summary {
 public:
  explicit Summary(const Schema& schema);
  void Add(const Table& block);
  std::vector<ColumnSummary> Finish() const;

  struct Gathered {
    ColumnSummary summary;
    double sum = 0;
    double scaled_sum = 0;        // of values so small that it stays finite; where `sum` is not
    std::vector<int64_t> counts;  // by category code
    std::shared_ptr<Dictionary> dictionary;
  };

 private:
  std::vector<Gathered> columns_;
};

// One value as text: shortest number that reads back the same, ISO day; empty where missing.
std::string FormatCell(const Column& column, int64_t row);

}  // namespace pythia
