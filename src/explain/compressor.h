// Few nodes in place of what the background adds to a coalition.
#pragma once

#include <cstddef>
#include <vector>

#include "explain/coalitions.h"
#include "explain/gauss_rule.h"
#include "explain/kernels.h"

namespace pythia::explain_internal {

// From there on set-up grows with the square of the nodes, and the direct sum is not much slower.
inline constexpr int kMostNodes = 48;

// Finds the least number of nodes whose mean of 1 / (1 + exp(-t - x)) is right for every t, within
// kCompressionError of that mean or of `floor`, whichever is more: no v(S) is wrong by more than
// that part of the largest one. Measured on a grid in t, not bounded: between its points the error
// was at most 1.1 times that on them. Not thread-safe.
class Compressor {
 public:
  static constexpr double kCompressionError = 2e-13;

  // `floor` is a value that some coalition has whatever the plan.
  Compressor(const Kernels& kernels, const CentredBackground& centred, double floor);

  // The rule for the sum of what the players outside `coalition` (a set of bits) contribute. False
  // where it needs more than kMostNodes.
  bool Compress(unsigned coalition, Rule* rule);

 private:
  void SumContributions(unsigned coalition);
  void MakeGrid();
  bool IsGood(int points);
  // sums[i] = sum_k weight_k / (1 + exp(-t_i - x_k))
  void MeansOnGrid(const std::vector<double>& nodes, const std::vector<double>& weights,
                   AlignedNumbers* means);

  const Kernels& kernels_;
  const CentredBackground& centred_;
  const double floor_;
  Compression compression_;
  int guess_ = 8;
  std::vector<double> values_;  // [rows]
  std::vector<double> equal_;   // [rows], 1 / rows
  AlignedNumbers grid_;         // exp(t)
  AlignedNumbers want_;         // [grid]
  AlignedNumbers have_;         // [grid]
  std::vector<double> padded_z_;
  std::vector<double> padded_weights_;
  Rule trial_;
};

}  // namespace pythia::explain_internal
