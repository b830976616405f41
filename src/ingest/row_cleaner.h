// The numbers and days of one row, by a ColumnPlan, with every care. Not thread-safe.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "ingest/column_plan.h"

namespace pythia {

// Why a row is bad, and where.
struct Rejection {
  std::string_view reason;  // a key of CleaningReport::rejected
  int cell = -1;            // column of the file; -1: the whole row
};

inline constexpr double kMostCounts = 9007199254740992.0;  // 2^53: whole numbers are exact up to it

// What a column of numbers refuses.
struct NumberRules {
  std::string_view missing;  // empty: may be missing
  std::string_view bad;
  std::string_view negative;  // empty: may be negative
  std::string_view fraction;
};
NumberRules RulesOf(std::string_view column);

class RowCleaner {
 public:
  explicit RowCleaner(const ColumnPlan& plan);

  // Reads the cells of a row. False, with `rejection` filled, where it is bad.
  bool Read(std::span<const std::string_view> cells, Rejection* rejection);
  // Of the row that was read, by column of the file: NaN or kMissingDay where it is missing.
  double number(size_t cell) const { return values_[cell].number; }
  int32_t day(size_t cell) const { return values_[cell].day; }

  // Columns of the file, -1: none.
  int impressions() const { return impressions_; }
  int clicks() const { return clicks_; }
  int date() const { return date_; }

 private:
  struct Value {
    double number = 0;
    int32_t day = 0;
  };
  bool ReadCell(size_t i, std::string_view cell, Rejection* rejection);
  bool ReadNumber(size_t i, std::string_view cell, Rejection* rejection);
  bool ReadDates(size_t i, std::string_view cell, Rejection* rejection);

  const ColumnPlan& plan_;
  std::vector<size_t> order_;       // cells that are read, the required ones first
  std::vector<NumberRules> rules_;  // by cell
  std::vector<Value> values_;       // by cell
  int impressions_ = -1;
  int clicks_ = -1;
  int date_ = -1;
};

}  // namespace pythia
