#include "explain/compressor.h"

#include <algorithm>
#include <cmath>

namespace pythia::explain_internal {
namespace {

// The grid in t: its step, and how far past the values it goes. Further out the error falls off as
// the response settles.
constexpr double kGridStep = 0.25;
constexpr double kExpGridStep = 1.2840254166877414;  // exp(kGridStep)
constexpr double kGridMargin = 4;
constexpr size_t kRowsAtOnce = 4;  // of Kernels::logistic_sums

}  // namespace

Compressor::Compressor(const Kernels& kernels, const CentredBackground& centred, double floor)
    : kernels_(kernels),
      centred_(centred),
      floor_(floor),
      compression_(kernels),
      values_(centred.rows),
      equal_(centred.rows, 1 / static_cast<double>(centred.rows)) {}

void Compressor::SumContributions(unsigned coalition) {
  std::ranges::fill(values_, 0);
  for (int j = 0; j < centred_.players; ++j) {
    if ((coalition >> j & 1) != 0) continue;
    const double* column = &centred_.columns[static_cast<size_t>(j) * centred_.rows];
    for (size_t row = 0; row < values_.size(); ++row) values_[row] += column[row];
  }
}

void Compressor::MakeGrid() {
  const auto [least, largest] = std::ranges::minmax(values_);
  const double length = largest - least + 2 * kGridMargin;
  const auto points = static_cast<size_t>(length / kGridStep) + 1;
  grid_.resize((points + kMaxLanes - 1) / kMaxLanes * kMaxLanes);
  const double start = -largest - kGridMargin;
  for (size_t i = 0; i < grid_.size(); ++i) {
    grid_[i] = i % kMaxLanes == 0 ? std::exp(start + kGridStep * static_cast<double>(i))
                                  : grid_[i - 1] * kExpGridStep;
  }
}

void Compressor::MeansOnGrid(const std::vector<double>& nodes, const std::vector<double>& weights,
                             AlignedNumbers* means) {
  const size_t padded = (nodes.size() + kRowsAtOnce - 1) / kRowsAtOnce * kRowsAtOnce;
  padded_z_.assign(padded, 0);
  padded_weights_.assign(padded, 0);
  std::ranges::copy(weights, padded_weights_.begin());
  std::ranges::transform(nodes, padded_z_.begin(), [](double x) { return std::exp(x); });
  means->resize(grid_.size());
  kernels_.logistic_sums(grid_.data(), grid_.size(), padded_z_.data(), padded_weights_.data(),
                         padded, means->data());
}

bool Compressor::IsGood(int points) {
  compression_.MakeRule(points, &trial_);
  if (compression_.exact(points)) return true;
  MeansOnGrid(trial_.nodes, trial_.weights, &have_);
  for (size_t i = 0; i < grid_.size(); ++i) {
    const double allowed = kCompressionError * std::max(floor_, want_[i]);
    if (!(std::abs(have_[i] - want_[i]) <= allowed)) return false;
  }
  return true;
}

bool Compressor::Compress(unsigned coalition, Rule* rule) {
  SumContributions(coalition);
  MakeGrid();
  MeansOnGrid(values_, equal_, &want_);
  compression_.Reset(values_);
  int points = guess_;
  if (IsGood(points)) {
    do {
      *rule = trial_;
      points = static_cast<int>(rule->nodes.size()) - 1;
    } while (points > 0 && IsGood(points));
  } else {
    do {
      if (++points > kMostNodes) return false;
    } while (!IsGood(points));
    *rule = trial_;
  }
  // Coalitions in a row are alike.
  guess_ = std::max(2, static_cast<int>(rule->nodes.size()));
  return true;
}

}  // namespace pythia::explain_internal
