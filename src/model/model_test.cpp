#include "model/model.h"

#include <gtest/gtest.h>

#include <cmath>

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
  EXPECT_TRUE(prediction.warnings.empty()) << prediction.warnings[0];
}

TEST(Predict, WithoutImpressionsThereAreNoClicksAndAReason) {
  Plan plan = kPlan;
  plan.values.erase("Impressions");
  const Prediction prediction = Predict(MadeModel(), "v1", plan);
  EXPECT_TRUE(prediction.ctr.has_value());
  EXPECT_FALSE(prediction.clicks.has_value());
  ASSERT_EQ(prediction.warnings.size(), 1U);
  EXPECT_NE(prediction.warnings[0].find("Impressions is not given"), std::string::npos);
}

TEST(Predict, OutcomesAreIgnoredAndNamed) {
  Plan plan = kPlan;
  plan.values["Clicks"] = 99999.0;
  plan.values["Language"] = "English";
  const Prediction with = Predict(MadeModel(), "v1", plan);
  EXPECT_EQ(*with.clicks, *Predict(MadeModel(), "v1", kPlan).clicks);
  ASSERT_EQ(with.warnings.size(), 2U);
  EXPECT_EQ(with.warnings[0], "Clicks is known only after a campaign: ignored");
  EXPECT_EQ(with.warnings[1], "Language is not a feature of this model: ignored");
}

TEST(Predict, ClicksNeverExceedImpressions) {
  Model model = MadeModel();
  model.clicks->intercept = 5;
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
