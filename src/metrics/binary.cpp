#include "metrics/binary.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>
#include <vector>

#include "base/check.h"

namespace pythia::metrics {
namespace {

void CheckShapes(std::span<const double> y, std::span<const double> p) {
  PYTHIA_CHECK(!y.empty() && y.size() == p.size());
}

}  // namespace

double LogLoss(std::span<const double> y, std::span<const double> p) {
  CheckShapes(y, p);
  constexpr double kEdge = std::numeric_limits<double>::epsilon();
  double sum = 0;
  for (size_t i = 0; i < y.size(); ++i) {
    const double q = std::clamp(p[i], kEdge, 1 - kEdge);
    sum -= y[i] * std::log(q) + (1 - y[i]) * std::log1p(-q);
  }
  return sum / static_cast<double>(y.size());
}

double BrierScore(std::span<const double> y, std::span<const double> p) {
  CheckShapes(y, p);
  double sum = 0;
  for (size_t i = 0; i < y.size(); ++i) sum += (p[i] - y[i]) * (p[i] - y[i]);
  return sum / static_cast<double>(y.size());
}

ConfusionCounts Confusion(std::span<const double> y, std::span<const double> p, double threshold) {
  CheckShapes(y, p);
  ConfusionCounts counts;
  for (size_t i = 0; i < y.size(); ++i) {
    const bool predicted = p[i] > threshold;
    const bool came = y[i] != 0;
    if (predicted) {
      ++(came ? counts.true_positive : counts.false_positive);
    } else {
      ++(came ? counts.false_negative : counts.true_negative);
    }
  }
  return counts;
}

double Accuracy(const ConfusionCounts& counts) {
  const int64_t right = counts.true_positive + counts.true_negative;
  const int64_t wrong = counts.false_positive + counts.false_negative;
  return static_cast<double>(right) / static_cast<double>(right + wrong);
}

double Auc(std::span<const double> y, std::span<const double> p) {
  CheckShapes(y, p);
  std::vector<size_t> order(y.size());
  std::iota(order.begin(), order.end(), size_t{0});
  std::sort(order.begin(), order.end(), [&](size_t a, size_t b) { return p[a] < p[b]; });
  double positives = 0;
  double rank_sum = 0;  // of the positives, ties at their mean rank, ranks from 1
  for (size_t begin = 0; begin < order.size();) {
    size_t end = begin;
    double tied_positives = 0;
    for (; end < order.size() && p[order[end]] == p[order[begin]]; ++end) {
      tied_positives += y[order[end]] != 0 ? 1 : 0;
    }
    rank_sum += tied_positives * (static_cast<double>(begin + end + 1) / 2);
    positives += tied_positives;
    begin = end;
  }
  const double negatives = static_cast<double>(y.size()) - positives;
  if (positives == 0 || negatives == 0) return std::numeric_limits<double>::quiet_NaN();
  return (rank_sum - positives * (positives + 1) / 2) / (positives * negatives);
}

}  // namespace pythia::metrics
