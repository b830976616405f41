// How a Database is opened: the connection string, its defaults, and what the server can do.
#include <cstdint>
#include <map>
#include <mutex>
#include <string>
#include <utility>

#include <fmt/format.h>

#include "config/store_uri.h"
#include "store/mongodb/database.h"

namespace pythia::mongo {
namespace {

// The driver's own waits are made for programs without anyone in front of them.
constexpr int kConnectMillis = 5000;
constexpr int kSelectionMillis = 5000;
constexpr int kSocketMillis = 60000;
constexpr int kQueueMillis = 10000;
constexpr int kWriteConcernMillis = 30000;
constexpr const char* kDefaultDatabase = "pythia";

using Uri = Owned<mongoc_uri_t, mongoc_uri_destroy>;

void SetUnlessGiven(mongoc_uri_t* uri, const char* option, int value) {
  mongoc_uri_set_option_as_int32(uri, option, mongoc_uri_get_option_as_int32(uri, option, value));
}

// What the store's promises rest on is not for the connection string to change.
void SetConcerns(mongoc_uri_t* uri) {
  Owned<mongoc_write_concern_t, mongoc_write_concern_destroy> write(mongoc_write_concern_new());
  mongoc_write_concern_set_wmajority(write.get(), kWriteConcernMillis);
  mongoc_write_concern_set_journal(write.get(), true);
  mongoc_uri_set_write_concern(uri, write.get());
  Owned<mongoc_read_concern_t, mongoc_read_concern_destroy> read(mongoc_read_concern_new());
  mongoc_read_concern_set_level(read.get(), MONGOC_READ_CONCERN_LEVEL_MAJORITY);
  mongoc_uri_set_read_concern(uri, read.get());
  Owned<mongoc_read_prefs_t, mongoc_read_prefs_destroy> primary(
      mongoc_read_prefs_new(MONGOC_READ_PRIMARY));
  mongoc_uri_set_read_prefs_t(uri, primary.get());
}

Result<Uri> ParseUri(const Config& config, const std::string& store) {
  bson_error_t error{};
  Uri uri(mongoc_uri_new_with_error(config.store.c_str(), &error));
  if (uri == nullptr) {
    // The driver's message may quote the part that it does not like: a password perhaps.
    return Fail(Error{.code = ErrorCode::kUsage,
                      .message = "not a MongoDB connection string",
                      .value = store,
                      .hint = "It looks like mongodb://USER@HOST:27017/DATABASE; a '@', ':', '/' "
                              "or '%' in a user or password is written %40, %3A, %2F or %25."});
  }
  if (!config.store_password.empty()) {
    if (mongoc_uri_get_username(uri.get()) == nullptr) {
      return Fail(Error{.code = ErrorCode::kUsage,
                        .message = "a password is given for the store, but no user",
                        .value = store,
                        .hint = "Name the user in the connection string: mongodb://USER@HOST/"});
    }
    mongoc_uri_set_password(uri.get(), config.store_password.c_str());
  }
  SetUnlessGiven(uri.get(), MONGOC_URI_CONNECTTIMEOUTMS, kConnectMillis);
  SetUnlessGiven(uri.get(), MONGOC_URI_SERVERSELECTIONTIMEOUTMS, kSelectionMillis);
  SetUnlessGiven(uri.get(), MONGOC_URI_SOCKETTIMEOUTMS, kSocketMillis);
  SetUnlessGiven(uri.get(), MONGOC_URI_WAITQUEUETIMEOUTMS, kQueueMillis);
  mongoc_uri_set_appname(uri.get(), "pythia");
  SetConcerns(uri.get());
  return uri;
}

CommandCounts* CountsOf(void* context) { return static_cast<CommandCounts*>(context); }

void OnSucceeded(const mongoc_apm_command_succeeded_t* event) {
  auto* counts = CountsOf(mongoc_apm_command_succeeded_get_context(event));
  ++counts->succeeded;
  counts->micros += mongoc_apm_command_succeeded_get_duration(event);
}

void OnFailed(const mongoc_apm_command_failed_t* event) {
  auto* counts = CountsOf(mongoc_apm_command_failed_get_context(event));
  ++counts->failed;
  counts->micros += mongoc_apm_command_failed_get_duration(event);
}

void InitDriver() {
  static std::once_flag once;
  std::call_once(once, [] {
    mongoc_init();
    // Its log goes to standard error as it pleases; what matters comes as errors.
    mongoc_log_set_handler(nullptr, nullptr);
  });
}

// One per connection string, so that stores on one server share their connections.
Result<Pool*> PoolOf(const Config& config, const mongoc_uri_t* uri, const std::string& store) {
  static std::mutex mutex;
  static auto* const pools = new std::map<std::string, std::unique_ptr<Pool>>;
  const std::scoped_lock lock(mutex);
  std::unique_ptr<Pool>& pool = (*pools)[config.store + '\0' + config.store_password];
  if (pool != nullptr) return pool.get();
  auto made = std::make_unique<Pool>();
  bson_error_t error{};
  made->clients = mongoc_client_pool_new_with_error(uri, &error);
  if (made->clients == nullptr) return Fail(ErrorFrom(error, store));
  mongoc_client_pool_set_error_api(made->clients, MONGOC_ERROR_API_VERSION_2);
  const Owned<mongoc_apm_callbacks_t, mongoc_apm_callbacks_destroy> callbacks(
      mongoc_apm_callbacks_new());
  mongoc_apm_set_command_succeeded_cb(callbacks.get(), OnSucceeded);
  mongoc_apm_set_command_failed_cb(callbacks.get(), OnFailed);
  mongoc_client_pool_set_apm_callbacks(made->clients, callbacks.get(), &made->counts);
  pool = std::move(made);
  return pool.get();
}

}  // namespace

Result<std::shared_ptr<Database>> Database::Connect(const Config& config) {
  InitDriver();
  std::shared_ptr<Database> database(new Database);
  database->store_ = WithoutSecrets(config.store);
  PYTHIA_ASSIGN(const Uri uri, ParseUri(config, database->store_));
  const char* named = mongoc_uri_get_database(uri.get());
  database->name_ = !config.store_database.empty()       ? config.store_database
                    : named != nullptr && *named != '\0' ? named
                                                         : kDefaultDatabase;
  PYTHIA_ASSIGN(database->pool_, PoolOf(config, uri.get(), database->store_));
  PYTHIA_TRY(database->Greet());
  return database;
}

Status Database::Greet() {
  Document answer;
  PYTHIA_TRY(Try(
      [&](const Client& client, Reply* reply, int) {
        const Document hello = Of("hello", int64_t{1});
        if (!mongoc_client_command_simple(client.get(), "admin", hello.get(), nullptr,
                                          &reply->document, &reply->error)) {
          return false;
        }
        bson_concat(answer.get(), &reply->document);
        return true;
      },
      std::chrono::milliseconds(0)));
  const Reader hello(answer.get());
  wire_version_ = hello.Whole("maxWireVersion");
  PYTHIA_TRY(CheckServer(wire_version_, store_));
  is_replicated_ = hello.Has("setName") || hello.Text("msg") == "isdbgrid";
  return {};
}

}  // namespace pythia::mongo
