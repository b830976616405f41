// The campaigns of one generation, block by block.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "campaign/source.h"
#include "store/mongodb/catalog.h"
#include "store/mongodb/mongo_store.h"
#include "store/mongodb/row_decoder.h"
#include "store/mongodb/row_stream.h"
#include "store/store.h"

namespace pythia::mongo {

// Reads load after load in ranges of _id; memory is bounded by a few of them. Levels are numbered
// in order of first appearance in the rows that come out. Blocks are full but the last. Its loads
// keep their rows in this process as long as it lives. Not thread-safe.
class ScanSource final : public CampaignSource {
 public:
  ScanSource(Shared shared, Schema schema, Snapshot snapshot, std::vector<ColumnFilter> filters);
  ~ScanSource() override;

  const Schema& schema() const override { return schema_; }
  Result<const Table*> Next() override;
  Status Rewind() override;

 private:
  std::vector<RowQuery> Queries() const;
  // kConflict where another process removes rows that were to be read.
  Status CheckLoads() const;

  Shared shared_;
  Schema schema_;
  Snapshot snapshot_;
  std::vector<ColumnFilter> filters_;
  std::vector<int64_t> loads_;
  Table block_;
  RowDecoder decoder_;
  std::unique_ptr<RowStream> stream_;
  std::optional<RowBatch> rows_;
  size_t next_row_ = 0;    // of rows_
  int64_t rows_read_ = 0;  // since the start
  bool ended_ = false;
};

}  // namespace pythia::mongo
