// A prepared statement.
#pragma once

#include <duckdb.h>

#include <cstdint>
#include <memory>
#include <string_view>

#include "base/error.h"
#include "duckdb/chunk.h"

namespace pythia::duckdb {

namespace internal {
struct ConnectionHandle;
}

// Bind the parameters in order, then run it; binding starts again at the first parameter after
// that, so that a statement can be run many times. A binding that DuckDB refuses is told by the
// run. One thread at a time.
class Statement {
 public:
  Statement(Statement&& other) noexcept;
  Statement& operator=(Statement&& other) noexcept;
  ~Statement();

  Statement& Text(std::string_view value);
  Statement& Bytes(std::string_view value);
  Statement& Int(int64_t value);
  Statement& Number(double value);
  Statement& Bool(bool value);
  Statement& Day(int32_t days);  // since 1970
  Statement& Null();

  // For its effect.
  Status Run();
  // All rows in memory: the connection is free for other work.
  Result<ChunkReader> Execute();
  // Rows as they are made, in bounded memory. Until the reader is at its end or gone, any other
  // use of the connection ends it.
  Result<ChunkReader> Stream();

 private:
  friend class Connection;
  Statement(std::shared_ptr<internal::ConnectionHandle> connection,
            duckdb_prepared_statement prepared);
  Statement& Note(duckdb_state state);
  Result<ChunkReader> Start(bool streaming);

  std::shared_ptr<internal::ConnectionHandle> connection_;
  duckdb_prepared_statement prepared_ = nullptr;
  idx_t bound_ = 0;
  bool failed_ = false;
};

}  // namespace pythia::duckdb
