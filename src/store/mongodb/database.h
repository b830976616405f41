// One MongoDB database through a pool of connections, with the calls that the store needs.
#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <mongoc/mongoc.h>

#include "base/error.h"
#include "config/config.h"
#include "store/mongodb/document.h"
#include "store/mongodb/failure.h"

namespace pythia::mongo {

template <typename T, void (*Free)(T*)>
struct FreeWith {
  void operator()(T* object) const { Free(object); }
};
template <typename T, void (*Free)(T*)>
using Owned = std::unique_ptr<T, FreeWith<T, Free>>;

using Collection = Owned<mongoc_collection_t, mongoc_collection_destroy>;
using Session = Owned<mongoc_client_session_t, mongoc_client_session_destroy>;

// How long a call that fails for a passing reason is made again.
inline constexpr std::chrono::milliseconds kPatience{15000};
inline constexpr std::chrono::milliseconds kLoadPatience{60000};

// A connection from the pool, which must outlive it. One thread's at a time.
class Client {
 public:
  Client(mongoc_client_pool_t* pool, mongoc_client_t* client) : pool_(pool), client_(client) {}
  Client(Client&& other) noexcept : pool_(other.pool_), client_(other.client_) {
    other.client_ = nullptr;
  }
  Client& operator=(Client&&) = delete;
  ~Client() {
    if (client_ != nullptr) mongoc_client_pool_push(pool_, client_);
  }
  mongoc_client_t* get() const { return client_; }

 private:
  mongoc_client_pool_t* pool_;
  mongoc_client_t* client_;
};

// What the driver was asked to do by this process.
struct CommandCounts {
  std::atomic<int64_t> succeeded = 0;
  std::atomic<int64_t> failed = 0;
  std::atomic<int64_t> micros = 0;  // of both
};

// The connections of a process to one server. Never destroyed: that would wait half a second for
// the driver's threads, at the end of every command.
struct Pool {
  mongoc_client_pool_t* clients = nullptr;
  CommandCounts counts;
  std::atomic<bool> may_skip_checks = true;  // until the server says that this user may not
};

// Every call waits until a majority of the servers has its write in the journal, reads from the
// primary what a majority has, and is made again for kPatience where it fails for a passing
// reason: so calls must have the same effect twice. Thread-safe.
class Database {
 public:
  // kUsage for a connection string that is none; else as ErrorFrom(), after five seconds at most
  // where nobody answers.
  static Result<std::shared_ptr<Database>> Connect(const Config& config);
  const std::string& name() const { return name_; }
  // For messages: the connection string without secrets.
  const std::string& store() const { return store_; }
  // A replica set or a sharded cluster: it has transactions and change streams.
  bool is_replicated() const { return is_replicated_; }
  bool has_clustered_collections() const { return wire_version_ >= 17; }  // MongoDB 6.0
  const CommandCounts& counts() const { return pool_->counts; }

  // kBusy where all connections have been in use for ten seconds.
  Result<Client> Take() const;
  Collection CollectionOf(const Client& client, const std::string& name) const;

  Result<std::optional<Document>> FindOne(const std::string& collection, const Document& filter,
                                          const Document& options = {}) const;
  Result<std::vector<Document>> Find(const std::string& collection, const Document& filter,
                                     const Document& options = {}) const;
  Result<std::vector<Document>> Aggregate(const std::string& collection,
                                          const std::vector<Document>& stages) const;
  // Documents that are there already (by _id) are left as they are after a broken connection, and
  // kConflict at the first attempt.
  Status Insert(const std::string& collection, const std::vector<const bson_t*>& documents,
                std::chrono::milliseconds patience = kPatience) const;
  Status Insert(const std::string& collection, const Document& document) const;
  // Campaigns, whose form is known: their schema is not checked where the user may ask for that
  // (bypassDocumentValidation, a part of dbAdmin). A tenth of the server's work.
  Status InsertKnown(const std::string& collection, const std::vector<const bson_t*>& documents,
                     std::chrono::milliseconds patience) const;
  // All or none, in one transaction, where the server has them; else some of them may be there
  // after an error.
  Status InsertTogether(const std::string& collection,
                        const std::vector<const bson_t*>& documents) const;
  // How many documents matched.
  Result<int64_t> Update(const std::string& collection, const Document& filter,
                         const Document& update, bool upsert = false) const;
  // The document as it is after the update, empty where none matched.
  Result<std::optional<Document>> FindAndModify(const std::string& collection,
                                                const Document& filter, const Document& update,
                                                bool upsert = false) const;
  Result<int64_t> Delete(const std::string& collection, const Document& filter) const;
  Result<int64_t> Count(const std::string& collection, const Document& filter) const;
  // Does not wait for the journal: a write that follows does.
  Result<Document> Command(const Document& command,
                           std::chrono::milliseconds patience = kPatience) const;

  // Makes the call until it works or fails for good, or `patience` is over. `call` returns false
  // with the reply filled where it failed.
  using Call = std::function<bool(const Client& client, Reply* reply, int attempt)>;
  Status Try(const Call& call, std::chrono::milliseconds patience = kPatience) const;

 private:
  enum class Form { kChecked, kKnown };

  Database() = default;
  Status InsertMany(const std::string& collection, const std::vector<const bson_t*>& documents,
                    Form form, std::chrono::milliseconds patience) const;
  Status Greet();

  std::string name_;
  std::string store_;
  bool is_replicated_ = false;
  int64_t wire_version_ = 0;
  Pool* pool_ = nullptr;
};

}  // namespace pythia::mongo
