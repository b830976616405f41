// Generalised linear models with canonical link and ridge penalty, by Newton's method.
//
// Minimises  (1/2W) sum_i w_i d(y_i, mu_i) + (alpha/2) sum_j beta_j^2,  W = sum_i w_i, the
// intercept free, d the unit deviance, mu_i = g^-1(intercept + x_i beta + offset_i). This is
// scikit-learn's PoissonRegressor(alpha) and, with alpha = 1/(C W), its LogisticRegression(C). With
// alpha = 0 it is R's glm(). McCullagh and Nelder, "Generalized Linear Models", 2nd ed., chapters
// 2, 4 and 6.
//
// Deterministic: blocks and the order of additions are fixed, so any number of threads gives the
// same bits. What the data does (separation, rank deficiency, no convergence) is part of the
// result, not an error.
#pragma once

#include <cstdint>
#include <span>
#include <stop_token>
#include <vector>

#include "base/error.h"
#include "glm/design.h"

namespace pythia::glm {

enum class Family { kBinomialLogit, kPoissonLog };

// The Hessian is dense: more columns are refused.
inline constexpr int kMaxColumns = 4096;

struct FitOptions {
  Family family = Family::kPoissonLog;
  double alpha = 0;  // >= 0
  bool fit_intercept = true;
  int max_iterations = 100;  // Newton steps
  double tolerance = 1e-10;  // on the largest scaled gradient entry, see Fit::gradient
  int threads = 1;
  bool standard_errors = true;
  std::span<const double> start = {};  // warm start: [num_columns + 1], the intercept last
  std::stop_token stop = {};
};

// The outcome of one fit.
struct Fit {
  double intercept = 0;
  std::vector<double> beta;  // [num_columns]; 0 for aliased columns
  // [num_columns + 1], the intercept last: sqrt of the diagonal of (X'WX + alpha W I)^-1; NaN for
  // aliased and separated columns. Empty unless asked for.
  std::vector<double> standard_errors;
  int64_t rows = 0;
  double sum_weights = 0;
  double deviance = 0;
  double null_deviance = 0;   // intercept (and offset) only
  double log_likelihood = 0;  // with all constants, as R's logLik()
  double aic = 0;             // -2 log_likelihood + 2 rank
  double pearson_chi2 = 0;
  double phi = 0;  // pearson_chi2 / (rows - rank); NaN without residual freedom
  int rank = 0;    // free coefficients, the intercept among them
  int iterations = 0;
  // The largest |gradient_j| / (W * root mean square of column j under the working weights) at
  // the end: free of the columns' units.
  double gradient = 0;
  bool converged = false;
  std::vector<int> aliased;  // columns that are linear combinations of earlier ones (alpha = 0)
  std::vector<int>
      separated;  // columns whose coefficient runs away (alpha = 0); intercept: num_columns
  bool cancelled = false;
};

// Errors: kBadInput for y outside the family's range, weights below 0, non-finite values (with
// the row as the place's line), no rows or only one class; what the source returns.
Result<Fit> FitGlm(DesignSource& source, const FitOptions& options);

// eta = intercept + X beta + offset for the rows of one block; eta has block.rows places.
void LinearPredictor(const DesignShape& shape, const DesignBlock& block, double intercept,
                     std::span<const double> beta, std::span<double> eta);

// The mean for a linear predictor: exp(eta), or 1 / (1 + exp(-eta)) without overflow.
double InverseLink(Family family, double eta);

}  // namespace pythia::glm
