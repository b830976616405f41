// Predictions on their way into the log, without slowing the answers: a bounded queue, and one
// thread that writes whatever has gathered in one go.
#pragma once

#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <functional>
#include <mutex>
#include <span>
#include <thread>
#include <vector>

#include "base/error.h"
#include "records/prediction.h"

namespace pythia {

// Thread-safe. Entries are written in the order in which they came. Where the store cannot be
// reached (kIo, kBusy) they are kept, up to the capacity, and tried again until it can; what comes
// beyond that is lost and counted, for a prediction is worth more than its log. What was taken is
// written before the destructor returns, as far as it can be.
class LogQueue {
 public:
  using Write = std::function<Status(std::span<const PredictionLogEntry> entries)>;

  LogQueue(size_t capacity, Write write);
  ~LogQueue();
  LogQueue(const LogQueue&) = delete;
  LogQueue& operator=(const LogQueue&) = delete;

  // Takes all of the entries or none; kBusy where they do not fit and the store works. While
  // entries are being written, waits a moment for room: who asks too fast is slowed down before
  // anyone is refused. With `away` the store is known not to be reached, before a write found out.
  Status Push(std::vector<PredictionLogEntry> entries, bool away = false);
  // Returns when everything that was taken so far is written; the error where it could not be, or
  // cannot be for the moment.
  Status Flush();
  size_t waiting() const;
  // Entries that could not be written, ever, or came when there was no room for them.
  int64_t lost() const;
  // Whether the store cannot be reached at the moment.
  bool stuck() const;

 private:
  std::chrono::microseconds PauseNow() const;  // with the mutex held, as the next two
  void Run(const std::stop_token& stop);
  std::vector<PredictionLogEntry> TakeBatch();  // with the mutex held
  Status WriteBatch(const std::vector<PredictionLogEntry>& batch, const std::stop_token& stop);
  void NoteAway(const Status& written, bool away);
  bool HasRoom(size_t entries) const { return queue_.size() + writing_ + entries <= capacity_; }
  bool IsMuch() const { return queue_.size() > capacity_ / 4; }  // too much to gather more

  const size_t capacity_;
  const Write write_;
  mutable std::mutex mutex_;
  std::condition_variable_any changed_;
  std::vector<PredictionLogEntry> queue_;
  std::vector<PredictionLogEntry> spare_;  // the room of the batch that was written last
  size_t writing_ = 0;
  int64_t taken_ = 0;
  int64_t done_ = 0;
  int64_t lost_ = 0;
  int flushing_ = 0;    // who waits for what is taken
  bool stuck_ = false;  // the last write failed as the store could not be reached
  Status last_;
  std::chrono::steady_clock::time_point progress_;  // when a write last succeeded
  std::jthread thread_;
};

}  // namespace pythia
