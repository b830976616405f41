// Newton's method with step halving for one objective; fit.h states it and the stopping rule.
#pragma once

#include <span>
#include <vector>

#include <Eigen/Core>

#include "base/error.h"
#include "glm/cholesky.h"
#include "glm/evaluate.h"
#include "glm/fit.h"

namespace pythia::glm {

// Finds the optimum of one fit, or of one after another at different penalties. Use: Prepare, then
// Run or SetAlpha and RunOn, then read. Every call returns early when the evaluator was cancelled.
// Not thread-safe.
class Newton {
 public:
  Newton(Evaluator& evaluator, const FitOptions& options, const Geometry& geometry,
         const Survey& survey);

  // Finds rank and aliased columns at `null_theta`, the intercept-only model, and starts there or
  // at `start` (not empty).
  Status Prepare(const Eigen::VectorXd& null_theta, const Eigen::VectorXd& start);
  Status Run();

  // Another penalty, above 0 as the first one was. The curvature that is known stays: it is the
  // data's alone.
  void SetAlpha(double alpha);
  // From where the last run ended to the optimum of the present penalty. The last step, within the
  // tolerance already, is taken without another look at the data: `optimum()` has it, theta() not.
  Status RunOn();
  const Eigen::VectorXd& optimum() const { return optimum_; }

  const Eigen::VectorXd& theta() const { return theta_; }
  int rank() const { return rank_; }
  const std::vector<bool>& aliased() const { return aliased_; }      // [width], theta's order
  const std::vector<bool>& separated() const { return separated_; }  // [width], theta's order
  int iterations() const { return iterations_; }
  double gradient() const { return gradient_; }
  bool converged() const { return converged_; }
  // [width], in theta's order but the data's units; NaN for aliased and separated columns.
  Eigen::VectorXd StandardErrors();

 private:
  double Objective(const Eigen::VectorXd& theta, const Curvature& at) const;
  Eigen::VectorXd GradientHere() const;
  double ScaledGradientHere() const;
  void FindRank();
  void FactorHere();
  bool Acceptable(const Eigen::VectorXd& theta, const Curvature& at) const;
  void MoveTo(Eigen::VectorXd theta);
  // Each tries to leave the current point and says whether it did.
  Result<bool> Advance(const Eigen::VectorXd& step);
  Result<bool> TryStep(const Eigen::VectorXd& step, int max_halvings);
  Result<bool> TryFromData();
  Result<bool> TryRunaway(const Eigen::VectorXd& step);
  Result<bool> TryDirection(const Eigen::VectorXd& direction);
  void MarkSeparated(const Eigen::VectorXd& direction);

  Evaluator& evaluator_;
  const FitOptions& options_;
  const Geometry& geometry_;
  const double sum_weights_;
  double alpha_ = 0;
  Eigen::VectorXd penalty_;  // [width], of theta squared / 2, summed over the rows
  std::vector<bool> excluded_;

  Eigen::VectorXd theta_;
  Eigen::VectorXd optimum_;
  Curvature here_;  // at theta_, without the penalty
  Curvature trial_;
  ScaledCholesky factor_;

  int rank_ = 0;
  std::vector<bool> aliased_;
  std::vector<bool> separated_;
  int iterations_ = 0;
  double gradient_ = 0;
  bool converged_ = false;
};

}  // namespace pythia::glm
