// The log's queue and the jobs.
#include <atomic>
#include <chrono>
#include <mutex>
#include <thread>

#include <gtest/gtest.h>

#include "engine/jobs.h"
#include "engine/log_queue.h"

namespace pythia {
namespace {

using std::chrono_literals::operator""ms;

std::vector<PredictionLogEntry> SomeEntries(size_t count) {
  return std::vector<PredictionLogEntry>(count);
}

TEST(LogQueue, WritesEverythingThatItTook) {
  std::atomic<size_t> written = 0;
  std::atomic<int> calls = 0;
  {
    LogQueue queue(1000, [&](std::span<const PredictionLogEntry> entries) -> Status {
      written += entries.size();
      ++calls;
      return {};
    });
    for (int i = 0; i < 100; ++i) ASSERT_TRUE(queue.Push(SomeEntries(3)));
    ASSERT_TRUE(queue.Flush());
    EXPECT_EQ(written, 300U);
    ASSERT_TRUE(queue.Push(SomeEntries(7)));
  }
  EXPECT_EQ(written, 307U);
  EXPECT_LE(calls, 101);
}

TEST(LogQueue, WhenItIsFullItSaysSo) {
  std::atomic<bool> go = false;
  LogQueue queue(10, [&](std::span<const PredictionLogEntry>) -> Status {
    while (!go) std::this_thread::sleep_for(1ms);
    return {};
  });
  ASSERT_TRUE(queue.Push(SomeEntries(10)));
  const Status refused = queue.Push(SomeEntries(1));
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, ErrorCode::kBusy);
  go = true;
  ASSERT_TRUE(queue.Flush());
  EXPECT_TRUE(queue.Push(SomeEntries(1)));
}

TEST(LogQueue, SlowsDownWhoAsksTooFast) {
  std::atomic<size_t> written = 0;
  LogQueue queue(10, [&](std::span<const PredictionLogEntry> entries) -> Status {
    std::this_thread::sleep_for(5ms);
    written += entries.size();
    return {};
  });
  ASSERT_TRUE(queue.Push(SomeEntries(1)));
  ASSERT_TRUE(queue.Flush());  // it works
  for (int i = 0; i < 100; ++i) ASSERT_TRUE(queue.Push(SomeEntries(5)));
  ASSERT_TRUE(queue.Flush());
  EXPECT_EQ(written, 501U);
}

TEST(LogQueue, LeavesTheStoreToOthersBetweenBatches) {
  std::mutex store;
  std::atomic<size_t> largest = 0;
  std::atomic<size_t> written = 0;
  LogQueue queue(100000, [&](std::span<const PredictionLogEntry> entries) -> Status {
    const std::scoped_lock lock(store);
    largest = std::max<size_t>(largest, entries.size());
    std::this_thread::sleep_for(20ms);
    written += entries.size();
    return {};
  });
  ASSERT_TRUE(queue.Push(SomeEntries(90000)));
  while (largest == 0) std::this_thread::sleep_for(1ms);
  const std::scoped_lock lock(store);  // would else wait for all of it
  EXPECT_LE(largest, 20000U);
  EXPECT_LT(written, 90000U);
}

TEST(LogQueue, TriesAgainAndCountsWhatIsLost) {
  std::atomic<int> calls = 0;
  LogQueue queue(10, [&](std::span<const PredictionLogEntry>) -> Status {
    if (++calls != 2) return Fail(ErrorCode::kIo, "no");
    return {};
  });
  ASSERT_TRUE(queue.Push(SomeEntries(1)));
  EXPECT_TRUE(queue.Flush());  // the second try went well
  ASSERT_TRUE(queue.Push(SomeEntries(2)));
  EXPECT_FALSE(queue.Flush());
  EXPECT_EQ(queue.lost(), 2);
}

Job WaitFor(const JobQueue& jobs, const std::string& id) {
  for (int i = 0; i < 2000; ++i) {
    const std::optional<Job> job = jobs.Find(id);
    if (job && !job->finished_at.empty()) return *job;
    std::this_thread::sleep_for(1ms);
  }
  ADD_FAILURE() << id << " does not end";
  return {};
}

TEST(JobQueue, RunsOneAfterTheOther) {
  JobQueue jobs;
  std::atomic<int> running = 0;
  std::atomic<int> most = 0;
  std::vector<std::string> ids;
  for (int i = 0; i < 5; ++i) {
    const auto job = jobs.Submit("train", [&](Progress& progress, std::stop_token) {
      most = std::max<int>(most, ++running);
      progress.Begin("working", 10);
      progress.Update(4, 0);
      --running;
      return Result<std::string>("{}");
    });
    ASSERT_TRUE(job);
    EXPECT_EQ(job->state, "queued");
    ids.push_back(job->id);
  }
  for (const std::string& id : ids) {
    const Job job = WaitFor(jobs, id);
    EXPECT_EQ(job.state, "done");
    EXPECT_EQ(job.stage, "working");
    EXPECT_EQ(job.done, 4);
    EXPECT_EQ(job.result, "{}");
  }
  EXPECT_EQ(most, 1);
  EXPECT_EQ(jobs.List().front().id, ids.back());
}

TEST(JobQueue, CancelsWhatRunsAndWhatWaits) {
  JobQueue jobs;
  const auto until_stopped = [](Progress&, std::stop_token stop) -> Result<std::string> {
    while (!stop.stop_requested()) std::this_thread::sleep_for(1ms);
    return Fail(ErrorCode::kCancelled, "stopped");
  };
  const auto first = jobs.Submit("train", until_stopped);
  const auto second = jobs.Submit("train", until_stopped);
  ASSERT_TRUE(jobs.Cancel(second->id));
  EXPECT_EQ(jobs.Find(second->id)->state, "cancelled");
  ASSERT_TRUE(jobs.Cancel(first->id));
  EXPECT_EQ(WaitFor(jobs, first->id).state, "cancelled");
  EXPECT_EQ(jobs.Cancel(first->id).error().code, ErrorCode::kConflict);
  EXPECT_EQ(jobs.Cancel("train-99").error().code, ErrorCode::kNotFound);
}

TEST(JobQueue, SaysWhatWentWrongAndEndsWithItsQueue) {
  JobQueue jobs;
  const auto failing = jobs.Submit("clean", [](Progress&, std::stop_token) -> Result<std::string> {
    return Fail(ErrorCode::kBadInput, "no such column");
  });
  const Job failed = WaitFor(jobs, failing->id);
  EXPECT_EQ(failed.state, "failed");
  EXPECT_EQ(failed.error, "no such column");
  ASSERT_TRUE(jobs.Submit("train", [](Progress&, std::stop_token stop) -> Result<std::string> {
    while (!stop.stop_requested()) std::this_thread::sleep_for(1ms);
    return Fail(ErrorCode::kCancelled, "stopped");
  }));
}

}  // namespace
}  // namespace pythia
