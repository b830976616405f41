#include "store/mongodb/batch_sender.h"

#include <utility>

#include "base/check.h"

namespace pythia::mongo {
namespace {

constexpr size_t kConnections = 4;
constexpr size_t kMaxWaiting = 4;

}  // namespace

BatchSender::BatchSender(std::shared_ptr<const Database> database, std::string collection)
    : database_(std::move(database)), collection_(std::move(collection)) {}

BatchSender::~BatchSender() {
  for (std::jthread& thread : threads_) thread.request_stop();
}

Status BatchSender::Send(RowBatch batch) {
  std::unique_lock lock(mutex_);
  changed_.wait(lock, [&] { return error_ || waiting_.size() < kMaxWaiting; });
  if (error_) return Fail(*error_);
  waiting_.push_back(std::move(batch));
  if (threads_.size() < kConnections && waiting_.size() + writing_ > threads_.size()) {
    threads_.emplace_back([this](const std::stop_token& stop) { Run(stop); });
  }
  changed_.notify_all();
  return {};
}

Status BatchSender::Finish() {
  std::unique_lock lock(mutex_);
  changed_.wait(lock, [&] { return error_ || (waiting_.empty() && writing_ == 0); });
  if (error_) return Fail(*error_);
  return {};
}

void BatchSender::Run(const std::stop_token& stop) {
  std::unique_lock lock(mutex_);
  for (;;) {
    changed_.wait(lock, stop, [&] { return !waiting_.empty(); });
    if (stop.stop_requested()) return;
    const RowBatch batch = std::move(waiting_.front());
    waiting_.pop_front();
    ++writing_;
    lock.unlock();
    Status written = Write(batch);
    lock.lock();
    --writing_;
    if (!written && !error_) error_ = std::move(written).error();
    changed_.notify_all();
  }
}

Status BatchSender::Write(const RowBatch& batch) const {
  struct View {
    bson_t document;
  };
  std::vector<View> documents(batch.ends.size());
  std::vector<const bson_t*> pointers(batch.ends.size());
  size_t begin = 0;
  for (size_t i = 0; i < batch.ends.size(); ++i) {
    PYTHIA_CHECK(bson_init_static(&documents[i].document,
                                  reinterpret_cast<const uint8_t*>(batch.bytes.data()) + begin,
                                  batch.ends[i] - begin));
    pointers[i] = &documents[i].document;
    begin = batch.ends[i];
  }
  return database_->InsertKnown(collection_, pointers, kLoadPatience);
}

}  // namespace pythia::mongo
