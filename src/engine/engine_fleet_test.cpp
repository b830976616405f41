// Several engines on one store: what one does the others see.
#include <chrono>
#include <filesystem>
#include <optional>
#include <thread>

#include "engine/engine.h"
#include "engine/engine_home_test.h"
#include "engine/job_requests.h"
#include "store/open.h"

namespace pythia {
namespace {

class EngineFleet : public EngineHome {
 protected:
  void SetUp() override {
    EngineHome::SetUp();
    auto opened = OpenStore(config_);
    ASSERT_TRUE(opened) << opened.error().ToString();
    store_ = *std::move(opened);
    Config there = config_;
    there.models = folder_ / "models there";
    here_.emplace(config_, RequestContext{.actor = "here"}, store_);
    there_.emplace(there, RequestContext{.actor = "there"}, store_);
  }
  void TearDown() override {
    here_.reset();
    there_.reset();
    store_.reset();
    EngineHome::TearDown();
  }

  void Load(Engine& engine, int64_t rows, LoadMode mode = LoadMode::kCreate) {
    NoProgress quiet;
    const std::string file = (folder_ / "h.csv").string();
    ASSERT_TRUE(engine.Simulate({.options = {.rows = rows, .seed = 1}, .file = file}, quiet, {}));
    const auto cleaned = engine.Clean({.file = file, .mode = mode}, quiet, {});
    ASSERT_TRUE(cleaned) << cleaned.error().ToString();
  }
  static std::string Train(Engine& engine, double alpha) {
    NoProgress quiet;
    TrainCommand command;
    command.options.alpha = alpha;
    const auto trained = engine.Train(command, quiet, {});
    EXPECT_TRUE(trained) << trained.error().ToString();
    return trained ? trained->version : "";
  }
  static std::string Serves(Engine& engine) {
    const auto serving = engine.Serving("");
    return serving ? (*serving)->info().version : "";
  }

