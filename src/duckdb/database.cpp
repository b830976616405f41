#include "duckdb/database.h"

#include <mutex>
#include <set>
#include <system_error>
#include <utility>

#include <fmt/format.h>

#include "base/file.h"
#include "duckdb/failure.h"
#include "duckdb/handles.h"

namespace pythia::duckdb {
namespace {

namespace fs = std::filesystem;

// Files that this process has open. DuckDB's lock is POSIX's, which keeps other processes out but
// not a second opening by the same one.
struct OpenFiles {
  std::mutex mutex;
  std::set<fs::path> paths;
};

OpenFiles& Files() {
  static OpenFiles files;
  return files;
}

class Settings {
 public:
  Settings() { failed_ = duckdb_create_config(&config_) == DuckDBError; }
  ~Settings() { duckdb_destroy_config(&config_); }
  Settings(const Settings&) = delete;
  Settings& operator=(const Settings&) = delete;

  void Set(const char* name, const std::string& value) {
    failed_ = failed_ || duckdb_set_config(config_, name, value.c_str()) == DuckDBError;
  }
  bool failed() const { return failed_; }
  duckdb_config get() const { return config_; }

 private:
  duckdb_config config_ = nullptr;
  bool failed_ = false;
};

void Apply(const DatabaseOptions& options, Settings* settings) {
  settings->Set("autoinstall_known_extensions", "false");
  settings->Set("autoload_known_extensions", "false");
  // A checkpoint compresses and merges what was logged since the last one: at eight times DuckDB's
  // default, logging a prediction costs a third less, and a crash replays in about a second.
  settings->Set("checkpoint_threshold", "128MB");
  if (options.threads > 0) settings->Set("threads", std::to_string(options.threads));
  if (options.memory_mb > 0) {
    settings->Set("memory_limit", std::to_string(options.memory_mb) + "MB");
  }
  if (options.read_only) settings->Set("access_mode", "read_only");
}

Result<std::shared_ptr<internal::DatabaseHandle>> OpenHandle(const char* path,
                                                             const DatabaseOptions& options) {
  Settings settings;
  Apply(options, &settings);
  if (settings.failed()) return Fail(ErrorCode::kInternal, "DuckDB refused a setting");
  auto handle = std::make_shared<internal::DatabaseHandle>();
  handle->memory_mb = options.memory_mb;
  char* message = nullptr;
  if (duckdb_open_ext(path, &handle->database, settings.get(), &message) == DuckDBError) {
    Error error = ToError(message == nullptr ? "unknown error" : message);
    duckdb_free(message);
    return Fail(std::move(error));
  }
  return handle;
}

// Claims the path for this process; the handle gives it back.
Result<fs::path> Claim(const fs::path& path) {
  std::error_code failed;
  const fs::path folder = path.has_parent_path() ? path.parent_path() : ".";
  fs::create_directories(folder, failed);
  if (failed) return Fail(IoError(failed.value(), "make the folder", folder));
  fs::path real = fs::weakly_canonical(path, failed);
  if (failed) return Fail(IoError(failed.value(), "open", path));
  if (fs::is_directory(real, failed)) {
    return Fail(Error{ErrorCode::kBadInput, "is a folder, no DuckDB file"});
  }
  const std::lock_guard lock(Files().mutex);
  if (!Files().paths.insert(real).second) {
    return Fail(Error{ErrorCode::kBusy, "is open in this process already"});
  }
  return real;
}

// What Open() says of a failure: it names the file.
Error AtFile(Error error, const fs::path& path) {
  if (error.code == ErrorCode::kInternal) error.code = ErrorCode::kIo;
  if (error.place.file.empty()) error.place.file = path.string();
  return error;
}

}  // namespace

namespace internal {

DatabaseHandle::~DatabaseHandle() {
  duckdb_close(&database);
  if (path.empty()) return;
  const std::lock_guard lock(Files().mutex);
  Files().paths.erase(path);
}

ConnectionHandle::~ConnectionHandle() { duckdb_disconnect(&connection); }

}  // namespace internal

Database::Database(std::shared_ptr<internal::DatabaseHandle> handle) : handle_(std::move(handle)) {}

Result<Database> Database::Open(const fs::path& path, const DatabaseOptions& options) {
  auto claimed = Claim(path);
  if (!claimed) return Fail(AtFile(std::move(claimed).error(), path));
  auto handle = OpenHandle(path.c_str(), options);
  if (!handle) {
    const std::lock_guard lock(Files().mutex);
    Files().paths.erase(*claimed);
    return Fail(AtFile(std::move(handle).error(), path));
  }
  (*handle)->path = *claimed;
  return Database(*std::move(handle));
}

Result<Database> Database::InMemory(const DatabaseOptions& options) {
  PYTHIA_ASSIGN(auto handle, OpenHandle(nullptr, options));
  return Database(std::move(handle));
}

Result<Connection> Database::Connect() const {
  auto handle = std::make_shared<internal::ConnectionHandle>();
  handle->database = handle_;
  if (duckdb_connect(handle_->database, &handle->connection) == DuckDBError) {
    return Fail(ErrorCode::kInternal, "DuckDB gave no connection");
  }
  return Connection(std::move(handle));
}

// Cached blocks go when a limit asks for it: a lower one for a moment. Refused where that much is
// in use; in use means pinned, so what one is doing in that moment has the room that it had. Two
// may need more than that.
Status Database::DropCached(int64_t mb) const {
  if (handle_->memory_mb <= mb || handle_->at_work > 1) return {};
  PYTHIA_ASSIGN(Connection connection, Connect());
  const auto set = [&](int64_t limit) {
    return connection.Run(fmt::format("SET memory_limit = '{}MB'", limit));
  };
  static_cast<void>(set(mb));
  return set(handle_->memory_mb);
}

std::shared_ptr<void> Database::AtWork() const {
  ++handle_->at_work;
  return {nullptr, [handle = handle_](void* /*none*/) { --handle->at_work; }};
}

Connection::Connection(std::shared_ptr<internal::ConnectionHandle> handle)
    : handle_(std::move(handle)) {}

duckdb_connection Connection::handle() const { return handle_->connection; }

Status Connection::Run(const std::string& sql) {
  duckdb_result result;
  const bool failed = duckdb_query(handle_->connection, sql.c_str(), &result) == DuckDBError;
  Status status;
  if (failed) status = Fail(ToError(duckdb_result_error(&result)));
  duckdb_destroy_result(&result);
  return status;
}

Result<Statement> Connection::Prepare(const std::string& sql) {
  duckdb_prepared_statement prepared = nullptr;
  if (duckdb_prepare(handle_->connection, sql.c_str(), &prepared) == DuckDBError) {
    Error error = ToError(duckdb_prepare_error(prepared));
    duckdb_destroy_prepare(&prepared);
    return Fail(std::move(error));
  }
  return Statement(handle_, prepared);
}

Result<ChunkReader> Connection::Query(const std::string& sql) {
  PYTHIA_ASSIGN(Statement statement, Prepare(sql));
  return statement.Execute();
}

}  // namespace pythia::duckdb
