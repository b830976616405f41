// Rows of text into typed columns, by a ColumnPlan. Not thread-safe.
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "campaign/table.h"
#include "ingest/column_plan.h"

namespace pythia {

// Codes of the levels that came last, so that most cells need no look-up in a dictionary.
class LevelCache {
 public:
  uint32_t Code(std::string_view level, Dictionary* dictionary);

 private:
  struct Entry {
    uint64_t head = 0;
    uint64_t tail = 0;
    uint64_t size = 0;  // 0: free
    uint32_t code = 0;
  };
  std::array<Entry, 64> entries_{};
};

// Why a row is bad, and where.
struct Rejection {
  std::string_view reason;  // a key of CleaningReport::rejected
  int cell = -1;            // column of the file; -1: the whole row
};

class RowCleaner {
 public:
  explicit RowCleaner(const ColumnPlan& plan);

  // Reads the cells of a row. False, with `rejection` filled, where it is bad.
  bool Read(std::span<const std::string_view> cells, Rejection* rejection);
  // Of the row that was read.
  bool clicks_above_impressions() const;
  // Appends it to `table`, which has the plan's schema; derived columns stay behind.
  void AppendTo(std::span<const std::string_view> cells, Table* table);

 private:
  struct Value {
    double number = 0;
    int32_t day = 0;
  };
  bool ReadCell(size_t i, std::string_view cell, Rejection* rejection);
  bool ReadNumber(size_t i, std::string_view cell, Rejection* rejection);
  bool ReadDates(size_t i, std::string_view cell, Rejection* rejection);
  void AppendText(std::string_view cell, size_t i, Column* column);
  void AppendDuration(size_t end_cell, Column* column);

  const ColumnPlan& plan_;
  std::vector<size_t> order_;  // cells that are read, the required ones first
  std::vector<Value> values_;  // by cell
  std::vector<LevelCache> levels_;
  int impressions_ = -1;
  int clicks_ = -1;
  int date_ = -1;
};

}  // namespace pythia
