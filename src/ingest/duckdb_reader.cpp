#include "ingest/duckdb_reader.h"

#include <algorithm>

#include <fmt/format.h>

#include "duckdb/database.h"
#include "duckdb/quoting.h"

namespace pythia {
namespace {

constexpr char kCellEnd = '\x1F';  // between cells of a row's bytes

class DuckDbRecords final : public Records {
 public:
  DuckDbRecords(duckdb::ChunkReader reader, size_t columns) : reader_(std::move(reader)) {
    fields_.resize(columns);
    num_fields_ = columns;
  }

  Result<bool> Next() override {
    while (chunk_ == nullptr || row_ + 1 >= chunk_->rows) {
      PYTHIA_ASSIGN(chunk_, reader_.Next());
      if (chunk_ == nullptr) return false;
      row_ = -1;
    }
    ++row_;
    ++line_;
    bytes_.clear();
    for (size_t c = 0; c < fields_.size(); ++c) {
      const duckdb::Vector& column = chunk_->columns[c];
      fields_[c] = column.IsNull(row_) ? std::string_view{} : column.Text(row_);
      bytes_ += fields_[c];
      bytes_ += kCellEnd;
    }
    raw_ = bytes_;
    return true;
  }

 private:
  duckdb::ChunkReader reader_;
  const duckdb::Chunk* chunk_ = nullptr;
  int64_t row_ = -1;
  std::string bytes_;
};

class DuckDbPass final : public TablePass {
 public:
  DuckDbPass(const InputFile& input, duckdb::ChunkReader reader, size_t columns)
      : digest_(input, 0), records_(std::move(reader), columns) {}
  Records& records() override { return records_; }
  int64_t bytes_read() const override { return 0; }  // DuckDB does not tell
  int64_t invalid_bytes() const override { return 0; }
  int64_t multibyte() const override { return 0; }
  Status CheckText() const override { return {}; }
  Result<std::string> HexDigest() override { return digest_.HexDigest(); }

 private:
  FilePass digest_;
  DuckDbRecords records_;
};

class DuckDbFile final : public TableFile {
 public:
  DuckDbFile(std::unique_ptr<InputFile> input, RecordLimits limits, duckdb::Connection connection)
      : input_(std::move(input)), limits_(limits), connection_(std::move(connection)) {}

  Status Examine() {
    PYTHIA_ASSIGN(const duckdb::ChunkReader reader, Rows(" LIMIT 0"));
    for (int64_t c = 0; c < reader.num_columns(); ++c) header_.push_back(reader.ColumnName(c));
    if (header_.size() <= limits_.max_columns) return {};
    return Fail(Error{
        ErrorCode::kBadInput,
        fmt::format("{} columns; at most {} can be read", header_.size(), limits_.max_columns),
        {.file = input_->name()},
        {},
        "Export only the columns that describe campaigns."});
  }

  const InputFile& input() const override { return *input_; }
  const std::vector<std::string>& header() const override { return header_; }
  std::string format() const override { return IsParquet() ? "parquet" : "json lines"; }
  Result<std::unique_ptr<TablePass>> Read() override {
    PYTHIA_ASSIGN(duckdb::ChunkReader reader, Rows(""));
    return std::make_unique<DuckDbPass>(*input_, std::move(reader), header_.size());
  }
  bool FallBackToLatin() override { return false; }

 private:
  bool IsParquet() const { return input_->kind() == FileKind::kParquet; }

  Result<duckdb::ChunkReader> Rows(std::string_view limit) {
    const std::string path = duckdb::QuoteText(input_->readable_path());
    const std::string table =
        IsParquet() ? fmt::format("read_parquet({})", path)
                    : fmt::format("read_json({}, compression={})", path,
                                  input_->kind() == FileKind::kGzip ? "'gzip'" : "'uncompressed'");
    Result<duckdb::ChunkReader> reader = Fail(ErrorCode::kInternal, "");
    auto statement =
        connection_.Prepare(fmt::format("SELECT COLUMNS(*)::VARCHAR FROM {}{}", table, limit));
    if (statement) reader = statement->Stream();
    if (!statement) reader = Fail(std::move(statement).error());
    if (reader) return reader;
    Error error = std::move(reader).error();
    if (error.code == ErrorCode::kInternal) error.code = ErrorCode::kBadInput;
    error.place.file = input_->name();
    if (error.hint.empty()) error.hint = "Export the table as CSV, or as one JSON object per line.";
    return Fail(std::move(error));
  }

  std::unique_ptr<InputFile> input_;
  RecordLimits limits_;
  duckdb::Connection connection_;
  std::vector<std::string> header_;
};

}  // namespace

Result<std::unique_ptr<TableFile>> OpenWithDuckDb(std::unique_ptr<InputFile> input,
                                                  RecordLimits limits) {
  PYTHIA_ASSIGN(const duckdb::Database database, duckdb::Database::InMemory({}));
  PYTHIA_ASSIGN(duckdb::Connection connection, database.Connect());
  auto file = std::make_unique<DuckDbFile>(std::move(input), limits, std::move(connection));
  PYTHIA_TRY(file->Examine());
  return file;
}

}  // namespace pythia
