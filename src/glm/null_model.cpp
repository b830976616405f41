#include "glm/null_model.h"

#include <algorithm>
#include <cmath>
#include <string>

namespace pythia::glm {

Status CheckShape(const DesignShape& shape) {
  const int num_columns = shape.num_columns();
  if (num_columns > kMaxColumns) {
    return Fail(Error{.code = ErrorCode::kBadInput,
                      .message = "too many columns for one model: at most " +
                                 std::to_string(kMaxColumns) + " fit",
                      .value = std::to_string(num_columns),
                      .hint = "pool rare levels, or leave a column out"});
  }
  return {};
}

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

}  // namespace pythia::glm
