// Several services on one store, as processes: models, jobs and logs are one, whatever happens to
// one of them or to the store.
#include <algorithm>
#include <atomic>
#include <set>
#include <thread>

#include <fmt/format.h>

#include "../attack/served.h"
#include "fleet_server.h"
#include "store/open.h"

namespace pythia::fleet {
namespace {

using attack::Ended;
using attack::Home;
using attack::Json;
using attack::kJson;
using attack::RunPythia;
using attack::Served;
using attack::Words;
using http::Answered;
using http::Get;
using http::Post;
using std::chrono::milliseconds;
using std::chrono::seconds;
using Clock = std::chrono::steady_clock;

constexpr auto kSeenWithin = seconds(5);

bool Within(std::chrono::milliseconds time, const std::function<bool()>& holds) {
  for (const auto end = Clock::now() + time; Clock::now() < end;) {
    if (holds()) return true;
    std::this_thread::sleep_for(milliseconds(20));
  }
  return holds();
}

class Fleet : public testing::Test {
 protected:
  void SetUp() override {
    server_ = MakeFleetServer();
    Run({"simulate", "--rows", "400", "--seed", "1", "-o", "h.csv"});
    Run({"clean", "h.csv", "--store", server_->uri()});
    Run({"train", "--alpha", "1", "--store", server_->uri()});
    if (HasFatalFailure()) return;
    for (int i = 0; i < server_->instances(); ++i) {
      const std::filesystem::path folder = home_ / fmt::format("service {}", i);
      std::filesystem::create_directory(folder);
      fleet_.push_back(std::make_unique<Served>(folder, Words{"--store", server_->uri()}));
      ASSERT_TRUE(fleet_.back()->running());
      ASSERT_EQ(fleet_.back()->Predict().status, 200);
    }
    answered_ = server_->instances();
  }

  void Run(const Words& words) {
    const Ended ended = RunPythia(home_.path(), words);
    ASSERT_EQ(ended.status, 0) << words[0] << ": " << ended.output;
  }
  Served& At(size_t i) { return *fleet_[i % fleet_.size()]; }
  size_t size() const { return fleet_.size(); }

  static std::string VersionOf(const Answered& predicted) {
    if (predicted.status != 200) return "";
    return Json::parse(predicted.body).value("Model_Version", "");
  }
  std::string Predicts(size_t i) {
    const std::string version = VersionOf(At(i).Predict());
    if (!version.empty()) ++answered_;
    return version;
  }
  static double Metric(const Served& served, const std::string& name) {
    const std::string text = "\n" + served.Ask(Get("/metrics")).body;
    const size_t at = text.find("\n" + name + " ");
    return at == std::string::npos ? -1 : std::stod(text.substr(at + name.size() + 2));
  }
  std::string Submit(size_t i, const std::string& request) {
    const Answered answer = At(i).Ask(Post("/api/train", kJson, request));
    EXPECT_EQ(answer.status, 202) << answer.body;
    return answer.status == 202 ? Json::parse(answer.body).value("id", "") : "";
  }
  std::string MustTrain(size_t i, int seed) {
    const std::string id = Submit(i, fmt::format(R"({{"alpha":1,"seed":{}}})", seed));
    const Json job = At(i + 1).AwaitJob(id);
    EXPECT_EQ(job.value("state", ""), "done") << job;
    return job.is_object() && job["result"].is_object() ? job["result"].value("version", "") : "";
  }
  // Ends the services and looks into the store itself.
  std::unique_ptr<Store> Look() {
    for (const auto& served : fleet_) {
      if (!served->running()) continue;
      EXPECT_EQ(served->Stop(), 0);
    }
    Config config;
    config.store = server_->uri();
    auto opened = OpenStore(config);
    EXPECT_TRUE(opened) << opened.error().ToString();
    return opened ? *std::move(opened) : nullptr;
  }
  // As many predictions as were answered, each with an id of its own.
  void ExpectOneHistory(Store& store) {
    const auto logged = store.ReadPredictions({.limit = 10000000});
    ASSERT_TRUE(logged) << logged.error().ToString();
    std::set<int64_t> ids;
    for (const PredictionLogEntry& entry : *logged) ids.insert(entry.id);
    EXPECT_EQ(ids.size(), logged->size()) << "an id was given twice";
    EXPECT_EQ(std::ssize(*logged), answered_);
  }

