#include "metrics/binary.h"

#include <cmath>
#include <vector>

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

namespace pythia::metrics {
namespace {

using Numbers = std::vector<double>;

TEST(Binary, LogLossAndItsClip) {
  const Numbers y = {1, 0, 0, 1};
  // scikit-learn's documentation: 0.21616...
  EXPECT_NEAR(LogLoss(y, Numbers{0.9, 0.1, 0.2, 0.65}), 0.21616187468057912, 1e-15);
  EXPECT_NEAR(LogLoss(Numbers{1}, Numbers{0}), 52 * std::log(2.0), 1e-12);
  EXPECT_NEAR(LogLoss(Numbers{0}, Numbers{1}), 52 * std::log(2.0), 1e-12);
  EXPECT_LT(LogLoss(Numbers{0, 1}, Numbers{0, 1}), 1e-15);
  EXPECT_TRUE(std::isnan(LogLoss(Numbers{1}, Numbers{std::nan("")})));
}

TEST(Binary, Brier) {
  EXPECT_NEAR(BrierScore(Numbers{0, 1, 1, 0}, Numbers{0.1, 0.9, 0.8, 0.3}), 0.0375, 1e-15);
}

TEST(Binary, ConfusionAndAccuracy) {
  const Numbers y = {1, 1, 1, 0, 0, 0, 0};
  const Numbers p = {0.9, 0.5, 0.6, 0.1, 0.2, 0.7, 0.5};
  EXPECT_EQ(Confusion(y, p),
            (ConfusionCounts{
                .true_positive = 2, .false_positive = 1, .true_negative = 3, .false_negative = 1}));
  EXPECT_DOUBLE_EQ(Accuracy(Confusion(y, p)), 5.0 / 7);
  EXPECT_EQ(Confusion(y, p, 0.95).true_positive, 0);
}

TEST(Binary, Auc) {
  EXPECT_EQ(Auc(Numbers{0, 0, 1, 1}, Numbers{0.1, 0.4, 0.35, 0.8}), 0.75);
  EXPECT_EQ(Auc(Numbers{0, 1}, Numbers{1, 2}), 1);
  EXPECT_EQ(Auc(Numbers{0, 1, 1, 0}, Numbers{3, 3, 3, 3}), 0.5);
  EXPECT_TRUE(std::isnan(Auc(Numbers{1, 1}, Numbers{0.2, 0.3})));
  EXPECT_TRUE(std::isnan(Auc(Numbers{0, 1}, Numbers{0.2, std::nan("")})));
}

// Against the definition, pair by pair, on scores with many ties.
RC_GTEST_PROP(BinaryProperty, AucIsThePairwiseChance, ()) {
  const auto rows = *rc::gen::container<std::vector<std::pair<bool, int>>>(
      rc::gen::pair(rc::gen::arbitrary<bool>(), rc::gen::inRange(-3, 4)));
  Numbers y = {0, 1};
  Numbers scores = {0, 1};
  for (const auto& [positive, score] : rows) {
    y.push_back(positive ? 1 : 0);
    scores.push_back(score);
  }
  double ordered = 0;
  double pairs = 0;
  for (size_t i = 0; i < y.size(); ++i) {
    for (size_t j = 0; j < y.size(); ++j) {
      if (y[i] != 1 || y[j] != 0) continue;
      ordered += scores[i] > scores[j] ? 1 : (scores[i] == scores[j] ? 0.5 : 0);
      ++pairs;
    }
  }
  RC_ASSERT(std::abs(Auc(y, scores) - ordered / pairs) < 1e-14);
}

TEST(BinaryDeathTest, OutcomesAreZeroOrOne) {
  EXPECT_DEATH(LogLoss(Numbers{0.5}, Numbers{0.5}), "");
  EXPECT_DEATH(Auc(Numbers{0, 1}, Numbers{0.5}), "");
}

}  // namespace
}  // namespace pythia::metrics
