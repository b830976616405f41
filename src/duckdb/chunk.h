// Rows that come out of DuckDB, by chunks of columns or one by one.
#pragma once

#include <duckdb.h>

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"

namespace pythia::duckdb {

namespace internal {
struct ConnectionHandle;
}

// The values of one column of a chunk; valid as long as the chunk.
class Vector {
 public:
  bool IsNull(int64_t row) const {
    return validity_ != nullptr &&
           (validity_[static_cast<size_t>(row) >> 6] >> (row & 63) & 1) == 0;
  }
  // False: nothing is null.
  bool MayHaveNulls() const { return validity_ != nullptr; }
  // [rows] as DuckDB lays the column's type out: int64_t for BIGINT, double for DOUBLE, int32_t
  // (days) for DATE, bool for BOOLEAN ... T must fit the type; null values are undefined.
  template <typename T>
  const T* Data() const {
    return static_cast<const T*>(data_);
  }
  // Of a VARCHAR or BLOB column; not null.
  std::string_view Text(int64_t row) const;

 private:
  friend class ChunkReader;
  const void* data_ = nullptr;
  const uint64_t* validity_ = nullptr;
};

struct Chunk {
  int64_t rows = 0;  // at most 2048
  std::vector<Vector> columns;
};

// The result of one statement. One thread at a time.
class ChunkReader {
 public:
  ChunkReader(ChunkReader&& other) noexcept;
  ChunkReader& operator=(ChunkReader&& other) noexcept;
  ~ChunkReader();

  int64_t num_columns() const { return static_cast<int64_t>(types_.size()); }
  std::string ColumnName(int64_t column) const;
  duckdb_type ColumnType(int64_t column) const { return types_[static_cast<size_t>(column)]; }

  // The next chunk, never empty, or null at the end; valid until the next call.
  Result<const Chunk*> Next();

 private:
  friend class Statement;
  ChunkReader(std::shared_ptr<internal::ConnectionHandle> connection, duckdb_result result);

  std::shared_ptr<internal::ConnectionHandle> connection_;
  mutable duckdb_result result_ = {};
  bool open_ = true;
  std::vector<duckdb_type> types_;
  duckdb_data_chunk current_ = nullptr;
  Chunk chunk_;
};

// Row by row, for small results.
class RowReader {
 public:
  explicit RowReader(ChunkReader chunks);

  // To the next row; false at the end.
  Result<bool> Next();

  // Of the current row; each for its own SQL type (VARCHAR or BLOB, BIGINT, DOUBLE, BOOLEAN).
  bool IsNull(int64_t column) const;
  std::string Text(int64_t column) const;  // empty where null
  int64_t Int(int64_t column) const;       // 0 where null
  double Number(int64_t column) const;     // NaN where null
  bool Bool(int64_t column) const;         // false where null

 private:
  const Vector& At(int64_t column, duckdb_type type) const;

  ChunkReader chunks_;
  const Chunk* chunk_ = nullptr;
  int64_t row_ = 0;
};

}  // namespace pythia::duckdb
