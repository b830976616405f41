// Blocks of records into typed columns, column by column. One per thread; not thread-safe.
#pragma once

#include <atomic>
#include <cstdint>
#include <deque>
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
#include "ingest/survey.h"
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
  bool is_text = true;  // all bytes of the file up to its end, where the pass inspects them
  // Category codes are those of the thread (`worker`), in order of their first appearance there.
  // Derived columns included.
  Table rows;
  std::vector<uint32_t> record_of;  // [rows]
  // [rows] Campaign_ID as a number, where all of them are; rows that differ in it differ.
  std::vector<uint64_t> ids;
  std::vector<uint64_t> hashes;  // [rows] of all bytes; empty where `ids` says enough
  std::vector<RowEvent> events;  // in order of records
  std::vector<std::vector<std::string>> new_levels;  // [columns] the thread's next codes
  bool some_above = false;                           // clicks above impressions in some row
  BlockSurvey survey;                                // where the cleaner surveys, too
  size_t worker = 0;
};

struct CleanRules {
  bool strict = false;
  bool check_utf8 = false;  // rows can hold bytes that are no text
  bool derive = true;       // fill CTR and its like
  // Rows are told apart by their ids. May be given up while blocks are cleaned.
  const std::atomic<bool>* by_ids = nullptr;
};

class BlockCleaner {
 public:
  // `surveys`: the blocks' surveys are filled, which were made for it.
  BlockCleaner(const ColumnPlan& plan, const RowClassifier& classifier, CleanRules rules,
               bool surveys, size_t worker);
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
    std::vector<char> unread;         // [known, known_days] left to the careful parsers
    Dictionary levels;                // of a category, for the thread
    // What the texts say, by code; blocks on their way point at it.
    std::deque<TextSays> says;
    std::vector<uint64_t> days_met;  // a bit each
    ingest_internal::QuickDays days;
    std::vector<double> numbers;  // [data rows]
    std::vector<int32_t> day;
    std::vector<uint32_t> code;  // of categories; else only while a column is read
  };

  void FindRows(CleanedBlock* block);
  std::string_view LastRaw(const RecordBlock& block, size_t row) const;
  template <typename Use>
  void ForEachCell(const RecordBlock& block, size_t c, Use use);
  void ReadColumns(CleanedBlock* block);
  template <bool kSurveys>
  void ReadNumbers(CleanedBlock* block, size_t c);
  void ReadDurations(CleanedBlock* block, size_t c);
  uint32_t NewDuration(const RecordBlock& block, size_t row, size_t c);
  template <bool kSurveys>
  void ReadDays(CleanedBlock* block, size_t c);
  bool FindDay(const RecordBlock& block, size_t row, size_t c, uint32_t* code);
  static bool IsDayMet(const Cell& cell, int32_t day);
  static void MeetDay(Cell* cell, int32_t day);
  void ReadCodes(CleanedBlock* block, size_t c);
  void CountTexts(CleanedBlock* block, size_t c);
  void CheckPeriods();
  void ReadCareful(CleanedBlock* block);
  void CheckClicks(CleanedBlock* block);
  void Keep(CleanedBlock* block);
  bool ReadIds(CleanedBlock* block) const;
  void AppendPeriods(const Cell& end, Column* column);
  void AppendTexts(const CleanedBlock& block, size_t c, Column* column) const;
  uint32_t NewCode(CleanedBlock* block, size_t row, size_t c);
  void AppendConstants(CleanedBlock* block);

  const ColumnPlan& plan_;
  const RowClassifier& classifier_;
  CleanRules rules_;
  bool surveys_;
  size_t worker_;
  TextSays no_text_{.missing = true};
  RowCleaner careful_;
  std::vector<Cell> cells_;  // by column of the file
  // Of the present block: the rows that are data, what the quick parsers left, what is bad.
  std::vector<uint32_t> rows_;
  std::vector<uint32_t> bases_;
  std::vector<char> left_;
  std::vector<char> bad_;
  std::vector<uint32_t> good_;
  size_t kept_ = 0;
  int id_ = -1;                  // the column of the file that holds Campaign_ID
  bool constants_told_ = false;  // their levels are known to the merger
  std::vector<std::string_view> fields_;
  std::vector<uint32_t> codes_;
  std::vector<int64_t> counts_;
  std::vector<double> numbers_;
};

}  // namespace pythia
