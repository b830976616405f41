#include "fleet_fixture.h"

#include <set>

#include <fmt/format.h>

#include "store/open.h"

namespace pythia::fleet {

bool Within(milliseconds time, const std::function<bool()>& holds) {
  for (const auto end = Clock::now() + time; Clock::now() < end;) {
    if (holds()) return true;
    std::this_thread::sleep_for(milliseconds(20));
  }
  return holds();
}

void Fleet::SetUp() {
  server_ = MakeFleetServer();
  if (server_ == nullptr) GTEST_SKIP() << "NO MONGOD: PYTHIA_TEST_MONGOD=none";
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

void Fleet::Run(const Words& words) {
  const attack::Ended ended = attack::RunPythia(home_.path(), words);
  ASSERT_EQ(ended.status, 0) << words[0] << ": " << ended.output;
}

std::string Fleet::Predicts(size_t i) {
  const Answered predicted = At(i).Predict();
  if (predicted.status != 200) return "";
  ++answered_;
  return Json::parse(predicted.body).value("Model_Version", "");
}

double Fleet::Metric(const Served& served, const std::string& name) {
  const std::string text = "\n" + served.Ask(Get("/metrics")).body;
  const size_t at = text.find("\n" + name + " ");
  return at == std::string::npos ? -1 : std::stod(text.substr(at + name.size() + 2));
}

std::string Fleet::Submit(size_t i, const std::string& request) {
  const Answered answer = At(i).Ask(Post("/api/train", kJson, request));
  EXPECT_EQ(answer.status, 202) << answer.body;
  return answer.status == 202 ? Json::parse(answer.body).value("id", "") : "";
}

std::string Fleet::MustTrain(size_t i, int seed) {
  const std::string id = Submit(i, fmt::format(R"({{"alpha":1,"seed":{}}})", seed));
  const Json job = At(i + 1).AwaitJob(id);
  EXPECT_EQ(job.value("state", ""), "done") << job;
  return job.is_object() && job["result"].is_object() ? job["result"].value("version", "") : "";
}

std::unique_ptr<Store> Fleet::Look() {
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

void Fleet::ExpectOneHistory(Store& store, int64_t lost) {
  const auto logged = store.ReadPredictions({.limit = 10000000});
  ASSERT_TRUE(logged) << logged.error().ToString();
  std::set<int64_t> ids;
  for (const PredictionLogEntry& entry : *logged) ids.insert(entry.id);
  EXPECT_EQ(ids.size(), logged->size()) << "an id was given twice";
  EXPECT_EQ(std::ssize(*logged), answered_ - lost);
}

Load::Load(size_t services, const std::function<bool(size_t)>& predict) {
  for (size_t i = 0; i < services; ++i) {
    threads_.emplace_back([this, i, predict](const std::stop_token& stop) {
      while (!stop.stop_requested()) {
        if (!predict(i)) ++failed_;
        std::this_thread::sleep_for(milliseconds(2));
      }
    });
  }
}

int Load::End() {
  threads_.clear();
  return failed_;
}

}  // namespace pythia::fleet
