#include "simulate/binomial.h"

#include <cmath>

#include "base/check.h"

namespace pythia {
namespace {

// n·p < 10, p <= 1/2.
int64_t ByInversion(int64_t n, double p, Random& random) {
  const double odds = p / (1 - p);
  double mass = std::exp(static_cast<double>(n) * std::log1p(-p));
  double u = random.Uniform();
  int64_t k = 0;
  while (u > mass && k < n) {
    u -= mass;
    ++k;
    mass *= odds * static_cast<double>(n - k + 1) / static_cast<double>(k);
  }
  return k;
}

// n·p >= 10, p <= 1/2.
int64_t ByRejection(int64_t trials, double p, Random& random) {
  const auto n = static_cast<double>(trials);
  const double spread = std::sqrt(n * p * (1 - p));
  const double b = 1.15 + 2.53 * spread;
  const double a = -0.0873 + 0.0248 * b + 0.01 * p;
  const double centre = n * p + 0.5;
  const double v_r = 0.92 - 4.2 / b;
  for (;;) {
    const double u = random.Uniform() - 0.5;
    double v = 1 - random.Uniform();
    const double us = 0.5 - std::fabs(u);
    const double k = std::floor((2 * a / us + b) * u + centre);
    if (us >= 0.07 && v <= v_r) return static_cast<int64_t>(k);
    if (!(k >= 0 && k <= n)) continue;
    const double mode = std::floor((n + 1) * p);
    v *= (2.83 + 5.1 / b) * spread / (a / (us * us) + b);
    if (std::log(v) <= std::lgamma(mode + 1) + std::lgamma(n - mode + 1) - std::lgamma(k + 1) -
                           std::lgamma(n - k + 1) + (k - mode) * std::log(p / (1 - p))) {
      return static_cast<int64_t>(k);
    }
  }
}

}  // namespace

int64_t Binomial(int64_t n, double p, Random& random) {
  PYTHIA_CHECK(n >= 0 && p >= 0 && p <= 1);
  if (p > 0.5) return n - Binomial(n, 1 - p, random);
  return static_cast<double>(n) * p < 10 ? ByInversion(n, p, random) : ByRejection(n, p, random);
}

}  // namespace pythia
