// What fits have in common before their first step.
#pragma once

#include "base/error.h"
#include "glm/evaluate.h"
#include "glm/fit.h"
#include "glm/survey.h"

namespace pythia::glm {

// kBadInput where the shape has more columns than a fit takes.
Status CheckShape(const DesignShape& shape);

// The intercept of the model without columns, 0 where there is none. Closed form but for a binomial
// offset. `width` is that of theta.
Result<double> NullIntercept(Evaluator& evaluator, const FitOptions& options, const Survey& survey,
                             int width);

}  // namespace pythia::glm
