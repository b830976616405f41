// Blocks of records into typed columns, column by column. One per thread; not thread-safe.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "campaign/table.h"
#include "ingest/cell_codes.h"
#include "ingest/column_plan.h"
#include "ingest/quick_fields.h"
#include "ingest/record_block.h"
#include "ingest/row_class.h"
#include "ingest/row_cleaner.h"
#include "records/cleaning_report.h"

namespace pythia {

// A record that is not among the rows.
struct RowEvent {
  uint32_t record = 0;
  RowClass kind = RowClass::kData;  // kData: a bad row, kBlank, kFooter, or a bad row of that kind
  Rejection rejection;
};

struct CleanedBlock {
  explicit CleanedBlock(const Schema& schema) : rows(schema), new_levels(schema.size()) {}
  void Clear();

  RecordBlock records;
  // Category codes are those of the thread (`worker`), in order of their first appearance there.
  // Derived columns included.
  Table rows;
  std::vector<uint32_t> record_of;                   // [rows]
  std::vector<uint64_t> hashes;                      // [rows] of all bytes
  std::vector<RowEvent> events;                      // in order of records
  std::vector<std::vector<std::string>> new_levels;  // [columns] the thread's next codes
  bool some_above = false;                           // clicks above impressions in some row
  size_t worker = 0;
};

struct CleanRules {
  bool strict = false;
  bool check_utf8 = false;  // rows can hold bytes that are no text
  bool derive = true;       // fill CTR and its like
};

class BlockCleaner {
 public:
  BlockCleaner(const ColumnPlan& plan, const RowClassifier& classifier, CleanRules rules,
               size_t worker);
  // `block->records` is there; fills the rest.
  void Clean(CleanedBlock* block);

 private:
  // What is known of one column of the file, and its values in the present block.
  struct Cell {
    CellKind kind = CellKind::kSkip;
    int column = -1;
    bool is_category = false;
    NumberRules rules;
    char decimal = '.';
    double scale = 1;
    CellCodes codes;                  // of categories, durations, days
    std::vector<double> known;        // durations by code
    std::vector<int32_t> known_days;  // days by code
    Dictionary levels;                // of a category, for the thread
    ingest_internal::QuickDays days;
    std::vector<double> numbers;  // [data rows]
    std::vector<int32_t> day;
  };

  void FindRows(CleanedBlock* block);
  template <bool kMayEnd>
  std::string_view Raw(const RecordBlock& block, size_t row, size_t cell) const;
  template <typename Use>
  void ForEachCell(const RecordBlock& block, size_t c, size_t count, Use use);
  void ReadNumbers(const RecordBlock& block, size_t c);
  bool ReadNumber(std::string_view raw, const Cell& cell, double* value) const;
  void ReadDurations(const RecordBlock& block, size_t c);
  void ReadDays(const RecordBlock& block, size_t c);
  void CheckPeriods();
  void ReadCareful(CleanedBlock* block);
  void CheckClicks(CleanedBlock* block);
  void Keep(CleanedBlock* block);
  void AppendPeriods(const Cell& end, Column* column);
  void AppendTexts(const CleanedBlock& block, size_t c, Column* column) const;
  void AppendCodes(CleanedBlock* block, size_t c, Column* column);
  uint32_t NewCode(CleanedBlock* block, size_t row, size_t c);
  void AppendConstants(CleanedBlock* block);

  const ColumnPlan& plan_;
  const RowClassifier& classifier_;
  CleanRules rules_;
  size_t worker_;
  RowCleaner careful_;
  std::vector<Cell> cells_;  // by column of the file
  // Of the present block: the rows that are data, what the quick parsers left, what is bad.
  std::vector<uint32_t> rows_;
  std::vector<uint32_t> bases_;
  std::vector<char> left_;
  std::vector<char> bad_;
  size_t kept_ = 0;
  bool constants_told_ = false;  // their levels are known to the merger
  std::vector<std::string_view> fields_;
  std::vector<uint32_t> codes_;
  std::vector<double> numbers_;
};

}  // namespace pythia
