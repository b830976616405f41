#include "recommend/shrinkage.h"

#include <cmath>
#include <numeric>

#include <gtest/gtest.h>

#include "base/random.h"

namespace pythia {
namespace {

std::vector<CellMean> CellsWithSpread(double tau, double variance, int rows, uint64_t seed) {
  Random random(seed);
  std::vector<CellMean> cells;
  for (int i = 0; i < 120; ++i) {
    const double truth = tau * random.Normal();
    cells.push_back(
        {truth + std::sqrt(variance / rows) * random.Normal(), static_cast<double>(rows)});
  }
  return cells;
}

double MeanOf(const TauWeights& weights) {
  double mean = 0;
  for (size_t i = 0; i < weights.size(); ++i) mean += weights[i] * TauGrid()[i];
  return mean;
}

TEST(Shrinkage, FindsTheSpreadOfTheCells) {
  double spread = 0;
  double none = 0;
  constexpr int kTries = 10;
  for (int seed = 1; seed <= kTries; ++seed) {
    spread += MeanOf(LearnTau(CellsWithSpread(0.2, 0.5, 30, seed), 0.5)) / kTries;
    none += MeanOf(LearnTau(CellsWithSpread(0, 0.5, 30, seed), 0.5)) / kTries;
  }
  EXPECT_NEAR(spread, 0.2, 0.02);
  EXPECT_LT(none, 0.05);
}

TEST(Shrinkage, OneKnownTauIsTheTextbookPosterior) {
  TauWeights known(TauGrid().size(), 0);
  known[20] = 1;  // tau = 0.2
  const Shrunken found = Shrink({.mean = 0.3, .rows = 25}, 0.5, known);
  const double v = 0.5 / 25;
  const double kept = 0.04 / (0.04 + v);
  EXPECT_NEAR(found.mean, kept * 0.3, 1e-12);
  EXPECT_NEAR(found.variance, kept * v, 1e-12);
}

TEST(Shrinkage, WithoutRowsThePriorIsLeft) {
  TauWeights known(TauGrid().size(), 0);
  known[20] = 1;
  const Shrunken found = Shrink({}, 0.5, known);
  EXPECT_EQ(found.mean, 0);
  EXPECT_NEAR(found.variance, 0.04, 1e-12);
}

TEST(Shrinkage, WeightsSumToOneAndSurviveNoSpreadAtAll) {
  const std::vector<CellMean> same(5, CellMean{.mean = 0, .rows = 10});
  const TauWeights weights = LearnTau(same, 0);
  EXPECT_NEAR(std::accumulate(weights.begin(), weights.end(), 0.0), 1, 1e-12);
  EXPECT_EQ(Shrink(same.front(), 0, weights).mean, 0);
  const TauWeights nothing = LearnTau({}, 1);
  EXPECT_NEAR(nothing.front(), 1.0 / static_cast<double>(nothing.size()), 1e-12);
}

}  // namespace
}  // namespace pythia
