#include "store/duckdb/duckdb_store.h"

#include <cstdint>
#include <system_error>
#include <utility>

#include <fmt/format.h>

#include "store/duckdb/backup.h"
#include "store/duckdb/layout.h"

namespace pythia {
namespace {

// Enough for sorting and grouping a million campaigns; beyond it DuckDB uses the disk.
constexpr int64_t kMemoryMb = 512;

// A checkpoint rewrites what changed since the last one and takes longer than one prediction; a
// log of this size is read in a few milliseconds.
constexpr uintmax_t kSmallLogBytes = 64 << 10;

struct OpenedFile {
  duckdb::Database database;
  duckdb::Connection connection;
};

Result<OpenedFile> OpenFile(const std::filesystem::path& path, int threads) {
  PYTHIA_ASSIGN(duckdb::Database database,
                duckdb::Database::Open(path, {.threads = threads, .memory_mb = kMemoryMb}));
  PYTHIA_ASSIGN(duckdb::Connection connection, database.Connect());
  PYTHIA_TRY(connection.Run("PRAGMA disable_checkpoint_on_shutdown"));
  return OpenedFile{std::move(database), std::move(connection)};
}

// Keeps the store as it is in a copy beside it, and closes it.
Status SaveOlder(const std::filesystem::path& path, int64_t version, OpenedFile* opened) {
  PYTHIA_TRY(opened->connection.Run("CHECKPOINT"));  // all of it is in the one file now
  {
    const OpenedFile closed = std::move(*opened);
  }
  return BackUp(path, fmt::format("{}.version-{}", path.string(), version));
}

Error AboutStore(Error error, const std::filesystem::path& path) {
  error.place = {};
  const std::string file = Printable(path.string());
  if (error.code == ErrorCode::kBusy) {
    const size_t number = error.message.find("(PID ");
    error.message =
        fmt::format("the store {} is in use by another pythia process{}", file,
                    number == std::string::npos ? "" : " " + error.message.substr(number));
    error.hint = "Wait for it or stop it.";
  } else {
    error.message = fmt::format("the store {} {}", file, error.message);
  }
  return error;
}

}  // namespace

DuckdbStore::DuckdbStore(std::filesystem::path path, duckdb::Database database,
                         duckdb::Connection connection, TableNames names)
    : path_(std::move(path)),
      database_(std::move(database)),
      connection_(std::move(connection)),
      names_(std::move(names)) {}

DuckdbStore::~DuckdbStore() {
  std::error_code failed;
  const auto log = std::filesystem::file_size(path_.string() + ".wal", failed);
  if (failed || log < kSmallLogBytes) return;
  // Refused while a scan is open, or by a full disk; the log is as safe then.
  static_cast<void>(connection_.Run("CHECKPOINT"));
}

Result<std::unique_ptr<Store>> DuckdbStore::Open(const std::filesystem::path& path, int threads,
                                                 const TableNames& names) {
  // DuckDB names a database by its file, and takes "a.b" for a schema or a file.
  if (path.stem() == "pythia_catalog" || path.stem() == "pythia_loads" ||
      path.stem().string().starts_with("pythia_feed")) {
    return Fail(Error{ErrorCode::kUsage, "a store cannot have this name", {}, path.string()});
  }
  const auto about = [&](Error error) { return Fail(AboutStore(std::move(error), path)); };
  auto opened = OpenFile(path, threads);
  if (!opened) return about(std::move(opened).error());
  Result<int64_t> version = PrepareLayout(opened->connection, names);
  if (version && *version < kSchemaVersion) {
    if (Status saved = SaveOlder(path, *version, &*opened); !saved) {
      return about(std::move(saved).error());
    }
    opened = OpenFile(path, threads);
    if (!opened) return about(std::move(opened).error());
    version = PrepareLayout(opened->connection, names);
    if (version && *version < kSchemaVersion) {
      const Status migrated = MigrateLayout(opened->connection, names);
      if (!migrated) return about(migrated.error());
    }
  }
  if (!version) return about(std::move(version).error());
  return std::unique_ptr<Store>(
      new DuckdbStore(path, std::move(opened->database), std::move(opened->connection), names));
}

}  // namespace pythia
