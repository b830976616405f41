#include "store/mongodb/row_stream.h"

#include <algorithm>
#include <utility>

namespace pythia::mongo {
namespace {

constexpr size_t kConnections = 3;
constexpr size_t kAhead = 4;  // answers that are held or on their way

}  // namespace

RowStream::RowStream(std::shared_ptr<const Database> database, std::string collection,
                     std::vector<RowQuery> queries)
    : database_(std::move(database)),
      collection_(std::move(collection)),
      queries_(std::move(queries)) {
  if (queries_.size() < 2) return;  // answered in Next()
  for (size_t i = 0; i < std::min(kConnections, queries_.size()); ++i) {
    threads_.emplace_back([this](const std::stop_token& stop) { Run(stop); });
  }
}

RowStream::~RowStream() {
  for (std::jthread& thread : threads_) thread.request_stop();
}

Result<std::optional<RowBatch>> RowStream::Next() {
  if (given_ == queries_.size()) return std::nullopt;
  const size_t wanted = given_++;
  if (threads_.empty()) {
    PYTHIA_ASSIGN(RowBatch rows, Fetch(queries_[wanted]));
    return rows;
  }
  std::unique_lock lock(mutex_);
  changed_.notify_all();
  changed_.wait(lock, [&] { return answers_.contains(wanted); });
  Result<RowBatch> answer = std::move(answers_.at(wanted));
  answers_.erase(wanted);
  if (!answer) return Fail(std::move(answer).error());
  return *std::move(answer);
}

void RowStream::Run(const std::stop_token& stop) {
  std::unique_lock lock(mutex_);
  for (;;) {
    changed_.wait(lock, stop,
                  [&] { return asked_ < given_ + kAhead || asked_ == queries_.size(); });
    if (stop.stop_requested() || asked_ == queries_.size()) return;
    const size_t mine = asked_++;
    lock.unlock();
    Result<RowBatch> answer = Fetch(queries_[mine]);
    lock.lock();
    answers_.emplace(mine, std::move(answer));
    changed_.notify_all();
  }
}

Result<RowBatch> RowStream::Fetch(const RowQuery& query) {
  RowBatch rows;
  Document options;
  options.Inner("projection", query.projection)
      .Inner("sort", mongo::Of("_id", int64_t{1}))
      .Whole("batchSize", 1 << 30);
  PYTHIA_TRY(database_->Try([&](const Client& client, Reply* reply, int) {
    rows = {};
    rows.bytes.reserve(largest_);
    const Collection from = database_->CollectionOf(client, collection_);
    const Owned<mongoc_cursor_t, mongoc_cursor_destroy> cursor(
        mongoc_collection_find_with_opts(from.get(), query.filter.get(), options.get(), nullptr));
    const bson_t* document = nullptr;
    while (mongoc_cursor_next(cursor.get(), &document)) {
      rows.bytes.append(reinterpret_cast<const char*>(bson_get_data(document)), document->len);
      rows.ends.push_back(rows.bytes.size());
    }
    const bson_t* details = nullptr;
    if (!mongoc_cursor_error_document(cursor.get(), &reply->error, &details)) return true;
    if (details != nullptr) bson_concat(&reply->document, details);
    return false;
  }));
  if (rows.bytes.size() > largest_) largest_ = rows.bytes.size();
  return rows;
}

}  // namespace pythia::mongo
