// Cleaned blocks in the order of the file: what depends on the rows before. Not thread-safe.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "ingest/block_cleaner.h"
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
  void Expect(size_t rows) { seen_.Reserve(rows); }
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

  int64_t FindDuplicates(CleanedBlock* block);
  void Drop(CleanedBlock* block);
  int64_t CountAbove(const CleanedBlock& block) const;
  void Recode(CleanedBlock* block, size_t column);

  const ColumnPlan& plan_;
  bool has_ids_;
  HashSet seen_;
  std::vector<char> duplicate_;                            // [rows of the block]
  std::vector<std::shared_ptr<Dictionary>> dictionaries_;  // [columns]
  std::vector<std::vector<Codes>> codes_;                  // [threads][columns]
};

}  // namespace pythia
