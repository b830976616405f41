#include <cmath>
#include <string>
#include <utility>
#include <vector>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "records/json.h"
#include "store/store_contract.h"

namespace pythia {
namespace {

ModelInfo Model(const std::string& version, const std::string& dataset, bool active,
                const std::string& created_at = "2026-01-01T00:00:00.000000Z") {
  ModelInfo info;
  info.version = version;
  info.dataset = dataset;
  info.created_at = created_at;
  info.file = "models/" + version + ".json";
  info.sha256 = "abc";
  info.threads = 2;
  info.active = active;
  info.report.version = version;
  info.report.dataset = dataset;
  info.report.generation = 3;
  info.report.rows = 1234567890123;
  info.report.seed = 42;
  info.report.features = {"Channel_Used", "'; drop table models; --"};
  info.report.roi_threshold = RoiThreshold{.value = 0.1, .rule = "stated"};
  return info;
}

PredictionLogEntry Entry(int number, const std::string& dataset = "d") {
  PredictionLogEntry entry;
  entry.at = fmt::format("2026-01-{:02}T00:00:00.000000Z", number % 28 + 1);
  entry.dataset = dataset;
  entry.plan.values["Channel_Used"] = std::string("E\"mail'");
  entry.plan.values["Acquisition_Cost"] = 0.1 + number;
  entry.prediction.ctr = 1.0 / 3;
  if (number % 2 == 0) entry.prediction.clicks = number;
  entry.prediction.roi_category = number % 2;
  entry.prediction.roi_probability = 0.25;
  entry.prediction.roi_threshold = -1;
  entry.prediction.roi_threshold_rule = "stated";
  entry.prediction.model_version = "m1";
  entry.prediction.warnings = {"unknown level 日本"};
  return entry;
}

std::vector<PredictionLogEntry> Entries(int count, const std::string& dataset = "d") {
  std::vector<PredictionLogEntry> entries;
  for (int i = 0; i < count; ++i) entries.push_back(Entry(i, dataset));
  return entries;
}

std::vector<int64_t> Ids(const std::vector<PredictionLogEntry>& entries) {
  std::vector<int64_t> ids;
  for (const PredictionLogEntry& entry : entries) ids.push_back(entry.id);
  return ids;
}

RecommendationLogEntry Recommended(int number, const std::string& dataset = "d") {
  RecommendationLogEntry entry;
  entry.at = fmt::format("2026-01-{:02}T00:00:00.000000Z", number % 28 + 1);
  entry.dataset = dataset;
  Recommendation& recommendation = entry.recommendation;
  recommendation.budget = 0.1 + number;
  recommendation.objective = "clicks";
  recommendation.plan.values["Channel_Used"] = std::string("E\"mail'");
  recommendation.expected.clicks = Expected{1.0 / 3, {-1e300, 5, 0.95}};
  recommendation.verdict = "better";
  recommendation.alternatives.resize(2);
  recommendation.curve.resize(3);
  recommendation.model_version = "m1";
  recommendation.warnings = {"unknown level 日本"};
  return entry;
}

std::vector<int64_t> Ids(const std::vector<RecommendationLogEntry>& entries) {
  std::vector<int64_t> ids;
  for (const RecommendationLogEntry& entry : entries) ids.push_back(entry.id);
  return ids;
}

TEST_P(StoreContract, ModelsAreKeptWithTheirBytes) {
  std::string bytes = "{\"x\":1}";
  bytes += '\0';
  bytes += "\xff\x80 tail";
  ASSERT_TRUE(store().PutModel(Model("v1", "d", true), bytes));
  Reopen();
  EXPECT_EQ(*store().ModelBytes("v1"), bytes);
  const ModelInfo found = MustFind(store().FindModel("v1"));
  const ModelInfo expected = Model("v1", "d", true);
  EXPECT_EQ(found.version, expected.version);
  EXPECT_EQ(found.dataset, expected.dataset);
  EXPECT_EQ(found.created_at, expected.created_at);
  EXPECT_EQ(found.file, expected.file);
  EXPECT_EQ(found.sha256, expected.sha256);
  EXPECT_EQ(found.threads, 2);
  EXPECT_TRUE(found.active);
  EXPECT_EQ(found.report.features, expected.report.features);
  EXPECT_EQ(found.report.rows, expected.report.rows);
  EXPECT_EQ(found.report.roi_threshold.value_or(RoiThreshold{}).value, 0.1);
  EXPECT_FALSE(*store().FindModel("v2"));
  EXPECT_EQ(store().ModelBytes("v2").error().code, ErrorCode::kNotFound);
  EXPECT_EQ(store().ActivateModel("v2").error().code, ErrorCode::kNotFound);
  EXPECT_EQ(store().PutModel(Model("v1", "e", true), "y").error().code, ErrorCode::kConflict);
  EXPECT_EQ(*store().ModelBytes("v1"), bytes);
}

TEST_P(StoreContract, OneModelIsActivePerDataset) {
  EXPECT_FALSE(*store().ActiveModel("d"));
  ASSERT_TRUE(store().PutModel(Model("v1", "d", true), "1"));
  ASSERT_TRUE(store().PutModel(Model("v2", "d", false), "2"));
  ASSERT_TRUE(store().PutModel(Model("w1", "e", true), "3"));
  EXPECT_EQ(MustFind(store().ActiveModel("d")).version, "v1");
  ASSERT_TRUE(store().PutModel(Model("v3", "d", true), "4"));
  EXPECT_EQ(MustFind(store().ActiveModel("d")).version, "v3");
  EXPECT_FALSE(MustFind(store().FindModel("v1")).active);
  ASSERT_TRUE(store().ActivateModel("v2"));
  EXPECT_EQ(MustFind(store().ActiveModel("d")).version, "v2");
  EXPECT_EQ(MustFind(store().ActiveModel("e")).version, "w1");
  Reopen();
  int active = 0;
  const auto models = store().ListModels("d");
  for (const ModelInfo& model : *models) active += model.active ? 1 : 0;
  EXPECT_EQ(models->size(), 3U);
  EXPECT_EQ(active, 1);
}

TEST_P(StoreContract, ModelsAreListedNewestFirst) {
  ASSERT_TRUE(store().PutModel(Model("b", "d", true, "2026-01-02T00:00:00.000000Z"), ""));
  ASSERT_TRUE(store().PutModel(Model("c", "d", true, "2026-01-03T00:00:00.000000Z"), ""));
  ASSERT_TRUE(store().PutModel(Model("a", "d", true, "2026-01-01T00:00:00.000000Z"), ""));
  ASSERT_TRUE(store().PutModel(Model("same", "d", true, "2026-01-03T00:00:00.000000Z"), ""));
  std::string order;
  const auto models = store().ListModels("d");
  for (const ModelInfo& model : *models) order += model.version + " ";
  EXPECT_EQ(order, "same c b a ");
  EXPECT_TRUE(store().ListModels("e")->empty());
}

TEST_P(StoreContract, PredictionsAreLoggedInOrderAndPaged) {
  ASSERT_TRUE(store().AppendPredictions({}));
  ASSERT_TRUE(store().AppendPredictions(Entries(5000)));
  ASSERT_TRUE(store().AppendPredictions(Entries(1)));
  const auto all = store().ReadPredictions({.after = 0, .limit = 100000});
  ASSERT_TRUE(all && all->size() == 5001);
  for (size_t i = 0; i < all->size(); ++i) {
    ASSERT_EQ((*all)[i].id, (*all)[0].id + static_cast<int64_t>(i));
    const PredictionLogEntry expected = Entry(i == 5000 ? 0 : static_cast<int>(i));
    ASSERT_EQ((*all)[i].at, expected.at);
    ASSERT_EQ((*all)[i].plan.values, expected.plan.values);
    ASSERT_EQ((*all)[i].prediction.clicks, expected.prediction.clicks);
    ASSERT_EQ((*all)[i].prediction.ctr, expected.prediction.ctr);
    ASSERT_EQ((*all)[i].prediction.roi_category, expected.prediction.roi_category);
    ASSERT_EQ((*all)[i].prediction.warnings, expected.prediction.warnings);
    ASSERT_EQ((*all)[i].prediction.model_version, "m1");
  }
  std::vector<int64_t> paged;
  Page page{.after = 0, .limit = 999};
  for (;;) {
    const auto part = store().ReadPredictions(page);
    ASSERT_TRUE(part);
    if (part->empty()) break;
    ASSERT_LE(part->size(), 999U);
    for (const PredictionLogEntry& entry : *part) paged.push_back(entry.id);
    page.after = paged.back();
  }
  EXPECT_EQ(paged, Ids(*all));
}

TEST_P(StoreContract, WhatIsTextAlreadyIsLoggedAsItIs) {
  const PredictionLogEntry whole = Entry(3);
  PredictionLogEntry text = whole;
  AppendPlanText(whole.plan, &text.plan_json);
  AppendPredictionText(whole.prediction, &text.json);
  text.plan = {};
  text.prediction.warnings.clear();
  text.prediction.explanation.reset();
  text.prediction.verdict.clear();
  ASSERT_TRUE(store().AppendPredictions(std::vector{whole, text}));
  const auto read = store().ReadPredictions({});
  ASSERT_TRUE(read);
  ASSERT_EQ(read->size(), 2U);
  EXPECT_EQ(DumpJson(ToJson((*read)[0].plan)), DumpJson(ToJson((*read)[1].plan)));
  EXPECT_EQ(DumpJson(ToJson((*read)[0].prediction)), DumpJson(ToJson((*read)[1].prediction)));
}

TEST_P(StoreContract, LogsAreReadFromEitherEndAndByDataset) {
  std::vector<PredictionLogEntry> entries = Entries(10);
  for (size_t i = 0; i < entries.size(); ++i) entries[i].dataset = i % 2 == 0 ? "even" : "odd";
  ASSERT_TRUE(store().AppendPredictions(entries));
  const std::vector<int64_t> ids = Ids(*store().ReadPredictions({}));
  ASSERT_EQ(ids.size(), 10U);
  const auto read = [&](const Page& page) { return Ids(*store().ReadPredictions(page)); };
  EXPECT_EQ(read({.limit = 2, .newest_first = true}), (std::vector{ids[9], ids[8]}));
  EXPECT_EQ(read({.limit = 2, .before = ids[8], .newest_first = true}),
            (std::vector{ids[7], ids[6]}));
  EXPECT_EQ(read({.after = ids[6], .before = ids[9]}), (std::vector{ids[7], ids[8]}));
  EXPECT_EQ(read({.limit = 2, .newest_first = true, .dataset = "even"}),
            (std::vector{ids[8], ids[6]}));
  EXPECT_EQ(read({.dataset = "none"}), std::vector<int64_t>());
}

TEST_P(StoreContract, LogsAreReadByTheDay) {
  ASSERT_TRUE(store().AppendPredictions(Entries(28)));  // the 1st to the 28th of January
  const auto all = store().ReadPredictions({});
  ASSERT_TRUE(all);
  const auto days = [&](const Page& page) {
    const auto read = store().ReadPredictions(page);
    std::vector<std::string> out;
    for (const PredictionLogEntry& entry : *read) out.push_back(entry.at.substr(0, 10));
    return out;
  };
  const std::string third = (*all)[2].at.substr(0, 10);
  const std::string fourth = (*all)[3].at.substr(0, 10);
  EXPECT_EQ(days({.from = third, .to = fourth}), (std::vector{third, fourth}));
  EXPECT_EQ(days({.to = third}).size(), 3U);
  EXPECT_EQ(days({.limit = 1, .from = third}), std::vector{third});
  EXPECT_TRUE(days({.from = fourth, .to = third}).empty());
}

TEST_P(StoreContract, IdsAreNeverGivenTwice) {
  MustLoad(Request("d", LoadMode::kCreate, "s"), NumberedTable(0, 1));
  ASSERT_TRUE(store().AppendPredictions(Entries(10)));
  const int64_t last = store().ReadPredictions({})->back().id;
  ASSERT_TRUE(store().DeleteDataset("d"));
  Reopen();
  EXPECT_TRUE(store().ReadPredictions({})->empty());
  ASSERT_TRUE(store().AppendPredictions(Entries(1)));
  EXPECT_GT(store().ReadPredictions({})->front().id, last);
}

TEST_P(StoreContract, RecommendationsAreLoggedInOrderAndPaged) {
  std::vector<int64_t> given;
  for (int i = 0; i < 5; ++i) {
    RecommendationLogEntry entry = Recommended(i);
    entry.id = 99;  // the store gives its own
    const auto id = store().AppendRecommendation(entry);
    ASSERT_TRUE(id) << id.error().ToString();
    ASSERT_TRUE(given.empty() || *id > given.back());
    given.push_back(*id);
  }
  Reopen();
  const auto all = store().ReadRecommendations({});
  ASSERT_TRUE(all) << all.error().ToString();
  EXPECT_EQ(Ids(*all), given);
  for (size_t i = 0; i < all->size(); ++i) {
    const RecommendationLogEntry expected = Recommended(static_cast<int>(i));
    const Recommendation& read = (*all)[i].recommendation;
    EXPECT_EQ((*all)[i].at, expected.at);
    EXPECT_EQ((*all)[i].dataset, "d");
    EXPECT_EQ(read.budget, expected.recommendation.budget);
    EXPECT_EQ(read.plan.values, expected.recommendation.plan.values);
    EXPECT_EQ(read.expected, expected.recommendation.expected);
    EXPECT_EQ(read.alternatives.size(), 2U);
    EXPECT_EQ(read.curve.size(), 3U);
    EXPECT_EQ(read.warnings, expected.recommendation.warnings);
  }
  const auto part = store().ReadRecommendations({.after = given[1], .limit = 2});
  ASSERT_TRUE(part);
  EXPECT_EQ(Ids(*part), (std::vector<int64_t>{given[2], given[3]}));
  EXPECT_TRUE(store().ReadRecommendations({.after = given.back(), .limit = 2})->empty());
}

TEST_P(StoreContract, IdsOfRecommendationsAreNeverGivenTwice) {
  MustLoad(Request("d", LoadMode::kCreate, "s"), NumberedTable(0, 1));
  const auto last = store().AppendRecommendation(Recommended(0));
  ASSERT_TRUE(last);
  ASSERT_TRUE(store().DeleteDataset("d"));
  Reopen();
  EXPECT_TRUE(store().ReadRecommendations({})->empty());
  const auto next = store().AppendRecommendation(Recommended(0));
  ASSERT_TRUE(next);
  EXPECT_GT(*next, *last);
}

TEST_P(StoreContract, ARecommendationThatIsNotFiniteCanBeReadBack) {
  RecommendationLogEntry entry = Recommended(0);
  entry.recommendation.budget = std::nan("");
  entry.recommendation.expected.clicks = Expected{std::nan(""), {}};
  entry.recommendation.expected.roi = Expected{1, {0, std::nan(""), 0.95}};
  ASSERT_TRUE(store().AppendRecommendation(entry));
  const auto read = store().ReadRecommendations({});
  ASSERT_TRUE(read && read->size() == 1) << read.error().ToString();
  EXPECT_FALSE(read->front().recommendation.expected.clicks);
  EXPECT_EQ(read->front().recommendation.expected.roi.value_or(Expected{}).value, 1);
}

TEST_P(StoreContract, EvaluationsAreKeptInOrder) {
  const Evaluation first{.at = "t",
                         .model_version = "m1",
                         .dataset = "d",
                         .model = "clicks",
                         .metric = "mae",
                         .value = 0.1,
                         .baseline = 0.25,
                         .baseline_name = "overall CTR",
                         .test_rows = 40};
  Evaluation second = first;
  second.metric = "d2";
  second.value = -0.5;
  second.baseline.reset();
  Evaluation other = first;
  other.model_version = "m2";
  ASSERT_TRUE(store().AppendEvaluations(std::vector{first, other, second}));
  Reopen();
  const auto read = store().ReadEvaluations("m1");
  ASSERT_TRUE(read && read->size() == 2);
  EXPECT_EQ((*read)[0].metric, "mae");
  EXPECT_EQ((*read)[0].value, 0.1);
  EXPECT_EQ((*read)[0].baseline, 0.25);
  EXPECT_EQ((*read)[0].baseline_name, "overall CTR");
  EXPECT_EQ((*read)[0].test_rows, 40);
  EXPECT_EQ((*read)[0].at, "t");
  EXPECT_EQ((*read)[0].model, "clicks");
  EXPECT_EQ((*read)[0].dataset, "d");
  EXPECT_EQ((*read)[1].metric, "d2");
  EXPECT_FALSE((*read)[1].baseline);
  EXPECT_TRUE(store().ReadEvaluations("m3")->empty());
}

TEST_P(StoreContract, ExperimentsAreKept) {
  Experiment experiment{.id = 0,
                        .at = "t",
                        .dataset = "d",
                        .model_type = "my own",
                        .model_version = "",
                        .metrics = {{"auc", 0.1}, {"a\"b", -1e300}},
                        .seed = ~uint64_t{0},
                        .data_sha256 = "abc",
                        .note = "a 'note'"};
  const auto first = store().AppendExperiment(experiment);
  experiment.seed.reset();
  experiment.metrics.clear();
  const auto second = store().AppendExperiment(experiment);
  ASSERT_TRUE(first && second);
  EXPECT_LT(*first, *second);
  Reopen();
  const auto read = store().ReadExperiments({});
  ASSERT_TRUE(read && read->size() == 2);
  EXPECT_EQ((*read)[0].id, *first);
  EXPECT_EQ((*read)[0].at, "t");
  EXPECT_EQ((*read)[0].model_type, "my own");
  EXPECT_EQ((*read)[0].metrics, (std::map<std::string, double>{{"auc", 0.1}, {"a\"b", -1e300}}));
  EXPECT_EQ((*read)[0].seed, ~uint64_t{0});
  EXPECT_EQ((*read)[0].data_sha256, "abc");
  EXPECT_EQ((*read)[0].note, "a 'note'");
  EXPECT_FALSE((*read)[1].seed);
  EXPECT_TRUE((*read)[1].metrics.empty());
  EXPECT_EQ(store().ReadExperiments({.after = *first, .limit = 10})->size(), 1U);
  EXPECT_EQ(store().ReadExperiments({.after = 0, .limit = 1})->size(), 1U);
}

TEST_P(StoreContract, TheAuditTrailIsReadNewestFirst) {
  for (const char* action : {"load", "train", "delete"}) {
    ASSERT_TRUE(store().AppendAudit({.at = "t",
                                     .actor = "cli:root",
                                     .action = action,
                                     .subject = "d",
                                     .detail = "{\"a\":\"'\"}"}));
  }
  Reopen();
  const auto read = store().ReadAudit(2);
  ASSERT_TRUE(read && read->size() == 2);
  EXPECT_EQ((*read)[0].action, "delete");
  EXPECT_EQ((*read)[1].action, "train");
  EXPECT_EQ((*read)[0].actor, "cli:root");
  EXPECT_EQ((*read)[0].subject, "d");
  EXPECT_EQ((*read)[0].detail, "{\"a\":\"'\"}");
}

TEST_P(StoreContract, DeletingADatasetTakesWhatComesFromIt) {
  for (const std::string dataset : {"d", "e"}) {
    MustLoad(Request(dataset, LoadMode::kCreate, "s0"), NumberedTable(0, 10));
    MustLoad(Request(dataset, LoadMode::kReplace, "s1"), NumberedTable(0, 20));
    ASSERT_TRUE(store().PutModel(Model("m-" + dataset, dataset, true), "x"));
    ASSERT_TRUE(store().AppendPredictions(Entries(3, dataset)));
    ASSERT_TRUE(store().AppendRecommendation(Recommended(1, dataset)));
    Evaluation evaluation;
    evaluation.model_version = "m-" + dataset;
    evaluation.dataset = dataset;
    ASSERT_TRUE(store().AppendEvaluations(std::vector{evaluation}));
    Experiment experiment;
    experiment.dataset = dataset;
    ASSERT_TRUE(store().AppendExperiment(experiment));
    ASSERT_TRUE(store().AppendAudit(
        {.at = "", .actor = "", .action = "load", .subject = dataset, .detail = ""}));
  }
  ASSERT_TRUE(store().DeleteDataset("d"));
  Reopen();
  EXPECT_FALSE(*store().FindDataset("d"));
  EXPECT_EQ(store().ListDatasets()->size(), 1U);
  EXPECT_EQ(store().Generations("d").error().code, ErrorCode::kNotFound);
  EXPECT_FALSE(*store().FindModel("m-d"));
  EXPECT_TRUE(store().ReadEvaluations("m-d")->empty());
  EXPECT_EQ(store().ReadPredictions({})->size(), 3U);
  ASSERT_EQ(store().ReadRecommendations({})->size(), 1U);
  EXPECT_EQ(store().ReadRecommendations({})->front().dataset, "e");
  EXPECT_EQ(store().ReadExperiments({})->size(), 1U);
  EXPECT_EQ(store().ReadAudit(10)->size(), 2U);
  EXPECT_TRUE(*store().FindModel("m-e"));
  EXPECT_EQ(Rows("e"), Lines(NumberedTable(0, 20)));
  // The name is free again.
  EXPECT_EQ(MustLoad(Request("d", LoadMode::kCreate, "s0"), NumberedTable(0, 1)).generation, 1);
}

TEST_P(StoreContract, PruningKeepsWhatIsStated) {
  for (const char* sha : {"s1", "s2", "s3", "s4"}) {
    MustLoad(Request("d", LoadMode::kAppend, sha), NumberedTable(0, 5));
  }
  ASSERT_TRUE(store().AppendPredictions(Entries(28)));  // the 1st to the 28th of January
  for (int i = 0; i < 12; ++i) ASSERT_TRUE(store().AppendRecommendation(Recommended(i)));
  // Nothing stated: only generations.
  auto report = store().Prune({.logs_before = "", .max_log_rows = 0, .kept_generations = 3});
  ASSERT_TRUE(report);
  EXPECT_EQ(report->predictions, 0);
  EXPECT_EQ(report->recommendations, 0);
  EXPECT_EQ(report->generations, 1);
  EXPECT_EQ(Rows("d").size(), 20U);  // loads of generation 1 are in the others
  report = store().Prune(
      {.logs_before = "2026-01-11T00:00:00.000000Z", .max_log_rows = 100, .kept_generations = 2});
  EXPECT_EQ(report->predictions, 10);
  EXPECT_EQ(report->recommendations, 10);
  EXPECT_EQ(report->generations, 1);
  report = store().Prune({.logs_before = "", .max_log_rows = 5, .kept_generations = 2});
  EXPECT_EQ(report->predictions, 13);
  EXPECT_EQ(report->recommendations, 0);
  EXPECT_EQ(report->generations, 0);
  EXPECT_EQ(store().ReadPredictions({})->front().at, "2026-01-24T00:00:00.000000Z");
  report = store().Prune({.logs_before = "", .max_log_rows = 1, .kept_generations = 2});
  EXPECT_EQ(report->recommendations, 1);
  ASSERT_EQ(store().ReadRecommendations({})->size(), 1U);
  EXPECT_EQ(store().ReadRecommendations({})->front().at, "2026-01-12T00:00:00.000000Z");
  EXPECT_EQ(store().Generations("d")->size(), 2U);
  EXPECT_EQ(store().RestoreDataset("d")->generation, 3);
  EXPECT_EQ(store().RestoreDataset("d").error().code, ErrorCode::kConflict);
  Reopen();
  EXPECT_EQ(Rows("d").size(), 15U);
}

}  // namespace
}  // namespace pythia
