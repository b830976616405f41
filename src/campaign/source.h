// Campaigns in blocks, in order, as often as needed.
#pragma once

#include "base/error.h"
#include "campaign/table.h"

namespace pythia {

// Not thread-safe: one reader at a time.
class CampaignSource {
 public:
  virtual ~CampaignSource() = default;

  // The columns of every block.
  virtual const Schema& schema() const = 0;

  // The next block, at most kBlockRows rows, or null at the end. It belongs to the source and is
  // valid until the next call. Dictionaries are shared by all blocks and only grow.
  virtual Result<const Table*> Next() = 0;

  // Back to the first block; the rows come again in the same order with the same codes.
  virtual Status Rewind() = 0;
};

// All rows of `source` from where it stands.
Result<Table> ReadAll(CampaignSource& source);

// A table in memory as a source; the table must outlive it.
class TableSource final : public CampaignSource {
 public:
  explicit TableSource(const Table& table);
  const Schema& schema() const override { return schema_; }
  Result<const Table*> Next() override;
  Status Rewind() override;

 private:
  const Table& table_;
  Schema schema_;
  Table block_;
  int64_t next_row_ = 0;
};

}  // namespace pythia
