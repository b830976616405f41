#include "metrics/calibration.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>

#include "base/check.h"
#include "base/row_memory.h"
#include "metrics/binary.h"

namespace pythia::metrics {
namespace {

struct Pool {
  double ones = 0;
  double sum_p = 0;
  int64_t rows = 0;

  double rate() const { return ones / static_cast<double>(rows); }
  void Add(const Pool& other) {
    ones += other.ones;
    sum_p += other.sum_p;
    rows += other.rows;
  }
};

std::vector<Pool> PoolViolators(std::span<const double> y, std::span<const double> p) {
  RowVector<std::pair<double, double>> rows;
  rows.reserve(y.size());
  for (size_t i = 0; i < y.size(); ++i) rows.emplace_back(p[i], y[i]);
  std::ranges::sort(rows);
  std::vector<Pool> pools;
  for (size_t first = 0; first < rows.size();) {
    Pool tied;
    const double probability = rows[first].first;
    for (; first < rows.size() && rows[first].first == probability; ++first) {
      tied.Add({.ones = rows[first].second, .sum_p = probability, .rows = 1});
    }
    while (!pools.empty() && pools.back().rate() >= tied.rate()) {
      tied.Add(pools.back());
      pools.pop_back();
    }
    pools.push_back(tied);
  }
  return pools;
}

}  // namespace

Reliability Corp(std::span<const double> y, std::span<const double> p) {
  PYTHIA_CHECK(!y.empty() && y.size() == p.size());
  Reliability result;
  double ones = 0;
  double recalibrated = 0;
  for (const Pool& pool : PoolViolators(y, p)) {
    const double rate = pool.rate();
    const auto rows = static_cast<double>(pool.rows);
    result.bins.push_back({.probability = pool.sum_p / rows, .rate = rate, .rows = pool.rows});
    ones += pool.ones;
    recalibrated += rows * rate * (1 - rate);
  }
  const auto n = static_cast<double>(y.size());
  recalibrated /= n;
  result.uncertainty = ones / n * (1 - ones / n);
  result.miscalibration = BrierScore(y, p) - recalibrated;
  result.discrimination = result.uncertainty - recalibrated;
  return result;
}

double NormalisedEntropy(std::span<const double> y, std::span<const double> p) {
  double ones = 0;
  for (const double value : y) ones += value;
  const double rate = ones / static_cast<double>(y.size());
  if (rate == 0 || rate == 1) return std::numeric_limits<double>::quiet_NaN();
  return LogLoss(y, p) / -(rate * std::log(rate) + (1 - rate) * std::log1p(-rate));
}

}  // namespace pythia::metrics
