#include "glm/fit.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "base/check.h"
#include "glm/evaluate.h"
#include "glm/newton.h"
#include "glm/null_model.h"
#include "glm/survey.h"

namespace pythia::glm {
namespace {

void CheckOptions(const DesignShape& shape, const FitOptions& options) {
  PYTHIA_CHECK(options.alpha >= 0 && std::isfinite(options.alpha));
  PYTHIA_CHECK(options.tolerance > 0 && options.max_iterations >= 0 && options.threads >= 1);
  PYTHIA_CHECK(shape.num_dense >= 0);
  for (const int levels : shape.num_levels) PYTHIA_CHECK(levels >= 1 && levels <= 65536);
  PYTHIA_CHECK(options.start.empty() ||
               options.start.size() == static_cast<size_t>(shape.num_columns()) + 1);
}

void FillColumns(const Newton& newton, int num_columns, Fit* fit) {
  for (int j = 0; j < num_columns; ++j) {
    if (newton.aliased()[1 + j]) fit->aliased.push_back(j);
    if (newton.separated()[1 + j]) fit->separated.push_back(j);
  }
  if (newton.separated()[0]) fit->separated.push_back(num_columns);
}

void FillSums(const RowSums& sums, const Survey& survey, Fit* fit) {
  fit->deviance = sums.deviance;
  fit->log_likelihood = survey.saturated_log_likelihood - sums.deviance / 2;
  fit->aic = -2 * fit->log_likelihood + 2.0 * fit->rank;
  fit->pearson_chi2 = sums.pearson_chi2;
  const auto freedom = static_cast<double>(survey.rows_with_weight - fit->rank);
  fit->phi = freedom > 0 ? sums.pearson_chi2 / freedom : std::numeric_limits<double>::quiet_NaN();
}

void FillStandardErrors(Newton& newton, Fit* fit) {
  const Eigen::VectorXd errors = newton.StandardErrors();
  fit->standard_errors.assign(errors.data() + 1, errors.data() + errors.size());
  fit->standard_errors.push_back(errors[0]);
}

Fit Cancelled() {
  Fit fit;
  fit.cancelled = true;
  return fit;
}

}  // namespace

Result<Fit> FitGlm(DesignSource& source, const FitOptions& options) {
  const DesignShape shape = source.shape();
  CheckOptions(shape, options);
  PYTHIA_TRY(CheckShape(shape));
  const int num_columns = shape.num_columns();
  const int blocks_per_group = BlocksPerGroup(shape);
  source.SetSlots(SlotsForPass(options.threads, blocks_per_group));
  PYTHIA_ASSIGN(const Survey survey, SurveyDesign(source, options, blocks_per_group, true));
  if (survey.cancelled) return Cancelled();

  const Geometry geometry(source, survey, options.fit_intercept);
  Evaluator evaluator(source, options, geometry, survey.rows);
  Eigen::VectorXd null_theta = Eigen::VectorXd::Zero(geometry.width());
  PYTHIA_ASSIGN(null_theta[0], NullIntercept(evaluator, options, survey, geometry.width()));
  PYTHIA_ASSIGN(const RowSums null_sums, evaluator.Sum(null_theta));
  if (evaluator.cancelled()) return Cancelled();

  Newton newton(evaluator, options, geometry, survey);
  PYTHIA_TRY(newton.Prepare(
      null_theta, options.start.empty() ? Eigen::VectorXd() : geometry.ToTheta(options.start)));
  PYTHIA_TRY(newton.Run());
  if (evaluator.cancelled()) return Cancelled();
  PYTHIA_ASSIGN(const RowSums sums, evaluator.Sum(newton.theta()));
  if (evaluator.cancelled()) return Cancelled();

  Fit fit;
  geometry.FromTheta(newton.theta(), &fit.intercept, &fit.beta);
  fit.rows = survey.rows;
  fit.sum_weights = survey.sum_weights;
  fit.null_deviance = null_sums.deviance;
  fit.rank = newton.rank();
  fit.iterations = newton.iterations();
  fit.gradient = newton.gradient();
  fit.converged = newton.converged();
  FillSums(sums, survey, &fit);
  FillColumns(newton, num_columns, &fit);
  if (options.standard_errors) FillStandardErrors(newton, &fit);
  return fit;
}

void LinearPredictor(const DesignShape& shape, const DesignBlock& block, double intercept,
                     std::span<const double> beta, std::span<double> eta) {
  PYTHIA_CHECK(beta.size() == static_cast<size_t>(shape.num_columns()));
  PYTHIA_CHECK(eta.size() == static_cast<size_t>(block.rows));
  std::fill(eta.begin(), eta.end(), intercept);
  if (block.offset) {
    for (int64_t i = 0; i < block.rows; ++i) eta[i] += block.offset[i];
  }
  for (int j = 0; j < shape.num_dense; ++j) {
    for (int64_t i = 0; i < block.rows; ++i) eta[i] += beta[j] * block.dense[j][i];
  }
  for (size_t b = 0; b < shape.num_levels.size(); ++b) {
    const double* levels = beta.data() + shape.level_column(static_cast<int>(b));
    for (int64_t i = 0; i < block.rows; ++i) eta[i] += levels[block.codes[b][i]];
  }
}

}  // namespace pythia::glm
