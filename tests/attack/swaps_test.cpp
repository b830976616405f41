// Predictions while everything else goes on: each answer is one model's own, whole.
#include <atomic>
#include <iostream>
#include <map>
#include <mutex>
#include <set>
#include <thread>

#include <fmt/format.h>

#include "served.h"

namespace pythia::attack {
namespace {

constexpr int kClients = 16;
constexpr int kPlans = 5;

std::string PlanOf(int number) {
  return fmt::format(
      R"({{"Channel_Used":"{}","Duration":{},"Acquisition_Cost":{},"Impressions":{}}})",
      number % 2 == 0 ? "Email" : "Google Ads", 10 + number * 7, 3000 + number * 2500,
      20000 + number * 10000);
}

struct Answers {
  std::mutex mutex;
  std::map<std::pair<std::string, int>, std::set<std::string>> seen;  // by version and plan
  std::atomic<int64_t> count = 0;
  std::atomic<int64_t> failed = 0;

  // Without Warnings: they say how old the model is, which changes while it serves.
  static std::string Part(const std::string& body) {
    Json json = Json::parse(body);
    json.erase("Warnings");
    return json.dump();
  }
  void Take(int plan, const Answered& answer) {
    ++count;
    if (answer.status != 200) {
      if (++failed == 1) std::cerr << answer.status << " " << answer.body << "\n";
      return;
    }
    const std::string version = Json::parse(answer.body)["Model_Version"];
    std::string part = Part(answer.body);
    const std::scoped_lock lock(mutex);
    seen[{version, plan}].insert(std::move(part));
  }
};

class Swaps : public ::testing::Test {
 protected:
  void SetUp() override {
    MakeStore(home_.path());
    served_ = std::make_unique<Served>(home_.path());
    ASSERT_TRUE(served_->running());
    Train(2);
    const Json models = served_->AskJson(Get("/api/models"));
    for (const Json& model : models.at("items")) {
      versions_.push_back(model["version"]);
    }
    ASSERT_EQ(versions_.size(), 2U);
  }
  void Train(int seed) const {
    const Json job = served_->AskJson(
        Post("/api/train", kJson, fmt::format(R"({{"alpha":{},"seed":{}}})", seed, seed)));
    ASSERT_TRUE(job.contains("id")) << job;
    ASSERT_EQ(served_->AwaitJob(job["id"], std::chrono::seconds(300))["state"], "done");
  }
  int Activate(const std::string& version) const {
    return served_
        ->Ask(fmt::format("POST /api/models/{}/activate HTTP/1.1\r\nHost: localhost\r\n\r\n",
                          version))
        .status;
  }
  Answered PredictPlan(int plan) const {
    return served_->Ask(Post("/predict", kJson, PlanOf(plan)));
  }

  Home home_;
  std::unique_ptr<Served> served_;
  std::vector<std::string> versions_;
};

TEST_F(Swaps, EachAnswerIsOneModelsOwn) {
  Answers answers;
  std::atomic<bool> stop = false;
  std::vector<std::thread> threads;
  for (int client = 0; client < kClients; ++client) {
    threads.emplace_back([&, client] {
      RawClient connection = served_->Connect();
      for (int i = client; !stop && answers.failed == 0; ++i) {
        const int plan = i % kPlans;
        answers.Take(plan, connection.Ask(Post("/predict", kJson, PlanOf(plan))));
        if (!FullSize()) std::this_thread::sleep_for(std::chrono::milliseconds(2));
      }
    });
  }
  threads.emplace_back([&] {
    for (int i = 0; !stop && !HasFailure(); ++i) {
      std::string history =
          "Campaign_ID,Channel_Used,Duration,Acquisition_Cost,Impressions,Clicks\n";
      for (int row = 0; row < 200; ++row) {
        history += fmt::format("n{}-{},Email,{},{},{},{}\n", i, row, 10 + row % 50, 1000 + row,
                               10000 + row, 100 + row);
      }
      const int status =
          served_->Ask(Post("/upload?dataset=campaigns&mode=append", "text/csv", history)).status;
      EXPECT_EQ(status, 200);
    }
  });
  threads.emplace_back([&] {
    for (int seed = 3; !stop && !HasFailure(); ++seed) Train(seed);
  });
  const int swaps = Sized(40, 1000);
  for (int i = 0; i < swaps && !HasFailure(); ++i) {
    EXPECT_EQ(Activate(versions_[i % 2]), 200);
  }
  stop = true;
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(answers.failed, 0);
  EXPECT_GT(answers.count, kClients * 10);
  std::set<std::string> versions;
  for (const auto& [key, bodies] : answers.seen) versions.insert(key.first);
  EXPECT_GE(versions.size(), 2U);
  for (const std::string& version : versions) {
    ASSERT_EQ(Activate(version), 200);
    for (int plan = 0; plan < kPlans; ++plan) {
      const std::string own = Answers::Part(PredictPlan(plan).body);
      for (const std::string& seen : answers.seen[{version, plan}]) EXPECT_EQ(seen, own);
    }
  }
  RecordProperty("answers", std::to_string(answers.count));
  EXPECT_EQ(served_->Stop(), 0);
}

}  // namespace
}  // namespace pythia::attack