  std::shared_ptr<Store> store_;
  std::optional<Engine> here_;
  std::optional<Engine> there_;
};

TEST_F(EngineFleet, AnActivationElsewhereIsSeen) {
  Load(*there_, 400);
  const std::string first = Train(*there_, 0.1);
  ASSERT_EQ(Serves(*here_), first) << "its file is not here: the store has it";
  const std::string second = Train(*there_, 10);
  EXPECT_EQ(Serves(*here_), first);
  here_->Refresh();
  EXPECT_EQ(Serves(*here_), second);
  ASSERT_TRUE(there_->ActivateModel(first));
  here_->Refresh();
  EXPECT_EQ(Serves(*here_), first);
  const auto before = here_->ServingNow("");
  here_->Refresh();
  EXPECT_EQ(here_->ServingNow(""), before) << "nothing new, nothing made";
}

TEST_F(EngineFleet, ANewGenerationElsewhereIsSeen) {
  Load(*there_, 400);
  Train(*there_, 1);
  ASSERT_TRUE(here_->Serving(""));
  EXPECT_TRUE(here_->ServingNow("")->stale().empty());
  Load(*there_, 500, LoadMode::kReplace);
  here_->Refresh();
  EXPECT_FALSE(here_->ServingNow("")->stale().empty());
  ASSERT_TRUE(there_->RestoreDataset("campaigns"));
  here_->Refresh();
  EXPECT_TRUE(here_->ServingNow("")->stale().empty());
}

TEST_F(EngineFleet, ADatasetThatWasDeletedElsewhereIsNotRemembered) {
  NoProgress quiet;
  std::vector<int64_t> near;
  for (const int64_t rows : {600, 1500}) {
    Load(*there_, rows);
    Train(*there_, 1);
    const auto said = here_->Recommend({.budget = 8000.0}, quiet, {});
    ASSERT_TRUE(said) << said.error().ToString();
    EXPECT_EQ((*there_->ShowDataset("")).generations.back().generation, 1);
    near.push_back(said->recommendation.evidence.near_budget);
    ASSERT_TRUE(there_->DeleteDataset("campaigns"));
    here_->Refresh();
    EXPECT_EQ(here_->ServingNow(""), nullptr);
    EXPECT_EQ(here_->Serving("").error().code, ErrorCode::kNoModel);
  }
  EXPECT_GT(near[1], 2 * near[0]);
}

TEST_F(EngineFleet, WhatServesStaysWhereTheNewModelCannotBeRead) {
  Load(*there_, 400);
  const std::string first = Train(*there_, 0.1);
  ASSERT_EQ(Serves(*here_), first);
  const std::string second = Train(*there_, 10);
  // A link to itself: reading it is an error of the machine, as is a store that is away.
  std::filesystem::create_directories(config_.models);
  const std::filesystem::path file = config_.models / (second + ".json");
  std::filesystem::create_symlink(file, file);
  here_->Refresh();
  EXPECT_EQ(Serves(*here_), first);
  std::filesystem::remove(file);
  here_->Refresh();
  EXPECT_EQ(Serves(*here_), second);
}

TEST_F(EngineFleet, AStoreThatIsHeldIsFoundOnceItIsFree) {
  Engine late(config_, {.actor = "late"});
  EXPECT_FALSE(late.LastStoreState().up);
  StoreState state = late.CheckStore();
  EXPECT_FALSE(state.up);
  EXPECT_NE(state.problem.find("in use"), std::string::npos) << state.problem;
  EXPECT_TRUE(here_->CheckStore().up);
  here_.reset();
  there_.reset();
  store_.reset();
  std::jthread watcher([&](const std::stop_token& stop) { late.Watch(stop); });
  for (int i = 0; i < 5000 && !late.LastStoreState().up; ++i) {
    std::this_thread::sleep_for(std::chrono::milliseconds(1));
  }
  EXPECT_TRUE(late.LastStoreState().up);
}

TEST_F(EngineFleet, JobsOfBothKindsRun) {
  NoProgress quiet;
  const std::string file = (folder_ / "h.csv").string();
  ASSERT_TRUE(here_->Simulate({.options = {.rows = 400, .seed = 1}, .file = file}, quiet, {}));
  const JobTimes times{.others = true, .poll = std::chrono::milliseconds(10)};
  const auto one = here_->Jobs(times);
  const auto other = there_->Jobs(times);
  const auto await = [&](const Result<Job>& submitted) {
    EXPECT_TRUE(submitted) << submitted.error().ToString();
    for (int i = 0; i < 20000; ++i) {
      const auto job = other->Find(submitted->id);
      if (job && *job && !(*job)->finished_at.empty()) return **job;
      std::this_thread::sleep_for(std::chrono::milliseconds(1));
    }
    ADD_FAILURE() << "does not end";
    return Job{};
  };
  const CleanCommand command{.file = file,
                             .name = "history.csv",
                             .dataset = "campaigns",
                             .options = {.grain = Grain::kRow, .strict = true}};
  const Job cleaned = await(one->Submit(
      {.kind = "clean", .request = CleanRequestText(command), .actor = "http:me", .pinned = true}));
  EXPECT_EQ(cleaned.state, "done") << cleaned.error;
  const auto data = here_->ShowDataset("campaigns");
  ASSERT_TRUE(data);
  EXPECT_EQ(data->generations.back().loads.front().options, OptionsKey(command.options));
  EXPECT_EQ(data->generations.back().loads.front().source, "history.csv");
  const Job trained = await(
      other->Submit({.kind = "train", .request = R"({"alpha":1,"seed":7})", .actor = "http:me"}));
  EXPECT_EQ(trained.state, "done") << trained.error;
  EXPECT_EQ((*store_->ReadAudit(1))[0].actor, "http:me");
  const Job unknown = await(one->Submit({.kind = "dance", .request = "{}", .actor = "me"}));
  EXPECT_EQ(unknown.state, "failed");
}

}  // namespace
}  // namespace pythia
