// Parts of a file that several threads work on, handed out in the order of the file.
#pragma once

#include <algorithm>
#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <thread>
#include <utility>
#include <vector>

#include "base/error.h"

namespace pythia {

// Jobs are claimed one after another, by one thread at a time; worked on by all; and come out of
// Next() in the order in which they were claimed. What has to see them in that order, too, but is
// no part of the claim, is done in turn: one job after another, while others are claimed and worked
// on. The caller of Next() works, too. Two jobs per thread are in memory. One thread calls Next().
template <typename Job>
class InOrder {
 public:
  // Fills a job; false where there are no more. Not called again after that or an error.
  using Claim = std::function<Result<bool>(Job* job)>;
  // Works on a job; `worker` is 0 .. threads - 1, and a worker one thread.
  using Work = std::function<void(size_t worker, Job* job)>;

  // In the order of the claims, by any thread, one at a time.
  using InTurn = std::function<void(Job* job)>;

  InOrder(int threads, const std::function<std::unique_ptr<Job>()>& make, Claim claim, Work work,
          InTurn in_turn = nullptr)
      : claim_(std::move(claim)), work_(std::move(work)), in_turn_(std::move(in_turn)) {
    const auto count = static_cast<size_t>(std::max(threads, 1));
    slots_.resize(count == 1 ? 1 : 2 * count);
    for (Slot& slot : slots_) slot.job = make();
    for (size_t worker = 1; worker < count; ++worker) {
      helpers_.emplace_back([this, worker](const std::stop_token& stop) { Help(worker, stop); });
    }
  }
  ~InOrder() {
    for (std::jthread& helper : helpers_) helper.request_stop();
    helpers_.clear();
  }
  InOrder(const InOrder&) = delete;
  InOrder& operator=(const InOrder&) = delete;

  // The next job, valid until the next call; null at the end.
  Result<Job*> Next() {
    {
      const std::scoped_lock lock(mutex_);
      if (out_) At(next_out_++).state = State::kFree;
      out_ = false;
    }
    changed_.notify_all();
    for (;;) {
      if (!TryStep(0)) {
        std::unique_lock lock(mutex_);
        changed_.wait(lock, [&] { return IsReady() || CanClaim(); });
      }
      const std::scoped_lock lock(mutex_);
      if (!IsReady()) continue;
      if (end_ && next_out_ == *end_) {
        if (error_) return Fail(*error_);
        return nullptr;
      }
      out_ = true;
      return At(next_out_).job.get();
    }
  }

 private:
  enum class State { kFree, kBusy, kDone };
  struct Slot {
    std::unique_ptr<Job> job;
    State state = State::kFree;
  };

  Slot& At(size_t number) { return slots_[number % slots_.size()]; }
  bool CanClaim() { return !end_ && At(next_claim_).state == State::kFree; }
  bool IsReady() {
    return (end_ && next_out_ == *end_) ||
           (next_out_ < next_claim_ && At(next_out_).state == State::kDone);
  }

  // Claims a job and works on it, where one may be claimed and the caller's is not ready.
  bool TryStep(size_t worker) {
    Slot* slot = nullptr;
    size_t number = 0;
    {
      const std::scoped_lock reading(reading_);
      {
        const std::scoped_lock lock(mutex_);
        if (!CanClaim() || (worker == 0 && IsReady())) return false;
        slot = &At(next_claim_);
      }
      const Result<bool> more = claim_(slot->job.get());
      const std::scoped_lock lock(mutex_);
      if (!more || !*more) {
        end_ = next_claim_;
        if (!more) error_ = more.error();
        slot = nullptr;
      } else {
        slot->state = State::kBusy;
        number = next_claim_++;
      }
    }
    if (slot != nullptr) {
      const bool had_turn = TakeTurn(number, slot->job.get(), false);
      work_(worker, slot->job.get());
      if (!had_turn) TakeTurn(number, slot->job.get(), true);
      const std::scoped_lock lock(mutex_);
      slot->state = State::kDone;
    }
    changed_.notify_all();
    return true;
  }

  // False where it is not the job's turn and nothing `waits` for it. The jobs before it are in the
  // hands of other threads, so a turn comes.
  bool TakeTurn(size_t number, Job* job, bool waits) {
    if (!in_turn_) return true;
    {
      std::unique_lock lock(mutex_);
      if (next_turn_ != number && !waits) return false;
      changed_.wait(lock, [&] { return next_turn_ == number; });
    }
    in_turn_(job);
    const std::scoped_lock lock(mutex_);
    ++next_turn_;
    changed_.notify_all();
    return true;
  }

  void Help(size_t worker, const std::stop_token& stop) {
    while (!stop.stop_requested()) {
      {
        std::unique_lock lock(mutex_);
        changed_.wait(lock, stop, [&] { return end_ || CanClaim(); });
        if (end_) return;
      }
      if (!stop.stop_requested()) TryStep(worker);
    }
  }

  Claim claim_;
  Work work_;
  InTurn in_turn_;
  std::mutex reading_;  // before mutex_
  std::mutex mutex_;
  std::condition_variable_any changed_;
  std::vector<Slot> slots_;
  size_t next_claim_ = 0;
  size_t next_turn_ = 0;
  size_t next_out_ = 0;
  bool out_ = false;  // the job at next_out_ is the caller's
  std::optional<size_t> end_;
  std::optional<Error> error_;
  std::vector<std::jthread> helpers_;
};

}  // namespace pythia
