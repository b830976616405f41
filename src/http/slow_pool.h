// A few threads for requests that take long, with a bounded queue before them.
#pragma once

#include <condition_variable>
#include <deque>
#include <functional>
#include <mutex>
#include <thread>
#include <vector>

namespace pythia::http {

// Thread-safe.
class SlowPool {
 public:
  SlowPool(int threads, size_t most_waiting);
  ~SlowPool();  // stops
  SlowPool(const SlowPool&) = delete;
  SlowPool& operator=(const SlowPool&) = delete;

  // False where every thread is busy and `most_waiting` wait already. `work` must not throw.
  bool Run(std::function<void()> work);
  // Does what waits, then ends the threads. No Run() after it.
  void Stop();

 private:
  void Work();

  std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<std::function<void()>> waiting_;
  size_t most_waiting_;
  size_t idle_;
  bool stopping_ = false;
  std::vector<std::thread> threads_;
};

}  // namespace pythia::http