  Home home_;
  std::unique_ptr<FleetServer> server_;
  std::vector<std::unique_ptr<Served>> fleet_;
  std::atomic<int64_t> answered_ = 0;  // predictions
};

// Predictions from all services until it goes.
class Load {
 public:
  Load(size_t services, std::function<bool(size_t)> predict) {
    for (size_t i = 0; i < services; ++i) {
      threads_.emplace_back([this, i, predict](const std::stop_token& stop) {
        while (!stop.stop_requested()) {
          if (!predict(i)) ++failed_;
          std::this_thread::sleep_for(milliseconds(2));
        }
      });
    }
  }
  // How many failed.
  int End() {
    threads_.clear();
    return failed_;
  }

 private:
  std::atomic<int> failed_ = 0;
  std::vector<std::jthread> threads_;
};

TEST_F(Fleet, AnActivationIsSeenEverywhereUnderLoad) {
  std::vector<std::string> versions;
  for (int seed = 1; seed <= 2; ++seed) versions.push_back(MustTrain(0, seed));
  Load load(size(), [this](size_t i) { return !Predicts(i).empty(); });
  auto slowest = Clock::duration::zero();
  for (size_t round = 0; round < 6; ++round) {
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

TEST_F(Fleet, TheJobOfAKilledServiceIsTakenOver) {
  if (size() < 2) GTEST_SKIP() << "ONE SERVICE: this store takes no more";
  Run({"simulate", "--rows", "60000", "--seed", "2", "-o", "large.csv"});
  Run({"clean", "large.csv", "--dataset", "large", "--store", server_->uri()});
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

TEST_F(Fleet, AJobIsCancelledFromAnyService) {
  std::vector<std::string> ids;
  for (int seed = 0; seed < 8; ++seed)
    ids.push_back(Submit(0, fmt::format(R"({{"seed":{}}})", seed)));
  const Answered cancelled =
      At(1).Ask("DELETE /api/jobs/" + ids.back() + " HTTP/1.1\r\nHost: localhost\r\n\r\n");
  EXPECT_EQ(cancelled.status, 200) << cancelled.body;
  EXPECT_EQ(At(2).AwaitJob(ids.back())["state"], "cancelled");
}

TEST_F(Fleet, WhileTheStoreIsAwayPredictionsGoOnAndTheirLogComesLater) {
  if (!server_->can_go_away()) GTEST_SKIP() << "NO SERVER: this store cannot go away";
  Load load(size(), [this](size_t i) { return !Predicts(i).empty(); });
  std::this_thread::sleep_for(seconds(1));
  server_->Kill();
  const auto gone = Clock::now();
  const auto away = attack::Sized(seconds(10), seconds(30));
  for (size_t i = 0; i < size(); ++i) {
    EXPECT_TRUE(Within(away, [&] { return Metric(At(i), "pythia_store_up") == 0; }));
    const Answered ready = At(i).Ask(Get("/health/ready"));
    EXPECT_EQ(ready.status, 200) << ready.body;
    EXPECT_EQ(Json::parse(ready.body)["status"], "degraded");
    EXPECT_EQ(At(i).Ask(Post("/api/train", kJson, "{}")).status, 503);
  }
  std::this_thread::sleep_until(gone + away);
  EXPECT_GT(Metric(At(0), "pythia_log_waiting_entries"), 0);
  server_->Start();
  for (size_t i = 0; i < size(); ++i) {
    EXPECT_TRUE(Within(seconds(15), [&] { return Metric(At(i), "pythia_store_up") == 1; }));
  }
  EXPECT_EQ(load.End(), 0) << "predictions that failed";
  for (size_t i = 0; i < size(); ++i) {
    EXPECT_TRUE(
        Within(seconds(15), [&] { return Metric(At(i), "pythia_log_waiting_entries") == 0; }));
    EXPECT_EQ(Metric(At(i), "pythia_log_lost_entries_total"), 0);
    EXPECT_EQ(Json::parse(At(i).Ask(Get("/health")).body)["status"], "ok");
  }
  if (const auto store = Look()) ExpectOneHistory(*store);
}

}  // namespace
}  // namespace pythia::fleet
