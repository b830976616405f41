// Jobs: each is run by exactly one instance, and none is forgotten.
#include <atomic>
#include <chrono>
#include <mutex>
#include <set>
#include <thread>
#include <vector>

#include <fmt/format.h>

#include "store/store_contract.h"

namespace pythia {
namespace {

constexpr int64_t kSecond = 1000000;
constexpr int64_t kNow = 1700000000 * kSecond;
constexpr int64_t kLease = 15 * kSecond;
constexpr const char* kAt = "2023-11-14T22:13:20.000000Z";

StoredJob AJob(const std::string& kind = "train", const std::string& only = "") {
  StoredJob job;
  job.job.kind = kind;
  job.job.created_at = "2023-11-14T22:00:00.000000Z";
  job.request = R"({"dataset":"d","note":"'; DROP TABLE jobs; -- 日本"})";
  job.actor = "http:me";
  job.only = only;
  if (!only.empty()) job.lease_until = kNow + kLease;
  return job;
}

// What the tests do with the jobs of a store.
class JobDesk {
 public:
  explicit JobDesk(const std::unique_ptr<Store>& store) : store_(store) {}

  std::string MustAdd(const StoredJob& job = AJob()) {
    const auto added = store_->AddJob(job, 100);
    if (!added) {
      ADD_FAILURE() << added.error().ToString();
      return "";
    }
    EXPECT_EQ(added->job.state, "queued");
    return added->job.id;
  }
  // The id of what is claimed; empty: nothing.
  std::string Claim(const std::string& owner, int64_t now = kNow) {
    const auto claimed = store_->ClaimJob(owner, now, now + kLease);
    EXPECT_TRUE(claimed) << claimed.error().ToString();
    if (!claimed || !*claimed) return "";
    EXPECT_EQ((*claimed)->job.state, "running");
    EXPECT_EQ((*claimed)->owner, owner);
    EXPECT_EQ((*claimed)->lease_until, now + kLease);
    return (*claimed)->job.id;
  }
  StoredJob Found(const std::string& id) {
    const auto found = store_->FindJob(id);
    if (found && *found) return **found;
    ADD_FAILURE() << id << " is not there";
    return {};
  }
  std::string StateOf(const std::string& id) { return Found(id).job.state; }
  bool Renews(const std::string& id, const std::string& owner, int64_t until = kNow + kLease) {
    const auto goes_on = store_->RenewJob(id, owner, until, {});
    EXPECT_TRUE(goes_on) << goes_on.error().ToString();
    return goes_on && *goes_on;
  }
  Job Over(const std::string& id, const std::string& state) {
    Job job = Found(id).job;
    job.state = state;
    job.finished_at = kAt;
    return job;
  }

