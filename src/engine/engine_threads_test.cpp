// Predictions while models are swapped: each answer is one model's, as a whole.
#include <atomic>
#include <filesystem>
#include <thread>

#include <gtest/gtest.h>

#include "engine/engine.h"
#include "engine/engine_home_test.h"

namespace pythia {
namespace {

class EngineThreads : public EngineHome {
 protected:
  // A dataset of simulated campaigns, and two models of it.
  void Prepare(Engine& engine) {
    NoProgress quiet;
    const std::string file = (folder_ / "h.csv").string();
    ASSERT_TRUE(engine.Simulate({.options = {.rows = 400, .seed = 1}, .file = file}, quiet, {}));
    ASSERT_TRUE(engine.Clean({.file = file}, quiet, {}));
    for (const double alpha : {0.1, 10.0}) {
      TrainCommand command;
      command.options.alpha = alpha;
      const auto trained = engine.Train(command, quiet, {});
      ASSERT_TRUE(trained) << trained.error().ToString();
      versions_.push_back(trained->version);
    }
  }

  static PredictCommand APlan() {
    PredictCommand command;
    command.plans.resize(1);
    command.plans[0].values = {{"Channel_Used", "Email"}, {"Impressions", 50000.0}};
    return command;
  }

  std::vector<std::string> versions_;
};

TEST_F(EngineThreads, EveryAnswerIsOneModels) {
  Engine engine(config_, {.actor = "test"});
  Prepare(engine);
  std::map<std::string, double> clicks;
  for (const std::string& version : versions_) {
    ASSERT_TRUE(engine.ActivateModel(version));
    clicks[version] = *engine.Predict(APlan())->front().prediction.clicks;
  }
  ASSERT_NE(clicks[versions_[0]], clicks[versions_[1]]);
  std::atomic<bool> over = false;
  std::atomic<int> answers = 0;
  std::atomic<int> wrong = 0;
  {
    std::vector<std::jthread> threads;
    for (int t = 0; t < 3; ++t) {
      threads.emplace_back([&] {
        while (!over) {
          const auto serving = engine.Serving("");
          if (!serving) {
            ++wrong;
            continue;
          }
          const auto one = (*serving)->Predict(APlan().plans[0], ExplanationScale::kResponse, true);
          if (!one || *one->prediction.clicks != clicks.at(one->prediction.model_version)) ++wrong;
          ++answers;
        }
      });
    }
    Engine other = engine.For({.actor = "swapper"});
    for (int swap = 0; swap < 40; ++swap) {
      ASSERT_TRUE(other.ActivateModel(versions_[static_cast<size_t>(swap % 2)]));
    }
    over = true;
  }
  EXPECT_EQ(wrong, 0);
  EXPECT_GT(answers, 0);
  EXPECT_EQ((*engine.Serving(""))->info().version, versions_[1]);
}

TEST_F(EngineThreads, WhatIsLoggedLaterIsThere) {
  Engine engine(config_, {.actor = "test"});
  Prepare(engine);
  const auto one = (*engine.Serving(""))->Predict(APlan().plans[0], {}, false);
  ASSERT_TRUE(one);
  PredictionLogEntry entry{.at = "2026-01-01T00:00:00.000000Z",
                           .dataset = "campaigns",
                           .plan = one->plan,
                           .prediction = one->prediction};
  ASSERT_TRUE(engine.LogLater({entry, entry}));
  ASSERT_TRUE(engine.FlushLog());
  NoProgress quiet;
  const auto files =
      engine.Export({.what = "predictions", .formats = {ExportFormat::kCsv}}, quiet, {});
  ASSERT_TRUE(files);
  EXPECT_EQ(files->front().rows, 2);
}

TEST_F(EngineThreads, ADatasetThatWasDeletedIsNotRemembered) {
  Engine engine(config_, {.actor = "test"});
  NoProgress quiet;
  std::vector<int64_t> near;
  for (const int64_t rows : {600, 1500}) {
    const std::string file = (folder_ / "h.csv").string();
    ASSERT_TRUE(engine.Simulate({.options = {.rows = rows, .seed = 1}, .file = file}, quiet, {}));
    ASSERT_TRUE(engine.Clean({.file = file}, quiet, {}));
    ASSERT_TRUE(engine.Train({}, quiet, {}));
    const auto said = engine.Recommend({.budget = 8000.0}, quiet, {});
    ASSERT_TRUE(said) << said.error().ToString();
    near.push_back(said->recommendation.evidence.near_budget);
    ASSERT_TRUE(engine.DeleteDataset("campaigns"));
  }
  EXPECT_GT(near[1], 2 * near[0]);
}

}  // namespace
}  // namespace pythia
