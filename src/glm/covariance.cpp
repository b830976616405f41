#include "glm/covariance.h"

#include <algorithm>
#include <cmath>

#include <Eigen/Cholesky>
#include <Eigen/Core>

#include "base/check.h"

namespace pythia::glm {
namespace {

// The entries of one row that are not 0: dense columns, one level per block, the intercept.
class SparseRow {
 public:
  explicit SparseRow(const DesignShape& shape)
      : shape_(shape),
        columns_(static_cast<size_t>(shape.num_dense) + shape.num_levels.size() + 1),
        values_(columns_.size(), 1.0) {
    for (int j = 0; j < shape.num_dense; ++j) columns_[static_cast<size_t>(j)] = j;
    columns_.back() = shape.num_columns();
    for (size_t b = 0; b < shape.num_levels.size(); ++b) {
      first_.push_back(shape.level_column(static_cast<int>(b)));
    }
  }

  void Read(const DesignBlock& block, int64_t row) {
    const auto dense = static_cast<size_t>(shape_.num_dense);
    for (size_t j = 0; j < dense; ++j) values_[j] = block.dense[j][row];
    for (size_t b = 0; b < first_.size(); ++b)
      columns_[dense + b] = first_[b] + block.codes[b][row];
  }

  void AddSquare(double scale, Eigen::MatrixXd* sum) const {
    for (size_t a = 0; a < columns_.size(); ++a) {
      const double left = scale * values_[a];
      for (size_t b = a; b < columns_.size(); ++b) {
        (*sum)(columns_[a], columns_[b]) += left * values_[b];
      }
    }
  }

 private:
  const DesignShape& shape_;
  std::vector<int> columns_;
  std::vector<double> values_;
  std::vector<int> first_;
};

struct Sums {
  Eigen::MatrixXd information;  // upper triangle
  Eigen::MatrixXd scores;       // upper triangle
};

Result<Sums> SumRows(DesignSource& source, Family family, const Fit& fit) {
  const DesignShape shape = source.shape();
  const int width = shape.num_columns() + 1;
  Sums sums{Eigen::MatrixXd::Zero(width, width), Eigen::MatrixXd::Zero(width, width)};
  SparseRow row(shape);
  std::vector<double> eta;
  source.SetSlots(1);
  PYTHIA_TRY(source.Rewind());
  for (;;) {
    DesignBlock block;
    PYTHIA_ASSIGN(const bool more, source.Next(0, &block));
    if (!more) return sums;
    eta.resize(static_cast<size_t>(block.rows));
    LinearPredictor(shape, block, fit.intercept, fit.beta, eta);
    for (int64_t i = 0; i < block.rows; ++i) {
      const double mu = InverseLink(family, eta[static_cast<size_t>(i)]);
      const double r = block.y[i] - mu;
      row.Read(block, i);
      row.AddSquare(family == Family::kPoissonLog ? mu : mu * (1 - mu), &sums.information);
      row.AddSquare(r * r, &sums.scores);
    }
  }
}

// The coefficients that have a finite, unique optimum.
std::vector<int> Estimable(const Fit& fit, int width) {
  std::vector<bool> left_out(static_cast<size_t>(width), false);
  for (const int j : fit.aliased) left_out[static_cast<size_t>(j)] = true;
  for (const int j : fit.separated) left_out[static_cast<size_t>(j)] = true;
  std::vector<int> kept;
  for (int j = 0; j < width; ++j) {
    if (!left_out[static_cast<size_t>(j)]) kept.push_back(j);
  }
  return kept;
}

}  // namespace

Result<Covariance> CovarianceOf(DesignSource& source, Family family, const Fit& fit, double alpha) {
  PYTHIA_ASSIGN(Sums sums, SumRows(source, family, fit));
  const auto width = static_cast<int>(sums.information.rows());
  sums.information.diagonal().head(width - 1).array() += alpha * static_cast<double>(fit.rows);
  PYTHIA_CHECK(fit.beta.size() + 1 == static_cast<size_t>(width));
  const std::vector<int> kept = Estimable(fit, width);
  const auto n = static_cast<Eigen::Index>(kept.size());
  Eigen::MatrixXd information(n, n);
  Eigen::MatrixXd scores(n, n);
  for (Eigen::Index a = 0; a < n; ++a) {
    for (Eigen::Index b = 0; b < n; ++b) {
      // The triangle that was summed: the smaller position first.
      const int low = std::min(kept[a], kept[b]);
      const int high = std::max(kept[a], kept[b]);
      information(a, b) = sums.information(low, high);
      scores(a, b) = sums.scores(low, high);
    }
  }
  const Eigen::VectorXd scale = information.diagonal().cwiseSqrt().cwiseInverse();
  if (!scale.allFinite()) return Fail(ErrorCode::kInternal, "a column without weight");
  const Eigen::LLT<Eigen::MatrixXd> factor(scale.asDiagonal() * information * scale.asDiagonal());
  if (factor.info() != Eigen::Success) {
    return Fail(ErrorCode::kInternal, "the information matrix is singular");
  }
  const Eigen::MatrixXd inverse =
      scale.asDiagonal() * factor.solve(Eigen::MatrixXd::Identity(n, n)) * scale.asDiagonal();
  const auto freedom = static_cast<double>(fit.rows - fit.rank);
  const double hc1 = freedom > 0 ? static_cast<double>(fit.rows) / freedom : 1;
  const Eigen::MatrixXd sandwich = hc1 * inverse * scores * inverse;
  Covariance covariance{.width = width,
                        .model = std::vector<double>(static_cast<size_t>(width) * width, 0),
                        .sandwich = std::vector<double>(static_cast<size_t>(width) * width, 0)};
  for (Eigen::Index a = 0; a < n; ++a) {
    for (Eigen::Index b = 0; b < n; ++b) {
      const size_t at = static_cast<size_t>(kept[a]) * width + kept[b];
      covariance.model[at] = inverse(a, b);
      covariance.sandwich[at] = (sandwich(a, b) + sandwich(b, a)) / 2;
    }
  }
  return covariance;
}

}  // namespace pythia::glm
