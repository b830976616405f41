#include "explain/gauss_rule.h"

#include <cmath>
#include <vector>

#include <gtest/gtest.h>

#include "base/random.h"

namespace pythia::explain_internal {
namespace {

double Moment(const Rule& rule, int power) {
  double sum = 0;
  for (size_t k = 0; k < rule.nodes.size(); ++k) {
    sum += rule.weights[k] * std::pow(rule.nodes[k], power);
  }
  return sum;
}

TEST(GaussRule, LegendreIsExactToItsDegree) {
  for (int points = 1; points <= 32; ++points) {
    const Rule rule = GaussLegendre(points);
    for (int power = 0; power < 2 * points; ++power) {
      EXPECT_NEAR(Moment(rule, power), 1.0 / (power + 1), 1e-14) << points << " " << power;
    }
  }
}

TEST(GaussRule, CompressionKeepsTheFirstMoments) {
  Random random(5);
  std::vector<double> values(101);
  for (double& value : values) value = random.Normal();
  Compression compression(kPlainKernels);
  compression.Reset(values);
  Rule rule;
  for (int points = 1; points <= 12; ++points) {
    compression.MakeRule(points, &rule);
    ASSERT_EQ(rule.nodes.size(), static_cast<size_t>(points));
    for (int power = 0; power < 2 * points; ++power) {
      double moment = 0;
      double size = 0;
      for (const double value : values) {
        moment += std::pow(value, power) / 101;
        size += std::pow(std::abs(value), power) / 101;
      }
      EXPECT_NEAR(Moment(rule, power), moment, 1e-12 * size) << points << " " << power;
    }
  }
}

TEST(GaussRule, FewDistinctValuesAreKeptAsTheyAre) {
  const std::vector<double> values = {1, -2, 1, 1, -2, 4};
  Compression compression(kPlainKernels);
  compression.Reset(values);
  Rule rule;
  compression.MakeRule(5, &rule);
  EXPECT_TRUE(compression.exact(3));
  EXPECT_FALSE(compression.exact(2));
  ASSERT_EQ(rule.nodes.size(), 3U);
  for (int power = 0; power <= 8; ++power) {
    const double moment = (3 + 2 * std::pow(-2.0, power) + std::pow(4.0, power)) / 6;
    EXPECT_NEAR(Moment(rule, power), moment, 1e-13 * std::pow(4.0, power));
  }
}

TEST(GaussRule, OneValue) {
  Compression compression(kPlainKernels);
  Rule rule;
  for (const double value : {0.0, 1e-17, 3.5}) {
    compression.Reset(std::vector<double>(7, value));
    compression.MakeRule(4, &rule);
    ASSERT_EQ(rule.nodes.size(), 1U);
    EXPECT_NEAR(rule.nodes[0], value, 1e-15);
    EXPECT_DOUBLE_EQ(rule.weights[0], 1);
  }
}

}  // namespace
}  // namespace pythia::explain_internal
