#include "metrics/calibration.h"

#include <cmath>
#include <vector>

#include <gtest/gtest.h>

#include "metrics/binary.h"

namespace pythia::metrics {
namespace {

using Numbers = std::vector<double>;

TEST(Calibration, PoolsViolatorsAndSplitsTheBrierScore) {
  const Numbers y = {0, 1, 0, 1, 1, 1};
  const Numbers p = {0.1, 0.3, 0.4, 0.6, 0.8, 0.8};
  const Reliability reliability = Corp(y, p);
  // 0.1 -> 0; {0.3, 0.4} -> 1/2; the rest -> 1.
  ASSERT_EQ(reliability.bins.size(), 3U);
  EXPECT_EQ(reliability.bins[1].rows, 2);
  EXPECT_DOUBLE_EQ(reliability.bins[1].probability, 0.35);
  EXPECT_DOUBLE_EQ(reliability.bins[1].rate, 0.5);
  EXPECT_DOUBLE_EQ(reliability.uncertainty, 4.0 / 6 * 2 / 6);
  EXPECT_NEAR(BrierScore(y, p),
              reliability.miscalibration - reliability.discrimination + reliability.uncertainty,
              1e-15);
  EXPECT_GE(reliability.miscalibration, 0);
}

TEST(Calibration, AConstantRateIsCalibratedAndTellsNothing) {
  const Reliability reliability = Corp(Numbers{0, 1, 1, 0}, Numbers(4, 0.5));
  EXPECT_EQ(reliability.bins.size(), 1U);
  EXPECT_NEAR(reliability.miscalibration, 0, 1e-15);
  EXPECT_NEAR(reliability.discrimination, 0, 1e-15);
  EXPECT_NEAR(NormalisedEntropy(Numbers{0, 1, 1, 0}, Numbers(4, 0.5)), 1, 1e-15);
  EXPECT_TRUE(std::isnan(NormalisedEntropy(Numbers{1, 1}, Numbers{0.5, 0.5})));
}

}  // namespace
}  // namespace pythia::metrics
