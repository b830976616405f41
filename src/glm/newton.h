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

// Finds the optimum of one fit. Use: Prepare, Start, Run, then read. Every call returns early when
// the evaluator was cancelled. Not thread-safe.
class Newton {
 public:
  Newton(Evaluator& evaluator, const FitOptions& options, const Geometry& geometry,
         const Survey& survey);

  // Finds rank and aliased columns at `null_theta`, the intercept-only model, and starts there or
  // at `start` (not empty).
  Status Prepare(const Eigen::VectorXd& null_theta, const Eigen::VectorXd& start);
  Status Run();

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
  Status Evaluate(const Eigen::VectorXd& theta, Evaluator::Rows rows, Curvature* out);
  double Objective(const Eigen::VectorXd& theta, const Curvature& at) const;
  double ScaledGradient(const Curvature& at) const;
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
  Eigen::VectorXd penalty_;  // [width], of theta squared / 2, summed over the rows
  std::vector<bool> excluded_;

  Eigen::VectorXd theta_;
  Curvature here_;  // at theta_, with the penalty in gradient and Hessian
  Curvature trial_;
  Eigen::VectorXd data_diagonal_;  // of the Hessian at theta_, without the penalty
  Eigen::VectorXd trial_diagonal_;
  ScaledCholesky factor_;

  int rank_ = 0;
  std::vector<bool> aliased_;
  std::vector<bool> separated_;
  int iterations_ = 0;
  double gradient_ = 0;
  bool converged_ = false;
};

}  // namespace pythia::glm
