#include "store/mongodb/database.h"

#include <thread>
#include <utility>

#include <fmt/format.h>

namespace pythia::mongo {
namespace {

using Clock = std::chrono::steady_clock;
using Cursor = Owned<mongoc_cursor_t, mongoc_cursor_destroy>;

constexpr std::chrono::milliseconds kFirstPause{50};
constexpr std::chrono::milliseconds kLongestPause{1000};

// All documents of a cursor; false with the reply filled where it failed.
bool Collect(mongoc_cursor_t* cursor, std::vector<Document>* out, Reply* reply) {
  out->clear();
  const bson_t* document = nullptr;
  while (mongoc_cursor_next(cursor, &document)) {
    bson_concat(out->emplace_back().get(), document);
  }
  const bson_t* details = nullptr;
  if (!mongoc_cursor_error_document(cursor, &reply->error, &details)) return true;
  if (details != nullptr) bson_concat(&reply->document, details);
  return false;
}

Document Unordered() {
  Document options;
  options.Flag("ordered", false);
  return options;
}

}  // namespace

Result<Client> Database::Take() const {
  mongoc_client_t* client = mongoc_client_pool_pop(pool_->clients);
  if (client != nullptr) return Client(pool_->clients, client);
  return Fail(Error{.code = ErrorCode::kBusy,
                    .message = fmt::format("all connections to the store {} are in use", store_),
                    .hint = "Try again, or allow more of them (?maxPoolSize=)."});
}

Collection Database::CollectionOf(const Client& client, const std::string& name) const {
  return Collection(mongoc_client_get_collection(client.get(), name_.c_str(), name.c_str()));
}

Status Database::Try(const Call& call, std::chrono::milliseconds patience) const {
  const auto end = Clock::now() + patience;
  auto pause = kFirstPause;
  for (int attempt = 0;; ++attempt) {
    PYTHIA_ASSIGN(const Client client, Take());
    Reply reply;
    if (call(client, &reply, attempt)) return {};
    if (!reply.IsTransient() || Clock::now() + pause >= end) {
      return Fail(ErrorFrom(reply.error, store_));
    }
    std::this_thread::sleep_for(pause);
    pause = std::min(pause * 2, kLongestPause);
  }
}

Result<std::vector<Document>> Database::Find(const std::string& collection, const Document& filter,
                                             const Document& options) const {
  std::vector<Document> found;
  PYTHIA_TRY(Try([&](const Client& client, Reply* reply, int) {
    const Collection from = CollectionOf(client, collection);
    const Cursor cursor(
        mongoc_collection_find_with_opts(from.get(), filter.get(), options.get(), nullptr));
    return Collect(cursor.get(), &found, reply);
  }));
  return found;
}

Result<std::optional<Document>> Database::FindOne(const std::string& collection,
                                                  const Document& filter,
                                                  const Document& options) const {
  Document one = options;
  one.Whole("limit", 1);
  PYTHIA_ASSIGN(auto found, Find(collection, filter, one));
  if (found.empty()) return std::nullopt;
  return std::move(found.front());
}

Result<std::vector<Document>> Database::Aggregate(const std::string& collection,
                                                  const std::vector<Document>& stages) const {
  Document pipeline;
  pipeline.List("pipeline", stages);
  Document options;
  options.Flag("allowDiskUse", true);
  std::vector<Document> found;
  PYTHIA_TRY(Try([&](const Client& client, Reply* reply, int) {
    const Collection from = CollectionOf(client, collection);
    const Cursor cursor(mongoc_collection_aggregate(from.get(), MONGOC_QUERY_NONE, pipeline.get(),
                                                    options.get(), nullptr));
    return Collect(cursor.get(), &found, reply);
  }));
  return found;
}

Status Database::InsertMany(const std::string& collection,
                            const std::vector<const bson_t*>& documents, Form form,
                            std::chrono::milliseconds patience) const {
  if (documents.empty()) return {};
  bool twice = false;
  const Call call = [&](const Client& client, Reply* reply, int attempt) {
    const bool skip_checks = form == Form::kKnown && pool_->may_skip_checks;
    Document options = Unordered();
    options.Flag("validate", false);  // by the driver: built here, or escaped
    if (skip_checks) options.Flag("bypassDocumentValidation", true);
    const Collection into = CollectionOf(client, collection);
    auto** first = const_cast<const bson_t**>(documents.data());
    if (mongoc_collection_insert_many(into.get(), first, documents.size(), options.get(),
                                      &reply->document, &reply->error)) {
      return true;
    }
    if (skip_checks && reply->IsUnauthorized()) pool_->may_skip_checks = false;
    if (!reply->IsOnlyDuplicates()) return false;
    twice = attempt == 0;
    return true;
  };
  const bool skipped_checks = form == Form::kKnown && pool_->may_skip_checks;
  Status inserted = Try(call, patience);
  // Again, where that was all that this user may not do.
  if (!inserted && skipped_checks && !pool_->may_skip_checks) inserted = Try(call, patience);
  if (inserted && twice) return Fail(ErrorCode::kConflict, "is there already");
  return inserted;
}

Status Database::Insert(const std::string& collection, const std::vector<const bson_t*>& documents,
                        std::chrono::milliseconds patience) const {
  return InsertMany(collection, documents, Form::kChecked, patience);
}

Status Database::InsertKnown(const std::string& collection,
                             const std::vector<const bson_t*>& documents,
                             std::chrono::milliseconds patience) const {
  return InsertMany(collection, documents, Form::kKnown, patience);
}

Status Database::Insert(const std::string& collection, const Document& document) const {
  return Insert(collection, std::vector<const bson_t*>{document.get()});
}

Status Database::InsertTogether(const std::string& collection,
                                const std::vector<const bson_t*>& documents) const {
  if (documents.size() < 2 || !is_replicated_) return Insert(collection, documents);
  const Document options = Unordered();
  return Try([&](const Client& client, Reply* reply, int) {
    const Session session(mongoc_client_start_session(client.get(), nullptr, &reply->error));
    if (session == nullptr) return false;
    if (!mongoc_client_session_start_transaction(session.get(), nullptr, &reply->error)) {
      return false;
    }
    Document with_session;
    if (!mongoc_client_session_append(session.get(), with_session.get(), &reply->error)) {
      return false;
    }
    const Collection into = CollectionOf(client, collection);
    auto** first = const_cast<const bson_t**>(documents.data());
    if (!mongoc_collection_insert_many(into.get(), first, documents.size(), with_session.get(),
                                       &reply->document, &reply->error)) {
      // Of an attempt whose end was not heard of.
      if (reply->IsOnlyDuplicates()) return true;
      mongoc_client_session_abort_transaction(session.get(), nullptr);
      return false;
    }
    bson_destroy(&reply->document);
    return mongoc_client_session_commit_transaction(session.get(), &reply->document, &reply->error);
  });
}

Result<int64_t> Database::Update(const std::string& collection, const Document& filter,
                                 const Document& update, bool upsert) const {
  Document options;
  options.Flag("upsert", upsert);
  int64_t matched = 0;
  PYTHIA_TRY(Try([&](const Client& client, Reply* reply, int) {
    const Collection in = CollectionOf(client, collection);
    if (!mongoc_collection_update_many(in.get(), filter.get(), update.get(), options.get(),
                                       &reply->document, &reply->error)) {
      return false;
    }
    const Reader answer(&reply->document);
    matched = answer.Whole("matchedCount") + answer.Whole("upsertedCount");
    return true;
  }));
  return matched;
}

Result<std::optional<Document>> Database::FindAndModify(const std::string& collection,
                                                        const Document& filter,
                                                        const Document& update, bool upsert) const {
  std::optional<Document> found;
  PYTHIA_TRY(Try([&](const Client& client, Reply* reply, int) {
    const Collection in = CollectionOf(client, collection);
    const Owned<mongoc_find_and_modify_opts_t, mongoc_find_and_modify_opts_destroy> options(
        mongoc_find_and_modify_opts_new());
    mongoc_find_and_modify_opts_set_update(options.get(), update.get());
    const int flags = MONGOC_FIND_AND_MODIFY_RETURN_NEW |
                      (upsert ? MONGOC_FIND_AND_MODIFY_UPSERT : MONGOC_FIND_AND_MODIFY_NONE);
    mongoc_find_and_modify_opts_set_flags(options.get(),
                                          static_cast<mongoc_find_and_modify_flags_t>(flags));
    if (!mongoc_collection_find_and_modify_with_opts(in.get(), filter.get(), options.get(),
                                                     &reply->document, &reply->error)) {
      return false;
    }
    found.reset();
    bson_iter_t value;
    if (bson_iter_init_find(&value, &reply->document, "value") &&
        BSON_ITER_HOLDS_DOCUMENT(&value)) {
      uint32_t size = 0;
      const uint8_t* data = nullptr;
      bson_iter_document(&value, &size, &data);
      bson_t document;
      if (bson_init_static(&document, data, size)) bson_concat(found.emplace().get(), &document);
    }
    return true;
  }));
  return found;
}

Result<int64_t> Database::Delete(const std::string& collection, const Document& filter) const {
  int64_t deleted = 0;
  PYTHIA_TRY(Try([&](const Client& client, Reply* reply, int) {
    const Collection from = CollectionOf(client, collection);
    if (!mongoc_collection_delete_many(from.get(), filter.get(), nullptr, &reply->document,
                                       &reply->error)) {
      return false;
    }
    deleted += Reader(&reply->document).Whole("deletedCount");
    return true;
  }));
  return deleted;
}

Result<int64_t> Database::Count(const std::string& collection, const Document& filter) const {
  int64_t count = 0;
  PYTHIA_TRY(Try([&](const Client& client, Reply* reply, int) {
    const Collection in = CollectionOf(client, collection);
    count = mongoc_collection_count_documents(in.get(), filter.get(), nullptr, nullptr,
                                              &reply->document, &reply->error);
    return count >= 0;
  }));
  return count;
}

Result<Document> Database::Command(const Document& command,
                                   std::chrono::milliseconds patience) const {
  Document answer;
  PYTHIA_TRY(Try(
      [&](const Client& client, Reply* reply, int) {
        if (!mongoc_client_command_simple(client.get(), name_.c_str(), command.get(), nullptr,
                                          &reply->document, &reply->error)) {
          return false;
        }
        answer = Document();
        bson_concat(answer.get(), &reply->document);
        return true;
      },
      patience));
  return answer;
}

}  // namespace pythia::mongo
