#include "duckdb/appender.h"

#include <utility>

#include "base/check.h"
#include "base/utf8.h"
#include "duckdb/failure.h"

namespace pythia::duckdb {

Result<Appender> Appender::Open(Connection connection, const std::string& schema,
                                const std::string& table) {
  PYTHIA_CHECK(capacity() == static_cast<int64_t>(duckdb_vector_size()));
  Appender out;
  out.connection_ = std::make_unique<Connection>(std::move(connection));
  PYTHIA_TRY(out.Note(duckdb_appender_create(out.connection_->handle(), schema.c_str(),
                                             table.c_str(), &out.appender_)));
  const idx_t columns = duckdb_appender_column_count(out.appender_);
  std::vector<duckdb_logical_type> types;
  for (idx_t c = 0; c < columns; ++c) {
    types.push_back(duckdb_appender_column_type(out.appender_, c));
  }
  out.chunk_ = duckdb_create_data_chunk(types.data(), columns);
  for (duckdb_logical_type& type : types) duckdb_destroy_logical_type(&type);
  for (idx_t c = 0; c < columns; ++c) {
    out.vectors_.push_back(duckdb_data_chunk_get_vector(out.chunk_, c));
  }
  return out;
}

Appender::Appender(Appender&& other) noexcept
    : connection_(std::move(other.connection_)),
      appender_(std::exchange(other.appender_, nullptr)),
      chunk_(std::exchange(other.chunk_, nullptr)),
      finished_(other.finished_),
      vectors_(std::move(other.vectors_)) {}

Appender::~Appender() {
  duckdb_destroy_data_chunk(&chunk_);
  if (appender_ == nullptr) return;
  // Destroying writes what Finish() did not: into a transaction that comes to nothing. Where one is
  // open already, it is its owner's to undo.
  const bool undo = !finished_ && connection_->Run("BEGIN").has_value();
  duckdb_appender_destroy(&appender_);
  if (undo) static_cast<void>(connection_->Run("ROLLBACK"));
}

Status Appender::Note(duckdb_state state) {
  if (state == DuckDBSuccess) return {};
  const char* message = duckdb_appender_error(appender_);
  return Fail(ToError(message == nullptr ? "the appender failed" : message));
}

Status Appender::SetText(int64_t column, int64_t row, std::string_view value) {
  if (!IsUtf8(value)) {
    return Fail(Error{ErrorCode::kBadInput, "text that is not UTF-8", {}, std::string(value)});
  }
  SetBytes(column, row, value);
  return {};
}

void Appender::SetBytes(int64_t column, int64_t row, std::string_view value) {
  duckdb_vector_assign_string_element_len(vectors_[static_cast<size_t>(column)],
                                          static_cast<idx_t>(row), value.data(), value.size());
}

void Appender::SetNull(int64_t column, int64_t row) {
  duckdb_vector vector = vectors_[static_cast<size_t>(column)];
  duckdb_vector_ensure_validity_writable(vector);
  duckdb_validity_set_row_invalid(duckdb_vector_get_validity(vector), static_cast<idx_t>(row));
}

Status Appender::Flush(int64_t rows) {
  if (rows == 0) return {};
  duckdb_data_chunk_set_size(chunk_, static_cast<idx_t>(rows));
  PYTHIA_TRY(Note(duckdb_append_data_chunk(appender_, chunk_)));
  duckdb_data_chunk_reset(chunk_);
  return {};
}

Status Appender::Finish() {
  PYTHIA_TRY(Note(duckdb_appender_close(appender_)));
  finished_ = true;
  return {};
}

}  // namespace pythia::duckdb
