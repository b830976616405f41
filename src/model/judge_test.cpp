#include "model/judge.h"

#include <array>
#include <cmath>
#include <numeric>

#include <gtest/gtest.h>

#include "model/made_history_test.h"

namespace pythia {
namespace {

TEST(ModelChoice, ThePairedRuleTakesTheStrongestPenaltyWithinOneError) {
  // Fold means differ a lot; the paired differences hardly.
  const std::vector<std::vector<double>> deviance = {
      {10.5, 20.6, 30.4}, {10.1, 19.9, 30.06}, {10.0, 20.0, 30.0}, {10.2, 20.2, 30.2}};
  // Row 1: mean difference 0.02, paired error 0.06: within. Row 0: 0.5 against 0.06: not.
  EXPECT_EQ(ChoosePenalty(deviance), 1U);
  EXPECT_EQ(ChoosePenalty({{1, 1}, {1, 1}}), 0U);
}

TEST(ModelChoice, TheGridGoesFromTheInterceptToHardlyAnyPenalty) {
  const std::vector<double> grid = LambdaGrid();
  EXPECT_EQ(grid.front(), kInterceptOnly);
  EXPECT_DOUBLE_EQ(grid[1], 100);
  EXPECT_DOUBLE_EQ(grid.back(), 1e-6);
}

TEST(ModelVerdict, NeedsAGainBeyondItsErrorAndBeyondTheFloor) {
  std::vector<double> from(1000, 1.0);
  std::vector<double> to(1000, 0.9995);
  EXPECT_FALSE(DevianceGain(from, to, {}).holds);  // sure, and under 0.001
  to.assign(1000, 0.99);
  EXPECT_TRUE(DevianceGain(from, to, {}).holds);
  for (size_t i = 0; i < 1000; ++i) to[i] = 0.99 + (i % 2 == 0 ? 1 : -1);
  const Gain noisy = DevianceGain(from, to, {});
  EXPECT_FALSE(noisy.holds);
  EXPECT_NEAR(noisy.mean, 0.01, 1e-12);
  EXPECT_NEAR(noisy.error, 1 / std::sqrt(999.0), 1e-9);
}

TEST(ModelVerdict, RepeatedCampaignsCountOnce) {
  std::vector<double> from(1000, 1.0);
  std::vector<double> to;
  std::vector<uint32_t> clusters;
  Random random(3);
  for (int cluster = 0; cluster < 10; ++cluster) {
    const double level = 0.9 + 0.3 * (random.Uniform() - 0.5);
    for (int i = 0; i < 100; ++i) {
      to.push_back(level);
      clusters.push_back(static_cast<uint32_t>(cluster));
    }
  }
  const Gain alone = DevianceGain(from, to, {});
  const Gain clustered = DevianceGain(from, to, clusters);
  EXPECT_EQ(alone.mean, clustered.mean);
  EXPECT_NEAR(clustered.error / alone.error, 10 * std::sqrt(10.0 / 9 * 999 / 1000), 1e-6);
}

TEST(ModelBaseline, RatesByGroupWithOnePseudoRow) {
  Table table = EmptyHistory();
  for (int i = 0; i < 20; ++i) {
    Append({.id = std::to_string(i),
            .channel = i < 15 ? "Email" : "Radio",
            .clicks = i < 15 ? 20.0 : 0.0,
            .impressions = 100},
           &table);
  }
  std::vector<uint32_t> rows(20);
  std::iota(rows.begin(), rows.end(), 0U);
  const TrainingHistory history = TrainingHistory::Of(table, 1);
  const std::array<Per, 1> per = {Per::kImpression};
  const std::vector<Baseline> shapes = BaselineShapes(table, "clicks", per);
  ASSERT_EQ(shapes.size(), 2U);  // overall and by channel: there is no Campaign_Type
  const Units units(history, rows, Per::kImpression);
  const Baseline fitted =
      FitBaseline(shapes[1], history, rows, table.Find("Clicks")->numbers(), units);
  EXPECT_DOUBLE_EQ(fitted.overall.rate, 0.15);
  EXPECT_DOUBLE_EQ(fitted.groups.at("Email").rate, (300.0 + 15) / 1600);
  EXPECT_DOUBLE_EQ(fitted.groups.at("Radio").rate, 15.0 / 600);  // never 0
  EXPECT_EQ(fitted.Name(), "clicks per impression by Channel_Used");
  const std::vector<int64_t> last = {19};
  const std::vector<double> unit = {units.Of(19)};
  EXPECT_DOUBLE_EQ(BaselineMeans(fitted, table, last, unit)[0], 2.5);
}

}  // namespace
}  // namespace pythia
