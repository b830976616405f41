#include "glm/family.h"

#include <cmath>
#include <numbers>

namespace pythia::glm {
namespace {

// Adds in eight lanes, then pairwise: one fixed order, and room for vector instructions.
double SumOf(const double* values) {
  double lanes[8] = {};
  for (int i = 0; i < kTileRows; i += 8) {
    for (int k = 0; k < 8; ++k) lanes[k] += values[i + k];
  }
  return ((lanes[0] + lanes[4]) + (lanes[2] + lanes[6])) +
         ((lanes[1] + lanes[5]) + (lanes[3] + lanes[7]));
}

double XLogX(double x) { return x > 0 ? x * std::log(x) : 0; }

void ScorePoisson(RowTile* tile, double* losses) {
  for (int i = 0; i < kTileRows; ++i) tile->w[i] = std::exp(tile->eta[i]);
  for (int i = 0; i < kTileRows; ++i) {
    const double mu = tile->w[i];
    losses[i] = tile->weight[i] * (mu - tile->y[i] * tile->eta[i]);
    tile->r[i] = tile->weight[i] * (mu - tile->y[i]);
    tile->w[i] = tile->weight[i] * mu;
  }
}

void ScoreBinomial(RowTile* tile, double* losses) {
  double small[kTileRows];  // exp(-|eta|): nothing overflows, and 1 - mu keeps its digits
  double log_part[kTileRows];
  for (int i = 0; i < kTileRows; ++i) small[i] = std::exp(-std::abs(tile->eta[i]));
  for (int i = 0; i < kTileRows; ++i) log_part[i] = std::log1p(small[i]);
  for (int i = 0; i < kTileRows; ++i) {
    const double t = small[i];
    const double y = tile->y[i];
    const double eta = tile->eta[i];
    const double scale = 1 / (1 + t);
    // mu - y over a common denominator: exact where mu is within rounding of y.
    const double high = (1 - y) - y * t;
    const double low = t * (1 - y) - y;
    tile->r[i] = tile->weight[i] * (eta >= 0 ? high : low) * scale;
    tile->w[i] = tile->weight[i] * t * scale * scale;
    losses[i] = tile->weight[i] * ((eta >= 0 ? eta : 0) - y * eta + log_part[i]);
  }
}

}  // namespace

void ScoreTile(Family family, RowTile* tile, double* loss) {
  double losses[kTileRows];
  if (family == Family::kPoissonLog) {
    ScorePoisson(tile, losses);
  } else {
    ScoreBinomial(tile, losses);
  }
  *loss += SumOf(losses);
}

void SumTile(Family family, RowTile* tile, RowSums* sums) {
  double losses[kTileRows];
  double deviance[kTileRows];
  double pearson[kTileRows];
  if (family == Family::kPoissonLog) {
    ScorePoisson(tile, losses);
  } else {
    ScoreBinomial(tile, losses);
  }
  for (int i = 0; i < kTileRows; ++i) {
    const double y = tile->y[i];
    const double weight = tile->weight[i];
    if (family == Family::kPoissonLog) {
      const double logs = y > 0 ? y * (std::log(y) - tile->eta[i]) : 0;
      deviance[i] = 2 * (weight * logs + tile->r[i]);
    } else {
      const double entropy = y > 0 && y < 1 ? XLogX(y) + XLogX(1 - y) : 0;
      deviance[i] = 2 * (losses[i] + weight * entropy);
    }
    pearson[i] = tile->w[i] > 0 ? tile->r[i] * (tile->r[i] / tile->w[i]) : 0;
  }
  sums->loss += SumOf(losses);
  sums->deviance += SumOf(deviance);
  sums->pearson_chi2 += SumOf(pearson);
  sums->w += SumOf(tile->w);
  sums->r += SumOf(tile->r);
}

void DataStartTile(RowTile* tile) {
  for (int i = 0; i < kTileRows; ++i) {
    const double mu = tile->y[i] + 0.1;
    const double target = std::log(mu) - 0.1 / mu;
    tile->w[i] = tile->weight[i] * mu;
    tile->r[i] = tile->w[i] * (tile->eta[i] - target);
  }
}

double LogGamma1p(double x) {
  if (x == 0 || x == 1) return 0;
  // Stirling's series is good to 1e-16 from 16 on (Abramowitz and Stegun 6.1.41).
  double shift = 0;
  if (x < 16) {
    double product = 1;
    while (x < 16) {
      x += 1;
      product *= x;
    }
    shift = std::log(product);
  }
  const double inverse = 1 / x;
  const double square = inverse * inverse;
  const double tail = 1.0 / 1260 - square * (1.0 / 1680 - square / 1188);
  const double series = inverse * (1.0 / 12 - square * (1.0 / 360 - square * tail));
  return (x + 0.5) * std::log(x) - x + 0.5 * std::log(2 * std::numbers::pi) + series - shift;
}

double SaturatedLogLikelihood(Family family, double y, double weight) {
  if (family == Family::kPoissonLog) return weight * (XLogX(y) - y - LogGamma1p(y));
  if (y == 0 || y == 1 || weight == 0) return 0;
  const double successes = weight * y;
  const double choices =
      LogGamma1p(weight) - LogGamma1p(successes) - LogGamma1p(weight - successes);
  return choices + weight * (XLogX(y) + XLogX(1 - y));
}

double InverseLink(Family family, double eta) {
  if (family == Family::kPoissonLog) return std::exp(eta);
  const double t = std::exp(-std::abs(eta));
  return (eta >= 0 ? 1 : t) / (1 + t);
}

}  // namespace pythia::glm
