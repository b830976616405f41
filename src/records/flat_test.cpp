#include "records/flat.h"

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
