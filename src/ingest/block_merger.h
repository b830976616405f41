// Cleaned blocks in the order of the file: what depends on the rows before. Not thread-safe.
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "ingest/block_cleaner.h"
#include "ingest/id_set.h"
#include "ingest/profile.h"

namespace pythia {

// Remarks on rows that stay.
struct MergedRows {
  int64_t duplicates = 0;
  int64_t above = 0;  // clicks above impressions
};

class BlockMerger {
 public:
  explicit BlockMerger(const ColumnPlan& plan);

  // So many rows will come, as far as is known.
  void Expect(size_t rows) { expected_ = rows; }
  // Whether rows are told apart by their ids so far. Thread-safe.
  const std::atomic<bool>& by_ids() const { return by_ids_; }
  // Before Merge(): false where ids do not tell this block's rows from each other and from those
  // before. AddRow() wants all rows of the file before it then, and ids are not asked again.
  bool KnowsApart(const CleanedBlock& block);
  void AddRow(std::string_view bytes);
  // Takes out rows that are there already, where campaigns have ids; gives categories the codes of
  // the whole file, in order of their first appearance.
  MergedRows Merge(CleanedBlock* block);

 private:
  // One thread's codes of one column.
  struct Codes {
    std::vector<std::string> levels;
    std::vector<uint32_t> code_of;  // the file's; kMissingCode: not met yet
    size_t open = 0;                // of those
  };

  static void HashRows(CleanedBlock* block);
  int64_t FindDuplicates(CleanedBlock* block);
  void Drop(CleanedBlock* block);
  void Recode(CleanedBlock* block, size_t column);

  const ColumnPlan& plan_;
  bool has_ids_;
  std::atomic<bool> by_ids_;
  IdSet ids_;
  size_t expected_ = 0;
  HashSet seen_;                                           // where ids are no help
  std::vector<char> duplicate_;                            // [rows of the block]
  std::vector<std::shared_ptr<Dictionary>> dictionaries_;  // [columns]
  std::vector<std::vector<Codes>> codes_;                  // [threads][columns]
};

}  // namespace pythia
