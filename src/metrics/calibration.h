// How well probabilities are calibrated, without bins chosen by hand.
//
// CORP: the outcomes' isotonic regression on the predicted probabilities (pool adjacent violators)
// is the recalibrated forecast; the Brier score is then miscalibration - discrimination +
// uncertainty. Dimitriadis, Gneiting and Jordan, "Stable reliability diagrams for probabilistic
// classifiers", PNAS 118(8), 2021.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

namespace pythia::metrics {

struct ReliabilityBin {
  double probability = 0;  // mean of the predicted ones
  double rate = 0;         // share of ones; ascending over the bins
  int64_t rows = 0;
};

struct Reliability {
  std::vector<ReliabilityBin> bins;
  double miscalibration = 0;  // >= 0; 0: the probabilities are the rates
  double discrimination = 0;  // >= 0
  double uncertainty = 0;     // rate (1 - rate)
};

// y: 0 or 1, p: probabilities, of the same length n >= 1; O(n log n).
Reliability Corp(std::span<const double> y, std::span<const double> p);

// Log loss over that of the rows' own rate; below 1 is better than the rate. NaN with one class.
double NormalisedEntropy(std::span<const double> y, std::span<const double> p);

}  // namespace pythia::metrics
