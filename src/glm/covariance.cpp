#include "glm/covariance.h"

#include <cmath>

#include <Eigen/Cholesky>
#include <Eigen/Core>

#include "base/check.h"
#include "glm/evaluate.h"
#include "glm/survey.h"

namespace pythia::glm {
namespace {

struct Sums {
  Eigen::MatrixXd information;
  Eigen::MatrixXd scores;
};

// From theta's order and scales to the coefficients': the intercept last, columns as they are.
Eigen::MatrixXd InData(const Geometry& geometry, const Eigen::MatrixXd& lower) {
  const Eigen::Index width = lower.rows();
  const Eigen::MatrixXd full = lower.selfadjointView<Eigen::Lower>();
  // A row of the data is this matrix times a row in theta's coordinates.
  Eigen::MatrixXd to_data = Eigen::MatrixXd::Zero(width, width);
  to_data(width - 1, 0) = 1;
  for (Eigen::Index j = 0; j + 1 < width; ++j) {
    const bool dense = j < geometry.shape.num_dense;
    to_data(j, 1 + j) = dense ? 1 / geometry.inverse_scale[static_cast<size_t>(j)] : 1;
    if (dense) to_data(j, 0) = geometry.center[static_cast<size_t>(j)];
  }
  return to_data * full * to_data.transpose();
}

Result<Sums> SumRows(DesignSource& source, const FitOptions& options, const Fit& fit) {
  const int blocks_per_group = BlocksPerGroup(source.shape());
  source.SetSlots(SlotsForPass(options.threads, blocks_per_group));
  PYTHIA_ASSIGN(const Survey survey, SurveyDesign(source, options, blocks_per_group, false));
  const Geometry geometry(source, survey, true);
  Evaluator evaluator(source, options, geometry, survey.rows);
  std::vector<double> coefficients = fit.beta;
  coefficients.push_back(fit.intercept);
  const Eigen::VectorXd theta = geometry.ToTheta(coefficients);
  Curvature curvature;
  Sums sums;
  PYTHIA_TRY(evaluator.Curve(theta, Evaluator::Rows::kScore, &curvature));
  sums.information = InData(geometry, curvature.hessian);
  PYTHIA_TRY(evaluator.Curve(theta, Evaluator::Rows::kSquaredScores, &curvature));
  sums.scores = InData(geometry, curvature.hessian);
  return sums;
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

Result<Covariance> CovarianceOf(DesignSource& source, Family family, const Fit& fit, double alpha,
                                int threads) {
  PYTHIA_ASSIGN(Sums sums, SumRows(source, {.family = family, .threads = threads}, fit));
  const auto width = static_cast<int>(sums.information.rows());
  sums.information.diagonal().head(width - 1).array() += alpha * static_cast<double>(fit.rows);
  PYTHIA_CHECK(fit.beta.size() + 1 == static_cast<size_t>(width));
  const std::vector<int> kept = Estimable(fit, width);
  const auto n = static_cast<Eigen::Index>(kept.size());
  Eigen::MatrixXd information(n, n);
  Eigen::MatrixXd scores(n, n);
  for (Eigen::Index a = 0; a < n; ++a) {
    for (Eigen::Index b = 0; b < n; ++b) {
      information(a, b) = sums.information(kept[a], kept[b]);
      scores(a, b) = sums.scores(kept[a], kept[b]);
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
