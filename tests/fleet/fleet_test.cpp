// Several services on one store, as processes: models, jobs and logs are one, whatever happens to
// one of them or to the store.
#include <algorithm>
#include <mutex>
#include <set>

#include <fmt/format.h>

#include "fleet_fixture.h"

namespace pythia::fleet {
namespace {

constexpr auto kSeenWithin = seconds(5);

TEST_F(Fleet, AnActivationIsSeenEverywhereUnderLoad) {
  std::vector<std::string> versions;
  for (int seed = 1; seed <= 2; ++seed) versions.push_back(MustTrain(0, seed));
  Load load(size(), [this](size_t i) { return !Predicts(i).empty(); });
  auto slowest = Clock::duration::zero();
  const size_t rounds = attack::Sized(2, 20);
  for (size_t round = 0; round < rounds; ++round) {
    const std::string& version = versions[round % 2];
    ASSERT_EQ(At(round).Ask(Post("/api/models/" + version + "/activate", kJson, "")).status, 200);
    const auto begun = Clock::now();
    for (size_t i = 0; i < size(); ++i) {
      EXPECT_TRUE(Within(kSeenWithin, [&] { return Predicts(i) == version; })) << "service " << i;
    }
    slowest = std::max(slowest, Clock::now() - begun);
  }
  EXPECT_LE(slowest, kSeenWithin);
  RecordProperty("slowest_ms",
                 static_cast<int>(std::chrono::duration_cast<milliseconds>(slowest).count()));
  EXPECT_EQ(load.End(), 0);
  if (const auto store = Look()) ExpectOneHistory(*store);
}

TEST_F(Fleet, EachJobIsRunOnceAndNoIdIsGivenTwice) {
  constexpr int kEach = 5;
  std::mutex mutex;
  std::set<std::string> ids;
  Load load(size(), [this](size_t i) { return !Predicts(i).empty(); });
  {
    std::vector<std::jthread> threads;
    for (size_t i = 0; i < size(); ++i) {
      threads.emplace_back([&, i] {
        for (int n = 0; n < kEach; ++n) {
          const std::string id =
              Submit(i, fmt::format(R"({{"alpha":1,"seed":{}}})", 100 * (i + 1) + n));
          const std::scoped_lock lock(mutex);
          ids.insert(id);
        }
      });
    }
  }
  EXPECT_EQ(ids.size(), kEach * size()) << "an id was given twice";
  size_t from = 0;
  for (const std::string& id : ids) EXPECT_EQ(At(++from).AwaitJob(id)["state"], "done") << id;
  EXPECT_EQ(load.End(), 0);
  const auto store = Look();
  ASSERT_TRUE(store);
  for (const std::string& id : ids) {
    const auto job = store->FindJob(id);
    ASSERT_TRUE(job && *job) << id;
    EXPECT_EQ((*job)->attempts, 1) << id;
  }
  const auto audit = store->ReadAudit(1000);
  ASSERT_TRUE(audit);
  const auto trained = std::ranges::count_if(
      *audit, [](const AuditEvent& event) { return event.action == "train"; });
  EXPECT_EQ(trained, std::ssize(ids) + 1) << "the first was trained by hand";
  ExpectOneHistory(*store);
}

TEST_F(Fleet, AJobIsCancelledFromAnyService) {
  std::vector<std::string> ids;
  for (int seed = 0; seed < 8; ++seed)
    ids.push_back(Submit(0, fmt::format(R"({{"seed":{}}})", seed)));
  const Answered cancelled =
      At(1).Ask("DELETE /api/jobs/" + ids.back() + " HTTP/1.1\r\nHost: localhost\r\n\r\n");
  EXPECT_EQ(cancelled.status, 200) << cancelled.body;
  EXPECT_EQ(At(2).AwaitJob(ids.back())["state"], "cancelled");
}

class FleetAttack : public Fleet {};

// It takes as long as a lease.
TEST_F(FleetAttack, TheJobOfAKilledServiceIsTakenOver) {
  if (size() < 2) GTEST_SKIP() << "ONE SERVICE: this store takes no more";
  Run({"simulate", "--rows", "60000", "--seed", "2", "-o", "large.csv"});
  Run({"clean", "large.csv", "--dataset", "large", "--store", server().uri()});
  const std::string id = Submit(0, R"({"dataset":"large"})");
  size_t runs = size();
  ASSERT_TRUE(Within(seconds(10), [&] {
    for (size_t i = 0; i < size(); ++i) {
      if (Metric(At(i), "pythia_jobs{state=\"running\"}") == 1) runs = i;
    }
    return runs < size();
  }));
  fleet_[runs]->Kill();
  const Json job = At(runs + 1).AwaitJob(id, seconds(120));
  EXPECT_EQ(job.value("state", ""), "done") << job;
  const auto store = Look();
  ASSERT_TRUE(store);
  EXPECT_EQ((*store->FindJob(id))->attempts, 2);
}

}  // namespace
}  // namespace pythia::fleet
