#include "store/mongodb/activations.h"

#include <algorithm>
#include <condition_variable>
#include <mutex>

#include "store/mongodb/layout.h"

namespace pythia::mongo {
namespace {

using Clock = std::chrono::steady_clock;

// How long the server holds a question for news; a stop waits for that.
constexpr std::chrono::milliseconds kHeld{250};

void Sleep(Clock::time_point until, const std::stop_token& stop) {
  std::mutex mutex;
  std::condition_variable_any never;
  std::unique_lock lock(mutex);
  never.wait_until(lock, stop, until, [] { return false; });
}

}  // namespace

bool Activations::Open() {
  auto client = database_->Take();
  if (!client) return false;
  client_.emplace(*std::move(client));
  collection_ = database_->CollectionOf(*client_, kActive);
  const Document options = Of("maxAwaitTimeMS", int64_t{kHeld.count()});
  const Document everything;
  stream_.reset(mongoc_collection_watch(collection_.get(), everything.get(), options.get()));
  const bson_t* details = nullptr;
  bson_error_t error{};
  if (!mongoc_change_stream_error_document(stream_.get(), &error, &details)) return true;
  Close();
  return false;
}

void Activations::Close() {
  stream_.reset();
  collection_.reset();
  client_.reset();
}

void Activations::Await(std::chrono::milliseconds time, const std::stop_token& stop) {
  const auto end = Clock::now() + time;
  if (database_->is_replicated() && stream_ == nullptr && Open()) return;
  while (stream_ != nullptr && Clock::now() < end && !stop.stop_requested()) {
    const bson_t* change = nullptr;
    if (mongoc_change_stream_next(stream_.get(), &change)) return;
    const bson_t* details = nullptr;
    bson_error_t error{};
    if (mongoc_change_stream_error_document(stream_.get(), &error, &details)) Close();
  }
  Sleep(end, stop);
}

}  // namespace pythia::mongo
