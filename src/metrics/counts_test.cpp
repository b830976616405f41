#include "metrics/counts.h"

#include <cmath>
#include <vector>

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

namespace pythia::metrics {
namespace {

using Numbers = std::vector<double>;

// scikit-learn's documentation: y = (2, 0, 1, 4), mu = (0.5, 0.5, 2, 2) gives 1.4260...
TEST(Counts, MeanPoissonDeviance) {
  EXPECT_NEAR(MeanPoissonDeviance(Numbers{2, 0, 1, 4}, Numbers{0.5, 0.5, 2, 2}), 1.4260151319598084,
              1e-14);
  EXPECT_EQ(MeanPoissonDeviance(Numbers{0, 3}, Numbers{0, 3}), 0);
  EXPECT_TRUE(std::isinf(MeanPoissonDeviance(Numbers{1}, Numbers{0})));
  EXPECT_TRUE(std::isnan(MeanPoissonDeviance(Numbers{1}, Numbers{-1})));
}

TEST(Counts, D2) {
  EXPECT_EQ(PoissonD2(Numbers{1, 2, 6}, Numbers{1, 2, 6}), 1);
  EXPECT_NEAR(PoissonD2(Numbers{1, 2, 6}, Numbers{3, 3, 3}), 0, 1e-15);
  EXPECT_LT(PoissonD2(Numbers{1, 2, 6}, Numbers{6, 2, 1}), 0);
  EXPECT_TRUE(std::isnan(PoissonD2(Numbers{2, 2}, Numbers{1, 3})));
}

TEST(Counts, ErrorsAndR2) {
  EXPECT_DOUBLE_EQ(MeanAbsoluteError(Numbers{3, -0.5, 2, 7}, Numbers{2.5, 0, 2, 8}), 0.5);
  EXPECT_NEAR(RSquared(Numbers{3, -0.5, 2, 7}, Numbers{2.5, 0, 2, 8}), 0.9486081370449679, 1e-15);
  EXPECT_EQ(RSquared(Numbers{1, 2, 3}, Numbers{2, 2, 2}), 0);
  EXPECT_TRUE(std::isnan(RSquared(Numbers{4, 4}, Numbers{4, 4})));
}

RC_GTEST_PROP(CountsProperty, DevianceIsLeastAtTheTruth, ()) {
  const auto counts =
      *rc::gen::nonEmpty(rc::gen::container<std::vector<int>>(rc::gen::inRange(0, 1000)));
  const Numbers y(counts.begin(), counts.end());
  Numbers off = y;
  for (double& value : off) value = value * 1.1 + 0.5;
  RC_ASSERT(MeanPoissonDeviance(y, y) == 0);
  RC_ASSERT(MeanPoissonDeviance(y, off) > 0);
}

TEST(CountsDeathTest, Lengths) {
  EXPECT_DEATH(MeanAbsoluteError(Numbers{1}, Numbers{1, 2}), "");
  EXPECT_DEATH(RSquared(Numbers{}, Numbers{}), "");
}

}  // namespace
}  // namespace pythia::metrics
