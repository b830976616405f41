// How well predicted probabilities fit a yes or no.
//
// All functions take y, each exactly 0 or 1, and p, each in 0..1 (NaN gives NaN where a number is
// returned), of the same length n >= 1; else the program ends. Thread-safe: pure functions.
#pragma once

#include <cstdint>
#include <span>

namespace pythia::metrics {

// Probabilities nearer to 0 or 1 than this count as this far away: the spacing of doubles at 1, as
// in scikit-learn, so that one sure and wrong prediction costs 36 and not infinity.
inline constexpr double kLogLossClip = 0x1p-52;

// -(1/n) sum (y log p + (1 - y) log(1 - p)), p clipped to [kLogLossClip, 1 - kLogLossClip].
// Half the mean binomial deviance. Good, "Rational Decisions", J. R. Stat. Soc. B 14 (1952).
double LogLoss(std::span<const double> y, std::span<const double> p);

// The binomial deviance of one row: -2 (y log p + (1 - y) log(1 - p)), clipped as above.
double BinaryUnitDeviance(double y, double p);

// (1/n) sum (p - y)^2. Brier, "Verification of forecasts expressed in terms of probability",
// Monthly Weather Review 78 (1950).
double BrierScore(std::span<const double> y, std::span<const double> p);

// Rows by what was and what was predicted; "positive" is y = 1, and p > threshold.
struct ConfusionCounts {
  int64_t true_positive = 0;
  int64_t false_positive = 0;
  int64_t true_negative = 0;
  int64_t false_negative = 0;

  bool operator==(const ConfusionCounts&) const = default;
};
ConfusionCounts Confusion(std::span<const double> y, std::span<const double> p,
                          double threshold = 0.5);

// The share of rows that were predicted right. Counts of at least one row.
double Accuracy(const ConfusionCounts& counts);

// Area under the ROC curve: the chance that a random positive has a larger score than a random
// negative, ties counting 1/2; U / (positives * negatives) of Mann and Whitney (1947), by ranks in
// O(n log n). Exact up to 1e8 rows. Scores need not be probabilities. NaN where a class is missing
// or a score is NaN.
double Auc(std::span<const double> y, std::span<const double> scores);

}  // namespace pythia::metrics
