// Jobs on a real store, as one process and as several on the same store.
#include "engine/jobs.h"

#include <atomic>
#include <chrono>
#include <set>
#include <thread>

#include "base/clock.h"
#include "engine/engine_home_test.h"
#include "store/open.h"

namespace pythia {
namespace {

using std::chrono_literals::operator""ms;  // NOLINT(misc-unused-using-decls): it is used

Result<std::string> UntilStopped(std::stop_token stop) {
  while (!stop.stop_requested()) std::this_thread::sleep_for(1ms);
  return Fail(ErrorCode::kCancelled, "stopped");
}

class JobsTest : public EngineHome {
 protected:
  void SetUp() override {
    EngineHome::SetUp();
    auto opened = OpenStore(config_);
    ASSERT_TRUE(opened) << opened.error().ToString();
    store_ = *std::move(opened);
  }
  void TearDown() override {
    store_.reset();
    EngineHome::TearDown();
  }

  // Looks for others' jobs often, and takes leases that end soon.
  static JobTimes Shared(std::chrono::milliseconds lease = 5000ms) {
    return {.others = true, .lease = lease, .renew = 20ms, .progress = 5ms, .poll = 5ms};
  }
  std::unique_ptr<JobQueue> Queue(JobQueue::Run run, JobTimes times = {}) {
    return std::make_unique<JobQueue>(
        [this]() -> Result<Store*> {
          if (away_) return Fail(ErrorCode::kBusy, "the store is away");
          return store_.get();
        },
        std::move(run), times);
  }
  StoredJob Stored(const std::string& id) {
    const auto answer = store_->FindJob(id);
    const std::optional<StoredJob> found = answer ? *answer : std::nullopt;
    if (found) return *found;
    ADD_FAILURE() << id << " is not there";
    return {};
  }
  static bool Soon(const std::function<bool()>& holds) {
    // Every step is a commit: where the disk is busy with other tests, one takes seconds.
    const auto until = std::chrono::steady_clock::now() + std::chrono::seconds(60);
    while (std::chrono::steady_clock::now() < until) {
      if (holds()) return true;
      std::this_thread::sleep_for(1ms);
    }
    return false;
  }
  Job AwaitEnd(const std::string& id) {
    EXPECT_TRUE(Soon([&] { return !Stored(id).job.finished_at.empty(); })) << id;
    return Stored(id).job;
  }
  bool AwaitState(const std::string& id, const std::string& state) {
    return Soon([&] { return Stored(id).job.state == state; });
  }
  static std::string MustSubmit(JobQueue& queue, JobRequest request = {.kind = "train"}) {
    const auto job = queue.Submit(std::move(request));
    EXPECT_TRUE(job) << job.error().ToString();
    return job ? job->id : "";
  }

