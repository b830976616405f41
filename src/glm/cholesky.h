// Cholesky factor of a positive semi-definite matrix that leaves out dependent columns, in order.
#pragma once

#include <vector>

#include <Eigen/Core>

namespace pythia::glm {

// The matrix is scaled to a unit diagonal first, so units do not matter. A column whose pivot is
// at most its tolerance then is a combination of earlier ones (the squared share of it that they do
// not explain) and is left out, as R's dqrdc2 does; so is a column that `excluded` names.
// Not thread-safe.
class ScaledCholesky {
 public:
  // Reads the lower half of `matrix`. `excluded` is [n] or empty, `tolerances` [n].
  void Factor(const Eigen::MatrixXd& matrix, const std::vector<bool>& excluded,
              const Eigen::VectorXd& tolerances);

  const std::vector<bool>& left_out() const { return left_out_; }
  int rank() const { return rank_; }
  // The solution with 0 in the places that are left out.
  Eigen::VectorXd Solve(const Eigen::VectorXd& right) const;
  // sqrt(v' A^-1 v) for every column v of the identity, 0 where left out: [n].
  Eigen::VectorXd RootDiagonalOfInverse() const;
  // sqrt(v' A^-1 v); v must be 0 in the places that are left out.
  double RootOfInverseForm(const Eigen::VectorXd& v) const;

 private:
  void FactorPanel(int first, int last, const std::vector<bool>& excluded,
                   const Eigen::VectorXd& tolerances);

  Eigen::MatrixXd lower_;
  Eigen::VectorXd scale_;  // 1 / sqrt(diagonal), 0 where the diagonal is
  std::vector<bool> left_out_;
  int rank_ = 0;
};

}  // namespace pythia::glm
