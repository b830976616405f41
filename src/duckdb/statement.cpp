#include "duckdb/statement.h"

#include <utility>

#include "duckdb/failure.h"
#include "duckdb/handles.h"

namespace pythia::duckdb {

Statement::Statement(std::shared_ptr<internal::ConnectionHandle> connection,
                     duckdb_prepared_statement prepared)
    : connection_(std::move(connection)), prepared_(prepared) {}

Statement::Statement(Statement&& other) noexcept
    : connection_(std::move(other.connection_)),
      prepared_(std::exchange(other.prepared_, nullptr)),
      bound_(other.bound_),
      failed_(other.failed_) {}

Statement& Statement::operator=(Statement&& other) noexcept {
  std::swap(connection_, other.connection_);
  std::swap(prepared_, other.prepared_);
  std::swap(bound_, other.bound_);
  std::swap(failed_, other.failed_);
  return *this;
}

Statement::~Statement() { duckdb_destroy_prepare(&prepared_); }

Statement& Statement::Note(duckdb_state state) {
  failed_ = failed_ || state == DuckDBError;
  return *this;
}

Statement& Statement::Text(std::string_view value) {
  return Note(duckdb_bind_varchar_length(prepared_, ++bound_, value.data(), value.size()));
}
Statement& Statement::Bytes(std::string_view value) {
  return Note(duckdb_bind_blob(prepared_, ++bound_, value.data(), value.size()));
}
Statement& Statement::Int(int64_t value) {
  return Note(duckdb_bind_int64(prepared_, ++bound_, value));
}
Statement& Statement::Number(double value) {
  return Note(duckdb_bind_double(prepared_, ++bound_, value));
}
Statement& Statement::Bool(bool value) {
  return Note(duckdb_bind_boolean(prepared_, ++bound_, value));
}
Statement& Statement::Day(int32_t days) {
  return Note(duckdb_bind_date(prepared_, ++bound_, duckdb_date{days}));
}
Statement& Statement::Null() { return Note(duckdb_bind_null(prepared_, ++bound_)); }

Result<ChunkReader> Statement::Start(bool streaming) {
  bound_ = 0;
  if (std::exchange(failed_, false)) {
    return Fail(ErrorCode::kInternal, "DuckDB refused a bound value");
  }
  duckdb_result result;
  const duckdb_state state = streaming ? duckdb_execute_prepared_streaming(prepared_, &result)
                                       : duckdb_execute_prepared(prepared_, &result);
  if (state == DuckDBError) {
    Error error = ToError(duckdb_result_error(&result));
    duckdb_destroy_result(&result);
    return Fail(std::move(error));
  }
  return ChunkReader(connection_, result);
}

Status Statement::Run() {
  PYTHIA_TRY(Start(false));
  return {};
}
Result<ChunkReader> Statement::Execute() { return Start(false); }
Result<ChunkReader> Statement::Stream() { return Start(true); }

}  // namespace pythia::duckdb
