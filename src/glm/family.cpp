#include "glm/family.h"

#include <cmath>
#include <numbers>

namespace pythia::glm {
namespace {

double XLogX(double x) { return x > 0 ? x * std::log(x) : 0; }

void Score(Family family, RowTile* tile, double* losses) {
  const ScoreView view = {.y = tile->y,
                          .weight = tile->weight,
                          .eta = tile->eta,
                          .w = tile->w,
                          .r = tile->r,
                          .losses = losses};
  const Kernels& kernels = KernelsInUse();
  (family == Family::kPoissonLog ? kernels.score_poisson : kernels.score_binomial)(view);
}

}  // namespace

void ScoreTile(Family family, RowTile* tile, double* loss) {
  alignas(64) double losses[kTileRows];
  Score(family, tile, losses);
  *loss += KernelsInUse().sum(losses);
}

void SumTile(Family family, RowTile* tile, RowSums* sums) {
  double losses[kTileRows];
  double deviance[kTileRows];
  double pearson[kTileRows];
  Score(family, tile, losses);
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
  const Kernels& kernels = KernelsInUse();
  sums->loss += kernels.sum(losses);
  sums->deviance += kernels.sum(deviance);
  sums->pearson_chi2 += kernels.sum(pearson);
  sums->w += kernels.sum(tile->w);
  sums->r += kernels.sum(tile->r);
}

void MeansOfTile(Family family, RowTile* tile) {
  double* eta = tile->eta;
  if (family == Family::kPoissonLog) {
    KernelsInUse().exp(eta, kTileRows);
    return;
  }
  double small[kTileRows];
  for (int i = 0; i < kTileRows; ++i) small[i] = -std::abs(eta[i]);
  KernelsInUse().exp(small, kTileRows);
  for (int i = 0; i < kTileRows; ++i) eta[i] = (eta[i] >= 0 ? 1 : small[i]) / (1 + small[i]);
}

double LossOfTile(Family family, RowTile* tile, double most_loss) {
  alignas(64) double losses[kTileRows];
  Score(family, tile, losses);
  if (family == Family::kBinomialLogit) {
    for (double& loss : losses) loss = loss > most_loss ? most_loss : loss;
  }
  return KernelsInUse().sum(losses);
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
