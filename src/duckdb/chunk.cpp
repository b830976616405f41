#include "duckdb/chunk.h"

#include <cmath>
#include <utility>

#include "base/check.h"
#include "duckdb/failure.h"
#include "duckdb/handles.h"

namespace pythia::duckdb {

std::string_view Vector::Text(int64_t row) const {
  // The C function takes a pointer to non-const and changes nothing.
  auto* text = const_cast<duckdb_string_t*>(Data<duckdb_string_t>() + row);
  return {duckdb_string_t_data(text), duckdb_string_t_length(*text)};
}

ChunkReader::ChunkReader(std::shared_ptr<internal::ConnectionHandle> connection,
                         duckdb_result result)
    : connection_(std::move(connection)), result_(result) {
  const idx_t columns = duckdb_column_count(&result_);
  for (idx_t c = 0; c < columns; ++c) types_.push_back(duckdb_column_type(&result_, c));
  chunk_.columns.resize(columns);
}

ChunkReader::ChunkReader(ChunkReader&& other) noexcept
    : connection_(std::move(other.connection_)),
      result_(other.result_),
      open_(std::exchange(other.open_, false)),
      types_(std::move(other.types_)),
      current_(std::exchange(other.current_, nullptr)),
      chunk_(std::move(other.chunk_)) {}

ChunkReader& ChunkReader::operator=(ChunkReader&& other) noexcept {
  std::swap(connection_, other.connection_);
  std::swap(result_, other.result_);
  std::swap(open_, other.open_);
  std::swap(types_, other.types_);
  std::swap(current_, other.current_);
  std::swap(chunk_, other.chunk_);
  return *this;
}

ChunkReader::~ChunkReader() {
  duckdb_destroy_data_chunk(&current_);
  if (open_) duckdb_destroy_result(&result_);
}

std::string ChunkReader::ColumnName(int64_t column) const {
  return duckdb_column_name(&result_, static_cast<idx_t>(column));
}

Result<const Chunk*> ChunkReader::Next() {
  duckdb_destroy_data_chunk(&current_);
  do {
    duckdb_destroy_data_chunk(&current_);
    current_ = duckdb_fetch_chunk(result_);
    if (current_ == nullptr) {
      const char* message = duckdb_result_error(&result_);
      if (message != nullptr) return Fail(ToError(message));
      return nullptr;
    }
    chunk_.rows = static_cast<int64_t>(duckdb_data_chunk_get_size(current_));
  } while (chunk_.rows == 0);
  for (size_t c = 0; c < chunk_.columns.size(); ++c) {
    duckdb_vector vector = duckdb_data_chunk_get_vector(current_, c);
    chunk_.columns[c].data_ = duckdb_vector_get_data(vector);
    chunk_.columns[c].validity_ = duckdb_vector_get_validity(vector);
  }
  return &chunk_;
}

RowReader::RowReader(ChunkReader chunks) : chunks_(std::move(chunks)) {}

Result<bool> RowReader::Next() {
  if (chunk_ != nullptr && ++row_ < chunk_->rows) return true;
  PYTHIA_ASSIGN(chunk_, chunks_.Next());
  row_ = 0;
  return chunk_ != nullptr;
}

const Vector& RowReader::At(int64_t column, duckdb_type type) const {
  PYTHIA_CHECK(chunk_ != nullptr && chunks_.ColumnType(column) == type);
  return chunk_->columns[static_cast<size_t>(column)];
}

bool RowReader::IsNull(int64_t column) const {
  return At(column, chunks_.ColumnType(column)).IsNull(row_);
}

std::string RowReader::Text(int64_t column) const {
  const bool blob = chunks_.ColumnType(column) == DUCKDB_TYPE_BLOB;
  const Vector& values = At(column, blob ? DUCKDB_TYPE_BLOB : DUCKDB_TYPE_VARCHAR);
  return values.IsNull(row_) ? std::string() : std::string(values.Text(row_));
}

int64_t RowReader::Int(int64_t column) const {
  const Vector& values = At(column, DUCKDB_TYPE_BIGINT);
  return values.IsNull(row_) ? 0 : values.Data<int64_t>()[row_];
}

double RowReader::Number(int64_t column) const {
  const Vector& values = At(column, DUCKDB_TYPE_DOUBLE);
  return values.IsNull(row_) ? std::nan("") : values.Data<double>()[row_];
}

bool RowReader::Bool(int64_t column) const {
  const Vector& values = At(column, DUCKDB_TYPE_BOOLEAN);
  return !values.IsNull(row_) && values.Data<bool>()[row_];
}

}  // namespace pythia::duckdb
