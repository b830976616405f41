#include "engine/log_queue.h"

#include <chrono>
#include <iterator>
#include <utility>

namespace pythia {
namespace {

constexpr int kTries = 3;
constexpr auto kBetweenTries = std::chrono::milliseconds(200);
// One commit for what comes within this time: a commit costs as much as a thousand entries.
constexpr auto kGather = std::chrono::milliseconds(20);

}  // namespace

LogQueue::LogQueue(size_t capacity, Write write)
    : capacity_(capacity),
      write_(std::move(write)),
      thread_([this](const std::stop_token& stop) { Run(stop); }) {}

LogQueue::~LogQueue() {
  thread_.request_stop();
  changed_.notify_all();
}

Status LogQueue::Push(std::vector<PredictionLogEntry> entries) {
  {
    const std::scoped_lock lock(mutex_);
    if (queue_.size() + writing_ + entries.size() > capacity_) {
      return Fail(Error{.code = ErrorCode::kBusy,
                        .message = "the log of predictions is full for the moment",
                        .hint = "Try again in a second."});
    }
    taken_ += static_cast<int64_t>(entries.size());
    std::move(entries.begin(), entries.end(), std::back_inserter(queue_));
  }
  changed_.notify_all();
  return {};
}

Status LogQueue::Flush() {
  std::unique_lock lock(mutex_);
  const int64_t until = taken_;
  ++flushing_;
  changed_.notify_all();
  changed_.wait(lock, [&] { return done_ >= until; });
  --flushing_;
  return last_;
}

size_t LogQueue::waiting() const {
  const std::scoped_lock lock(mutex_);
  return queue_.size() + writing_;
}

int64_t LogQueue::lost() const {
  const std::scoped_lock lock(mutex_);
  return lost_;
}

void LogQueue::Run(const std::stop_token& stop) {
  std::unique_lock lock(mutex_);
  for (;;) {
    changed_.wait(lock, stop, [&] { return !queue_.empty(); });
    if (queue_.empty()) return;  // stopped, and nothing is left
    changed_.wait_for(lock, stop, kGather,
                      [&] { return flushing_ > 0 || queue_.size() > capacity_ / 4; });
    std::vector<PredictionLogEntry> batch = std::exchange(queue_, {});
    writing_ = batch.size();
    lock.unlock();
    Status written = write_(batch);
    for (int tries = 1; !written && tries < kTries; ++tries) {
      std::this_thread::sleep_for(kBetweenTries);
      written = write_(batch);
    }
    lock.lock();
    done_ += static_cast<int64_t>(batch.size());
    if (!written) lost_ += static_cast<int64_t>(batch.size());
    writing_ = 0;
    last_ = std::move(written);
    changed_.notify_all();
  }
}

}  // namespace pythia
