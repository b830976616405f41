#include "ingest/duckdb_reader.h"

#include <algorithm>
#include <cstring>

#include <fmt/format.h>

#include "duckdb/database.h"
#include "duckdb/quoting.h"

namespace pythia {
namespace {

constexpr char kCellEnd = '\x1F';  // between cells of a row's bytes
constexpr size_t kLongestRow = 1 << 30;
constexpr size_t kSpareBytes = 64;  // behind a block's bytes

class DuckDbBlocks final : public BlockReader {
 public:
  DuckDbBlocks(duckdb::ChunkReader reader, std::string name)
      : reader_(std::move(reader)), name_(std::move(name)) {}

  // A chunk of DuckDB's is a block; a part of it where its texts are long.
  Result<bool> Read(RecordBlock* block) override {
    block->Clear();
    block->is_csv = false;
    block->first_line = line_ + 1;
    block->ends.Grow(kRecordsPerBlock);
    size_t used = 0;
    while (block->num_records() < kRecordsPerBlock && used < kBytesPerBlock) {
      if (chunk_ == nullptr || row_ == chunk_->rows) {
        if (block->num_records() > 0) break;
        PYTHIA_ASSIGN(chunk_, reader_.Next());
        row_ = 0;
        if (chunk_ == nullptr) return false;
      }
      PYTHIA_TRY(TakeRow(block, &used));
    }
    return true;
  }

 private:
  Status TakeRow(RecordBlock* block, size_t* used) {
    ++line_;
    size_t place = block->records == 0 ? 0 : block->ends[block->records - 1];
    if (block->places.room() < place + chunk_->columns.size() + 1) {
      block->places.Grow((place + chunk_->columns.size() + 1) * 2);
    }
    for (const duckdb::Vector& column : chunk_->columns) {
      const std::string_view text = column.IsNull(row_) ? std::string_view{} : column.Text(row_);
      if (text.size() >= kLongestRow || *used >= kLongestRow) return Fail(TooLong());
      if (*used + text.size() + kSpareBytes > block->buffer.room()) {
        block->buffer.Grow((*used + text.size() + kSpareBytes) * 2);
      }
      if (!text.empty()) std::memcpy(block->buffer.data() + *used, text.data(), text.size());
      *used += text.size();
      block->buffer.data()[*used] = kCellEnd;
      block->places[++place] = static_cast<uint32_t>((*used)++);
    }
    block->ends[block->records++] = static_cast<uint32_t>(place);
    ++row_;
    return {};
  }

  Error TooLong() const {
    return Error{ErrorCode::kBadInput,
                 fmt::format("a row longer than {} bytes", kLongestRow),
                 {.file = name_, .line = line_},
                 {},
                 "Leave out what describes no campaign."};
  }

  duckdb::ChunkReader reader_;
  std::string name_;
  const duckdb::Chunk* chunk_ = nullptr;
  int64_t row_ = 0;
  int64_t line_ = 0;
};

class DuckDbPass final : public TablePass {
 public:
  DuckDbPass(const InputFile& input, duckdb::ChunkReader reader, bool digests)
      : file_(input, 0, digests), blocks_(std::move(reader), input.name()) {}
  BlockReader& blocks() override { return blocks_; }
  int64_t invalid_bytes() const override { return 0; }
  int64_t multibyte() const override { return 0; }
  Status CheckText() const override { return {}; }
  void Digest(const RecordBlock&) override {}  // the file is read for it in the end
  Result<std::string> HexDigest() override { return file_.HexDigest(); }

 private:
  FilePass file_;
  DuckDbBlocks blocks_;
};

class DuckDbFile final : public TableFile {
 public:
  DuckDbFile(std::unique_ptr<InputFile> input, RecordLimits limits, bool digests,
             duckdb::Connection connection)
      : input_(std::move(input)),
        limits_(limits),
        digests_(digests),
        connection_(std::move(connection)) {}

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
  Result<std::unique_ptr<TablePass>> Read(PassKind) override {
    PYTHIA_ASSIGN(duckdb::ChunkReader reader, Rows(""));
    return std::make_unique<DuckDbPass>(*input_, std::move(reader), digests_);
  }
  bool digests() const override { return digests_; }
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
  bool digests_;
  duckdb::Connection connection_;
  std::vector<std::string> header_;
};

}  // namespace

Result<std::unique_ptr<TableFile>> OpenWithDuckDb(std::unique_ptr<InputFile> input,
                                                  RecordLimits limits, bool digests) {
  PYTHIA_ASSIGN(const duckdb::Database database, duckdb::Database::InMemory({}));
  PYTHIA_ASSIGN(duckdb::Connection connection, database.Connect());
  auto file =
      std::make_unique<DuckDbFile>(std::move(input), limits, digests, std::move(connection));
  PYTHIA_TRY(file->Examine());
  return file;
}

}  // namespace pythia
