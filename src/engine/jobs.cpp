#include "engine/jobs.h"

#include <algorithm>
#include <chrono>
#include <utility>

#include <fmt/format.h>

#include "base/clock.h"

namespace pythia {
namespace {

std::string Now() { return FormatTimestamp(NowMicros()); }

}  // namespace

// Writes into the job; its Begin, Update and End come from the job's thread.
class JobQueue::JobProgress final : public Progress {
 public:
  JobProgress(std::mutex* mutex, Job* job) : mutex_(*mutex), job_(*job) {}

  void Begin(std::string_view stage, int64_t total) override {
    const std::scoped_lock lock(mutex_);
    job_.stage = stage;
    job_.done = 0;
    job_.total = total;
  }
  void Update(int64_t done, int64_t /*rows*/) override {
    const std::scoped_lock lock(mutex_);
    job_.done = done;
  }
  void End() override {}

 private:
  std::mutex& mutex_;
  Job& job_;
};

JobQueue::JobQueue() : thread_([this](const std::stop_token& stop) { Run(stop); }) {}

JobQueue::~JobQueue() {
  {
    const std::scoped_lock lock(mutex_);
    if (running_) running_->stop.request_stop();
  }
  thread_.request_stop();
  changed_.notify_all();
}

Result<Job> JobQueue::Submit(std::string kind, Work work) {
  const auto entry = std::make_shared<Entry>();
  Job submitted;
  {
    const std::scoped_lock lock(mutex_);
    if (waiting_.size() >= kMostWaiting) {
      return Fail(Error{.code = ErrorCode::kBusy,
                        .message = fmt::format("{} jobs are waiting already", kMostWaiting),
                        .hint = "Wait for one to end, or cancel one."});
    }
    entry->job = {.id = fmt::format("{}-{}", kind, next_++),
                  .kind = std::move(kind),
                  .state = "queued",
                  .created_at = Now()};
    entry->work = std::move(work);
    waiting_.push_back(entry);
    all_.push_back(entry);
    if (all_.size() > kMostKept) all_.pop_front();
    submitted = entry->job;
  }
  changed_.notify_all();
  return submitted;
}

std::optional<Job> JobQueue::Find(const std::string& id) const {
  const std::scoped_lock lock(mutex_);
  for (const auto& entry : all_) {
    if (entry->job.id == id) return entry->job;
  }
  return std::nullopt;
}

std::vector<Job> JobQueue::List() const {
  const std::scoped_lock lock(mutex_);
  std::vector<Job> jobs;
  for (auto entry = all_.rbegin(); entry != all_.rend(); ++entry) jobs.push_back((*entry)->job);
  return jobs;
}

Result<Job> JobQueue::Cancel(const std::string& id) {
  const std::scoped_lock lock(mutex_);
  for (const auto& entry : all_) {
    if (entry->job.id != id) continue;
    if (!entry->job.finished_at.empty()) {
      return Fail(Error{.code = ErrorCode::kConflict, .message = "this job is over", .value = id});
    }
    entry->stop.request_stop();
    const auto waits = std::find(waiting_.begin(), waiting_.end(), entry);
    if (waits != waiting_.end()) {
      waiting_.erase(waits);
      entry->job.state = "cancelled";
      entry->job.finished_at = Now();
    }
    return entry->job;
  }
  return Fail(Error{.code = ErrorCode::kNotFound, .message = "no such job", .value = id});
}

void JobQueue::Execute(const std::shared_ptr<Entry>& entry) {
  JobProgress progress(&mutex_, &entry->job);
  Result<std::string> result = entry->work(progress, entry->stop.get_token());
  const std::scoped_lock lock(mutex_);
  Job& job = entry->job;
  job.finished_at = Now();
  entry->work = nullptr;
  if (result) {
    job.state = "done";
    job.result = std::move(*result);
  } else {
    job.state = result.error().code == ErrorCode::kCancelled ? "cancelled" : "failed";
    job.error = result.error().ToString();
    job.problem = std::move(result).error();
  }
}

void JobQueue::Run(const std::stop_token& stop) {
  for (;;) {
    std::shared_ptr<Entry> next;
    {
      std::unique_lock lock(mutex_);
      changed_.wait(lock, stop, [&] { return !waiting_.empty(); });
      if (stop.stop_requested()) return;
      next = waiting_.front();
      waiting_.pop_front();
      next->job.state = "running";
      running_ = next;
    }
    Execute(next);
    const std::scoped_lock lock(mutex_);
    running_.reset();
  }
}

}  // namespace pythia
