#include "metrics/counts.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "base/check.h"

namespace pythia::metrics {
namespace {

constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();

double Mean(std::span<const double> values) {
  double sum = 0;
  for (const double value : values) sum += value;
  return sum / static_cast<double>(values.size());
}

bool AllEqual(std::span<const double> values) {
  return std::ranges::all_of(values, [&](double value) { return value == values.front(); });
}

}  // namespace

double PoissonUnitDeviance(double y, double mu) {
  if (mu < 0) return kNaN;
  if (y == 0) return 2 * mu;
  return 2 * (y * std::log(y / mu) - (y - mu));
}

double MeanPoissonDeviance(std::span<const double> y, std::span<const double> mu) {
  PYTHIA_CHECK(!y.empty() && y.size() == mu.size());
  double sum = 0;
  for (size_t i = 0; i < y.size(); ++i) sum += PoissonUnitDeviance(y[i], mu[i]);
  return sum / static_cast<double>(y.size());
}

double PoissonD2(std::span<const double> y, std::span<const double> mu) {
  const double deviance = MeanPoissonDeviance(y, mu);
  if (AllEqual(y)) return kNaN;
  const double mean = Mean(y);
  double sum = 0;
  for (const double value : y) sum += PoissonUnitDeviance(value, mean);
  return 1 - deviance / (sum / static_cast<double>(y.size()));
}

double MeanAbsoluteError(std::span<const double> y, std::span<const double> mu) {
  PYTHIA_CHECK(!y.empty() && y.size() == mu.size());
  double sum = 0;
  for (size_t i = 0; i < y.size(); ++i) sum += std::abs(y[i] - mu[i]);
  return sum / static_cast<double>(y.size());
}

double RSquared(std::span<const double> y, std::span<const double> mu) {
  PYTHIA_CHECK(!y.empty() && y.size() == mu.size());
  if (AllEqual(y)) return kNaN;
  const double mean = Mean(y);
  double residual = 0;
  double total = 0;
  for (size_t i = 0; i < y.size(); ++i) {
    residual += (y[i] - mu[i]) * (y[i] - mu[i]);
    total += (y[i] - mean) * (y[i] - mean);
  }
  return 1 - residual / total;
}

}  // namespace pythia::metrics
