#include "duckdb/transaction.h"

#include <utility>

namespace pythia::duckdb {

Transaction::Transaction(Connection connection) : connection_(std::move(connection)) {}

Transaction::Transaction(Transaction&& other) noexcept
    : connection_(std::move(other.connection_)), open_(std::exchange(other.open_, false)) {}

Result<Transaction> Transaction::Begin(Connection connection) {
  PYTHIA_TRY(connection.Run("BEGIN TRANSACTION"));
  return Transaction(std::move(connection));
}

Transaction::~Transaction() {
  // An error before it may have ended the transaction already; then there is nothing to undo.
  if (open_) static_cast<void>(connection_.Run("ROLLBACK"));
}

Status Transaction::Commit() {
  PYTHIA_TRY(connection_.Run("COMMIT"));
  open_ = false;
  return {};
}

}  // namespace pythia::duckdb
