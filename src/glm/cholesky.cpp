#include "glm/cholesky.h"

#include <algorithm>
#include <cmath>

namespace pythia::glm {
namespace {

constexpr int kPanel = 48;

}  // namespace

void ScaledCholesky::Factor(const Eigen::MatrixXd& matrix, const std::vector<bool>& excluded,
                            const Eigen::VectorXd& tolerances) {
  const auto n = static_cast<int>(matrix.rows());
  scale_.resize(n);
  for (int i = 0; i < n; ++i) {
    scale_[i] = matrix(i, i) > 0 && std::isfinite(matrix(i, i)) ? 1 / std::sqrt(matrix(i, i)) : 0;
  }
  lower_ = scale_.asDiagonal() * matrix.triangularView<Eigen::Lower>().toDenseMatrix() *
           scale_.asDiagonal();
  left_out_.assign(n, false);
  for (int first = 0; first < n; first += kPanel) {
    const int last = std::min(n, first + kPanel);
    FactorPanel(first, last, excluded, tolerances);
    const int rest = n - last;
    if (rest == 0) break;
    lower_.bottomRightCorner(rest, rest)
        .selfadjointView<Eigen::Lower>()
        .rankUpdate(lower_.block(last, first, rest, last - first), -1.0);
  }
  rank_ = static_cast<int>(std::count(left_out_.begin(), left_out_.end(), false));
  // A row that is left out must not pass anything on when a system is solved.
  for (int i = 0; i < n; ++i) {
    if (left_out_[i]) lower_.row(i).head(i).setZero();
  }
}

void ScaledCholesky::FactorPanel(int first, int last, const std::vector<bool>& excluded,
                                 const Eigen::VectorXd& tolerances) {
  const auto n = static_cast<int>(lower_.rows());
  for (int j = first; j < last; ++j) {
    const int below = n - j;
    auto column = lower_.col(j).tail(below);
    if (j > first) {
      column.noalias() -= lower_.block(j, first, below, j - first) *
                          lower_.row(j).segment(first, j - first).transpose();
    }
    const double pivot = column[0];
    if ((!excluded.empty() && excluded[j]) || !(pivot > tolerances[j])) {
      left_out_[j] = true;
      column.setZero();
      column[0] = 1;
    } else {
      column /= std::sqrt(pivot);
    }
  }
}

Eigen::VectorXd ScaledCholesky::Solve(const Eigen::VectorXd& right) const {
  Eigen::VectorXd x = scale_.cwiseProduct(right);
  for (int i = 0; i < x.size(); ++i) {
    if (left_out_[i]) x[i] = 0;
  }
  lower_.triangularView<Eigen::Lower>().solveInPlace(x);
  lower_.triangularView<Eigen::Lower>().transpose().solveInPlace(x);
  return scale_.cwiseProduct(x);
}

double ScaledCholesky::RootOfInverseForm(const Eigen::VectorXd& v) const {
  const Eigen::VectorXd scaled = scale_.cwiseProduct(v);
  const Eigen::VectorXd x = lower_.triangularView<Eigen::Lower>().solve(scaled);
  return x.norm();
}

Eigen::VectorXd ScaledCholesky::RootDiagonalOfInverse() const {
  const auto n = static_cast<int>(lower_.rows());
  Eigen::VectorXd roots(n);
  // The inverse of the factor is lower triangular: each panel of it needs only the rows below.
  for (int first = 0; first < n; first += kPanel) {
    const int rest = n - first;
    const int width = std::min(kPanel, rest);
    Eigen::MatrixXd inverse = Eigen::MatrixXd::Identity(rest, width);
    lower_.bottomRightCorner(rest, rest).triangularView<Eigen::Lower>().solveInPlace(inverse);
    roots.segment(first, width) = inverse.colwise().norm();
  }
  roots = roots.cwiseProduct(scale_);
  for (int i = 0; i < n; ++i) {
    if (left_out_[i]) roots[i] = 0;
  }
  return roots;
}

}  // namespace pythia::glm
