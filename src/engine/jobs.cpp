#include "engine/jobs.h"

#include <limits>
#include <random>
#include <utility>

#include <fmt/format.h>

#include "base/clock.h"

namespace pythia {
namespace {

constexpr int64_t kNoEnd = std::numeric_limits<int64_t>::max();
constexpr int64_t kMostLookedAt = 1000;                 // for what an earlier process left
constexpr auto kStoreIsAway = std::chrono::seconds(2);  // between two looks for it
constexpr auto kBetweenTries = std::chrono::milliseconds(200);

std::string Now() { return FormatTimestamp(NowMicros()); }

std::string NewInstance() {
  std::random_device random;
  return fmt::format("{:08x}{:08x}{:08x}", random(), random(), random());
}

bool IsAway(const Error& error) {
  return error.code == ErrorCode::kIo || error.code == ErrorCode::kBusy;
}

Error Ended() {
  return {.code = ErrorCode::kIo,
          .message = "the service ended before this job was over",
          .hint = "Ask for it again."};
}

void MarkFailed(Error error, Job* job) {
  job->state = error.code == ErrorCode::kCancelled ? "cancelled" : "failed";
  job->error = error.ToString();
  job->problem = std::move(error);
}

}  // namespace

// Writes into the job; its Begin, Update and End come from the job's thread.
class JobQueue::Reporter final : public Progress {
 public:
  Reporter(std::mutex* mutex, Running* running) : mutex_(*mutex), running_(*running) {}

  void Begin(std::string_view stage, int64_t total) override {
    const std::scoped_lock lock(mutex_);
    Job& job = running_.stored.job;
    job.stage = stage;
    job.done = 0;
    job.total = total;
    running_.changed = true;
  }
  void Update(int64_t done, int64_t /*rows*/) override {
    const std::scoped_lock lock(mutex_);
    running_.stored.job.done = done;
    running_.changed = true;
  }
  void End() override {}