  std::shared_ptr<Store> store_;
  std::atomic<bool> away_ = false;
};

TEST_F(JobsTest, RunsOneAfterTheOther) {
  std::atomic<int> running = 0;
  std::atomic<int> most = 0;
  const auto jobs = Queue([&](const StoredJob& job, Progress& progress, std::stop_token) {
    most = std::max<int>(most, ++running);
    progress.Begin("working", 10);
    progress.Update(4, 0);
    --running;
    return Result<std::string>(job.request);
  });
  std::vector<std::string> ids;
  for (int i = 0; i < 5; ++i) {
    ids.push_back(MustSubmit(*jobs, {.kind = "train", .request = "{}", .actor = "me"}));
  }
  for (const std::string& id : ids) {
    const Job job = AwaitEnd(id);
    EXPECT_EQ(job.state, "done");
    EXPECT_EQ(job.stage, "working");
    EXPECT_EQ(job.done, 4);
    EXPECT_EQ(job.result, "{}");
    EXPECT_EQ(Stored(id).actor, "me");
  }
  EXPECT_EQ(most, 1);
  EXPECT_EQ(jobs->List()->front().id, ids.back());
}

TEST_F(JobsTest, CancelsWhatRunsAndWhatWaits) {
  const auto jobs =
      Queue([](const StoredJob&, Progress&, std::stop_token stop) { return UntilStopped(stop); });
  std::atomic<int> discarded = 0;
  const std::string first = MustSubmit(*jobs);
  const std::string second =
      MustSubmit(*jobs, {.kind = "clean", .pinned = true, .discard = [&] { ++discarded; }});
  ASSERT_TRUE(Soon([&] { return jobs->counts().running == 1; }));
  EXPECT_EQ(jobs->counts().queued, 1);
  EXPECT_EQ(jobs->Cancel(second)->state, "cancelled");
  EXPECT_EQ(discarded, 1);
  EXPECT_EQ(jobs->counts().queued, 0);
  ASSERT_TRUE(jobs->Cancel(first));
  EXPECT_EQ(AwaitEnd(first).state, "cancelled");
  EXPECT_EQ(jobs->Cancel(first).error().code, ErrorCode::kConflict);
  EXPECT_EQ(jobs->Cancel("train-99").error().code, ErrorCode::kNotFound);
  EXPECT_FALSE(*jobs->Find("train-99"));
  EXPECT_EQ(discarded, 1);
}

TEST_F(JobsTest, SaysWhatWentWrong) {
  const auto jobs = Queue([](const StoredJob&, Progress&, std::stop_token) -> Result<std::string> {
    return Fail(ErrorCode::kBadInput, "no such column");
  });
  std::atomic<int> discarded = 0;
  const std::string id =
      MustSubmit(*jobs, {.kind = "clean", .pinned = true, .discard = [&] { ++discarded; }});
  const Job failed = AwaitEnd(id);
  EXPECT_EQ(failed.state, "failed");
  EXPECT_EQ(failed.error, "no such column");
  ASSERT_TRUE(failed.problem);
  EXPECT_EQ(failed.problem.value_or(Error{}).code, ErrorCode::kBadInput);
  EXPECT_TRUE(Soon([&] { return discarded == 1; }));
}

TEST_F(JobsTest, SoManyWaitAndNoMore) {
  const auto jobs =
      Queue([](const StoredJob&, Progress&, std::stop_token stop) { return UntilStopped(stop); });
  MustSubmit(*jobs);
  ASSERT_TRUE(Soon([&] { return jobs->counts().running == 1; }));
  for (int64_t i = 0; i < JobQueue::kMostWaiting; ++i) MustSubmit(*jobs);
  EXPECT_EQ(jobs->Submit({.kind = "train"}).error().code, ErrorCode::kBusy);
}

TEST_F(JobsTest, InAStoreOfItsOwnARestartEndsWhatRan) {
  std::string ran;
  std::string waited;
  std::string pinned;
  {
    const auto jobs =
        Queue([](const StoredJob&, Progress&, std::stop_token stop) { return UntilStopped(stop); });
    ran = MustSubmit(*jobs);
    ASSERT_TRUE(Soon([&] { return jobs->counts().running == 1; }));
    waited = MustSubmit(*jobs);
    pinned = MustSubmit(*jobs, {.kind = "clean", .pinned = true});
  }
  for (const std::string& id : {ran, pinned}) {
    EXPECT_EQ(Stored(id).job.state, "failed");
    EXPECT_NE(Stored(id).job.error.find("the service ended"), std::string::npos);
  }
  // What a killed process held: no one ended it.
  const StoredJob upload{.job = {.kind = "clean"}, .only = "gone", .lease_until = INT64_MAX};
  const std::string left = store_->AddJob(upload, 100)->job.id;
  ASSERT_TRUE(*store_->ClaimJob("gone", NowMicros(), INT64_MAX));
  ASSERT_EQ(Stored(waited).job.state, "running");
  const auto jobs =
      Queue([](const StoredJob&, Progress&, std::stop_token) { return Result<std::string>("{}"); });
  EXPECT_EQ(AwaitEnd(left).state, "failed");
  EXPECT_EQ(AwaitEnd(waited).state, "failed");
  EXPECT_EQ(AwaitEnd(MustSubmit(*jobs)).state, "done");
}

TEST_F(JobsTest, WhatWaitedRunsAfterARestart) {
  std::string waited;
  {
    const auto jobs =
        Queue([](const StoredJob&, Progress&, std::stop_token stop) { return UntilStopped(stop); });
    MustSubmit(*jobs);
    ASSERT_TRUE(Soon([&] { return jobs->counts().running == 1; }));
    waited = MustSubmit(*jobs);
  }
  EXPECT_EQ(Stored(waited).job.state, "queued");
  const auto jobs =
      Queue([](const StoredJob&, Progress&, std::stop_token) { return Result<std::string>("{}"); });
  EXPECT_EQ(AwaitEnd(waited).state, "done");
  EXPECT_TRUE(Soon([&] { return jobs->counts().queued == 0; }));
}

TEST_F(JobsTest, OfSeveralEachJobIsRunOnce) {
  std::mutex mutex;
  std::multiset<std::string> ran;
  const auto run = [&](const StoredJob& job, Progress& progress, std::stop_token) {
    progress.Begin("working", 3);
    std::this_thread::sleep_for(2ms);
    const std::scoped_lock lock(mutex);
    ran.insert(job.job.id);
    return Result<std::string>("{}");
  };
  std::vector<std::unique_ptr<JobQueue>> fleet;
  for (int i = 0; i < 3; ++i) fleet.push_back(Queue(run, Shared()));
  std::set<std::string> ids;
  for (size_t i = 0; i < 24; ++i) ids.insert(MustSubmit(*fleet[i % 3]));
  EXPECT_EQ(ids.size(), 24U) << "an id was given twice";
  for (const std::string& id : ids) EXPECT_EQ(AwaitEnd(id).state, "done");
  const std::scoped_lock lock(mutex);
  EXPECT_EQ(ran, std::multiset<std::string>(ids.begin(), ids.end()));
  for (const auto& queue : fleet) {
    EXPECT_TRUE(Soon([&] { return queue->counts().queued == 0; }));
    EXPECT_EQ(queue->List()->size(), 24U);
  }
}

TEST_F(JobsTest, AJobIsWatchedAndCancelledFromAnother) {
  const auto run = [](const StoredJob&, Progress& progress, std::stop_token stop) {
    progress.Begin("training", 10);
    progress.Update(7, 0);
    return UntilStopped(stop);
  };
  const auto one = Queue(run, Shared());
  const std::string id = MustSubmit(*one);
  ASSERT_TRUE(AwaitState(id, "running"));
  const auto other = Queue(run, Shared());
  EXPECT_TRUE(Soon([&] { return (*other->Find(id))->done == 7; }));
  EXPECT_EQ(other->Find(id)->value_or(Job{}).stage, "training");
  ASSERT_TRUE(other->Cancel(id));
  EXPECT_EQ(AwaitEnd(id).state, "cancelled");
  EXPECT_EQ(Stored(id).attempts, 1);
}

TEST_F(JobsTest, LongWorkKeepsItsLease) {
  std::atomic<int> begun = 0;
  const auto run = [&](const StoredJob&, Progress&, std::stop_token stop) -> Result<std::string> {
    ++begun;
    for (int i = 0; i < 800 && !stop.stop_requested(); ++i) std::this_thread::sleep_for(10ms);
    return "{}";
  };
  // At an ordinary pace: whoever asks all the time keeps the store from who renews.
  const JobTimes times{
      .others = true, .lease = 6000ms, .renew = 500ms, .progress = 100ms, .poll = 500ms};
  const auto one = Queue(run, times);
  const auto other = Queue(run, times);
  const std::string id = MustSubmit(*one);
  for (int i = 0; i < 400 && Stored(id).job.finished_at.empty(); ++i) {
    std::this_thread::sleep_for(50ms);
  }
  EXPECT_EQ(Stored(id).job.state, "done");
  EXPECT_EQ(begun, 1);
}

TEST_F(JobsTest, WhoStopsHandsItsJobOver) {
  std::atomic<bool> finish = false;
  const auto run = [&](const StoredJob&, Progress&, std::stop_token stop) -> Result<std::string> {
    while (!stop.stop_requested()) {
      if (finish) return "{}";
      std::this_thread::sleep_for(1ms);
    }
    return Fail(ErrorCode::kCancelled, "stopped");
  };
  auto one = Queue(run, Shared());
  const std::string id = MustSubmit(*one);
  ASSERT_TRUE(AwaitState(id, "running"));
  const auto other = Queue(run, Shared());
  one.reset();
  finish = true;
  EXPECT_EQ(AwaitEnd(id).state, "done");
  EXPECT_EQ(Stored(id).owner, other->instance());
  EXPECT_EQ(Stored(id).attempts, 1);
}

TEST_F(JobsTest, TheJobsOfOneThatIsGoneAreTakenOverOrFail) {
  const StoredJob train{.job = {.kind = "train"}};
  StoredJob upload{.job = {.kind = "clean"}, .only = "gone"};
  const std::string id = store_->AddJob(train, 100)->job.id;
  const int64_t until = NowMicros() + 300000;
  ASSERT_TRUE(*store_->ClaimJob("gone", NowMicros(), until));
  upload.lease_until = until;
  const std::string pinned = store_->AddJob(upload, 100)->job.id;
  const auto jobs =
      Queue([](const StoredJob&, Progress&, std::stop_token) { return Result<std::string>("{}"); },
            Shared());
  EXPECT_EQ(AwaitEnd(id).state, "done");
  EXPECT_GE(NowMicros(), until);
  EXPECT_EQ(Stored(id).attempts, 2);
  EXPECT_EQ(AwaitEnd(pinned).state, "failed");
  EXPECT_NE(Stored(pinned).job.error.find("Upload the file again"), std::string::npos);
}

TEST_F(JobsTest, APinnedJobWaitsAsLongAsItsInstanceLives) {
  std::atomic<bool> finish = false;
  const auto run = [&](const StoredJob&, Progress&, std::stop_token stop) -> Result<std::string> {
    while (!finish && !stop.stop_requested()) std::this_thread::sleep_for(1ms);
    return "{}";
  };
  const auto one = Queue(run, Shared(1500ms));
  MustSubmit(*one);
  ASSERT_TRUE(Soon([&] { return one->counts().running == 1; }));
  std::atomic<int> discarded = 0;
  const std::string pinned =
      MustSubmit(*one, {.kind = "clean", .pinned = true, .discard = [&] { ++discarded; }});
  const auto other = Queue(run, Shared(1500ms));
  std::this_thread::sleep_for(3000ms);
  EXPECT_EQ(Stored(pinned).job.state, "queued");
  EXPECT_EQ(discarded, 0);
  finish = true;
  EXPECT_EQ(AwaitEnd(pinned).state, "done");
  EXPECT_EQ(Stored(pinned).owner, one->instance());
  EXPECT_TRUE(Soon([&] { return discarded == 1; }));
}

TEST_F(JobsTest, WorkIsNotHarmedByAStoreThatIsAwayForAWhile) {
  std::atomic<bool> finish = false;
  std::atomic<int> begun = 0;
  const auto jobs = Queue(
      [&](const StoredJob&, Progress& progress, std::stop_token stop) -> Result<std::string> {
        ++begun;
        progress.Begin("training", 1);
        while (!finish && !stop.stop_requested()) std::this_thread::sleep_for(1ms);
        if (stop.stop_requested()) return Fail(ErrorCode::kCancelled, "stopped");
        return "{}";
      },
      Shared(20000ms));
  const std::string id = MustSubmit(*jobs);
  ASSERT_TRUE(Soon([&] { return begun == 1; }));
  away_ = true;
  EXPECT_EQ(jobs->Submit({.kind = "train"}).error().code, ErrorCode::kBusy);
  std::this_thread::sleep_for(200ms);
  finish = true;
  std::this_thread::sleep_for(300ms);
  EXPECT_EQ(jobs->Find(id)->value_or(Job{}).state, "done")
      << "known here, although not written yet";
  EXPECT_EQ(Stored(id).job.state, "running");
  away_ = false;
  EXPECT_EQ(AwaitEnd(id).state, "done");
  EXPECT_EQ(begun, 1);
}

TEST_F(JobsTest, WhoCannotRenewItsLeaseStops) {
  std::atomic<int> stopped = 0;
  const auto jobs = Queue(
      [&](const StoredJob& job, Progress&, std::stop_token stop) -> Result<std::string> {
        if (job.attempts > 1) return "{}";
        Result<std::string> result = UntilStopped(stop);
        ++stopped;
        return result;
      },
      Shared(300ms));
  const std::string id = MustSubmit(*jobs);
  ASSERT_TRUE(AwaitState(id, "running"));
  away_ = true;
  ASSERT_TRUE(Soon([&] { return stopped == 1; }));
  away_ = false;
  EXPECT_EQ(AwaitEnd(id).state, "done") << "taken up again, for no one cancelled it";
}

}  // namespace
}  // namespace pythia
