#include <algorithm>
#include <cmath>
#include <set>
#include <system_error>
#include <utility>

#include <fmt/format.h>

#include "base/check.h"
#include "base/file.h"
#include "duckdb/appender.h"
#include "duckdb/database.h"
#include "duckdb/quoting.h"
#include "report/writers.h"

namespace pythia {
namespace {

constexpr int64_t kMemoryMb = 512;
constexpr double kWholeLimit = 9e15;

// A folder for DuckDB's working files, beside the target: the disk that has room for the file
// has to have it for them too. Gone with this object.
class WorkFolder {
 public:
  explicit WorkFolder(std::filesystem::path path) : path_(std::move(path)) {}
  WorkFolder(WorkFolder&& other) noexcept : path_(std::exchange(other.path_, {})) {}
  WorkFolder& operator=(WorkFolder&&) = delete;
  ~WorkFolder() {
    std::error_code ignored;
    if (!path_.empty()) std::filesystem::remove_all(path_, ignored);
  }
  const std::filesystem::path& path() const { return path_; }

 private:
  std::filesystem::path path_;
};

std::string_view SqlType(ColumnType type) {
  switch (type) {
    case ColumnType::kText:
    case ColumnType::kCategory:
      return "VARCHAR";
    case ColumnType::kDate:
      return "DATE";
    case ColumnType::kCount:
      return "BIGINT";
    case ColumnType::kNumber:
    case ColumnType::kMoney:
      return "DOUBLE";
  }
  PYTHIA_CHECK(false);
}

std::string LowerCase(std::string text) {
  std::transform(text.begin(), text.end(), text.begin(),
                 [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; });
  return text;
}

// The names in the file, no two alike but for case.
std::vector<std::string> FileNames(const Schema& schema) {
  std::set<std::string> taken;
  std::vector<std::string> names;
  for (const ColumnSpec& spec : schema) {
    std::string name = spec.name;
    for (int i = 1; !taken.insert(LowerCase(name)).second; ++i) {
      name = fmt::format("{}_{}", spec.name, i);
    }
    names.push_back(std::move(name));
  }
  return names;
}

std::string CreateTableSql(const Schema& schema) {
  std::string sql = "CREATE TABLE rows (";
  for (size_t c = 0; c < schema.size(); ++c) {
    sql += fmt::format("{}c{} {}", c == 0 ? "" : ", ", c, SqlType(schema[c].type));
  }
  return sql + ")";
}

std::string CopySql(const Schema& schema, const std::filesystem::path& path) {
  std::string sql = "COPY (SELECT ";
  const std::vector<std::string> names = FileNames(schema);
  for (size_t c = 0; c < names.size(); ++c) {
    sql += fmt::format("{}c{} AS {}", c == 0 ? "" : ", ", c, duckdb::QuoteName(names[c]));
  }
  // Without USE_TMP_FILE false DuckDB would put another file in the place of the one we sync.
  return sql + fmt::format(" FROM rows) TO {} (FORMAT parquet, CODEC zstd, USE_TMP_FILE false)",
                           duckdb::QuoteText(path.string()));
}

class ParquetWriter final : public TableWriter {
 public:
  ParquetWriter(AtomicFile file, std::filesystem::path path, Schema schema, WorkFolder folder,
                duckdb::Connection connection, duckdb::Appender appender)
      : file_(std::move(file)),
        path_(std::move(path)),
        schema_(std::move(schema)),
        folder_(std::move(folder)),
        connection_(std::move(connection)),
        appender_(std::move(appender)) {}

  Status Append(const Table& rows) override {
    PYTHIA_CHECK(HasColumns(rows, schema_));
    for (int64_t begin = 0; begin < rows.num_rows(); begin += duckdb::Appender::capacity()) {
      const int64_t count = std::min(duckdb::Appender::capacity(), rows.num_rows() - begin);
      for (size_t c = 0; c < schema_.size(); ++c) {
        for (int64_t row = 0; row < count; ++row) {
          PYTHIA_TRY(Set(rows.columns()[c], begin + row, static_cast<int64_t>(c), row));
        }
      }
      PYTHIA_TRY(Named(appender_.Flush(count)));
    }
    return {};
  }

  Status Commit() override {
    PYTHIA_TRY(Named(appender_.Finish()));
    PYTHIA_TRY(Named(connection_.Run(CopySql(schema_, file_.temporary_path()))));
    return file_.Commit();
  }

 private:
  // DuckDB speaks of its working files; the user of the file that was asked for.
  Status Named(Status status) const {
    if (!status) status.error().place.file = path_.string();
    return status;
  }

  Status Set(const Column& column, int64_t from, int64_t to_column, int64_t to_row) {
    const auto i = static_cast<size_t>(from);
    if (IsAbsent(column, from)) {
      appender_.SetNull(to_column, to_row);
      return {};
    }
    switch (column.type()) {
      case ColumnType::kText:
      case ColumnType::kCategory:
        return appender_.SetText(to_column, to_row, ValidUtf8(TextAt(column, from), &scratch_));
      case ColumnType::kDate:
        appender_.Data<int32_t>(to_column)[to_row] = column.days()[i];
        return {};
      case ColumnType::kCount:
        return SetCount(column, column.numbers()[i], to_column, to_row);
      case ColumnType::kNumber:
      case ColumnType::kMoney:
        appender_.Data<double>(to_column)[to_row] = column.numbers()[i];
        return {};
    }
    return {};
  }

  Status SetCount(const Column& column, double value, int64_t to_column, int64_t to_row) {
    if (std::fabs(value) > kWholeLimit || value != std::floor(value)) {
      return Fail(Error{ErrorCode::kBadInput,
                        "this count is not whole",
                        {.file = path_.string(), .column = column.name()},
                        fmt::format("{}", value)});
    }
    appender_.Data<int64_t>(to_column)[to_row] = static_cast<int64_t>(value);
    return {};
  }

  AtomicFile file_;
  std::filesystem::path path_;
  Schema schema_;
  std::string scratch_;
  // In this order, so that the appender goes first and the folder last.
  WorkFolder folder_;
  duckdb::Connection connection_;
  duckdb::Appender appender_;
};

}  // namespace

Result<std::unique_ptr<TableWriter>> CreateParquetWriter(const std::filesystem::path& path,
                                                         const Schema& schema) {
  PYTHIA_ASSIGN(AtomicFile file, AtomicFile::Create(path));
  // The temporary file's name is unique, so this one is too.
  WorkFolder folder(file.temporary_path().string() + ".work");
  PYTHIA_ASSIGN(const duckdb::Database database,
                duckdb::Database::Open(folder.path() / "rows.duckdb", {.memory_mb = kMemoryMb}));
  PYTHIA_ASSIGN(duckdb::Connection connection, database.Connect());
  PYTHIA_TRY(connection.Run(CreateTableSql(schema)));
  PYTHIA_ASSIGN(duckdb::Appender appender, duckdb::Appender::Open(connection, "main", "rows"));
  return std::make_unique<ParquetWriter>(std::move(file), path, schema, std::move(folder),
                                         std::move(connection), std::move(appender));
}

}  // namespace pythia
