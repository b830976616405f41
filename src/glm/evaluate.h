// Passes over the data at one point: sums of rows, gradient and Hessian, and whether a direction
// separates the outcomes.
#pragma once

#include <cmath>
#include <memory>
#include <vector>

#include <Eigen/Core>

#include "base/error.h"
#include "glm/hessian.h"
#include "glm/ordered_pass.h"

namespace pythia::glm {

// Blocks of a group in every pass; more where merging is dear. Depends on the shape only.
int BlocksPerGroup(const DesignShape& shape);

// How a direction moves the linear predictor, against what the outcomes allow: up for y = 1, down
// for y = 0 (logit), down for y = 0 (Poisson), not at all for other y.
struct DirectionMargins {
  double against = 0;             // the largest move the wrong way
  double along = 0;               // the largest move the right way
  double least_along = HUGE_VAL;  // the least move the right way of those above along / 10
};

// Not thread-safe; uses options.threads threads of its own in each call.
class Evaluator {
 public:
  Evaluator(DesignSource& source, const FitOptions& options, const Geometry& geometry,
            int64_t rows);
  ~Evaluator();

  enum class Rows { kScore, kFromData, kSquaredScores };

  // Loss, gradient and Hessian at theta, without penalty. kFromData: those of the weighted
  // least-squares step that starts at the data (family.h), relative to theta. kSquaredScores: the
  // Hessian is the sum of the rows' squared scores, the gradient means nothing.
  Status Curve(const Eigen::VectorXd& theta, Rows rows, Curvature* out);
  Result<RowSums> Sum(const Eigen::VectorXd& theta);
  Result<DirectionMargins> Margins(const Eigen::VectorXd& direction);

  // A stop was asked for during a pass; its numbers are not to be used.
  bool cancelled() const { return cancelled_; }

 private:
  Status Run(const std::vector<PassWorker*>& workers);

  DesignSource& source_;
  const FitOptions& options_;
  const Geometry& geometry_;
  const int64_t rows_;
  const int blocks_per_group_;
  const SumLayout layout_;
  bool cancelled_ = false;
  std::vector<double> total_;
  class CurveWorker;
  std::vector<std::unique_ptr<CurveWorker>> curve_workers_;
};

}  // namespace pythia::glm
