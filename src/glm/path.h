// Fits of one design along a path of penalties.
//
// The data are surveyed once, and what is known of the objective at the end of one fit is where the
// next one starts, so that a penalty costs a pass or two over the rows, a weak one often none.
#pragma once

#include <memory>
#include <vector>

#include "base/error.h"
#include "glm/fit.h"

namespace pythia::glm {

// The optimum at one penalty.
struct PathPoint {
  double intercept = 0;
  std::vector<double> beta;  // [num_columns]
  bool converged = false;
  bool cancelled = false;  // the other members mean nothing then
};

// Not thread-safe. The source must outlive it.
class RidgePath {
 public:
  // options: alpha, fit_intercept and standard_errors are not looked at; there is an intercept.
  // Errors and cancellation as FitGlm.
  static Result<RidgePath> Open(DesignSource& source, const FitOptions& options);
  RidgePath(RidgePath&& other) noexcept;
  ~RidgePath();

  // The fit at alpha > 0, from where the last one ended. Errors as FitGlm.
  Result<PathPoint> Fit(double alpha);

 private:
  struct Parts;
  explicit RidgePath(std::unique_ptr<Parts> parts);

  std::unique_ptr<Parts> parts_;
};

}  // namespace pythia::glm
