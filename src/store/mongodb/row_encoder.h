// Campaigns as BSON documents, straight from their columns.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "base/sha256.h"
#include "campaign/table.h"
#include "store/mongodb/catalog.h"

namespace pythia::mongo {

// Documents one behind the other.
struct RowBatch {
  std::string bytes;
  std::vector<size_t> ends;  // [documents]

  int64_t rows() const { return static_cast<int64_t>(ends.size()); }
};

// The SHA-256 of a dataset's name and a campaign's fields, cut to 64 bits. Not thread-safe.
class RowDigest {
 public:
  explicit RowDigest(std::string dataset);
  // `fields`: the bytes of the document behind its _id, without the final NUL.
  int64_t Of(std::string_view fields);

 private:
  std::string prefix_;
  std::string buffer_;
  RawSha256 sha256_;
};

// The guarded columns (layout.h) come first. Dates become BSON dates, categories and texts strings,
// whole counts integers, other numbers doubles; what is missing is left out. Not thread-safe.
class RowEncoder {
 public:
  RowEncoder(const std::string& dataset, int64_t load_id, const Schema& schema);

  // Rows `begin` to `begin` + `count` of the table, whose columns are those of the schema.
  // kBadInput for text that is not UTF-8 and for a row above the server's limit of 16 MB.
  Status Append(const Table& rows, int64_t begin, int64_t count, RowBatch* out);

  int64_t rows() const { return rows_; }
  // What the rows hold, for the load's entry.
  std::vector<LoadColumn> Columns() const;

 private:
  // A level of the present source dictionary: its field, ready to be copied.
  struct Level {
    std::string field;
    int64_t* rows = nullptr;
  };
  struct ColumnState {
    ColumnSpec spec;
    std::string name;  // the field's, with its NUL
    std::shared_ptr<Dictionary> source;
    std::vector<Level> levels;                           // [codes of source]
    std::map<std::string, int64_t, std::less<>> counts;  // by level
    std::optional<Range> range;
  };

  Status PrepareLevels(const Column& column, ColumnState* state);
  Status PutField(const Column& column, int64_t row, ColumnState* state, std::string* out);
  static void PutText(std::string_view name, std::string_view text, std::string* out);
  static void PutNumber(double value, const ColumnState& state, std::string* out);

  int64_t load_id_;
  std::vector<ColumnState> columns_;
  std::vector<size_t> order_;  // of the columns in a document
  RowDigest digest_;
  int64_t rows_ = 0;
};

}  // namespace pythia::mongo
