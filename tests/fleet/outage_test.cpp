// A store that goes away under load and comes back: predictions go on, and their log comes later.
// In full size half a minute, and more predictions than may wait.
#include <fmt/format.h>

#include "fleet_fixture.h"

namespace pythia::fleet {
namespace {

constexpr int64_t kMostWaiting = 100000;  // docs/http.md
constexpr auto kNoticedWithin = seconds(15);
constexpr auto kBackWithin = seconds(20);

class FleetOutage : public Fleet {
 protected:
  void ExpectAllSay(const std::string& metric, double value, milliseconds time) {
    for (size_t i = 0; i < size(); ++i) {
      EXPECT_TRUE(Within(time, [&] { return Metric(At(i), metric) == value; }))
          << "service " << i << ": " << metric << " is " << Metric(At(i), metric);
    }
  }
  void ExpectDegraded(size_t i) {
    const Answered ready = At(i).Ask(Get("/health/ready"));
    EXPECT_EQ(ready.status, 200) << ready.body;
    EXPECT_EQ(Json::parse(ready.body)["status"], "degraded");
    const auto asked = Clock::now();
    EXPECT_EQ(At(i).Ask(Post("/api/train", kJson, "{}")).status, 503);
    EXPECT_LT(Clock::now() - asked, seconds(1)) << "what needs the store is refused at once";
  }
  void ExpectRecovered() {
    ExpectAllSay("pythia_store_up", 1, kBackWithin);
    ExpectAllSay("pythia_log_waiting_entries", 0, kBackWithin);
    for (size_t i = 0; i < size(); ++i) {
      EXPECT_EQ(Json::parse(At(i).Ask(Get("/health")).body)["status"], "ok");
    }
  }
  // `leave` and `come_back` are the server's.
  void PredictThrough(milliseconds away, const std::function<void()>& leave,
                      const std::function<void()>& come_back) {
    Load load(size(), [this](size_t i) { return !Predicts(i).empty(); });
    std::this_thread::sleep_for(milliseconds(500));
    leave();
    const auto gone = Clock::now();
    ExpectAllSay("pythia_store_up", 0, kNoticedWithin);
    for (size_t i = 0; i < size(); ++i) ExpectDegraded(i);
    std::this_thread::sleep_until(gone + away);
    EXPECT_GT(Metric(At(0), "pythia_log_waiting_entries"), 0);
    come_back();
    ExpectAllSay("pythia_store_up", 1, kBackWithin);
    EXPECT_EQ(load.End(), 0) << "predictions that failed";
    ExpectRecovered();
    EXPECT_GT(Metric(At(0), "pythia_store_commands_total{result=\"ok\"}"), 0);
    ExpectAllSay("pythia_log_lost_entries_total", 0, milliseconds(0));
    if (const auto store = Look()) ExpectOneHistory(*store);
  }
};

TEST_F(FleetOutage, PredictionsGoOnAndTheirLogComesLater) {
  if (!server().can_go_away()) GTEST_SKIP() << "NO SERVER: this store cannot go away";
  PredictThrough(
      attack::Sized(seconds(3), seconds(30)), [&] { server().Kill(); }, [&] { server().Start(); });
}

class FleetOutageAttack : public FleetOutage {};

TEST_F(FleetOutageAttack, AServerThatAnswersNothingIsAwayToo) {
  if (!server().can_go_away()) GTEST_SKIP() << "NO SERVER: this store cannot go away";
  PredictThrough(seconds(30), [&] { server().Freeze(); }, [&] { server().Thaw(); });
}

TEST_F(FleetOutageAttack, WhatNobodyCanKeepIsCounted) {
  if (!server().can_go_away()) GTEST_SKIP() << "NO SERVER: this store cannot go away";
  constexpr int kPlans = 2000;
  std::string plans = "[";
  for (int i = 0; i < kPlans; ++i) plans += (i > 0 ? "," : "") + std::string(attack::kPlan);
  const std::string request = Post("/predict", kJson, plans + "]");
  server().Kill();
  ExpectAllSay("pythia_store_up", 0, kNoticedWithin);
  for (int64_t asked = 0; asked < kMostWaiting + 10 * kPlans; asked += kPlans) {
    const Answered answer = At(0).Ask(request);
    ASSERT_EQ(answer.status, 200) << answer.body.substr(0, 200);
    answered_ += kPlans;
  }
  const auto waiting = static_cast<int64_t>(Metric(At(0), "pythia_log_waiting_entries"));
  const auto lost = static_cast<int64_t>(Metric(At(0), "pythia_log_lost_entries_total"));
  EXPECT_LE(waiting, kMostWaiting);
  EXPECT_GT(waiting, kMostWaiting - kPlans);
  EXPECT_GT(lost, 0);
  server().Start();
  ExpectAllSay("pythia_store_up", 1, kBackWithin);
  EXPECT_TRUE(
      Within(seconds(60), [&] { return Metric(At(0), "pythia_log_waiting_entries") == 0; }));
  EXPECT_EQ(Metric(At(0), "pythia_log_lost_entries_total"), lost);
  if (const auto store = Look()) ExpectOneHistory(*store, lost);
}

}  // namespace
}  // namespace pythia::fleet
