// The rows of one load on their way into its table.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <vector>

#include "base/error.h"
#include "campaign/table.h"
#include "duckdb/bulk_feed.h"
#include "duckdb/database.h"
#include "store/duckdb/column_form.h"

namespace pythia {

// Makes the table of the load and fills it. Columns are kept as narrow as their values allow, those
// that follow from others not at all.
// Category codes are given anew, in order of first appearance in the rows, whatever the blocks'
// dictionaries hold. Runs in the transaction of its connection. Not thread-safe.
class LoadWriter {
 public:
  LoadWriter(duckdb::Database database, duckdb::Connection connection, int64_t load_id,
             const Schema& schema);

  // Requires the columns of the schema, by name, type and order.
  Status Append(const Table& rows);
  // The last rows, the levels and the columns' description; no other call after it.
  Status Finish();

  int64_t rows() const { return rows_; }

 private:
  // The load's own codes of one category column.
  struct Codes {
    Dictionary levels;
    std::shared_ptr<Dictionary> source;  // whose codes `code_of` translates
    std::vector<uint32_t> code_of;       // [source codes], kMissingCode: not met yet
  };

  Status PutBatch();
  Status StartFeed();
  Status CreateTable(const std::string& name);
  Status RewriteTable(std::optional<size_t> was_derived);
  Status Widen(size_t c);
  Status PutColumn(const Column& column, size_t c);
  Status PutNumbers(const Column& column, size_t c);
  bool IsDerived(const Table& rows, size_t c);
  void PutCodes(const Column& column, size_t c);
  Status PutTexts(const Column& column, size_t c);
  bool PutWholeTexts(const Column& column, size_t c);
  Status WriteLevels();
  Status WriteColumns();

  duckdb::Database database_;
  std::shared_ptr<void> at_work_ = database_.AtWork();
  duckdb::Connection connection_;
  int64_t load_id_;
  Schema schema_;
  bool has_table_ = false;
  std::unique_ptr<duckdb::BulkFeed> feed_;  // null before the first full batch, and when widened
  std::unique_ptr<duckdb::FeedBatch> batch_;
  std::vector<ColumnForm> forms_;              // [columns]
  std::vector<double> derived_;                // of a block
  std::vector<std::unique_ptr<Codes>> codes_;  // [columns], null but for categories
  std::vector<uint64_t> ends_;                 // of a block's texts
  int64_t rows_ = 0;
  int batches_ = 0;
};

}  // namespace pythia
