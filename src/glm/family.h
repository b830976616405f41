// What a family says about rows: mean, gradient, weight, loss, deviance. Row kernels work on tiles
// of a fixed length so that the compiler can unroll them and the order of additions never varies.
//
// McCullagh and Nelder, "Generalized Linear Models", 2nd ed., table 2.1. Thread-safe: pure
// functions.
#pragma once

#include "glm/fit.h"
#include "glm/kernels.h"

namespace pythia::glm {

static_assert(kDesignBlockRows % kTileRows == 0);

// Rows of one tile; places past the end of the data hold y = weight = eta = 0 and add nothing.
struct RowTile {
  alignas(64) double y[kTileRows];
  alignas(64) double weight[kTileRows];
  alignas(64) double eta[kTileRows];
  alignas(64) double w[kTileRows];  // weight * d mu / d eta
  alignas(64) double r[kTileRows];  // weight * (mu - y): the score's row, sign turned
};

// Sums over rows. `loss` is the negative log-likelihood without the terms that do not depend on
// the coefficients: sum weight * (mu - y eta), or weight * (log(1 + exp(eta)) - y eta).
struct RowSums {
  double loss = 0;
  double w = 0;
  double r = 0;
  double deviance = 0;
  double pearson_chi2 = 0;
};

// Fills w and r from y, weight and eta; adds the tile's loss to `loss`.
void ScoreTile(Family family, RowTile* tile, double* loss);

// Adds all sums of the tile, the deviance row by row (no difference of large totals).
void SumTile(Family family, RowTile* tile, RowSums* sums);

// Turns eta into the means.
void MeansOfTile(Family family, RowTile* tile);

// The tile's loss, binomial with no more than `most_loss` for a row.
double LossOfTile(Family family, RowTile* tile, double most_loss);

// Fills w and r so that one weighted least-squares step leads from eta to the solution that starts
// at the data, mu = y + 0.1, as R's glm.fit does for counts. Poisson only.
void DataStartTile(RowTile* tile);

// log Gamma(1 + x) for x >= 0, without the global state of std::lgamma.
double LogGamma1p(double x);

// What a row adds to the log-likelihood of the saturated model. Poisson: weight * (y log y - y -
// log y!). Binomial: weight is the number of trials, y the share of successes, as in R:
// log C(weight, weight y) + weight (y log y + (1-y) log(1-y)); 0 for y = 0 and 1.
double SaturatedLogLikelihood(Family family, double y, double weight);

}  // namespace pythia::glm
