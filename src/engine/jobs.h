// One piece of background work at a time; more wait their turn.
#pragma once

#include <condition_variable>
#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <stop_token>
#include <string>
#include <thread>
#include <vector>

#include "base/error.h"
#include "base/progress.h"
#include "records/job.h"

namespace pythia {

// Thread-safe. The destructor asks what runs to stop, and waits for it.
class JobQueue {
 public:
  // Returns the result as JSON.
  using Work = std::function<Result<std::string>(Progress& progress, std::stop_token stop)>;

  JobQueue();
  ~JobQueue();
  JobQueue(const JobQueue&) = delete;
  JobQueue& operator=(const JobQueue&) = delete;

  // kBusy where kMostWaiting wait already.
  Result<Job> Submit(std::string kind, Work work);
  std::optional<Job> Find(const std::string& id) const;
  std::vector<Job> List() const;  // newest first, at most kMostKept
  // A job that waits never runs; one that runs is asked to stop. kNotFound; kConflict where it is
  // over already.
  Result<Job> Cancel(const std::string& id);

  static constexpr size_t kMostWaiting = 32;
  static constexpr size_t kMostKept = 200;

 private:
  class JobProgress;
  struct Entry {
    Job job;
    Work work;
    std::stop_source stop;
  };

  void Run(const std::stop_token& stop);
  void Execute(const std::shared_ptr<Entry>& entry);

  mutable std::mutex mutex_;
  std::condition_variable_any changed_;
  std::deque<std::shared_ptr<Entry>> waiting_;
  std::deque<std::shared_ptr<Entry>> all_;  // oldest first
  std::shared_ptr<Entry> running_;
  int64_t next_ = 1;
  std::jthread thread_;
};

}  // namespace pythia
