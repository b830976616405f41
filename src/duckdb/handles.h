// What the types of this room own together; for this room's sources only.
#pragma once

#include <duckdb.h>

#include <atomic>
#include <filesystem>
#include <memory>

namespace pythia::duckdb::internal {

struct DatabaseHandle {
  DatabaseHandle() = default;
  DatabaseHandle(const DatabaseHandle&) = delete;
  DatabaseHandle& operator=(const DatabaseHandle&) = delete;
  ~DatabaseHandle();

  duckdb_database database = nullptr;
  std::filesystem::path path;  // empty: in memory
  int64_t memory_mb = 0;       // as DatabaseOptions
  std::atomic<int> at_work = 0;
};

struct ConnectionHandle {
  ConnectionHandle() = default;
  ConnectionHandle(const ConnectionHandle&) = delete;
  ConnectionHandle& operator=(const ConnectionHandle&) = delete;
  ~ConnectionHandle();

  std::shared_ptr<DatabaseHandle> database;
  duckdb_connection connection = nullptr;
};

}  // namespace pythia::duckdb::internal
