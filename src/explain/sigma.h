// The logistic function.
#pragma once

#include <cmath>

namespace pythia::explain_internal {

// With small relative error for every eta.
inline double Sigma(double eta) {
  const double small = std::exp(-std::abs(eta));
  return (eta >= 0 ? 1 : small) / (1 + small);
}

}  // namespace pythia::explain_internal
