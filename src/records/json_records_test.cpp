// Every record: its document as documented, its way there and back, and what is refused.
#include <fmt/format.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>
#include <rapidcheck/gtest.h>

#include "records/json.h"
#include "records/record_generators.h"

namespace pythia {
namespace {

// The record that `text` holds must be refused for `field`.
template <typename Read>
void Refused(const Read& read, const Json& json, std::string_view field) {
  const auto record = read(json);
  ASSERT_FALSE(record.has_value()) << json;
  EXPECT_EQ(record.error().code, ErrorCode::kBadInput);
  EXPECT_EQ(record.error().place.column, field);
}

Prediction AnyPrediction() {
  Prediction prediction;
  prediction.ctr_interval = any::Maybe<Interval>(any::AnInterval);
  prediction.clicks_interval = any::Maybe<Interval>(any::AnInterval);
  prediction.roi_probability_interval = any::Maybe<Interval>(any::AnInterval);
  for (const std::string& name : any::List(any::Text)) prediction.verdict[name] = any::Text();
  prediction.ctr = any::Maybe<double>(any::Finite);
  prediction.clicks = any::Maybe<double>(any::Finite);
  prediction.roi_category = any::Maybe<int>([] { return *rc::gen::inRange(0, 2); });
  prediction.roi_probability = any::Maybe<double>(any::Finite);
  prediction.roi_threshold = any::Maybe<double>(any::Finite);
  prediction.roi_threshold_rule = *rc::gen::element<std::string>("stated", "break_even", "median");
  prediction.explanation = any::Maybe<Explanation>(any::AnExplanation);
  prediction.model_version = any::Text();
  prediction.warnings = any::List(any::Text);
  return prediction;
}

Experiment AnyExperiment() {
  Experiment experiment;
  experiment.id = *rc::gen::arbitrary<int64_t>();
  experiment.at = any::Text();
  experiment.dataset = any::Text();
  experiment.model_type = any::Text();
  experiment.model_version = any::Text();
  for (const std::string& name : any::List(any::Text)) experiment.metrics[name] = any::Finite();
  experiment.seed = any::Maybe<uint64_t>([] { return *rc::gen::arbitrary<uint64_t>(); });
  experiment.data_sha256 = any::Text();
  experiment.note = any::Text();
  return experiment;
}

RC_GTEST_PROP(Records, PlansComeBack, ()) {
  const Plan plan = any::APlan();
  any::ComesBack(plan, PlanFromJson);
  RC_ASSERT(PlanFromJson(*ParseJson(DumpJson(ToJson(plan))))->values == plan.values);
}
RC_GTEST_PROP(Records, PredictionsComeBack, ()) {
  any::ComesBack(AnyPrediction(), PredictionFromJson);
}
RC_GTEST_PROP(Records, RecommendationsComeBack, ()) {
  any::ComesBack(any::ARecommendation(), RecommendationFromJson);
}
RC_GTEST_PROP(Records, ExperimentsComeBack, ()) {
  any::ComesBack(AnyExperiment(), ExperimentFromJson);
}

// Cuts a random member out of a random place of a document: no codec may crash on the rest.
RC_GTEST_PROP(RecordsAttack, MutilatedDocumentsAreRefusedOrRead, ()) {
  Json json =
      *rc::gen::arbitrary<bool>() ? ToJson(any::ATrainingReport()) : ToJson(any::ARecommendation());
  Json* at = &json;
  while (at->is_structured() && !at->empty()) {
    auto child = at->begin();
    std::advance(child, *rc::gen::inRange<int>(0, static_cast<int>(at->size())));
    if (*rc::gen::inRange(0, 3) == 0) {
      if (*rc::gen::arbitrary<bool>()) {
        *child = *rc::gen::element<std::string>("text", "");
      } else {
        at->erase(child);
      }
      break;
    }
    at = &*child;
  }
  (void)TrainingReportFromJson(json).has_value();
  (void)PredictionFromJson(json).has_value();
  (void)RecommendationFromJson(json).has_value();
  (void)PlanFromJson(json).has_value();
  (void)DatasetInfoFromJson(json).has_value();
  (void)ExperimentFromJson(json).has_value();
  (void)SchemaFromJson(json).has_value();
}

TEST(PredictionJson, HasTheDocumentedKeys) {
  Prediction prediction;
  prediction.ctr = 0.05;
  prediction.ctr_interval = Interval{0.04, 0.06, 0.9};
  prediction.verdict["clicks"] = "signal";
  prediction.roi_category = 1;
  prediction.roi_probability = 0.75;
  prediction.roi_threshold = 0;
  prediction.roi_threshold_rule = "break_even";
  prediction.explanation =
      Explanation{.clicks = TargetExplanation{.target = "clicks",
                                              .scale = "response",
                                              .unit = "clicks",
                                              .base = 10,
                                              .prediction = 12,
                                              .values = {{"Duration", 2, "30"}}},
                  .roi = std::nullopt};
  prediction.model_version = "m1";
  prediction.warnings = {"no Impressions"};
  EXPECT_EQ(DumpJson(ToJson(prediction)),
            R"({"CTR":0.05,"CTR_Interval":{"level":0.9,"lower":0.04,"upper":0.06},)"
            R"("Clicks_Interval":null,"Estimated_Clicks":null,"Model_Version":"m1",)"
            R"("ROI_Category":1,"ROI_Label":"ROI above break-even","ROI_Probability":0.75,)"
            R"("ROI_Probability_Interval":null,"ROI_Threshold":0,)"
            R"("ROI_Threshold_Rule":"break_even",)"
            R"("SHAP_Explanation":{"Clicks":{"base":10,"prediction":12,"scale":"response",)"
            R"("unit":"clicks","values":{"Duration":2}},"ROI":null},)"
            R"("Verdict":{"clicks":"signal"},)"
            R"("Warnings":["no Impressions"]})");
  PredictionLogEntry entry;
  entry.plan.values["Channel_Used"] = "Email";
  EXPECT_EQ(ToJson(entry)["plan"]["Channel_Used"], "Email");
  for (const char* key : {"id", "at", "dataset", "plan", "prediction"}) {
    EXPECT_TRUE(ToJson(entry).contains(key)) << key;
  }
}

RC_GTEST_PROP(PredictionJson, TheFastTextIsTheSame, ()) {
  const Prediction prediction = AnyPrediction();
  std::string text;
  AppendPredictionText(prediction, &text);
  RC_ASSERT(text == DumpJson(ToJson(prediction)));
  const Plan plan = any::APlan();
  text.clear();
  AppendPlanText(plan, &text);
  RC_ASSERT(text == DumpJson(ToJson(plan)));
}

TEST(PredictionJson, RefusesWhatIsNoPrediction) {
  Json json = ToJson(Prediction{});
  EXPECT_TRUE(PredictionFromJson(json).has_value());
  json["ROI_Category"] = 2;
  Refused(PredictionFromJson, json, "ROI_Category");
  json.erase("ROI_Category");
  Refused(PredictionFromJson, json, "ROI_Category");
  Refused(PredictionFromJson, Json::array(), "");
}

Recommendation FullRecommendation() {
  const Interval near = {1, 3, 0.95};
  Recommendation recommendation;
  recommendation.budget = 90;
  recommendation.used_budget = 80;
  recommendation.currency = "EUR";
  recommendation.objective = "clicks";
  recommendation.plan.values = {{"Acquisition_Cost", 80.0}, {"Channel_Used", "Email"}};
  recommendation.decided = {"Channel_Used", "Duration"};
  recommendation.duration = 30;
  recommendation.expected = {.clicks = Expected{10, near}, .roi = Expected{11, near}, .ctr = {}};
  recommendation.roi_probability = 0.75;
  recommendation.roi_probability_interval = near;
  recommendation.roi_threshold = 0;
  recommendation.roi_threshold_rule = "break_even";
  recommendation.average = {
      .expected = {.clicks = Expected{12, near}, .roi = Expected{13, near}, .ctr = {}},
      .roi_by_spend = 14};
  recommendation.uplift = {.difference = {15, near}, .share = 16};
  recommendation.evidence = {.near_budget = 17,
                             .like_it = 18,
                             .held_out = 19,
                             .candidates = 20,
                             .spend_from = 21,
                             .spend_to = 22};
  recommendation.verdict = "better";
  recommendation.words = "It is better.";
  recommendation.alternatives = {
      {.plan = {{{"Channel_Used", "Search"}}}, .expected = {23, near}, .campaigns = 24}};
  recommendation.curve = {{.budget = 25,
                           .campaigns = 26,
                           .clicks = Expected{27, near},
                           .impressions = Expected{28, near},
                           .roi_probability = {}}};
  recommendation.model_version = "m1";
  recommendation.warnings = {"few campaigns"};
  return recommendation;
}

TEST(RecommendationJson, HasTheDocumentedKeys) {
  const std::string near = R"({"level":0.95,"lower":1,"upper":3})";
  EXPECT_EQ(DumpJson(ToJson(FullRecommendation())),
            R"({"Alternatives":[{"Campaigns":24,"Interval":)" + near +
                R"(,"Plan":{"Channel_Used":"Search"},"Value":23}],)"
                R"("Baseline":{"CTR":null,"CTR_Interval":null,"Estimated_ROI":13,)"
                R"("Estimated_ROI_Interval":)" +
                near + R"(,"Expected_Clicks":12,"Expected_Clicks_Interval":)" + near +
                R"(,"ROI_Spend_Weighted":14},"Budget":90,"CTR":null,"CTR_Interval":null,)"
                R"("Currency":"EUR","Curve":[{"Budget":25,"Campaigns":26,"Expected_Clicks":27,)"
                R"("Expected_Clicks_Interval":)" +
                near + R"(,"Impressions":28,"Impressions_Interval":)" + near +
                R"(,"ROI_Probability":null,"ROI_Probability_Interval":null}],)"
                R"("Decided":["Channel_Used","Duration"],"Estimated_ROI":11,)"
                R"("Estimated_ROI_Interval":)" +
                near +
                R"(,"Evidence":{"Campaigns_Held_Out":19,"Campaigns_Like_It":18,)"
                R"("Campaigns_Near_Budget":17,"Candidates":20,"Spend_From":21,"Spend_To":22},)"
                R"("Expected_Clicks":10,"Expected_Clicks_Interval":)" +
                near +
                R"(,"Model_Version":"m1","Objective":"clicks",)"
                R"("Plan":{"Acquisition_Cost":80,"Channel_Used":"Email"},"ROI_Probability":0.75,)"
                R"("ROI_Probability_Interval":)" +
                near +
                R"(,"ROI_Threshold":0,"ROI_Threshold_Rule":"break_even","Recommended_Duration":30,)"
                R"("SHAP_Explanation":null,"Uplift":{"Interval":)" +
                near +
                R"(,"Share":16,"Value":15},"Used_Budget":80,"Verdict":"better",)"
                R"("Verdict_Words":"It is better.","Warnings":["few campaigns"]})");
  const Json empty = ToJson(Recommendation{});
  for (const char* key : {"Recommended_Duration", "Currency", "ROI_Threshold_Rule"}) {
    EXPECT_TRUE(empty.at(key).is_null()) << key;
  }
  const Json entry = ToJson(RecommendationLogEntry{7, "t", "d", FullRecommendation()});
  EXPECT_EQ(entry["id"], 7);
  EXPECT_EQ(entry["at"], "t");
  EXPECT_EQ(entry["dataset"], "d");
  EXPECT_EQ(entry["recommendation"], ToJson(FullRecommendation()));
}

TEST(RecommendationJson, ReadsEveryField) {
  const Recommendation given = FullRecommendation();
  const Result<Recommendation> read = RecommendationFromJson(ToJson(given));
  ASSERT_TRUE(read.has_value()) << read.error().ToString();
  EXPECT_EQ(read->budget, 90);
  EXPECT_EQ(read->used_budget, 80);
  EXPECT_EQ(read->duration, 30);
  EXPECT_EQ(read->plan.values, given.plan.values);
  EXPECT_EQ(read->expected, given.expected);
  EXPECT_EQ(read->average, given.average);
  EXPECT_EQ(read->uplift, given.uplift);
  EXPECT_EQ(read->evidence, given.evidence);
  ASSERT_EQ(read->alternatives.size(), 1U);
  EXPECT_EQ(read->alternatives[0].plan.values, given.alternatives[0].plan.values);
  EXPECT_EQ(read->alternatives[0].expected, given.alternatives[0].expected);
  ASSERT_EQ(read->curve.size(), 1U);
  EXPECT_EQ(read->curve[0].clicks, given.curve[0].clicks);
  EXPECT_EQ(read->curve[0].impressions, given.curve[0].impressions);
  EXPECT_FALSE(read->curve[0].roi_probability);
}

TEST(RecommendationJson, WhatIsNotFiniteIsNull) {
  const double nan = std::nan("");
  const double infinity = std::numeric_limits<double>::infinity();
  Recommendation recommendation = FullRecommendation();
  recommendation.expected.clicks = Expected{10, {1, infinity, 0.95}};
  recommendation.expected.roi = Expected{nan, {1, 2, 0.95}};
  recommendation.uplift.share = infinity;
  const Json json = ToJson(recommendation);
  EXPECT_EQ(json["Expected_Clicks"], 10);
  EXPECT_TRUE(json["Expected_Clicks_Interval"].is_null());
  EXPECT_TRUE(json["Estimated_ROI"].is_null());
  EXPECT_TRUE(json["Estimated_ROI_Interval"].is_null());
  EXPECT_TRUE(json["Uplift"]["Share"].is_null());
  // A store can read what it has written.
  const Result<Recommendation> read = RecommendationFromJson(json);
  ASSERT_TRUE(read.has_value()) << read.error().ToString();
  ASSERT_TRUE(read->expected.clicks.has_value());
  EXPECT_EQ(read->expected.clicks.value_or(Expected{}).value, 10);
  EXPECT_FALSE(read->expected.roi.has_value());
}

// Every member, at every depth: without it, and with what it cannot be.
void RefusedWithoutMembers(const Json& whole, const Json::json_pointer& at,
                           const std::string& path) {
  const Json& here = whole[at];
  const bool is_plan = path.ends_with("Plan");
  for (const auto& [key, value] : here.items()) {
    const Json::json_pointer place = at / key;
    std::string field = path.empty() ? key : fmt::format("{}.{}", path, key);
    if (here.is_array()) field = fmt::format("{}[{}]", path, key);
    Json json = whole;
    if (here.is_object() && !is_plan) {
      json[at].erase(key);
      Refused(RecommendationFromJson, json, field);
    }
    json[place] = true;
    Refused(RecommendationFromJson, json, field);
    if (value.is_structured()) RefusedWithoutMembers(whole, place, field);
  }
}

TEST(RecommendationJson, NamesTheFieldThatIsMissingOrWrong) {
  RefusedWithoutMembers(ToJson(FullRecommendation()), Json::json_pointer(), "");
  Json json = ToJson(FullRecommendation());
  json["CTR_Interval"] = json["Expected_Clicks_Interval"];
  Refused(RecommendationFromJson, json, "CTR_Interval");
  Refused(RecommendationFromJson, Json::array(), "");
}

TEST(RoiLabel, NeverCallsAMedianProfitable) {
  Prediction prediction;
  EXPECT_EQ(RoiLabel(prediction), "");
  prediction.roi_category = 0;
  prediction.roi_threshold = 0;
  prediction.roi_threshold_rule = "break_even";
  EXPECT_EQ(RoiLabel(prediction), "ROI not above break-even");
  prediction.roi_threshold = 5.0234;
  prediction.roi_threshold_rule = "median";
  EXPECT_EQ(RoiLabel(prediction), "ROI not above your own median (5.02)");
  prediction.roi_category = 1;
  EXPECT_EQ(RoiLabel(prediction), "ROI above your own median (5.02)");
  prediction.roi_threshold_rule = "stated";
  prediction.roi_threshold = 0.125;
  EXPECT_EQ(RoiLabel(prediction), "ROI above 0.125");
  prediction.roi_threshold = -0.00001;
  EXPECT_EQ(RoiLabel(prediction), "ROI above 0");
}

TEST(PlanJson, TakesNumbersAndTextOnly) {
  const Result<Plan> plan =
      PlanFromJson(*ParseJson(R"({"Duration": "30 days", "Impressions": 7})"));
  ASSERT_TRUE(plan.has_value());
  EXPECT_EQ(std::get<std::string>(plan->values.at("Duration")), "30 days");
  EXPECT_EQ(std::get<double>(plan->values.at("Impressions")), 7);
  for (const char* value : {"null", "true", "[1]", "{}"}) {
    Refused(PlanFromJson, *ParseJson(std::string(R"({"Duration": )") + value + "}"), "Duration");
  }
  Refused(PlanFromJson, Json::array(), "");
}

TEST(TrainingJson, NamesTheFieldThatIsWrong) {
  TrainingReport report;
  report.models["clicks"].metrics["mae"] = {1, 2, "overall CTR"};
  Json json = ToJson(report);
  ASSERT_TRUE(TrainingReportFromJson(json).has_value());
  json["models"]["clicks"]["metrics"]["mae"]["value"] = "1";
  Refused(TrainingReportFromJson, json, "models.clicks.metrics.mae.value");
  json = ToJson(report);
  json["models"]["clicks"]["coefficients"] = {{{"term", "a"}, {"value", 1}, {"effect", nullptr}},
                                              {{"term", 1}}};
  Refused(TrainingReportFromJson, json, "models.clicks.coefficients[1].term");
  json = ToJson(report);
  json["features"] = {"a", 1};
  Refused(TrainingReportFromJson, json, "features[1]");
  json["features"] = "a";
  Refused(TrainingReportFromJson, json, "features");
  json = ToJson(report);
  json["seed"] = -1;
  Refused(TrainingReportFromJson, json, "seed");
  json = ToJson(report);
  json["models"]["clicks"]["iterations"] = 1LL << 40;
  Refused(TrainingReportFromJson, json, "models.clicks.iterations");
}

TEST(TrainingJson, ReadsReportsOfBeforeTheSelfTest) {
  TrainingReport report;
  report.planned_spend = true;
  report.models["clicks"].shuffled_gain_share = 0.1;
  Json json = ToJson(report);
  EXPECT_EQ(TrainingReportFromJson(json)->models["clicks"].shuffled_gain_share, 0.1);
  json.erase("planned_spend");
  json["models"]["clicks"].erase("shuffled_gain_share");
  const auto old = TrainingReportFromJson(json);
  ASSERT_TRUE(old.has_value()) << old.error().ToString();
  EXPECT_FALSE(old->planned_spend);
  EXPECT_FALSE(old->models.at("clicks").shuffled_gain_share.has_value());
}

TEST(TrainingJson, HasTheDocumentedKeys) {
  TrainingReport report;
  report.roi_threshold = RoiThreshold{0.5, "stated"};
  report.models["roi"].confusion = ConfusionMatrix{1, 2, 3, 4};
  const Json json = ToJson(report);
  for (const char* key : {"version", "dataset", "generation", "rows", "seed", "features",
                          "planned_spend", "roi_threshold", "models", "warnings"}) {
    EXPECT_TRUE(json.contains(key)) << key;
  }
  for (const char* key : {"target", "rows", "alpha", "shuffled_gain_share", "iterations",
                          "converged", "gradient", "deviance", "null_deviance", "phi", "split",
                          "metrics", "confusion", "intercept", "coefficients", "warnings"}) {
    EXPECT_TRUE(json["models"]["roi"].contains(key)) << key;
  }
  EXPECT_EQ(json["models"]["roi"]["confusion"]["false_positive"], 2);
  EXPECT_EQ(DumpJson(json["roi_threshold"]), R"({"rule":"stated","value":0.5})");
  ModelInfo info;
  info.report = report;
  EXPECT_EQ(ToJson(info)["report"], json);
}

TEST(ModelCardJson, HasTheDocumentedKeys) {
  ModelCard card;
  card.info.report.rows = 90;
  card.info.report.seed = ~uint64_t{0};
  card.data_sha256 = "ab";
  card.dates = {"2021-01-01", "2021-12-31"};
  card.loads.push_back({.load = {.sha256 = "cd", .source = "a.csv", .rows = 90, .loaded_at = "t"},
                        .rows_kept = 95,
                        .rows_rejected = 5,
                        .rejected = {{"bad_date", 5}},
                        .realised_spend = "Cost"});
  card.loads.push_back({.load = {.sha256 = "ef", .source = "b.csv"}});  // nothing else is known
  const Json json = ToJson(card);
  const Json info = ToJson(card.info);
  for (const auto& [key, value] : info.items()) EXPECT_EQ(json[key], value) << key;
  EXPECT_EQ(DumpJson(json["data"]["dates"]), R"({"first":"2021-01-01","last":"2021-12-31"})");
  EXPECT_EQ(DumpJson(json["data"]["loads"][0]),
            R"({"campaigns":90,"loaded_at":"t","realised_spend":"Cost","rejected":{"bad_date":5},)"
            R"("rows_kept":95,"rows_rejected":5,"sha256":"cd","source":"a.csv"})");
  EXPECT_EQ(json["data"]["loads"][1]["rejected"], Json());
  EXPECT_EQ(json["data"]["loads"][1]["rows_kept"], Json());
  EXPECT_EQ(json["data"]["sha256"], "ab");
  EXPECT_EQ(DumpJson(json["provenance"]),
            R"({"data_sha256":"ab","file_sha256":"","program":null,"seed":18446744073709551615,)"
            R"("threads":0})");
}

TEST(SchemaJson, RefusesUnknownTypesAndSharedNames) {
  const auto schema = [](const char* text) { return SchemaFromJson(*ParseJson(text)); };
  EXPECT_TRUE(schema(R"([{"name":"a","type":"money","role":"plan","unit":""}])").has_value());
  Refused(SchemaFromJson, *ParseJson(R"([{"name":"a","type":"blob","role":"plan","unit":""}])"),
          "schema[0].type");
  Refused(SchemaFromJson, *ParseJson(R"([{"name":"a","type":"text","role":"king","unit":""}])"),
          "schema[0].role");
  Refused(SchemaFromJson, *ParseJson(R"([{"name":"","type":"text","role":"id","unit":""}])"),
          "schema[0].name");
  Refused(SchemaFromJson, *ParseJson(R"([{"name":"a","type":"text","role":"id","unit":""},
                         {"name":"a","type":"text","role":"id","unit":""}])"),
          "schema[1].name");
}

TEST(CleaningJson, HasTheDocumentedKeys) {
  CleaningReport report;
  report.rolled_up = RolledUp{6745, 180};
  report.rejected["spend is empty"] = 3;
  report.recognised = {{"Cost", "Acquisition_Cost", "alias"}};
  report.rejected_rows = {{7, "", "a,b", "too many fields"}};
  report.columns = {
      {"Date", ColumnType::kDate, Role::kPlan, 2, 1, 0, 365, 0, 0, {}},
      {"ROI", ColumnType::kNumber, Role::kOutcome, 0, 3, 0, 0, 0, 0, {}},
      {"Channel_Used", ColumnType::kCategory, Role::kPlan, 3, 0, 0, 0, 0, 2, {{"Email", 2}}}};
  Json json = ToJson(report);
  for (const char* key :
       {"dataset", "generation", "unchanged", "sha256", "rows_read", "rows_kept", "rows_rejected",
        "rejected", "flagged", "columns", "rolled_up", "rejects_file", "rejected_rows", "format",
        "grain", "currency", "notes", "distributions"}) {
    EXPECT_TRUE(json.contains(key)) << key;
  }
  EXPECT_EQ(json["rolled_up"]["campaigns"], 180);
  EXPECT_EQ(json["columns"]["recognised"][0]["how"], "alias");
  EXPECT_EQ(json["rejected_rows"][0]["line"], 7);
  EXPECT_TRUE(json["rejects_file"].is_null());
  EXPECT_EQ(json["distributions"][0]["max"], "1971-01-01");
  EXPECT_TRUE(json["distributions"][1]["mean"].is_null());
  EXPECT_EQ(DumpJson(json["distributions"][2]["largest"]), R"([{"level":"Email","rows":2}])");
  EXPECT_FALSE(json.contains("preview"));
  report.dry_run = true;
  report.preview_header = {"ROI"};
  report.preview = {{"2"}};
  EXPECT_EQ(DumpJson(ToJson(report)["preview"]), R"({"header":["ROI"],"rows":[["2"]]})");
}

TEST(OptionsJson, HasTheDocumentedKeys) {
  Options options;
  options.dataset = "campaigns";
  options.categories["Channel_Used"] = {"Email"};
  options.ranges["Duration"] = {15, 60};
  options.dates = {"2021-01-01", "2021-12-31"};
  EXPECT_EQ(DumpJson(ToJson(options)),
            R"({"categories":{"Channel_Used":["Email"]},"currency":null,"dataset":"campaigns",)"
            R"("dates":{"first":"2021-01-01","last":"2021-12-31"},)"
            R"("ranges":{"Duration":{"max":60,"min":15}}})");
}

TEST(ExperimentJson, KeepsAllBitsOfASeed) {
  Experiment experiment;
  experiment.seed = ~uint64_t{0};
  experiment.metrics["log_loss"] = 0.5;
  const Result<Experiment> again = ExperimentFromJson(*ParseJson(DumpJson(ToJson(experiment))));
  ASSERT_TRUE(again.has_value());
  EXPECT_EQ(again->seed, ~uint64_t{0});
  Json json = ToJson(experiment);
  json["metrics"]["log_loss"] = nullptr;
  Refused(ExperimentFromJson, json, "metrics.log_loss");
  EXPECT_EQ(ToJson(Evaluation{})["baseline"], Json());
  EXPECT_EQ(ToJson(AuditEvent{"t", "cli:root", "load", "campaigns", "{}"})["actor"], "cli:root");
}

}  // namespace
}  // namespace pythia
