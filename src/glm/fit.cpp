#include "glm/fit.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <string>

#include "base/check.h"
#include "glm/evaluate.h"
#include "glm/newton.h"
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

// The intercept of the model without columns. Closed form but for a binomial offset.
Result<double> NullIntercept(Evaluator& evaluator, const FitOptions& options, const Survey& survey,
                             int width) {
  if (!options.fit_intercept) return 0.0;
  if (options.family == Family::kPoissonLog) {
    return std::log(survey.sum_wy / survey.sum_w_exp_offset);
  }
  Eigen::VectorXd theta = Eigen::VectorXd::Zero(width);
  const double rate = survey.sum_wy / survey.sum_weights;
  theta[0] = std::log(rate) - std::log1p(-rate);
  if (!survey.has_offset) return theta[0];
  // The score is monotone in the intercept, so the root stays bracketed.
  double low = -HUGE_VAL;
  double high = HUGE_VAL;
  for (int round = 0; round < 200 && !evaluator.cancelled(); ++round) {
    PYTHIA_ASSIGN(const RowSums sums, evaluator.Sum(theta));
    (sums.r > 0 ? high : low) = theta[0];
    double next = theta[0] - std::clamp(sums.r / sums.w, -4.0, 4.0);
    if (!std::isfinite(next)) next = theta[0] + (sums.r > 0 ? -4 : 4);
    if (!(next > low && next < high)) next = (low + high) / 2;
    if (std::abs(next - theta[0]) <= 1e-14 * std::max(1.0, std::abs(next))) break;
    theta[0] = next;
  }
  return theta[0];
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
  const int num_columns = shape.num_columns();
  if (num_columns > kMaxColumns) {
    return Fail(Error{.code = ErrorCode::kBadInput,
                      .message = "too many columns for one model: at most " +
                                 std::to_string(kMaxColumns) + " fit",
                      .value = std::to_string(num_columns),
                      .hint = "pool rare levels, or leave a column out"});
  }
  const int blocks_per_group = BlocksPerGroup(shape);
  source.SetSlots(SlotsForPass(options.threads, blocks_per_group));
  PYTHIA_ASSIGN(const Survey survey, SurveyDesign(source, options, blocks_per_group));
  if (survey.cancelled) return Cancelled();

  const Geometry geometry(shape, survey, options.fit_intercept);
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
