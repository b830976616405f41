// Test only: iteratively reweighted least squares on a dense matrix, step for step as R's glm.fit
// (start at the data, stop when the deviance settles, standard errors from the last weighted least
// squares). An independent way to the same optimum.
#pragma once

#include <Eigen/Core>

#include "glm/design.h"
#include "glm/fit.h"

namespace pythia::glm {

struct ReferenceFit {
  Eigen::VectorXd estimates;  // [1 + num_dense], the intercept first
  // As R prints them: the weights are those of the last iterate but one, which is off the optimum
  // by about the square root of R's epsilon.
  Eigen::VectorXd standard_errors_as_r;
  Eigen::VectorXd standard_errors;  // with the weights at the optimum
  double deviance = 0;
};

// `design` has dense columns only and no aliased ones; `epsilon` is R's.
ReferenceFit FitReference(const MemoryDesign& design, Family family, double epsilon);

}  // namespace pythia::glm
