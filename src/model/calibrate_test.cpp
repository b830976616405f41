#include "model/calibrate.h"

#include <cmath>

#include <gtest/gtest.h>

#include "base/random.h"
#include "model/made_history_test.h"
#include "model/train.h"

namespace pythia {
namespace {

TEST(ModelIntervals, TailsAreTheConformalOrderStatistics) {
  RowVector<double> scores;
  for (int i = 1; i <= 19; ++i) scores.push_back(i);
  ASSERT_TRUE(TailsOf(scores, 0.9));
  EXPECT_EQ(TailsOf(scores, 0.9)->lower, 1);  // ceil(20 * 0.95) = 19
  EXPECT_EQ(TailsOf(scores, 0.9)->upper, 19);
  scores.pop_back();
  EXPECT_FALSE(TailsOf(scores, 0.9));  // n < 2/a - 1
  for (int i = 19; i <= 99; ++i) scores.push_back(i);
  EXPECT_EQ(TailsOf(scores, 0.9)->upper, 95);
  EXPECT_EQ(TailsOf(scores, 0.9)->lower, 5);
}

// Split conformal: a new score is inside with a chance of 1 - a to 1 - a + 2/(n + 1).
TEST(ModelIntervals, ANewScoreIsInsideAsOftenAsPromised) {
  Random random(1);
  for (const size_t n : {19, 40, 137}) {
    double inside = 0;
    constexpr int kRounds = 20000;
    for (int round = 0; round < kRounds; ++round) {
      RowVector<double> scores;
      for (size_t i = 0; i < n; ++i) scores.push_back(random.Normal());
      const Tails tails = *TailsOf(scores, 0.9);
      const double fresh = random.Normal();
      inside += fresh >= tails.lower && fresh <= tails.upper ? 1 : 0;
    }
    const double share = inside / kRounds;
    EXPECT_GT(share, 0.9 - 0.01) << n;
    EXPECT_LT(share, 0.9 + 2.0 / static_cast<double>(n + 1) + 0.01) << n;
  }
}

TEST(ModelIntervals, SpreadTellsTheTwoKindsOfNoiseApart) {
  Random random(2);
  std::vector<double> y;
  std::vector<double> mu;
  for (int i = 0; i < 40000; ++i) {
    mu.push_back(std::exp(3 + 3 * random.Uniform()));
    y.push_back(mu.back() +
                random.Normal() * std::sqrt(5 * mu.back() + 0.04 * mu.back() * mu.back()));
  }
  const Spread spread = FitSpread(y, mu);
  EXPECT_NEAR(spread.c1, 5, 0.6);
  EXPECT_NEAR(spread.c2, 0.04, 0.004);
  for (size_t i = 0; i < y.size(); ++i) y[i] = mu[i] + random.Normal() * 0.1 * mu[i];
  EXPECT_NEAR(FitSpread(y, mu).c2, 0.01, 0.001);
  EXPECT_GE(FitSpread(y, mu).c1, 0);
  EXPECT_GT(FitSpread(mu, mu).Of(5), 0);  // no errors at all
  const std::vector<double> same(100, 7);
  const std::vector<double> six(100, 6);
  EXPECT_NEAR(FitSpread(same, six).Of(6), 1, 1e-9);  // equal means: c1 alone
}

MadeRow OverdispersedRow(Random& random, int64_t i) {
  MadeRow row = RandomRow(random, i);
  const double social = row.channel == "Social" ? 1 : 0;
  row.impressions = std::round(125 * std::pow(row.cost, 0.6) *
                               std::exp(0.3 * social + row.duration / 60 + 0.3 * random.Normal()));
  const double mean =
      row.impressions * std::exp(-3 + 0.5 * social + 0.3 * (std::log(row.cost) - 7));
  row.clicks =
      std::min(row.impressions, static_cast<double>(random.Poisson(mean * random.Gamma(20) / 20)));
  return row;
}

Plan PlanOfRow(const MadeRow& row, bool impressions) {
  Plan plan{
      {{"Channel_Used", row.channel}, {"Duration", row.duration}, {"Acquisition_Cost", row.cost}}};
  if (impressions) plan.values["Impressions"] = row.impressions;
  return plan;
}

struct Coverage {
  double clicks = 0;
  double clicks_without = 0;
  double ctr_without = 0;
};

Coverage CoverageOf(const Model& model, Random& random, int rows) {
  Coverage coverage;
  for (int i = 0; i < rows; ++i) {
    const MadeRow row = OverdispersedRow(random, 3000);
    const auto inside = [&](const std::optional<Interval>& interval, double y) {
      return interval && y >= interval->lower && y <= interval->upper ? 1.0 / rows : 0;
    };
    const Prediction given = Predict(model, "v", PlanOfRow(row, true));
    const Prediction without = Predict(model, "v", PlanOfRow(row, false));
    coverage.clicks += inside(given.clicks_interval, row.clicks);
    coverage.clicks_without += inside(without.clicks_interval, row.clicks);
    coverage.ctr_without += inside(without.ctr_interval, row.clicks / row.impressions);
    EXPECT_LE(given.clicks_interval->upper, row.impressions);
    EXPECT_GE(given.clicks_interval->lower, 0);
    EXPECT_EQ(given.clicks_interval->lower, std::floor(given.clicks_interval->lower));
  }
  return coverage;
}

TEST(ModelIntervals, CoverNineInTenFreshCampaigns) {
  Coverage mean;
  double latest = 0;
  constexpr int kHistories = 8;
  for (uint64_t seed = 1; seed <= kHistories; ++seed) {
    Random random(seed);
    Table table = EmptyHistory();
    for (int64_t i = 0; i < 3000; ++i) Append(OverdispersedRow(random, i), &table);
    NoProgress progress;
    const auto model = Train(table, "made", {}, progress, {});
    ASSERT_TRUE(model) << model.error().ToString();
    EXPECT_EQ(model->report.models.at("reach").verdict->verdict, "signal");
    EXPECT_EQ(model->report.models.at("clicks").intervals.at("clicks").method, "out_of_fold");
    latest += *model->report.models.at("clicks").intervals.at("clicks").coverage / kHistories;
    const Coverage coverage = CoverageOf(*model, random, 1500);
    mean.clicks += coverage.clicks / kHistories;
    mean.clicks_without += coverage.clicks_without / kHistories;
    mean.ctr_without += coverage.ctr_without / kHistories;
  }
  EXPECT_NEAR(latest, 0.9, 0.03);
  EXPECT_NEAR(mean.clicks, 0.9, 0.015);
  EXPECT_NEAR(mean.clicks_without, 0.9, 0.015);
  EXPECT_NEAR(mean.ctr_without, 0.9, 0.015);
}

TEST(ModelIntervals, SmallHistoriesUseCvPlusAndSayWhatItPromises) {
  double inside = 0;
  constexpr int kHistories = 12;
  for (uint64_t seed = 1; seed <= kHistories; ++seed) {
    Random random(seed, 5);
    Table table = EmptyHistory();
    for (int64_t i = 0; i < 90; ++i) Append(OverdispersedRow(random, i), &table);
    NoProgress progress;
    const auto model = Train(table, "made", {}, progress, {});
    ASSERT_TRUE(model) << model.error().ToString();
    const IntervalReport& report = model->report.models.at("clicks").intervals.at("clicks");
    EXPECT_EQ(report.method, "cv_plus");
    EXPECT_NE(report.note.find("at least 80 %"), std::string::npos) << report.note;
    const auto read = ParseModel(SerializeModel(*model));
    ASSERT_TRUE(read) << read.error().ToString();
    inside += CoverageOf(*read, random, 200).clicks / kHistories;
  }
  EXPECT_GT(inside, 0.85);
  EXPECT_LT(inside, 0.97);
}

TEST(ModelIntervals, TooFewCampaignsGetNoneAndWhy) {
  Random random(3);
  std::vector<double> y(18, 5);
  std::vector<double> mu(18, 4);
  const std::vector<uint32_t> groups(18, kMissingCode);
  const std::vector<uint8_t> fold(18, 0);
  IntervalReport report;
  EXPECT_FALSE(Calibrate({.y = y, .mu = mu, .groups = groups, .fold = fold}, &report));
  EXPECT_EQ(report.method, "none");
  EXPECT_NE(report.note.find("19 are needed"), std::string::npos) << report.note;
}

TEST(ModelEffects, SandwichIntervalsHoldTheTruthAndPhiOnesStandBeside) {
  int inside = 0;
  int all = 0;
  for (uint64_t seed = 1; seed <= 20; ++seed) {
    Random random(seed, 9);
    Table table = EmptyHistory();
    for (int64_t i = 0; i < 1200; ++i) Append(OverdispersedRow(random, i), &table);
    NoProgress progress;
    const auto model = Train(table, "made", {}, progress, {});
    ASSERT_TRUE(model);
    const ModelReport& clicks = model->report.models.at("clicks");
    for (const Coefficient& coefficient : clicks.coefficients) {
      if (coefficient.term != "Channel_Used=Social") continue;
      ASSERT_TRUE(coefficient.effect);
      ++all;
      inside += coefficient.effect->lower <= 0.25 && coefficient.effect->upper >= 0.25 ? 1 : 0;
      EXPECT_GT(coefficient.effect->phi_error, 0);
    }
    ASSERT_TRUE(clicks.free_exposure);
    EXPECT_NEAR(clicks.free_exposure->value, 1, 0.2);
  }
  EXPECT_EQ(all, 20);
  EXPECT_GE(inside, 17);
}

TEST(ModelEffects, ProbabilitiesHaveAnIntervalFromTheirParameters) {
  NoProgress progress;
  const auto small = Train(MadeHistory(400, 3), "made", {}, progress, {});
  const auto large = Train(MadeHistory(6000, 3), "made", {}, progress, {});
  ASSERT_TRUE(small && large);
  const Plan plan{{{"Channel_Used", "Social"}, {"Duration", 30.0}, {"Acquisition_Cost", 1000.0}}};
  const auto width = [&](const Model& model) {
    const Prediction prediction = Predict(model, "v", plan);
    EXPECT_LT(prediction.roi_probability_interval->lower, *prediction.roi_probability);
    EXPECT_GT(prediction.roi_probability_interval->upper, *prediction.roi_probability);
    return prediction.roi_probability_interval->upper - prediction.roi_probability_interval->lower;
  };
  EXPECT_GT(width(*small), 2 * width(*large));
  const auto& calibration = large->report.models.at("roi").calibration;
  ASSERT_TRUE(calibration);
  EXPECT_LT(calibration->normalised_entropy, 1);
  EXPECT_NEAR(calibration->brier,
              calibration->miscalibration - calibration->discrimination + calibration->uncertainty,
              1e-12);
}

}  // namespace
}  // namespace pythia
