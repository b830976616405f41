// How well predicted means fit counts and other numbers.
//
// All functions take y and mu of the same length n >= 1 (else the program ends), any unit, and run
// in O(n) with sums in the order of the rows. Thread-safe: pure functions.
#pragma once

#include <span>

namespace pythia::metrics {

// 2 (y log(y/mu) - (y - mu)) of one row, with the limits below.
double PoissonUnitDeviance(double y, double mu);

// (2/n) sum (y log(y/mu) - (y - mu)), y log y = 0 at y = 0. McCullagh and Nelder, "Generalized
// Linear Models", 2nd ed., section 2.3; scikit-learn's mean_poisson_deviance. y >= 0; infinite
// where mu = 0 < y, 0 for a row with mu = y = 0, NaN for mu < 0.
double MeanPoissonDeviance(std::span<const double> y, std::span<const double> mu);

// Share of the deviance of the mean of y that mu takes away: 1 - D(y, mu) / D(y, mean y), with the
// deviance above. scikit-learn's d2_tweedie_score(power=1); Hastie, Tibshirani and Wainwright,
// "Statistical Learning with Sparsity", eq. 3.11. At most 1; NaN where all y are equal.
double PoissonD2(std::span<const double> y, std::span<const double> mu);

// (1/n) sum |y - mu|, in the unit of y.
double MeanAbsoluteError(std::span<const double> y, std::span<const double> mu);

// Share of the squares around the mean of y that mu takes away: 1 - sum (y - mu)^2 / sum (y - mean
// y)^2. At most 1; NaN where all y are equal.
double RSquared(std::span<const double> y, std::span<const double> mu);

}  // namespace pythia::metrics
