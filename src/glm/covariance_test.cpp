// The sandwich of a penalised fit against its formula on the expanded matrix.
#include "glm/covariance.h"

#include <cmath>

#include <Eigen/Dense>
#include <gtest/gtest.h>

#include "base/random.h"

namespace pythia::glm {
namespace {

MemoryDesign Made(int rows) {
  Random random(3);
  MemoryDesign design(DesignShape{.num_dense = 1, .num_levels = {3}});
  design.dense.assign(1, {});
  design.codes.assign(1, {});
  for (int i = 0; i < rows; ++i) {
    const auto level = static_cast<uint16_t>(random.Below(3));
    const double x = random.Normal();
    design.dense[0].push_back(x);
    design.codes[0].push_back(level);
    design.y.push_back(static_cast<double>(random.Poisson(std::exp(1 + 0.3 * x + 0.2 * level))));
  }
  return design;
}

TEST(Covariance, OfAPenalisedFitIsItsFormula) {
  MemoryDesign design = Made(300);
  constexpr double kAlpha = 0.05;
  const Result<Fit> fit = FitGlm(design, {.alpha = kAlpha});
  ASSERT_TRUE(fit);
  const Result<Covariance> found = CovarianceOf(design, Family::kPoissonLog, *fit, kAlpha);
  ASSERT_TRUE(found);

  const auto n = static_cast<Eigen::Index>(design.y.size());
  Eigen::MatrixXd x = Eigen::MatrixXd::Zero(n, 5);
  Eigen::VectorXd residual(n);
  Eigen::VectorXd mu(n);
  for (Eigen::Index i = 0; i < n; ++i) {
    const auto at = static_cast<size_t>(i);
    x(i, 0) = design.dense[0][at];
    x(i, 1 + design.codes[0][at]) = 1;
    x(i, 4) = 1;
    const double eta = fit->intercept + fit->beta[0] * x(i, 0) + fit->beta[1 + design.codes[0][at]];
    mu(i) = std::exp(eta);
    residual(i) = design.y[at] - mu(i);
  }
  Eigen::MatrixXd a = x.transpose() * mu.asDiagonal() * x;
  for (int j = 0; j < 4; ++j) a(j, j) += kAlpha * static_cast<double>(n);
  const Eigen::MatrixXd inverse = a.inverse();
  const Eigen::MatrixXd scores = x.transpose() * residual.cwiseAbs2().asDiagonal() * x;
  const double hc1 = static_cast<double>(n) / static_cast<double>(n - fit->rank);
  const Eigen::MatrixXd expected = hc1 * inverse * scores * inverse;
  for (int i = 0; i < 5; ++i) {
    for (int j = 0; j < 5; ++j) {
      EXPECT_NEAR(found->SandwichAt(i, j), expected(i, j), 1e-12) << i << ' ' << j;
    }
  }
}

}  // namespace
}  // namespace pythia::glm