 private:
  const std::unique_ptr<Store>& store_;
};

TEST_P(StoreContract, WhatIsAskedForIsKept) {
  JobDesk jobs(store_);
  const std::string id = jobs.MustAdd();
  EXPECT_TRUE(id.starts_with("train-")) << id;
  Reopen();
  const StoredJob found = jobs.Found(id);
  EXPECT_EQ(found.job.kind, "train");
  EXPECT_EQ(found.job.created_at, AJob().job.created_at);
  EXPECT_EQ(found.request, AJob().request);
  EXPECT_EQ(found.actor, "http:me");
  EXPECT_EQ(found.only, "");
  EXPECT_EQ(found.owner, "");
  EXPECT_EQ(found.attempts, 0);
  EXPECT_FALSE(found.cancel);
  EXPECT_FALSE(*store().FindJob("train-999999"));
  EXPECT_FALSE(*store().FindJob(""));
}

TEST_P(StoreContract, TheOldestIsClaimedFirstAndOnlyOnce) {
  JobDesk jobs(store_);
  const std::string first = jobs.MustAdd();
  const std::string second = jobs.MustAdd(AJob("clean"));
  EXPECT_EQ(jobs.Claim("a"), first);
  EXPECT_EQ(jobs.Claim("b"), second);
  EXPECT_EQ(jobs.Claim("a"), "");
  EXPECT_EQ(jobs.Found(first).attempts, 1);
}

TEST_P(StoreContract, ProgressIsSeenByAll) {
  JobDesk jobs(store_);
  const std::string id = jobs.MustAdd();
  ASSERT_EQ(jobs.Claim("a"), id);
  const auto renewed = store().RenewJob(id, "a", kNow + 2 * kLease, {"reading 日本", 5, 1LL << 40});
  ASSERT_TRUE(renewed && *renewed);
  const StoredJob found = jobs.Found(id);
  EXPECT_EQ(found.job.stage, "reading 日本");
  EXPECT_EQ(found.job.done, 5);
  EXPECT_EQ(found.job.total, 1LL << 40);
  EXPECT_EQ(found.lease_until, kNow + 2 * kLease);
  EXPECT_EQ(found.job.state, "running");
}

TEST_P(StoreContract, WhatIsOverStaysAsItIs) {
  JobDesk jobs(store_);
  const std::string id = jobs.MustAdd();
  ASSERT_EQ(jobs.Claim("a"), id);
  Job done = jobs.Over(id, "done");
  done.stage = "training";
  done.done = 3;
  done.result = R"({"version":"v1"})";
  ASSERT_TRUE(store().FinishJob(done, "a"));
  Reopen();
  const Job found = jobs.Found(id).job;
  EXPECT_EQ(found.state, "done");
  EXPECT_EQ(found.result, done.result);
  EXPECT_EQ(found.finished_at, kAt);
  EXPECT_EQ(found.stage, "training");
  EXPECT_EQ(found.done, 3);
  EXPECT_FALSE(found.problem);
  EXPECT_FALSE(jobs.Renews(id, "a"));
  EXPECT_EQ(store().FinishJob(jobs.Over(id, "failed"), "a").error().code, ErrorCode::kConflict);
  EXPECT_EQ(store().ReleaseJob(id, "a").error().code, ErrorCode::kConflict);
  EXPECT_EQ(store().CancelJob(id, kAt).error().code, ErrorCode::kConflict);
  EXPECT_EQ(jobs.Claim("b", kNow + 100 * kLease), "");
  EXPECT_EQ(jobs.StateOf(id), "done");
}

TEST_P(StoreContract, FailuresKeepTheirParts) {
  JobDesk jobs(store_);
  const std::string id = jobs.MustAdd();
  ASSERT_EQ(jobs.Claim("a"), id);
  Job failed = jobs.Over(id, "failed");
  failed.problem = Error{.code = ErrorCode::kBadInput,
                         .message = "no such column",
                         .place = {.line = 7, .column = "Clicks"},
                         .value = "x",
                         .hint = "Leave it away."};
  failed.error = failed.problem->ToString();
  ASSERT_TRUE(store().FinishJob(failed, "a"));
  const Job found = jobs.Found(id).job;
  EXPECT_EQ(found.error, failed.error);
  ASSERT_TRUE(found.problem);
  EXPECT_EQ(found.problem->code, ErrorCode::kBadInput);
  EXPECT_EQ(found.problem->place.line, 7);
  EXPECT_EQ(found.problem->place.column, "Clicks");
  EXPECT_EQ(found.problem->hint, "Leave it away.");
}

TEST_P(StoreContract, OnlyItsOwnerGoesOnWithIt) {
  JobDesk jobs(store_);
  const std::string id = jobs.MustAdd();
  ASSERT_EQ(jobs.Claim("a"), id);
  EXPECT_TRUE(jobs.Renews(id, "a"));
  EXPECT_FALSE(jobs.Renews(id, "b", kNow + 50 * kLease));
  EXPECT_EQ(jobs.Found(id).lease_until, kNow + kLease);
  EXPECT_EQ(store().FinishJob(jobs.Over(id, "done"), "b").error().code, ErrorCode::kConflict);
  EXPECT_EQ(store().ReleaseJob(id, "b").error().code, ErrorCode::kConflict);
  EXPECT_EQ(jobs.StateOf(id), "running");
  Job unknown;
  unknown.id = "train-999999";
  EXPECT_EQ(store().FinishJob(unknown, "a").error().code, ErrorCode::kNotFound);
  EXPECT_EQ(store().ReleaseJob("train-999999", "a").error().code, ErrorCode::kNotFound);
  EXPECT_EQ(store().CancelJob("train-999999", kAt).error().code, ErrorCode::kNotFound);
  EXPECT_FALSE(jobs.Renews("train-999999", "a"));
}

TEST_P(StoreContract, ALostLeaseIsAnothersJob) {
  JobDesk jobs(store_);
  const std::string id = jobs.MustAdd();
  const std::string younger = jobs.MustAdd();
  ASSERT_EQ(jobs.Claim("a"), id);
  ASSERT_TRUE(*store().RenewJob(id, "a", kNow + kLease, {"reading", 4, 9}));
  EXPECT_EQ(jobs.Claim("b", kNow + kLease - kSecond), younger) << "the lease is not over";
  EXPECT_EQ(jobs.Claim("b", kNow + kLease + kSecond), id);
  EXPECT_EQ(jobs.Found(id).job.stage, "") << "it begins anew";
  EXPECT_EQ(jobs.Found(id).job.done, 0);
  EXPECT_EQ(jobs.Found(id).attempts, 2);
  EXPECT_FALSE(jobs.Renews(id, "a"));
  EXPECT_TRUE(jobs.Renews(id, "b"));
  EXPECT_EQ(store().FinishJob(jobs.Over(id, "done"), "a").error().code, ErrorCode::kConflict);
  EXPECT_TRUE(store().FinishJob(jobs.Over(id, "done"), "b"));
}

TEST_P(StoreContract, AJobThatEndsEveryServiceFailsAtLast) {
  JobDesk jobs(store_);
  const std::string id = jobs.MustAdd();
  int64_t now = kNow;
  for (int64_t i = 0; i < kMostJobAttempts; ++i) {
    ASSERT_EQ(jobs.Claim("a", now), id);
    now += 2 * kLease;
  }
  EXPECT_EQ(jobs.Claim("b", now), "");
  const StoredJob found = jobs.Found(id);
  EXPECT_EQ(found.job.state, "failed");
  EXPECT_EQ(found.job.error, LeftBehind(found).ToString());
  ASSERT_TRUE(found.job.problem);
  EXPECT_FALSE(found.job.finished_at.empty());
}

TEST_P(StoreContract, APinnedJobIsItsInstancesAlone) {
  JobDesk jobs(store_);
  const std::string id = jobs.MustAdd(AJob("clean", "a"));
  EXPECT_EQ(jobs.Found(id).owner, "a");
  EXPECT_EQ(jobs.Found(id).lease_until, kNow + kLease);
  EXPECT_EQ(jobs.Claim("b"), "");
  EXPECT_TRUE(jobs.Renews(id, "a", kNow + 3 * kLease)) << "waiting, it keeps its lease";
  EXPECT_EQ(jobs.StateOf(id), "queued");
  EXPECT_EQ(jobs.Claim("b", kNow + 2 * kLease), "");
  EXPECT_EQ(jobs.StateOf(id), "queued");
  EXPECT_EQ(jobs.Claim("a", kNow + 2 * kLease), id);
  EXPECT_EQ(store().ReleaseJob(id, "a").error().code, ErrorCode::kConflict);
}

TEST_P(StoreContract, APinnedJobFailsWithItsInstance) {
  JobDesk jobs(store_);
  const std::string waiting = jobs.MustAdd(AJob("clean", "a"));
  const std::string running = jobs.MustAdd(AJob("clean", "b"));
  ASSERT_EQ(jobs.Claim("b"), running);
  EXPECT_EQ(jobs.Claim("c", kNow + 2 * kLease), "");
  for (const std::string& id : {waiting, running}) {
    const StoredJob found = jobs.Found(id);
    EXPECT_EQ(found.job.state, "failed");
    EXPECT_NE(found.job.error.find("ended"), std::string::npos) << found.job.error;
    EXPECT_NE(found.job.error.find("Upload"), std::string::npos) << found.job.error;
    EXPECT_FALSE(found.job.finished_at.empty());
  }
  EXPECT_EQ(jobs.Claim("a", kNow + 3 * kLease), "");
}

TEST_P(StoreContract, CancelledWhileItWaitsItNeverRuns) {
  JobDesk jobs(store_);
  const std::string id = jobs.MustAdd();
  const auto cancelled = store().CancelJob(id, kAt);
  ASSERT_TRUE(cancelled);
  EXPECT_EQ(cancelled->job.state, "cancelled");
  EXPECT_EQ(cancelled->job.finished_at, kAt);
  EXPECT_EQ(jobs.Claim("a"), "");
  EXPECT_EQ(store().CancelJob(id, kAt).error().code, ErrorCode::kConflict);
}

TEST_P(StoreContract, CancelledWhileItRunsItsOwnerIsTold) {
  JobDesk jobs(store_);
  const std::string id = jobs.MustAdd();
  ASSERT_EQ(jobs.Claim("a"), id);
  const auto cancelled = store().CancelJob(id, kAt);
  ASSERT_TRUE(cancelled);
  EXPECT_EQ(cancelled->job.state, "running");
  EXPECT_TRUE(store().CancelJob(id, kAt)) << "twice is once";
  EXPECT_FALSE(jobs.Renews(id, "a", kNow + 2 * kLease));
  EXPECT_EQ(jobs.Found(id).lease_until, kNow + 2 * kLease) << "stopping takes time";
  EXPECT_EQ(store().ReleaseJob(id, "a").error().code, ErrorCode::kConflict);
  EXPECT_EQ(jobs.Claim("b", kNow + 2 * kLease - kSecond), "");
  ASSERT_TRUE(store().FinishJob(jobs.Over(id, "cancelled"), "a"));
  EXPECT_EQ(jobs.StateOf(id), "cancelled");
}

TEST_P(StoreContract, CancelledAndLeftBehindItIsOver) {
  JobDesk jobs(store_);
  const std::string id = jobs.MustAdd();
  ASSERT_EQ(jobs.Claim("a"), id);
  ASSERT_TRUE(store().CancelJob(id, kAt));
  EXPECT_EQ(jobs.Claim("b", kNow + 2 * kLease), "");
  EXPECT_EQ(jobs.StateOf(id), "cancelled");
  EXPECT_FALSE(jobs.Found(id).job.finished_at.empty());
}

TEST_P(StoreContract, WhatIsHandedBackIsForAnyone) {
  JobDesk jobs(store_);
  const std::string id = jobs.MustAdd();
  const std::string younger = jobs.MustAdd();
  ASSERT_EQ(jobs.Claim("a"), id);
  ASSERT_TRUE(store().ReleaseJob(id, "a"));
  EXPECT_EQ(jobs.StateOf(id), "queued");
  EXPECT_EQ(jobs.Found(id).attempts, 0);
  EXPECT_FALSE(jobs.Renews(id, "a"));
  EXPECT_EQ(jobs.Claim("b"), id) << "at its old place";
  EXPECT_EQ(jobs.Claim("b"), younger);
}

TEST_P(StoreContract, SoManyWaitAndNoMore) {
  JobDesk jobs(store_);
  ASSERT_TRUE(store().AddJob(AJob(), 2));
  ASSERT_TRUE(store().AddJob(AJob(), 2));
  EXPECT_EQ(store().AddJob(AJob(), 2).error().code, ErrorCode::kBusy);
  ASSERT_NE(jobs.Claim("a"), "");
  EXPECT_TRUE(store().AddJob(AJob(), 2)) << "what runs does not wait";
}

TEST_P(StoreContract, TheNewestAreListed) {
  JobDesk jobs(store_);
  std::vector<std::string> ids;
  for (int i = 0; i < 12; ++i) ids.push_back(jobs.MustAdd(AJob(i % 2 == 0 ? "train" : "clean")));
  const auto listed = store().ListJobs(11);
  ASSERT_TRUE(listed);
  ASSERT_EQ(listed->size(), 11U);
  for (size_t i = 0; i < 11; ++i) EXPECT_EQ((*listed)[i].job.id, ids[11 - i]);
}

TEST_P(StoreContract, WhatIsOverForLongIsPruned) {
  JobDesk jobs(store_);
  const std::string old = jobs.MustAdd();
  const std::string waiting = jobs.MustAdd();
  ASSERT_EQ(jobs.Claim("a"), old);
  ASSERT_TRUE(store().FinishJob(jobs.Over(old, "done"), "a"));
  ASSERT_TRUE(store().Prune({.logs_before = kAt}));
  EXPECT_EQ(jobs.StateOf(old), "done") << "not older than that";
  ASSERT_TRUE(store().Prune({.logs_before = "2024-01-01T00:00:00.000000Z"}));
  EXPECT_FALSE(*store().FindJob(old));
  EXPECT_EQ(jobs.StateOf(waiting), "queued");
  EXPECT_NE(jobs.MustAdd(), old) << "no id twice";
}

TEST_P(StoreContract, ManyClaimersShareTheWork) {
  JobDesk jobs(store_);
  constexpr int kJobs = 60;
  std::atomic<int> submitted = 0;
  std::mutex mutex;
  std::vector<std::string> claimed;
  std::set<std::string> added;
  {
    std::vector<std::jthread> threads;
    for (int thread = 0; thread < 2; ++thread) {
      threads.emplace_back([&] {
        for (int i = 0; i < kJobs / 2; ++i) {
          const std::string id = jobs.MustAdd();
          ++submitted;
          const std::scoped_lock lock(mutex);
          added.insert(id);
        }
      });
    }
    for (const char* owner : {"a", "b", "c"}) {
      threads.emplace_back([&, owner] {
        for (int idle = 0; idle < 2000;) {
          const std::string id = jobs.Claim(owner);
          if (id.empty()) {
            if (submitted == kJobs) return;
            ++idle;
            std::this_thread::sleep_for(std::chrono::milliseconds(1));
            continue;
          }
          {
            const std::scoped_lock lock(mutex);
            claimed.push_back(id);
          }
          EXPECT_TRUE(store().FinishJob(jobs.Over(id, "done"), owner));
        }
      });
    }
  }
  EXPECT_EQ(added.size(), static_cast<size_t>(kJobs)) << "an id was given twice";
  EXPECT_EQ(claimed.size(), static_cast<size_t>(kJobs)) << "a job was lost or run twice";
  EXPECT_EQ(std::set(claimed.begin(), claimed.end()), added);
}

}  // namespace
}  // namespace pythia
