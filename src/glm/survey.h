// The first pass over the data: is every value usable, and the sums that need no coefficients.
#pragma once

#include <cstdint>
#include <stop_token>
#include <vector>

#include "base/error.h"
#include "glm/fit.h"

namespace pythia::glm {

struct Survey {
  int64_t rows = 0;
  int64_t rows_with_weight = 0;  // weight > 0
  bool has_offset = false;
  bool cancelled = false;
  double sum_weights = 0;
  double sum_wy = 0;
  double sum_w_exp_offset = 0;          // Poisson
  double saturated_log_likelihood = 0;  // with all constants
  // Weighted mean and population standard deviation of the dense columns, for scaling.
  std::vector<double> mean;
  std::vector<double> deviation;
};

// Errors: those of FitGlm that concern values; what the source returns. Without `likelihood`
// saturated_log_likelihood, which costs more than all else, stays 0.
Result<Survey> SurveyDesign(DesignSource& source, const FitOptions& options, int blocks_per_group,
                            bool likelihood);

// Moments and row number of data that need no scaling.
Survey UnscaledSurvey(const DesignShape& shape, int64_t rows);

}  // namespace pythia::glm
