#include "glm/family.h"

#include <cmath>
#include <memory>

#include <gtest/gtest.h>

#include "glm/made_design_test.h"

namespace pythia::glm {
namespace {

TEST(Family, InverseLinkNeverOverflows) {
  EXPECT_EQ(InverseLink(Family::kBinomialLogit, 0), 0.5);
  EXPECT_EQ(InverseLink(Family::kBinomialLogit, 1000), 1);
  EXPECT_EQ(InverseLink(Family::kBinomialLogit, -1000), 0);
  EXPECT_DOUBLE_EQ(InverseLink(Family::kBinomialLogit, -40), std::exp(-40.0));
  EXPECT_DOUBLE_EQ(InverseLink(Family::kPoissonLog, 2), std::exp(2.0));
}

TEST(Family, LogGammaAgreesWithTheStandardLibrary) {
  double x = 0;
  while (x < 1e7) {
    const double expected = std::lgamma(1 + x);
    EXPECT_NEAR(LogGamma1p(x), expected, 2e-14 * (1 + std::abs(expected))) << x;
    x = x * 1.07 + 0.013;
  }
}

// R: sum(dpois(c(0, 3, 250), c(0, 3, 250), log = TRUE)), log C(10, 3) and so on.
TEST(Family, SaturatedLogLikelihood) {
  EXPECT_EQ(SaturatedLogLikelihood(Family::kPoissonLog, 0, 1), 0);
  EXPECT_NEAR(SaturatedLogLikelihood(Family::kPoissonLog, 3, 2),
              2 * (3 * std::log(3.0) - 3 - std::log(6.0)), 1e-13);
  EXPECT_EQ(SaturatedLogLikelihood(Family::kBinomialLogit, 1, 5), 0);
  EXPECT_NEAR(SaturatedLogLikelihood(Family::kBinomialLogit, 0.3, 10),
              std::log(120.0) + 3 * std::log(0.3) + 7 * std::log(0.7), 1e-13);
}

// w and r are the derivatives of the loss.
TEST(Family, ScoreIsTheDerivativeOfTheLoss) {
  auto tile = std::make_unique<RowTile>();
  for (const Family family : {Family::kPoissonLog, Family::kBinomialLogit}) {
    for (const double eta : {-30.0, -2.0, 0.0, 0.7, 5.0}) {
      for (const double y : {0.0, 0.25, 1.0}) {
        const auto loss_at = [&](double at) {
          *tile = {};
          tile->weight[17] = 2;
          tile->y[17] = y;
          tile->eta[17] = at;
          double loss = 0;
          ScoreTile(family, tile.get(), &loss);
          // Rows without weight add nothing.
          return loss;
        };
        const double h = 1e-5;
        const double up = loss_at(eta + h);
        const double down = loss_at(eta - h);
        loss_at(eta + h);
        const double r_up = tile->r[17];
        loss_at(eta - h);
        const double r_down = tile->r[17];
        loss_at(eta);
        EXPECT_NEAR(tile->r[17], (up - down) / (2 * h), 1e-7 * (1 + std::exp(eta)));
        EXPECT_NEAR(tile->w[17], (r_up - r_down) / (2 * h), 1e-7 * (1 + std::exp(eta)));
      }
    }
  }
}

// Where mu is within rounding of y the residual keeps its digits.
TEST(Family, ResidualKeepsItsDigitsInTheTail) {
  auto tile = std::make_unique<RowTile>();
  tile->weight[0] = 1;
  tile->y[0] = 1;
  tile->eta[0] = 50;
  RowSums sums;
  SumTile(Family::kBinomialLogit, tile.get(), &sums);
  EXPECT_DOUBLE_EQ(tile->r[0], -std::exp(-50.0));
  EXPECT_DOUBLE_EQ(sums.deviance, 2 * std::exp(-50.0));
  EXPECT_DOUBLE_EQ(sums.pearson_chi2, std::exp(-50.0));
}

TEST(Family, LinearPredictorAddsAllParts) {
  MemoryDesign design(DesignShape{.num_dense = 1, .num_levels = {2, 3}});
  design.dense = {{2, 3}};
  design.codes = {{1, 0}, {2, 1}};
  design.y = {0, 0};
  design.offset = {100, 200};
  std::vector<double> eta(2);
  const std::vector<double> beta = {10, 1, 2, 4, 5, 6};
  LinearPredictor(design.shape(), WholeBlock(design), 0.5, beta, eta);
  EXPECT_EQ(eta, (std::vector<double>{100 + 0.5 + 20 + 2 + 6, 200 + 0.5 + 30 + 1 + 5}));
}

}  // namespace
}  // namespace pythia::glm
