#include "records/flat.h"

#include <limits>

#include <gtest/gtest.h>

#include "campaign/dates.h"

namespace pythia {
namespace {

std::vector<std::string> Names(const Schema& schema) {
  std::vector<std::string> names;
  for (const ColumnSpec& spec : schema) names.push_back(spec.name);
  return names;
}

TEST(Flat, PredictionHeaderIsFrozen) {
  EXPECT_EQ(Names(PredictionColumns()), (std::vector<std::string>{"id",
                                                                  "at",
                                                                  "dataset",
                                                                  "Company",
                                                                  "Campaign_Type",
                                                                  "Target_Audience",
                                                                  "Duration",
                                                                  "Channel_Used",
                                                                  "Acquisition_Cost",
                                                                  "Location",
                                                                  "Language",
                                                                  "Customer_Segment",
                                                                  "Date",
                                                                  "Impressions",
                                                                  "other_plan_values",
                                                                  "CTR",
                                                                  "CTR_Lower",
                                                                  "CTR_Upper",
                                                                  "Estimated_Clicks",
                                                                  "Clicks_Lower",
                                                                  "Clicks_Upper",
                                                                  "ROI_Category",
                                                                  "ROI_Label",
                                                                  "ROI_Probability",
                                                                  "ROI_Probability_Lower",
                                                                  "ROI_Probability_Upper",
                                                                  "ROI_Threshold",
                                                                  "ROI_Threshold_Rule",
                                                                  "Verdict",
                                                                  "SHAP_Explanation",
                                                                  "Model_Version",
                                                                  "Warnings"}));
}

TEST(Flat, ExperimentHeaderIsFrozen) {
  EXPECT_EQ(Names(ExperimentColumns()),
            (std::vector<std::string>{"id", "at", "dataset", "model_type", "model_version",
                                      "metric", "value", "seed", "data_sha256", "note"}));
}

TEST(Flat, APredictionIsOneRow) {
  PredictionLogEntry entry;
  entry.id = 7;
  entry.at = "2026-11-22T15:53:07.123456Z";
  entry.plan.values = {{"Channel_Used", "Email"}, {"Acquisition_Cost", 16174.0},
                       {"Date", "2026-12-01"},    {"Duration", "30 days"},
                       {"Agency", "Us"},          {"Impressions", 5000.0}};
  entry.prediction.ctr = 0.05;
  entry.prediction.roi_category = 1;
  entry.prediction.roi_threshold_rule = "break_even";
  entry.prediction.warnings = {"one", "two"};
  Table table(PredictionColumns());
  AppendFlat(std::vector{entry, PredictionLogEntry{}}, &table);
  ASSERT_EQ(table.num_rows(), 2);
  for (const Column& column : table.columns()) EXPECT_EQ(column.size(), 2) << column.name();
  EXPECT_EQ(table.Find("id")->numbers()[0], 7);
  EXPECT_EQ(table.Find("Channel_Used")->level(0), "Email");
  EXPECT_EQ(FormatDay(table.Find("Date")->days()[0]), "2026-12-01");
  EXPECT_EQ(table.Find("Acquisition_Cost")->numbers()[0], 16174);
  // What does not go into its column is kept, not dropped.
  EXPECT_TRUE(table.Find("Duration")->IsMissing(0));
  EXPECT_EQ(table.Find("other_plan_values")->text(0), R"({"Agency":"Us","Duration":"30 days"})");
  EXPECT_EQ(table.Find("ROI_Label")->text(0), "ROI above break-even");
  EXPECT_EQ(table.Find("Warnings")->text(0), "one; two");
  EXPECT_TRUE(table.Find("Estimated_Clicks")->IsMissing(0));
  EXPECT_TRUE(table.Find("ROI_Category")->IsMissing(1));
  EXPECT_TRUE(table.Find("Warnings")->IsMissing(1));
}

TEST(Flat, RecommendationHeaderIsFrozen) {
  EXPECT_EQ(Names(RecommendationColumns()),
            (std::vector<std::string>{"id",
                                      "at",
                                      "dataset",
                                      "Company",
                                      "Campaign_Type",
                                      "Target_Audience",
                                      "Duration",
                                      "Channel_Used",
                                      "Acquisition_Cost",
                                      "Location",
                                      "Language",
                                      "Customer_Segment",
                                      "Date",
                                      "Impressions",
                                      "other_plan_values",
                                      "Budget",
                                      "Used_Budget",
                                      "Currency",
                                      "Objective",
                                      "Decided",
                                      "Recommended_Duration",
                                      "Expected_Clicks",
                                      "Expected_Clicks_Lower",
                                      "Expected_Clicks_Upper",
                                      "Estimated_ROI",
                                      "Estimated_ROI_Lower",
                                      "Estimated_ROI_Upper",
                                      "CTR",
                                      "CTR_Lower",
                                      "CTR_Upper",
                                      "ROI_Probability",
                                      "ROI_Probability_Lower",
                                      "ROI_Probability_Upper",
                                      "ROI_Threshold",
                                      "ROI_Threshold_Rule",
                                      "Baseline_Expected_Clicks",
                                      "Baseline_Expected_Clicks_Lower",
                                      "Baseline_Expected_Clicks_Upper",
                                      "Baseline_Estimated_ROI",
                                      "Baseline_Estimated_ROI_Lower",
                                      "Baseline_Estimated_ROI_Upper",
                                      "Baseline_CTR",
                                      "Baseline_CTR_Lower",
                                      "Baseline_CTR_Upper",
                                      "Baseline_ROI_Spend_Weighted",
                                      "Uplift",
                                      "Uplift_Lower",
                                      "Uplift_Upper",
                                      "Uplift_Share",
                                      "Campaigns_Near_Budget",
                                      "Campaigns_Like_It",
                                      "Campaigns_Held_Out",
                                      "Candidates",
                                      "Spend_From",
                                      "Spend_To",
                                      "Verdict",
                                      "Verdict_Words",
                                      "SHAP_Explanation",
                                      "Model_Version",
                                      "Warnings"}));
}

TEST(Flat, ARecommendationIsOneRow) {
  RecommendationLogEntry entry;
  entry.id = 7;
  entry.dataset = "d";
  Recommendation& given = entry.recommendation;
  given.budget = 100;
  given.plan.values = {{"Channel_Used", "Email"}, {"Acquisition_Cost", 80.0}, {"Agency", "Us"}};
  given.decided = {"Channel_Used", "Duration"};
  given.expected.clicks = Expected{10, {1, 20, 0.95}};
  given.average.expected.clicks = Expected{5, {4, 6, 0.95}};
  given.average.expected.roi = Expected{0.5, {0.4, std::numeric_limits<double>::infinity(), 0.95}};
  given.uplift = {{5, {-5, 15, 0.95}}, 1};
  given.evidence.like_it = 12;
  given.warnings = {"one", "two"};
  Table table(RecommendationColumns());
  AppendFlat(std::vector{entry, RecommendationLogEntry{}}, &table);
  ASSERT_EQ(table.num_rows(), 2);
  for (const Column& column : table.columns()) EXPECT_EQ(column.size(), 2) << column.name();
  const auto number = [&](const char* name) { return table.Find(name)->numbers()[0]; };
  EXPECT_EQ(number("id"), 7);
  EXPECT_EQ(number("Acquisition_Cost"), 80);
  EXPECT_EQ(number("Budget"), 100);
  EXPECT_EQ(number("Expected_Clicks"), 10);
  EXPECT_EQ(number("Expected_Clicks_Lower"), 1);
  EXPECT_EQ(number("Expected_Clicks_Upper"), 20);
  EXPECT_EQ(number("Baseline_Expected_Clicks"), 5);
  EXPECT_EQ(number("Baseline_Expected_Clicks_Upper"), 6);
  EXPECT_EQ(number("Uplift_Lower"), -5);
  EXPECT_EQ(number("Uplift_Share"), 1);
  EXPECT_EQ(number("Campaigns_Like_It"), 12);
  EXPECT_EQ(table.Find("other_plan_values")->text(0), R"({"Agency":"Us"})");
  EXPECT_EQ(table.Find("Decided")->text(0), "Channel_Used; Duration");
  EXPECT_EQ(table.Find("Warnings")->text(0), "one; two");
  for (const char* name : {"Recommended_Duration", "Estimated_ROI", "CTR_Lower",
                           "Baseline_Estimated_ROI_Upper", "Currency"}) {
    EXPECT_TRUE(table.Find(name)->IsMissing(0)) << name;
  }
  EXPECT_TRUE(table.Find("Expected_Clicks_Lower")->IsMissing(1));
}

TEST(Flat, AnExperimentIsARowPerMetric) {
  Experiment experiment;
  experiment.id = 3;
  experiment.metrics = {{"auc", 0.7}, {"log_loss", 0.6}};
  experiment.seed = ~uint64_t{0};
  Table table(ExperimentColumns());
  AppendFlat(std::vector{experiment}, &table);
  ASSERT_EQ(table.num_rows(), 2);
  EXPECT_EQ(table.Find("metric")->text(1), "log_loss");
  EXPECT_EQ(table.Find("value")->numbers()[1], 0.6);
  EXPECT_EQ(table.Find("seed")->text(0), "18446744073709551615");
}

}  // namespace
}  // namespace pythia
