// A DuckDB database and connections to it.
#pragma once

#include <duckdb.h>

#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>

#include "base/error.h"
#include "duckdb/statement.h"

namespace pythia::duckdb {

inline constexpr int64_t kAtWorkMb = 128;  // what DuckDB needs for a load or a scan

struct DatabaseOptions {
  int threads = 1;        // 0: one per core
  int64_t memory_mb = 0;  // 0: DuckDB's own limit; beyond it goes to a temporary file
  bool read_only = false;
};

namespace internal {
struct DatabaseHandle;
struct ConnectionHandle;
}  // namespace internal

// Connections, statements and readers keep what they stand on alive. One thread at a time.
class Connection {
 public:
  // One or more statements without parameters; what they return is dropped.
  Status Run(const std::string& sql);
  // One statement; $1, $2 ... or ? are its parameters.
  Result<Statement> Prepare(const std::string& sql);
  // The rows of one statement without parameters, all in memory.
  Result<ChunkReader> Query(const std::string& sql);

  duckdb_connection handle() const;

 private:
  friend class Database;
  explicit Connection(std::shared_ptr<internal::ConnectionHandle> handle);
  std::shared_ptr<internal::ConnectionHandle> handle_;
};

// Closed, and checkpointed, with the last connection to it. Nothing is ever downloaded: extensions
// that are not part of the library are not looked for. Copies are the same database; thread-safe.
class Database {
 public:
  // Opens the file, or makes a new one and its folders. kBusy where another process (or this one)
  // has it open, kBadInput where it is no DuckDB file or a newer one, kIo else.
  static Result<Database> Open(const std::filesystem::path& path, const DatabaseOptions& options);
  // An empty one that lives in memory.
  static Result<Database> InMemory(const DatabaseOptions& options);

  Result<Connection> Connect() const;
  // Forgets blocks of the file that DuckDB keeps in memory in case they are asked for, until `mb`
  // are in use; where what is at work needs more, or more than one holds AtWork(), nothing. Of a
  // database with a memory limit.
  Status DropCached(int64_t mb = kAtWorkMb) const;
  // For what moves many rows, as long as it does.
  std::shared_ptr<void> AtWork() const;

 private:
  explicit Database(std::shared_ptr<internal::DatabaseHandle> handle);
  std::shared_ptr<internal::DatabaseHandle> handle_;
};

}  // namespace pythia::duckdb
