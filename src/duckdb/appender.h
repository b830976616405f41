// Rows on their way into a table, by chunks of columns.
#pragma once

#include <duckdb.h>

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "duckdb/database.h"

namespace pythia::duckdb {

// Fills the columns of one chunk of at most capacity() rows, then Flush() hands it to the table;
// Finish() after the last. Rows belong to the connection's transaction where there is one;
// elsewhere Finish() commits, all rows at once up to at_once(), and without Finish() there are none
// of them. Requires that every column gets all rows of the chunk. One thread at a time.
class Appender {
 public:
  // `table` of `schema` must exist; its columns are taken in their order.
  static Result<Appender> Open(Connection connection, const std::string& schema,
                               const std::string& table);
  Appender(Appender&& other) noexcept;
  Appender& operator=(Appender&&) = delete;
  ~Appender();

  static constexpr int64_t capacity() { return 2048; }
  static constexpr int64_t at_once() { return 100 * capacity(); }

  // [capacity()] values of the column as DuckDB lays its type out (chunk.h).
  template <typename T>
  T* Data(int64_t column) {
    return static_cast<T*>(duckdb_vector_get_data(vectors_[static_cast<size_t>(column)]));
  }
  // kBadInput where it is no UTF-8.
  Status SetText(int64_t column, int64_t row, std::string_view value);
  void SetBytes(int64_t column, int64_t row, std::string_view value);
  void SetNull(int64_t column, int64_t row);

  // The first `rows` rows of the chunk go to the table; the chunk is empty after it.
  Status Flush(int64_t rows);
  // Everything is in the table when it returns; no other call after it.
  Status Finish();

 private:
  Appender() = default;
  Status Note(duckdb_state state);

  std::unique_ptr<Connection> connection_;
  duckdb_appender appender_ = nullptr;
  duckdb_data_chunk chunk_ = nullptr;
  bool finished_ = false;
  std::vector<duckdb_vector> vectors_;
};

}  // namespace pythia::duckdb
