// A transaction that is rolled back unless it is committed.
#pragma once

#include "base/error.h"
#include "duckdb/database.h"

namespace pythia::duckdb {

// One thread at a time. The connection has at most one transaction.
class Transaction {
 public:
  static Result<Transaction> Begin(Connection connection);
  Transaction(Transaction&& other) noexcept;
  Transaction& operator=(Transaction&&) = delete;
  ~Transaction();

  Connection& connection() { return connection_; }
  // Durable when it returns without an error; with one, nothing was changed.
  Status Commit();

 private:
  explicit Transaction(Connection connection);
  Connection connection_;
  bool open_ = true;
};

}  // namespace pythia::duckdb
