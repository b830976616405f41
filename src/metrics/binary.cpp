#include "metrics/binary.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>

#include "base/check.h"
#include "base/row_memory.h"

namespace pythia::metrics {
namespace {

constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();

void CheckRows(std::span<const double> y, std::span<const double> p) {
  PYTHIA_CHECK(!y.empty() && y.size() == p.size());
  PYTHIA_CHECK(std::ranges::all_of(y, [](double value) { return value == 0 || value == 1; }));
}

}  // namespace

double LogLoss(std::span<const double> y, std::span<const double> p) {
  CheckRows(y, p);
  double sum = 0;
  for (size_t i = 0; i < y.size(); ++i) sum += BinaryUnitDeviance(y[i], p[i]) / 2;
  return sum / static_cast<double>(y.size());
}

double BinaryUnitDeviance(double y, double p) {
  const double clipped = std::clamp(p, kLogLossClip, 1 - kLogLossClip);
  return -2 * (y == 1 ? std::log(clipped) : std::log1p(-clipped));
}

double BrierScore(std::span<const double> y, std::span<const double> p) {
  CheckRows(y, p);
  double sum = 0;
  for (size_t i = 0; i < y.size(); ++i) sum += (p[i] - y[i]) * (p[i] - y[i]);
  return sum / static_cast<double>(y.size());
}

ConfusionCounts Confusion(std::span<const double> y, std::span<const double> p, double threshold) {
  CheckRows(y, p);
  ConfusionCounts counts;
  for (size_t i = 0; i < y.size(); ++i) {
    const bool predicted = p[i] > threshold;
    if (y[i] == 1) {
      ++(predicted ? counts.true_positive : counts.false_negative);
    } else {
      ++(predicted ? counts.false_positive : counts.true_negative);
    }
  }
  return counts;
}

double Accuracy(const ConfusionCounts& counts) {
  const int64_t right = counts.true_positive + counts.true_negative;
  const int64_t wrong = counts.false_positive + counts.false_negative;
  PYTHIA_CHECK(right + wrong > 0);
  return static_cast<double>(right) / static_cast<double>(right + wrong);
}

double Auc(std::span<const double> y, std::span<const double> scores) {
  CheckRows(y, scores);
  if (std::ranges::any_of(scores, [](double score) { return std::isnan(score); })) return kNaN;
  RowVector<std::pair<double, double>> rows;  // score, y
  rows.reserve(y.size());
  for (size_t i = 0; i < y.size(); ++i) rows.emplace_back(scores[i], y[i]);
  std::ranges::sort(rows, {}, &std::pair<double, double>::first);
  // Twice the number of pairs in the right order, so that ties stay whole.
  double twice_ordered = 0;
  double negatives = 0;
  double positives = 0;
  for (size_t first = 0; first < rows.size();) {
    size_t last = first;
    double tied_positives = 0;
    for (; last < rows.size() && rows[last].first == rows[first].first; ++last) {
      tied_positives += rows[last].second;
    }
    const double tied_negatives = static_cast<double>(last - first) - tied_positives;
    twice_ordered += tied_positives * (2 * negatives + tied_negatives);
    positives += tied_positives;
    negatives += tied_negatives;
    first = last;
  }
  if (positives == 0 || negatives == 0) return kNaN;
  return twice_ordered / (2 * positives * negatives);
}

}  // namespace pythia::metrics
