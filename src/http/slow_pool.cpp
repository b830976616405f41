#include "http/slow_pool.h"

#include <utility>

namespace pythia::http {

SlowPool::SlowPool(int threads, size_t most_waiting)
    : most_waiting_(most_waiting), idle_(static_cast<size_t>(threads)) {
  threads_.reserve(idle_);
  for (int i = 0; i < threads; ++i) threads_.emplace_back([this] { Work(); });
}

SlowPool::~SlowPool() { Stop(); }

bool SlowPool::Run(std::function<void()> work) {
  {
    const std::scoped_lock lock(mutex_);
    // An idle thread may not have woken yet to take what is queued for it.
    if (stopping_ || waiting_.size() >= most_waiting_ + idle_) return false;
    waiting_.push_back(std::move(work));
  }
  changed_.notify_one();
  return true;
}

void SlowPool::Stop() {
  {
    const std::scoped_lock lock(mutex_);
    stopping_ = true;
  }
  changed_.notify_all();
  for (std::thread& thread : threads_) thread.join();
  threads_.clear();
}

void SlowPool::Work() {
  std::unique_lock lock(mutex_);
  for (;;) {
    changed_.wait(lock, [this] { return stopping_ || !waiting_.empty(); });
    if (waiting_.empty()) return;
    {
      const std::function<void()> work = std::move(waiting_.front());
      waiting_.pop_front();
      --idle_;
      lock.unlock();
      work();
    }  // what it captured goes before the thread counts as idle
    lock.lock();
    ++idle_;
  }
}

}  // namespace pythia::http
