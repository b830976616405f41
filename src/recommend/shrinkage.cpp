#include "recommend/shrinkage.h"

#include <algorithm>
#include <array>
#include <cmath>

#include "base/check.h"

namespace pythia {
namespace {

constexpr size_t kTaus = 51;
constexpr double kMostTau = 0.5;
// Keeps cells without any spread apart from a division by 0.
constexpr double kLeastVariance = 1e-12;

double ErrorVariance(const CellMean& cell, double variance) {
  return std::max(variance / cell.rows, kLeastVariance);
}

}  // namespace

std::span<const double> TauGrid() {
  static const std::array<double, kTaus> grid = [] {
    std::array<double, kTaus> taus{};
    for (size_t i = 0; i < kTaus; ++i) {
      taus[i] = kMostTau * static_cast<double>(i) / static_cast<double>(kTaus - 1);
    }
    return taus;
  }();
  return grid;
}

TauWeights LearnTau(std::span<const CellMean> cells, double variance) {
  TauWeights weights;
  for (const double tau : TauGrid()) {
    double log_likelihood = 0;
    for (const CellMean& cell : cells) {
      if (!(cell.rows > 0)) continue;
      const double total = ErrorVariance(cell, variance) + tau * tau;
      log_likelihood -= 0.5 * (std::log(total) + cell.mean * cell.mean / total);
    }
    weights.push_back(log_likelihood);
  }
  const double best = *std::max_element(weights.begin(), weights.end());
  double sum = 0;
  for (double& weight : weights) {
    weight = std::exp(weight - best);
    sum += weight;
  }
  for (double& weight : weights) weight /= sum;
  return weights;
}

TauWeights MeanTau(std::span<const TauWeights> weights) {
  PYTHIA_CHECK(!weights.empty());
  TauWeights mean(kTaus, 0);
  for (const TauWeights& one : weights) {
    for (size_t i = 0; i < kTaus; ++i) mean[i] += one[i] / static_cast<double>(weights.size());
  }
  return mean;
}

Shrunken Shrink(const CellMean& cell, double variance, const TauWeights& weights) {
  const std::span<const double> taus = TauGrid();
  Shrunken out;
  if (!(cell.rows > 0)) {
    for (size_t i = 0; i < kTaus; ++i) out.variance += weights[i] * taus[i] * taus[i];
    return out;
  }
  const double v = ErrorVariance(cell, variance);
  const auto kept = [&](size_t i) { return taus[i] * taus[i] / (taus[i] * taus[i] + v); };
  for (size_t i = 0; i < kTaus; ++i) out.mean += weights[i] * kept(i) * cell.mean;
  for (size_t i = 0; i < kTaus; ++i) {
    const double off = kept(i) * cell.mean - out.mean;
    out.variance += weights[i] * (kept(i) * v + off * off);
  }
  return out;
}

}  // namespace pythia
