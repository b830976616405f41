#include "glm/cholesky.h"

#include <cmath>
#include <vector>

#include <Eigen/Dense>
#include <gtest/gtest.h>

#include "base/random.h"

namespace pythia::glm {
namespace {

// Columns of very different units.
Eigen::MatrixXd RandomColumns(int rows, int columns) {
  Random random(4);
  Eigen::MatrixXd x(rows, columns);
  for (int j = 0; j < columns; ++j) {
    for (int i = 0; i < rows; ++i) x(i, j) = random.Normal() * std::pow(10.0, j % 7 - 3);
  }
  return x;
}

TEST(ScaledCholesky, SolvesAcrossPanels) {
  for (const int n : {1, 47, 48, 49, 120}) {
    const Eigen::MatrixXd x = RandomColumns(3 * n, n);
    const Eigen::MatrixXd matrix = x.transpose() * x;
    ScaledCholesky factor;
    factor.Factor(matrix, {}, Eigen::VectorXd::Constant(n, 1e-12));
    EXPECT_EQ(factor.rank(), n);
    const Eigen::VectorXd truth = Eigen::VectorXd::LinSpaced(n, 1, 2);
    const Eigen::VectorXd solution = factor.Solve(matrix * truth);
    EXPECT_LT((solution - truth).cwiseAbs().maxCoeff(), 1e-6);
    const Eigen::VectorXd roots = factor.RootDiagonalOfInverse();
    const Eigen::MatrixXd inverse = matrix.inverse();
    for (int i = 0; i < n; ++i) {
      EXPECT_NEAR(roots[i] / std::sqrt(inverse(i, i)), 1, 1e-8);
      EXPECT_NEAR(factor.RootOfInverseForm(Eigen::VectorXd::Unit(n, i)) / roots[i], 1, 1e-8);
    }
  }
}

TEST(ScaledCholesky, LeavesOutLaterDependentColumns) {
  Eigen::MatrixXd x = RandomColumns(300, 100);
  x.col(10) = 1000 * x.col(3) - x.col(2);
  x.col(49) = x.col(48);
  x.col(60).setZero();
  x.col(99) = x.leftCols(60).rowwise().sum();
  const Eigen::MatrixXd matrix = x.transpose() * x;
  ScaledCholesky factor;
  std::vector<bool> excluded(100, false);
  excluded[5] = true;
  x.col(5).setZero();
  factor.Factor(matrix, excluded, Eigen::VectorXd::Constant(100, 1e-12));
  for (int j = 0; j < 100; ++j) {
    // Without column 5 the last is no combination any more.
    const bool expected = j == 10 || j == 49 || j == 60 || j == 5;
    EXPECT_EQ(factor.left_out()[j], expected) << j;
  }
  EXPECT_EQ(factor.rank(), 96);
  const Eigen::VectorXd right = Eigen::VectorXd::Ones(100);
  const Eigen::VectorXd solution = factor.Solve(right);
  const Eigen::VectorXd rest = matrix.selfadjointView<Eigen::Lower>() * solution - right;
  for (const int j : {5, 10, 49, 60}) EXPECT_EQ(solution[j], 0);
  for (const int j : {0, 3, 48, 50, 99}) EXPECT_NEAR(rest[j], 0, 1e-6);
}

}  // namespace
}  // namespace pythia::glm
