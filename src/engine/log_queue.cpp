#include "engine/log_queue.h"

#include <algorithm>
#include <chrono>
#include <iterator>
#include <utility>

namespace pythia {
namespace {

constexpr int kTries = 3;  // of a write that fails although the store can be reached, or at the end
constexpr auto kBetweenTries = std::chrono::milliseconds(200);
constexpr auto kLongestBetweenTries = std::chrono::milliseconds(2000);
// One commit for what comes within this time: a commit costs as much as a thousand entries.
constexpr auto kGather = std::chrono::milliseconds(100);
// Between two commits everyone else gets at the store, however much waits here.
constexpr auto kPause = std::chrono::milliseconds(2);
constexpr size_t kLargestBatch = 16384;
// Who asks while the queue is more than half full waits up to this long: while the store writes a
// checkpoint, predictions come a little later, and none is refused.
constexpr auto kLongestPause = std::chrono::microseconds(1000);
constexpr auto kLongestWait = std::chrono::milliseconds(50);
constexpr auto kStuck = std::chrono::seconds(1);  // without a write nobody waits

}  // namespace

LogQueue::LogQueue(size_t capacity, Write write)
    : capacity_(capacity),
      write_(std::move(write)),
      thread_([this](const std::stop_token& stop) { Run(stop); }) {}

LogQueue::~LogQueue() {
  thread_.request_stop();
  changed_.notify_all();
}

Status LogQueue::Push(std::vector<PredictionLogEntry> entries, bool away) {
  bool wake = false;
  {
    std::unique_lock lock(mutex_);
    const auto has_room = [&] { return HasRoom(entries.size()); };
    if (const auto pause = PauseNow(); !away && pause.count() > 0) {
      lock.unlock();
      std::this_thread::sleep_for(pause);
      lock.lock();
    }
    away = away || stuck_;
    if (!has_room() && !away && std::chrono::steady_clock::now() - progress_ < kStuck) {
      changed_.wait_for(lock, kLongestWait, has_room);
    }
    if (!has_room() && (away || stuck_)) {
      lost_ += static_cast<int64_t>(entries.size());
      return {};
    }
    if (!has_room()) {
      return Fail(Error{.code = ErrorCode::kBusy,
                        .message = "the log of predictions is full for the moment",
                        .hint = "Try again in a second."});
    }
    taken_ += static_cast<int64_t>(entries.size());
    const bool was_empty = queue_.empty();
    const bool was_much = IsMuch();
    std::move(entries.begin(), entries.end(), std::back_inserter(queue_));
    // The writer is asleep only then; a wake-up for each prediction would cost as much as it.
    wake = was_empty || (IsMuch() && !was_much);
  }
  if (wake) changed_.notify_all();
  return {};
}

std::chrono::microseconds LogQueue::PauseNow() const {
  const size_t half = capacity_ / 2;
  const size_t waiting = queue_.size() + writing_;
  if (stuck_ || waiting <= half) return {};
  const auto share = static_cast<double>(waiting - half) / static_cast<double>(capacity_ - half);
  return std::chrono::microseconds(static_cast<int64_t>(share * kLongestPause.count()));
}

Status LogQueue::Flush() {
  std::unique_lock lock(mutex_);
  const int64_t until = taken_;
  ++flushing_;
  changed_.notify_all();
  changed_.wait(lock, [&] { return done_ >= until || stuck_; });
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

bool LogQueue::stuck() const {
  const std::scoped_lock lock(mutex_);
  return stuck_;
}

void LogQueue::NoteAway(const Status& written, bool away) {
  {
    const std::scoped_lock lock(mutex_);
    stuck_ = away;
    last_ = written;
  }
  changed_.notify_all();
}

Status LogQueue::WriteBatch(const std::vector<PredictionLogEntry>& batch,
                            const std::stop_token& stop) {
  auto pause = kBetweenTries;
  for (int tries = 1;; ++tries) {
    Status written = write_(batch);
    if (written) return written;
    const ErrorCode code = written.error().code;
    const bool away = code == ErrorCode::kIo || code == ErrorCode::kBusy;
    if (tries >= kTries && (!away || stop.stop_requested())) return written;
    // One failure may be a hiccup; from the second on nobody waits.
    if (away && tries > 1) NoteAway(written, true);
    std::unique_lock lock(mutex_);
    if (stop.stop_requested()) {
      lock.unlock();
      std::this_thread::sleep_for(kBetweenTries);
    } else {
      changed_.wait_for(lock, stop, pause, [] { return false; });
    }
    if (tries >= kTries) pause = std::min(2 * pause, kLongestBetweenTries);
  }
}

std::vector<PredictionLogEntry> LogQueue::TakeBatch() {
  std::vector<PredictionLogEntry> batch = std::exchange(queue_, std::move(spare_));
  spare_.clear();
  if (batch.size() <= kLargestBatch) return batch;
  const auto end = batch.begin() + kLargestBatch;
  queue_.insert(queue_.end(), std::make_move_iterator(end), std::make_move_iterator(batch.end()));
  batch.erase(end, batch.end());
  return batch;
}

void LogQueue::Run(const std::stop_token& stop) {
  std::unique_lock lock(mutex_);
  for (;;) {
    changed_.wait(lock, stop, [&] { return !queue_.empty(); });
    if (queue_.empty()) return;  // stopped, and nothing is left
    changed_.wait_for(lock, stop, kGather, [&] { return flushing_ > 0 || IsMuch(); });
    std::vector<PredictionLogEntry> batch = TakeBatch();
    writing_ = batch.size();
    lock.unlock();
    std::this_thread::sleep_for(kPause);
    Status written = WriteBatch(batch, stop);
    const auto count = static_cast<int64_t>(batch.size());
    batch.clear();
    lock.lock();
    spare_ = std::move(batch);
    done_ += count;
    if (!written) lost_ += count;
    writing_ = 0;
    if (written) progress_ = std::chrono::steady_clock::now();
    stuck_ = false;
    if (!written && stop.stop_requested()) {  // the rest would fare no better
      done_ += std::ssize(queue_);
      lost_ += std::ssize(queue_);
      queue_.clear();
    }
    last_ = std::move(written);
    changed_.notify_all();
  }
}

}  // namespace pythia
