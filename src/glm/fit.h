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
  // [num_columns + 1], the intercept last: sqrt of the diagonal of (X'WX + alpha W I)^-1 with the
  // weights at the optimum; NaN for aliased and separated columns. Empty unless asked for.
  std::vector<double> standard_errors;
  int64_t rows = 0;
  double sum_weights = 0;
  double deviance = 0;
  double null_deviance = 0;  // intercept (and offset) only
  // With all constants, as R's logLik(). Binomial weights count trials there: y = 0.3 of weight 10
  // is 3 of 10, with log C(10, 3).
  double log_likelihood = 0;
  double aic = 0;  // -2 log_likelihood + 2 rank
  double pearson_chi2 = 0;
  // pearson_chi2 / (rows of weight above 0 - rank); NaN without residual freedom.
  double phi = 0;
  // Rank of the columns that have weight, the intercept among them; the penalty does not count.
  int rank = 0;
  int iterations = 0;
  // The largest |gradient_j| / (W * root mean square of column j under the working weights) at
  // the end, dense columns centred: free of the columns' units.
  double gradient = 0;
  bool converged = false;
  // With alpha = 0: columns that are linear combinations of the intercept and earlier columns (of
  // each block the last level that occurs, and levels that do not occur).
  std::vector<int> aliased;
  // With alpha = 0: columns whose coefficient has no finite optimum, num_columns standing for the
  // intercept: some direction that moves them takes y = 0 rows (and, logit, y = 1 rows) ever nearer
  // to certainty and leaves all others where they are. Their coefficients are large and mean only
  // their sign; deviance, the other coefficients and their errors are those of the limit.
  // Albert and Anderson, "On the existence of maximum likelihood estimates in logistic regression
  // models", Biometrika 71 (1984).
  std::vector<int> separated;
  bool cancelled = false;  // the other members mean nothing then
};

// Fits the model. Reads the source several times and uses options.threads threads; the source is
// read by one at a time. Memory: a few dense matrices of the columns' number, and per thread one
// set of sums.
// Errors: kBadInput for y outside the family's range, weights below 0, non-finite values (with
// the row as the place's line), no rows of weight above 0, only one class or no counts at all,
// more than kMaxColumns columns, rows that appear or vanish between passes; what the source
// returns. A code outside its block ends the program.
Result<Fit> FitGlm(DesignSource& source, const FitOptions& options);

// eta = intercept + X beta + offset for the rows of one block; eta has block.rows places.
void LinearPredictor(const DesignShape& shape, const DesignBlock& block, double intercept,
                     std::span<const double> beta, std::span<double> eta);

// The mean for a linear predictor: exp(eta), or 1 / (1 + exp(-eta)) without overflow.
double InverseLink(Family family, double eta);

}  // namespace pythia::glm
