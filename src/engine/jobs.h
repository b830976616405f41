// Background work: the jobs of a store, of which this process runs one at a time.
//
// Several processes may share a store. Who runs a job holds it on a lease (store.h), renewed by a
// thread of its own while the work goes on; a process that is gone loses it, and another takes the
// job over. Leases are by the clock of each machine: clocks must agree to a few seconds. In a store
// of this process alone nothing is renewed; what an earlier process left running has failed there.
#pragma once

#include <chrono>
#include <condition_variable>
#include <cstdint>
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
#include "store/store.h"

namespace pythia {

struct JobRequest {
  std::string kind;
  std::string request;  // JSON
  std::string actor;
  bool pinned = false;  // only this process can run it
  // Called once, when the job is over here or will never run here.
  std::function<void()> discard = {};
};

struct JobTimes {
  std::optional<bool> others;  // whether others run jobs of the store too; absent: as it says
  std::chrono::milliseconds lease{15000};
  std::chrono::milliseconds renew{2000};
  std::chrono::milliseconds progress{500};  // no more often is it written how far the work is
  std::chrono::milliseconds poll{1000};     // how often others' jobs are looked for
};

struct JobCounts {
  int64_t running = 0;
  int64_t queued = 0;  // submitted here
};

// Thread-safe. The destructor asks what runs to stop, and waits for it: where others share the
// store they get the job, else it has failed. What waits stays, but for what is pinned.
class JobQueue {
 public:
  // kBusy or kIo where the store is away.
  using OpenStore = std::function<Result<Store*>()>;
  // Returns the result as JSON.
  using Run = std::function<Result<std::string>(const StoredJob& job, Progress& progress,
                                                std::stop_token stop)>;

  JobQueue(OpenStore store, Run run, JobTimes times = {});
  ~JobQueue();
  JobQueue(const JobQueue&) = delete;
  JobQueue& operator=(const JobQueue&) = delete;

  // kBusy where kMostWaiting wait already; the store's errors.
  Result<Job> Submit(JobRequest request);
  Result<std::optional<Job>> Find(const std::string& id);
  Result<std::vector<Job>> List();  // newest first, at most kMostListed
  // A job that waits never runs; one that runs is asked to stop, wherever it runs. kNotFound;
  // kConflict where it is over already.
  Result<Job> Cancel(const std::string& id);
  JobCounts counts() const;  // asks no store
  const std::string& instance() const { return instance_; }

  static constexpr int64_t kMostWaiting = 32;
  static constexpr int64_t kMostListed = 200;

 private:
  using Clock = std::chrono::steady_clock;
  class Reporter;
  struct Running {
    StoredJob stored;  // as far as it is here; of a job that is over, as it is to be written
    std::function<void()> discard;
    std::stop_source stop;
    Clock::time_point lease_ends;
    Clock::time_point written;  // when the store last heard of it
    bool changed = false;       // since then
    bool cancelled = false;     // by someone who asked for it
    bool lost = false;          // the lease could not be renewed
  };
  struct Waiting {
    bool pinned = false;
    std::function<void()> discard;
  };

  void Work(const std::stop_token& stop);
  void Keep(const std::stop_token& stop);
  Result<std::optional<StoredJob>> Claim();
  Result<Store*> AdoptedStore();
  Status EndWhatWasLeft(Store& store);
  void Execute(StoredJob job);
  void WriteEnd(const std::shared_ptr<Running>& running, bool hand_back);
  Status WriteEndOnce(const StoredJob& over, bool hand_back);
  void RenewRunning();
  void RenewWaiting();
  std::function<void()> TakeWaiting(const std::string& id);
  int64_t LeaseUntil() const;
  Job LocalOr(Job stored) const;  // with the mutex held

  const OpenStore open_;
  const Run run_;
  const JobTimes times_;
  const std::string instance_;
  std::mutex submitting_;  // held until a job that was added is among `waiting_`
  std::mutex adopting_;
  mutable std::mutex mutex_;  // of what follows
  std::condition_variable_any changed_;
  std::optional<bool> others_;  // known once the store was open
  std::map<std::string, Waiting> waiting_;
  std::shared_ptr<Running> running_;
  bool wake_ = false;
  bool closing_ = false;
  std::jthread keeper_;
  std::jthread worker_;
};

}  // namespace pythia
