// How well probabilities predict a yes or no. y is 0 or 1, p in [0, 1]. Arrays only; thread-safe;
// every function requires at least one row and equal lengths.
#pragma once

#include <cstdint>
#include <span>

namespace pythia::metrics {

// -(1/n) sum y log p + (1 - y) log(1 - p), p clipped to [2^-52, 1 - 2^-52] as scikit-learn does.
double LogLoss(std::span<const double> y, std::span<const double> p);

// (1/n) sum (p_i - y_i)^2 (Brier 1950).
double BrierScore(std::span<const double> y, std::span<const double> p);

// Rows by what was predicted (p > threshold) and what came.
struct ConfusionCounts {
  int64_t true_positive = 0;
  int64_t false_positive = 0;
  int64_t true_negative = 0;
  int64_t false_negative = 0;
};
ConfusionCounts Confusion(std::span<const double> y, std::span<const double> p,
                          double threshold = 0.5);

// The share of rows on which p > threshold agrees with y.
double Accuracy(const ConfusionCounts& counts);

// The probability that a random positive has a larger p than a random negative, ties counting one
// half: the Mann-Whitney statistic, the area under the ROC curve (Hanley and McNeil 1982).
// O(n log n). NaN where one class is absent.
double Auc(std::span<const double> y, std::span<const double> p);

}  // namespace pythia::metrics