 private:
  std::mutex& mutex_;
  Running& running_;
};

JobQueue::JobQueue(OpenStore store, Run run, JobTimes times)
    : open_(std::move(store)),
      run_(std::move(run)),
      times_(times),
      instance_(NewInstance()),
      keeper_([this](const std::stop_token& stop) { Keep(stop); }),
      worker_([this](const std::stop_token& stop) { Work(stop); }) {}

JobQueue::~JobQueue() {
  {
    const std::scoped_lock lock(mutex_);
    closing_ = true;
    if (running_) running_->stop.request_stop();
  }
  worker_.request_stop();
  changed_.notify_all();
  worker_.join();
  keeper_.request_stop();
  changed_.notify_all();
  keeper_.join();
  for (auto& [id, waiting] : waiting_) {
    if (!waiting.pinned) continue;
    Job job{.id = id, .finished_at = Now()};
    MarkFailed(Ended(), &job);
    if (auto store = open_()) (void)(*store)->FinishJob(job, instance_);
    if (waiting.discard) waiting.discard();
  }
}

int64_t JobQueue::LeaseUntil() const {
  const std::scoped_lock lock(mutex_);
  if (!others_.value_or(true)) return kNoEnd;
  return NowMicros() + std::chrono::microseconds(times_.lease).count();
}

Status JobQueue::EndWhatWasLeft(Store& store) {
  PYTHIA_ASSIGN(const std::vector<StoredJob> jobs, store.ListJobs(kMostLookedAt));
  for (const StoredJob& left : jobs) {
    const bool queued = left.job.state == "queued";
    if (queued && left.only.empty()) {
      const std::scoped_lock lock(mutex_);
      waiting_.try_emplace(left.job.id);
    } else if (queued || left.job.state == "running") {
      Job job = left.job;
      job.finished_at = Now();
      MarkFailed(Ended(), &job);
      PYTHIA_TRY(store.FinishJob(job, left.owner));
    }
  }
  return {};
}

Result<Store*> JobQueue::AdoptedStore() {
  PYTHIA_ASSIGN(Store* const store, open_());
  const std::scoped_lock adopting(adopting_);
  {
    const std::scoped_lock lock(mutex_);
    if (others_) return store;
  }
  const bool others = times_.others.value_or(store->shared());
  if (!others) PYTHIA_TRY(EndWhatWasLeft(*store));
  const std::scoped_lock lock(mutex_);
  others_ = others;
  return store;
}

Result<Job> JobQueue::Submit(JobRequest request) {
  StoredJob added;
  {
    const std::scoped_lock submitting(submitting_);
    PYTHIA_ASSIGN(Store* const store, AdoptedStore());
    StoredJob job{.job = {.kind = request.kind, .created_at = Now()},
                  .request = std::move(request.request),
                  .actor = std::move(request.actor)};
    if (request.pinned) {
      job.only = instance_;
      job.lease_until = LeaseUntil();
    }
    PYTHIA_ASSIGN(added, store->AddJob(job, kMostWaiting));
    const std::scoped_lock lock(mutex_);
    waiting_[added.job.id] = {request.pinned, std::move(request.discard)};
    wake_ = true;
  }
  changed_.notify_all();
  return std::move(added.job);
}

Job JobQueue::LocalOr(Job stored) const {
  return running_ && running_->stored.job.id == stored.id ? running_->stored.job
                                                          : std::move(stored);
}

Result<std::optional<Job>> JobQueue::Find(const std::string& id) {
  {
    const std::scoped_lock lock(mutex_);
    if (running_ && running_->stored.job.id == id) return running_->stored.job;
  }
  PYTHIA_ASSIGN(Store* const store, AdoptedStore());
  PYTHIA_ASSIGN(std::optional<StoredJob> found, store->FindJob(id));
  if (!found) return std::nullopt;
  const std::scoped_lock lock(mutex_);
  return LocalOr(std::move(found->job));
}

Result<std::vector<Job>> JobQueue::List() {
  PYTHIA_ASSIGN(Store* const store, AdoptedStore());
  PYTHIA_ASSIGN(std::vector<StoredJob> stored, store->ListJobs(kMostListed));
  std::vector<Job> jobs;
  const std::scoped_lock lock(mutex_);
  for (StoredJob& one : stored) jobs.push_back(LocalOr(std::move(one.job)));
  return jobs;
}

Result<Job> JobQueue::Cancel(const std::string& id) {
  PYTHIA_ASSIGN(Store* const store, AdoptedStore());
  PYTHIA_ASSIGN(StoredJob job, store->CancelJob(id, Now()));
  if (job.job.state == "cancelled") {
    if (const auto discard = TakeWaiting(id)) discard();
    return std::move(job.job);
  }
  const std::scoped_lock lock(mutex_);
  if (running_ && running_->stored.job.id == id) {
    running_->cancelled = true;
    running_->stop.request_stop();
  }
  return LocalOr(std::move(job.job));
}

JobCounts JobQueue::counts() const {
  const std::scoped_lock lock(mutex_);
  return {running_ ? 1 : 0, std::ssize(waiting_)};
}

std::function<void()> JobQueue::TakeWaiting(const std::string& id) {
  const std::scoped_lock submitting(submitting_);
  const std::scoped_lock lock(mutex_);
  auto found = waiting_.extract(id);
  return found ? std::move(found.mapped().discard) : nullptr;
}

Result<std::optional<StoredJob>> JobQueue::Claim() {
  PYTHIA_ASSIGN(Store* const store, AdoptedStore());
  return store->ClaimJob(instance_, NowMicros(), LeaseUntil());
}

void JobQueue::Work(const std::stop_token& stop) {
  while (!stop.stop_requested()) {
    {
      const std::scoped_lock lock(mutex_);
      wake_ = false;
    }
    Result<std::optional<StoredJob>> claimed = Claim();
    if (claimed && *claimed) {
      Execute(**std::move(claimed));
      continue;
    }
    std::unique_lock lock(mutex_);
    const auto woken = [&] { return wake_; };
    if (!claimed) {
      changed_.wait_for(lock, stop, kStoreIsAway, woken);
    } else if (*others_) {
      changed_.wait_for(lock, stop, times_.poll, woken);
    } else {
      changed_.wait(lock, stop, woken);
    }
  }
}

void JobQueue::Execute(StoredJob job) {
  const auto running = std::make_shared<Running>();
  running->discard = TakeWaiting(job.job.id);
  running->stored = std::move(job);
  running->written = Clock::now();
  running->lease_ends = running->written + times_.lease;
  {
    const std::scoped_lock lock(mutex_);
    if (closing_) running->stop.request_stop();
    running_ = running;
  }
  const StoredJob begun = running->stored;
  Reporter reporter(&mutex_, running.get());
  Result<std::string> result = run_(begun, reporter, running->stop.get_token());
  bool hand_back = false;
  {
    const std::scoped_lock lock(mutex_);
    Job& over = running->stored.job;
    const bool ended = !result && result.error().code == ErrorCode::kCancelled &&
                       (closing_ || running->lost) && !running->cancelled;
    hand_back = ended && *others_ && begun.only.empty();
    over.finished_at = Now();
    if (result) {
      over.state = "done";
      over.result = std::move(*result);
    } else {
      MarkFailed(ended ? Ended() : std::move(result).error(), &over);
    }
  }
  WriteEnd(running, hand_back);
  if (running->discard) running->discard();
  const std::scoped_lock lock(mutex_);
  running_.reset();
}

Status JobQueue::WriteEndOnce(const StoredJob& over, bool hand_back) {
  PYTHIA_ASSIGN(Store* const store, AdoptedStore());
  if (hand_back) {
    const Status released = store->ReleaseJob(over.job.id, instance_);
    if (released || IsAway(released.error())) return released;
    Job cancelled = over.job;  // it was asked to stop as well
    MarkFailed({.code = ErrorCode::kCancelled, .message = "the job was stopped"}, &cancelled);
    return store->FinishJob(cancelled, instance_);
  }
  return store->FinishJob(over.job, instance_);
}

// As long as the store is away and no one else can have the job: what was done is not to be done
// again. A job that is another's by now is no concern of this one.
void JobQueue::WriteEnd(const std::shared_ptr<Running>& running, bool hand_back) {
  StoredJob over;
  {
    const std::scoped_lock lock(mutex_);
    over = running->stored;
  }
  for (;;) {
    const Status written = WriteEndOnce(over, hand_back);
    if (written || !IsAway(written.error())) return;
    std::unique_lock lock(mutex_);
    if (closing_ || (*others_ && Clock::now() > running->lease_ends)) return;
    changed_.wait_for(lock, kBetweenTries, [&] { return closing_; });
  }
}

void JobQueue::Keep(const std::stop_token& stop) {
  Clock::time_point looked = Clock::now();
  for (;;) {
    {
      std::unique_lock lock(mutex_);
      while (!stop.stop_requested() && !others_.value_or(false)) {
        changed_.wait_for(lock, stop, times_.renew, [&] { return others_.value_or(false); });
      }
      if (stop.stop_requested()) return;
      changed_.wait_for(lock, stop, times_.progress, [] { return false; });
      if (stop.stop_requested()) return;
    }
    RenewRunning();
    if (Clock::now() - looked < times_.renew) continue;
    looked = Clock::now();
    RenewWaiting();
  }
}

void JobQueue::RenewRunning() {
  std::shared_ptr<Running> running;
  JobStage stage;
  const Clock::time_point now = Clock::now();
  {
    const std::scoped_lock lock(mutex_);
    if (!running_ || !running_->stored.job.finished_at.empty()) return;
    if (!running_->changed && now - running_->written < times_.renew) return;
    running = running_;
    running->changed = false;
    const Job& job = running->stored.job;
    stage = {job.stage, job.done, job.total};
  }
  const int64_t until = LeaseUntil();
  const Result<bool> goes_on = [&]() -> Result<bool> {
    PYTHIA_ASSIGN(Store* const store, open_());
    return store->RenewJob(running->stored.job.id, instance_, until, stage);
  }();
  const std::scoped_lock lock(mutex_);
  if (goes_on) {
    running->written = now;
    if (*goes_on) {
      running->lease_ends = now + times_.lease;
    } else {
      running->cancelled = true;
      running->stop.request_stop();
    }
  } else if (now > running->lease_ends) {
    running->lost = true;  // another may have begun it
    running->stop.request_stop();
  }
}

void JobQueue::RenewWaiting() {
  std::vector<std::pair<std::string, bool>> waiting;
  {
    const std::scoped_lock lock(mutex_);
    for (const auto& [id, one] : waiting_) waiting.emplace_back(id, one.pinned);
  }
  for (const auto& [id, pinned] : waiting) {
    bool waits = true;
    if (const auto store = open_(); store && pinned) {
      const int64_t until = LeaseUntil();
      waits = (*store)->RenewJob(id, instance_, until, {}).value_or(true);
    } else if (store) {
      const auto found = (*store)->FindJob(id);
      waits = !found || (*found && (*found)->job.state == "queued");
    }
    if (waits) continue;
    if (const auto discard = TakeWaiting(id)) discard();
  }
}

}  // namespace pythia
