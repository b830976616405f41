#include "model/model.h"

#include <cmath>

#include <gtest/gtest.h>

#include "model/made_history_test.h"
#include "model/train.h"

namespace pythia {
namespace {

Model MadeModel() {
  NoProgress progress;
  auto model = Train(MadeHistory(600, 1), "made", {}, progress, {});
  EXPECT_TRUE(model) << model.error().ToString();
  return std::move(*model);
}

const Plan kPlan{{{"Channel_Used", "Email"},
                  {"Duration", 30.0},
                  {"Acquisition_Cost", 1000.0},
                  {"Date", "2019-05-01"},
                  {"Impressions", 5000.0}}};

TEST(Predict, ClicksAreCtrTimesImpressions) {
  const Prediction prediction = Predict(MadeModel(), "v1", kPlan);
  ASSERT_TRUE(prediction.ctr && prediction.clicks && prediction.roi_probability);
  EXPECT_DOUBLE_EQ(*prediction.clicks, *prediction.ctr * 5000);
  EXPECT_NEAR(*prediction.ctr, std::exp(-3), 0.01);
  EXPECT_EQ(prediction.model_version, "v1");
  EXPECT_EQ(*prediction.roi_category, *prediction.roi_probability > 0.5 ? 1 : 0);
  EXPECT_EQ(prediction.verdict.at("clicks"), "signal");
  EXPECT_FALSE(prediction.verdict.contains("reach"));
}

bool Warns(const Prediction& prediction, std::string_view what) {
  for (const std::string& warning : prediction.warnings) {
    if (warning.find(what) != std::string::npos) return true;
  }
  return false;
}

TEST(Predict, WithoutImpressionsClicksComeFromTheReachAndItSaysSo) {
  // Impressions follow the spend, so that there is a reach to learn.
  Table table = EmptyHistory();
  Random random(11);
  for (int64_t i = 0; i < 900; ++i) {
    MadeRow row = RandomRow(random, i);
    row.impressions = std::round(5 * row.cost * (0.8 + 0.4 * random.Uniform()));
    row.clicks = static_cast<double>(random.Poisson(0.05 * row.impressions));
    Append(row, &table);
  }
  NoProgress progress;
  const auto model = Train(table, "made", {}, progress, {});
  ASSERT_TRUE(model) << model.error().ToString();
  Plan plan = kPlan;
  plan.values.erase("Impressions");
  const Prediction prediction = Predict(*model, "v1", plan);
  ASSERT_TRUE(prediction.clicks.has_value());
  EXPECT_NEAR(*prediction.clicks, 0.05 * 5000, 15);
  EXPECT_TRUE(Warns(prediction, "Impressions is not given"));
}

TEST(Predict, ANoSignalModelServesItsBaselineInWords) {
  Model model = MadeModel();
  model.clicks->signal = false;
  model.clicks->baseline = {.target = "clicks",
                            .per = Per::kCampaign,
                            .column = "Channel_Used",
                            .overall = {90, 600},
                            .groups = {{"Email", {80, 300}}},
                            .mean_unit = 1};
  model.report.models["clicks"].verdict = Verdict{.verdict = "no_signal", .words = "as good"};
  const Prediction email = Predict(model, "v1", kPlan);
  EXPECT_EQ(*email.clicks, 80);
  EXPECT_EQ(*email.ctr, 80.0 / 5000);
  EXPECT_EQ(email.verdict.at("clicks"), "no_signal");
  EXPECT_TRUE(Warns(email, "clicks: as good"));
  Plan plan = kPlan;
  plan.values["Channel_Used"] = "Radio";
  EXPECT_EQ(*Predict(model, "v1", plan).clicks, 90);
  plan.values["Impressions"] = 50.0;
  EXPECT_EQ(*Predict(model, "v1", plan).clicks, 50);  // never above the impressions
  EXPECT_EQ(*Predict(model, "v1", plan).ctr, 1);
  plan.values["Impressions"] = 0.0;
  EXPECT_EQ(*Predict(model, "v1", plan).clicks, 0);
  plan.values.erase("Channel_Used");
  EXPECT_TRUE(Warns(Predict(model, "v1", plan), "the figure of all campaigns"));
}

TEST(Predict, OutcomesAreIgnoredAndNamed) {
  Plan plan = kPlan;
  plan.values["Clicks"] = 99999.0;
  plan.values["Language"] = "English";
  const Prediction with = Predict(MadeModel(), "v1", plan);
  EXPECT_EQ(*with.clicks, *Predict(MadeModel(), "v1", kPlan).clicks);
  EXPECT_TRUE(Warns(with, "Clicks is known only after a campaign: ignored"));
  EXPECT_TRUE(Warns(with, "Language is not a feature of this model: ignored"));
}

TEST(Predict, ClicksNeverExceedImpressions) {
  Model model = MadeModel();
  model.clicks->model.intercept = 5;
  const Prediction prediction = Predict(model, "v1", kPlan);
  EXPECT_EQ(*prediction.ctr, 1);
  EXPECT_EQ(*prediction.clicks, 5000);
  EXPECT_FALSE(prediction.warnings.empty());
}

TEST(ModelFile, RoundTripsToTheSameBytesAndPredictions) {
  const Model model = MadeModel();
  const std::string bytes = SerializeModel(model);
  const auto read = ParseModel(bytes);
  ASSERT_TRUE(read) << read.error().ToString();
  EXPECT_EQ(SerializeModel(*read), bytes);
  EXPECT_EQ(*Predict(*read, "v", kPlan).ctr, *Predict(model, "v", kPlan).ctr);
  EXPECT_EQ(*Predict(*read, "v", kPlan).roi_probability,
            *Predict(model, "v", kPlan).roi_probability);
  EXPECT_EQ(ModelVersion(model, bytes).substr(0, 5), "made-");
}

TEST(ModelFile, AnyDamageIsRefused) {
  const std::string bytes = SerializeModel(MadeModel());
  for (size_t length = 0; length < bytes.size(); length += 97) {
    EXPECT_FALSE(ParseModel(std::string_view(bytes).substr(0, length))) << length;
  }
  for (size_t at = 0; at < bytes.size(); at += 53) {
    std::string changed = bytes;
    changed[at] = static_cast<char>(changed[at] ^ 1);
    const auto read = ParseModel(changed);
    ASSERT_FALSE(read) << at;
    EXPECT_EQ(read.error().code, ErrorCode::kBadInput);
  }
  EXPECT_FALSE(ParseModel(bytes + " "));
}

TEST(ModelFile, ANewerVersionIsNamed) {
  std::string bytes = SerializeModel(MadeModel());
  const size_t at = bytes.find("\"format_version\":1");
  bytes[at + 17] = '2';
  const auto read = ParseModel(bytes);
  ASSERT_FALSE(read);
  EXPECT_NE(read.error().message.find("newer version"), std::string::npos);
}

}  // namespace
}  // namespace pythia
