// The campaigns of one generation, block by block.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "campaign/source.h"
#include "duckdb/database.h"
#include "duckdb/transaction.h"
#include "store/duckdb/catalog.h"
#include "store/duckdb/filter_sql.h"
#include "store/store.h"

namespace pythia {

// Reads load after load through a connection of its own, whose transaction shows the store as it
// was when the scan began; memory is bounded by a block and the levels of one load. Levels are
// numbered in order of first appearance in the rows that come out. Blocks are full but the last.
// Not thread-safe.
class ScanSource final : public CampaignSource {
 public:
  static Result<std::unique_ptr<CampaignSource>> Open(const duckdb::Database& database,
                                                      const ScanRequest& request);

  const Schema& schema() const override { return schema_; }
  Result<const Table*> Next() override;
  Status Rewind() override;

 private:
  // Where a column of the scan comes from in the present load.
  struct Origin {
    int64_t position = -1;  // in the load; -1: the load lacks it
    int64_t vector = -1;    // in the chunks
    ColumnType stored = ColumnType::kText;
    std::vector<std::string> levels;  // [codes of the load]
    std::vector<uint32_t> code_of;    // [codes of the load] the scan's, kMissingCode: not yet
    std::vector<uint32_t> codes;      // for CopyWhole()
  };

  ScanSource(duckdb::Database database, duckdb::Transaction transaction, Schema schema,
             std::vector<StoredLoad> loads, std::vector<ColumnFilter> filters);
  Status OpenLoad(const StoredLoad& load);
  Status ReadLevels(const StoredLoad& load, Origin* origin);
  // To the next chunk, across loads; false at the end.
  Result<bool> NextChunk();
  void CopyRows(int64_t count);
  static bool CopyWhole(const duckdb::Vector& values, int64_t begin, int64_t count, Origin* origin,
                        Column* out);
  static void CopyColumn(const duckdb::Vector* values, int64_t begin, int64_t count, Origin* origin,
                         Column* out);

  duckdb::Database database_;
  std::shared_ptr<void> at_work_ = database_.AtWork();
  duckdb::Transaction transaction_;
  Schema schema_;
  std::vector<StoredLoad> loads_;
  std::vector<ColumnFilter> filters_;
  Table block_;
  std::vector<Origin> origins_;  // [columns]
  size_t next_load_ = 0;
  std::optional<duckdb::ChunkReader> reader_;
  const duckdb::Chunk* chunk_ = nullptr;
  int64_t next_row_ = 0;  // of the chunk
  int64_t chunks_ = 0;    // read so far
};

}  // namespace pythia
