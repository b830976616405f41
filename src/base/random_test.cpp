#include "base/random.h"

#include <cmath>
#include <functional>
#include <set>
#include <vector>

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

namespace pythia {
namespace {

struct Moments {
  double mean = 0;
  double variance = 0;
};

Moments MomentsOf(int draws, const std::function<double()>& draw) {
  double sum = 0;
  double squares = 0;
  for (int i = 0; i < draws; ++i) {
    const double x = draw();
    sum += x;
    squares += x * x;
  }
  const double mean = sum / draws;
  return {mean, squares / draws - mean * mean};
}

// From an independent implementation of SplitMix64 and xoshiro256++.
TEST(Random, GivesTheReferenceSequence) {
  Random first(1);
  EXPECT_EQ(first.Next(), 3609414999072614408U);
  EXPECT_EQ(first.Next(), 3140679342508234958U);
  EXPECT_EQ(first.Next(), 17463707629095837512U);
  Random stream(1, 1);
  EXPECT_EQ(stream.Next(), 4936528487974621411U);
  Random other(42, 7);
  EXPECT_EQ(other.Next(), 3115234322872270459U);
}

TEST(Random, StreamsDiffer) {
  std::set<uint64_t> firsts;
  for (uint64_t seed = 0; seed < 100; ++seed) {
    for (uint64_t stream = 0; stream < 100; ++stream) firsts.insert(Random(seed, stream).Next());
  }
  EXPECT_EQ(firsts.size(), 10000U);
}

TEST(Random, UniformFillsTheInterval) {
  Random random(1);
  const Moments moments = MomentsOf(200000, [&] {
    const double u = random.Uniform();
    EXPECT_TRUE(u >= 0 && u < 1);
    return u;
  });
  EXPECT_NEAR(moments.mean, 0.5, 0.003);
  EXPECT_NEAR(moments.variance, 1.0 / 12, 0.001);
}

RC_GTEST_PROP(Random, BelowStaysBelow, (uint64_t seed)) {
  const auto n = *rc::gen::positive<uint64_t>();
  Random random(seed);
  for (int i = 0; i < 20; ++i) RC_ASSERT(random.Below(n) < n);
}

TEST(Random, BelowIsUniform) {
  Random random(2);
  std::vector<int> counts(7);
  for (int i = 0; i < 70000; ++i) ++counts[random.Below(7)];
  double chi_squared = 0;
  for (const int count : counts) chi_squared += (count - 10000.0) * (count - 10000.0) / 10000;
  EXPECT_LT(chi_squared, 30);  // 6 degrees of freedom: beyond 30 once in 25,000
}

TEST(Random, NormalHasItsMoments) {
  Random random(3);
  const Moments moments = MomentsOf(200000, [&] { return random.Normal(); });
  EXPECT_NEAR(moments.mean, 0, 0.01);
  EXPECT_NEAR(moments.variance, 1, 0.02);
}

TEST(Random, GammaHasItsMoments) {
  for (const double shape : {0.05, 0.5, 1.0, 2.5, 40.0}) {
    Random random(4);
    const Moments moments = MomentsOf(200000, [&] { return random.Gamma(shape); });
    EXPECT_NEAR(moments.mean / shape, 1, 0.05 / std::sqrt(shape) + 0.01) << shape;
    EXPECT_NEAR(moments.variance / shape, 1, 0.06 / std::sqrt(shape) + 0.02) << shape;
  }
}

TEST(Random, PoissonHasItsMoments) {
  for (const double mean : {0.01, 0.7, 9.9, 10.0, 60.0, 12345.0}) {
    Random random(5);
    const Moments moments =
        MomentsOf(200000, [&] { return static_cast<double>(random.Poisson(mean)); });
    EXPECT_NEAR(moments.mean, mean, 5 * std::sqrt(mean / 200000)) << mean;
    EXPECT_NEAR(moments.variance / mean, 1, 0.05 + 0.02 / std::sqrt(mean)) << mean;
  }
  Random random(6);
  EXPECT_EQ(random.Poisson(0), 0);
}

TEST(RandomDeathTest, RefusesNonsense) {
  Random random(1);
  EXPECT_DEATH(random.Below(0), "n > 0");
  EXPECT_DEATH(random.Gamma(0), "shape > 0");
  EXPECT_DEATH((void)random.Poisson(-1), "mean >= 0");
  EXPECT_DEATH((void)random.Poisson(std::nan("")), "mean >= 0");
}

}  // namespace
}  // namespace pythia
