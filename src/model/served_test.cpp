#include "model/served.h"

#include <cmath>
#include <numeric>

#include <gtest/gtest.h>

#include "campaign/dates.h"
#include "model/made_history_test.h"
#include "model/train.h"

namespace pythia {
namespace {

constexpr int64_t kRows = 3000;

Model Trained(const Table& history) {
  NoProgress quiet;
  Result<Model> model = Train(history, "served", {}, quiet, {});
  EXPECT_TRUE(model) << model.error().ToString();
  return std::move(*model);
}

Plan APlan() {
  Plan plan;
  plan.values["Channel_Used"] = "Social";
  plan.values["Duration"] = 30.0;
  plan.values["Acquisition_Cost"] = 1500.0;
  plan.values["Date"] = "2019-06-01";
  return plan;
}

double SumOf(const Served& served, const Plan& plan) {
  const std::vector<double> own = served.Contributions(plan);
  return std::accumulate(own.begin(), own.end(), served.intercept());
}

// What the players add up to is what is predicted, for every number and whatever serves.
void ExpectSameAsPredicted(const Model& model) {
  Plan plan = APlan();
  const Prediction without = Predict(model, "v", plan);
  const auto unplanned = Served::Of(model, ServedKind::kClicksWithoutImpressions);
  ASSERT_TRUE(unplanned);
  EXPECT_NEAR(std::exp(SumOf(*unplanned, plan)) / *without.clicks, 1, 1e-12);
  plan.values["Impressions"] = 5000.0;
  const Prediction with = Predict(model, "v", plan);
  const auto clicks = Served::Of(model, ServedKind::kClicks);
  ASSERT_TRUE(clicks);
  EXPECT_NEAR(std::exp(SumOf(*clicks, plan)) / *with.clicks, 1, 1e-12);
  const auto roi = Served::Of(model, ServedKind::kRoi);
  ASSERT_TRUE(roi);
  EXPECT_NEAR(1 / (1 + std::exp(-SumOf(*roi, plan))), *with.roi_probability, 1e-12);
}

TEST(Served, AddsUpToThePredictionOfTheModel) {
  Model model = Trained(MadeHistory(kRows, 1));
  ASSERT_TRUE(model.clicks->signal);
  model.roi->signal = true;  // the channel alone is as good here
  ExpectSameAsPredicted(model);
}

TEST(Served, AddsUpToThePredictionOfEveryBaseline) {
  Model model = Trained(MadeHistory(kRows, 1));
  for (const Per per : {Per::kCampaign, Per::kImpression}) {
    for (const std::string& column : {std::string(), std::string("Channel_Used")}) {
      model.clicks->signal = false;
      model.clicks->baseline = {.target = "clicks",
                                .per = per,
                                .column = column,
                                .overall = {.rate = 0.05, .rows = 600},
                                .groups = {{"Social", {.rate = 0.07, .rows = 300}}},
                                .mean_unit = 5000};
      ExpectSameAsPredicted(model);
      model.unplanned->signal = false;
      model.unplanned->baseline = model.clicks->baseline;
      model.unplanned->baseline.per = per == Per::kImpression ? Per::kSpend : Per::kCampaign;
      ExpectSameAsPredicted(model);
      model.unplanned->signal = true;
      model.roi->signal = false;
      model.roi->baseline = {.target = "success",
                             .column = column,
                             .overall = {.rate = 0.4, .rows = 600},
                             .groups = {{"Social", {.rate = 0.6, .rows = 300}}}};
      ExpectSameAsPredicted(model);
      model.reach->signal = false;
      model.reach->baseline = {.target = "impressions",
                               .per = Per::kSpend,
                               .overall = {.rate = 4, .rows = 600},
                               .groups = {},
                               .mean_unit = 1100};
      ExpectSameAsPredicted(model);
      model.reach->signal = true;
    }
  }
}

TEST(Served, CampaignsAndPlansContributeAlike) {
  const Table history = MadeHistory(kRows, 1);
  const Model model = Trained(history);
  const auto served = Served::Of(model, ServedKind::kClicks);
  const std::vector<int64_t> rows = {7};
  Plan plan;
  plan.values["Channel_Used"] = std::string(history.Find("Channel_Used")->level(7));
  for (const char* name : {"Duration", "Acquisition_Cost", "Impressions"}) {
    plan.values[name] = history.Find(name)->numbers()[7];
  }
  plan.values["Date"] = FormatDay(history.Find("Date")->days()[7]);
  const std::vector<double> of_row = served->Contributions(history, rows);
  const std::vector<double> of_plan = served->Contributions(plan);
  ASSERT_EQ(of_row.size(), of_plan.size());
  for (size_t j = 0; j < of_row.size(); ++j) {
    EXPECT_NEAR(of_row[j], of_plan[j], 1e-12) << served->players()[j];
  }
}

TEST(Served, TheBackgroundIsOnePerStratum) {
  const Table history = MadeHistory(kRows, 1);
  const Model model = Trained(history);
  const auto served = Served::Of(model, ServedKind::kRoi);
  const std::vector<double>& kept = model.backgrounds.at("roi");
  const size_t width = served->players().size();
  ASSERT_EQ(kept.size(), kBackgroundRows * width);
  std::vector<int64_t> all(kRows);
  std::iota(all.begin(), all.end(), 0);
  const std::vector<double> of_all = served->Contributions(history, all);
  const auto probability = [&](std::span<const double> own) {
    const double eta = std::accumulate(own.begin(), own.end(), served->intercept());
    return 1 / (1 + std::exp(-eta));
  };
  double background = 0;
  double least = -1;
  for (size_t s = 0; s < kBackgroundRows; ++s) {
    const double p = probability(std::span(kept).subspan(s * width, width));
    EXPECT_GE(p, least);  // strata ascend
    least = p - 1e-12;
    background += p / static_cast<double>(kBackgroundRows);
  }
  double history_mean = 0;
  for (size_t i = 0; i < all.size(); ++i) {
    history_mean += probability(std::span(of_all).subspan(i * width, width)) / kRows;
  }
  EXPECT_NEAR(background / history_mean, 1, 0.02);
}

TEST(Served, BackgroundsAreReadBackAndChecked) {
  const Model model = Trained(MadeHistory(kRows, 1));
  const Result<Model> read = ParseModel(SerializeModel(model));
  ASSERT_TRUE(read);
  EXPECT_EQ(read->backgrounds, model.backgrounds);
  Model damaged = model;
  damaged.backgrounds.at("clicks").pop_back();
  EXPECT_FALSE(ParseModel(SerializeModel(damaged)));
}

}  // namespace
}  // namespace pythia
