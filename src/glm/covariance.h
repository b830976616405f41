// How well the data pin the coefficients of an unpenalised fit down.
//
// model:    (X'WX)^-1, right where the variance is the family's; times phi for a quasi-family.
// sandwich: (X'WX)^-1 (sum_i r_i^2 x_i x_i') (X'WX)^-1 n / (n - rank), r = y - mu: HC1, right for
//           any variance. MacKinnon and White, "Some heteroskedasticity-consistent covariance
//           matrix estimators with improved finite sample properties", J. Econometrics 29 (1985).
#pragma once

#include <vector>

#include "base/error.h"
#include "glm/fit.h"

namespace pythia::glm {

// Symmetric, [width x width], width = num_columns + 1, the intercept last. Rows and columns of
// aliased and separated coefficients are 0.
struct Covariance {
  int width = 0;
  std::vector<double> model;
  std::vector<double> sandwich;

  double ModelAt(int i, int j) const { return model[static_cast<size_t>(i) * width + j]; }
  double SandwichAt(int i, int j) const { return sandwich[static_cast<size_t>(i) * width + j]; }
};

// For a fit of the same source with the same alpha, weights 1. With alpha > 0, X'WX + alpha n I
// (intercept free) stands for X'WX: how much the coefficients move with the rows, around where the
// ridge pulls them. Three passes; the same bits at any number of threads. Memory and time for dense
// matrices of the columns' number. kInternal where the matrix is not positive definite.
Result<Covariance> CovarianceOf(DesignSource& source, Family family, const Fit& fit,
                                double alpha = 0, int threads = 1);

}  // namespace pythia::glm
