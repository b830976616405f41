// Explanations of trained models: they are of the number that is served, whatever serves it.
#include "explain/explain.h"

#include <cmath>

#include <gtest/gtest.h>

#include "base/random.h"
#include "campaign/schema.h"
#include "model/train.h"

namespace pythia {
namespace {

Table MadeCampaigns(int64_t rows, double strength) {
  Schema schema;
  for (const auto name :
       {column::kCampaignId, column::kChannelUsed, column::kDuration, column::kAcquisitionCost,
        column::kImpressions, column::kClicks, column::kRoi}) {
    schema.push_back(*FindCanonical(name));
  }
  Table table(schema);
  for (int64_t row = 0; row < rows; ++row) {
    Random random(11, static_cast<uint64_t>(row));
    const bool social = random.Below(2) == 0;
    const double cost = std::round(1000 * std::exp(0.6 * random.Normal()));
    const double days = 15.0 * static_cast<double>(1 + random.Below(4));
    const double shown =
        std::round(40 * std::pow(cost, 0.8 * strength) * random.Gamma(20) / 20) + 500;
    const double ctr = 0.03 * std::exp(strength * ((social ? 0.4 : -0.4) - 0.01 * (days - 30)));
    table.Find(column::kCampaignId)->AppendText(std::to_string(row));
    table.Find(column::kChannelUsed)->AppendString(social ? "Social" : "Email");
    table.Find(column::kDuration)->AppendNumber(days);
    table.Find(column::kAcquisitionCost)->AppendNumber(cost);
    table.Find(column::kImpressions)->AppendNumber(shown);
    table.Find(column::kClicks)
        ->AppendNumber(std::min(shown, static_cast<double>(random.Poisson(ctr * shown))));
    table.Find(column::kRoi)
        ->AppendNumber(strength * ((social ? 0.5 : -0.5) + 0.02 * (days - 30)) + random.Normal());
  }
  return table;
}

Model Trained(const Table& campaigns) {
  NoProgress quiet;
  Result<Model> model = Train(campaigns, "explained", {}, quiet, {});
  EXPECT_TRUE(model) << model.error().ToString();
  return std::move(*model);
}

Plan APlan(bool with_impressions) {
  Plan plan;
  plan.values["Channel_Used"] = "Social";
  plan.values["Duration"] = 45.0;
  plan.values["Acquisition_Cost"] = 2000.0;
  if (with_impressions) plan.values["Impressions"] = 20000.0;
  return plan;
}

double SumOf(const TargetExplanation& target) {
  double sum = target.base;
  for (const PlayerValue& player : target.values) sum += player.value;
  return sum;
}

const PlayerValue& ValueOf(const TargetExplanation& target, const std::string& player) {
  for (const PlayerValue& value : target.values) {
    if (value.player == player) return value;
  }
  ADD_FAILURE() << player;
  return target.values.front();
}

TEST(Explain, AddsUpToWhatIsPredicted) {
  const Model model = Trained(MadeCampaigns(2000, 1));
  for (const bool with : {true, false}) {
    const Prediction said = Predict(model, "v", APlan(with));
    const Explanation why = ExplainPlan(model, APlan(with), ExplanationScale::kResponse);
    ASSERT_TRUE(why.clicks);
    ASSERT_TRUE(why.roi);
    EXPECT_NEAR(SumOf(*why.clicks) / *said.clicks, 1, 1e-10);
    EXPECT_NEAR(why.clicks->prediction / *said.clicks, 1, 1e-12);
    EXPECT_NEAR(SumOf(*why.roi), *said.roi_probability, 1e-12);
    const Explanation link = ExplainPlan(model, APlan(with), ExplanationScale::kLink);
    EXPECT_NEAR(SumOf(*link.clicks), std::log(*said.clicks), 1e-10);
    const double p = *said.roi_probability;
    EXPECT_NEAR(SumOf(*link.roi), std::log(p / (1 - p)), 1e-10);
  }
}

TEST(Explain, ImpressionsPlayOnlyWhereTheyAreGiven) {
  const Model model = Trained(MadeCampaigns(2000, 1));
  const Explanation with = ExplainPlan(model, APlan(true), ExplanationScale::kResponse);
  EXPECT_EQ(ValueOf(*with.clicks, "Impressions").given, "20000");
  const Explanation without = ExplainPlan(model, APlan(false), ExplanationScale::kResponse);
  for (const PlayerValue& player : without.clicks->values) EXPECT_NE(player.player, "Impressions");
  // The spend plays through the reach then.
  EXPECT_GT(ValueOf(*without.clicks, "Acquisition_Cost").value, 0);
}

TEST(Explain, WhatIsNotGivenIsSaid) {
  const Model model = Trained(MadeCampaigns(2000, 1));
  Plan plan = APlan(true);
  plan.values.erase("Duration");
  const Explanation why = ExplainPlan(model, plan, ExplanationScale::kResponse);
  EXPECT_FALSE(ValueOf(*why.clicks, "Duration").given);
  EXPECT_EQ(ValueOf(*why.clicks, "Channel_Used").given, "Social");
}

TEST(Explain, TablesAndTheDirectSumAgree) {
  const Model model = Trained(MadeCampaigns(2000, 1));
  for (const auto scale : {ExplanationScale::kResponse, ExplanationScale::kLink}) {
    const ModelExplainer explainer(model, scale);
    for (const bool with : {true, false}) {
      const Explanation one = ExplainPlan(model, APlan(with), scale);
      const Explanation many = explainer.Explain(APlan(with));
      for (const auto member : {&Explanation::clicks, &Explanation::roi}) {
        ASSERT_EQ((one.*member)->values.size(), (many.*member)->values.size());
        for (size_t j = 0; j < (one.*member)->values.size(); ++j) {
          EXPECT_NEAR((one.*member)->values[j].value, (many.*member)->values[j].value,
                      1e-11 * std::fabs((one.*member)->prediction));
        }
      }
    }
  }
}

TEST(Explain, WithoutSignalTheBaselineIsExplained) {
  const Model model = Trained(MadeCampaigns(2000, 0));
  ASSERT_FALSE(model.roi->signal);
  const Prediction said = Predict(model, "v", APlan(true));
  const Explanation why = ExplainPlan(model, APlan(true), ExplanationScale::kResponse);
  ASSERT_TRUE(why.roi);
  EXPECT_TRUE(why.roi->values.empty());  // one overall rate
  EXPECT_NEAR(why.roi->base, *said.roi_probability, 1e-12);
  EXPECT_NEAR(SumOf(*why.clicks) / *said.clicks, 1, 1e-10);
}

TEST(Explain, AModelWithoutBackgroundsHasNoExplanation) {
  Model model = Trained(MadeCampaigns(2000, 1));
  model.backgrounds.clear();
  const Explanation why = ExplainPlan(model, APlan(true), ExplanationScale::kResponse);
  EXPECT_FALSE(why.clicks);
  EXPECT_FALSE(why.roi);
}

TEST(Explain, TheSummaryIsTheMeanOfTheCampaigns) {
  const Table campaigns = MadeCampaigns(2000, 1);
  const Model model = Trained(campaigns);
  const ModelExplainer explainer(model, ExplanationScale::kResponse);
  const ExplanationSummary summary = explainer.Summary(campaigns);
  ASSERT_EQ(summary.targets.size(), 2U);
  const TargetSummary& clicks = summary.targets[0];
  EXPECT_EQ(clicks.campaigns, 2000);
  EXPECT_EQ(clicks.rows, 2000);
  EXPECT_EQ(clicks.players.front().player, "Impressions");
  for (size_t j = 0; j + 1 < clicks.players.size(); ++j) {
    EXPECT_GE(clicks.players[j].mean_absolute, clicks.players[j + 1].mean_absolute);
  }
  for (const PlayerSummary& player : clicks.players) {
    double mean = 0;
    for (const double value : player.values) mean += std::fabs(value) / 2000;
    EXPECT_NEAR(mean, player.mean_absolute, 1e-9 * std::fabs(clicks.base));
    EXPECT_EQ(player.numeric ? player.inputs.size() : player.labels.size(), 2000U);
  }
  // The 17th campaign by its own plan.
  Plan plan;
  plan.values["Channel_Used"] = std::string(campaigns.Find("Channel_Used")->level(16));
  for (const char* name : {"Duration", "Acquisition_Cost", "Impressions"}) {
    plan.values[name] = campaigns.Find(name)->numbers()[16];
  }
  const Explanation own = explainer.Explain(plan);
  for (const PlayerSummary& player : clicks.players) {
    EXPECT_NEAR(player.values[16], ValueOf(*own.clicks, player.player).value,
                1e-9 * own.clicks->prediction);
  }
}

}  // namespace
}  // namespace pythia
