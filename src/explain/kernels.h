// The loops over coalitions, rows and nodes, compiled once for each kind of processor.
//
// kernels_body.h holds them; kernels_plain.cpp, kernels_avx2.cpp and kernels_avx512.cpp give it a
// vector length and their own compiler flags (CMakeLists.txt). So that no code for a newer
// processor reaches an older one, these files and this header use nothing inline from the standard
// library, and all that they define but the tables of functions has internal linkage.
//
// Memory is the caller's. Thread-safe: pure functions.
#pragma once

#include <cstddef>
#include <cstdint>

namespace pythia::explain_internal {

inline constexpr int kMaxLanes = 8;
inline constexpr int kMaxCoalitionPlayers = 12;
// Coalitions of the first players fill a vector, so there have to be some; fewer players are made
// up with ones that contribute nothing.
inline constexpr int kMinCoalitionPlayers = 3;
inline constexpr int kMaxProductPlayers = 64;
// Up to here tables explain a plan per lane: every number of the table serves a vector of plans.
inline constexpr int kMaxLanePlayers = 6;

// Rows of a background; weights[s] is what v(S) counts in the sum of a member of S, s = |S|.
struct DirectView {
  int players;
  size_t rows;
  double intercept;
  const double* contributions;  // [rows x players]
  const double* weights;        // [players + 1]
};

// v(S) = scale exp(sum_{j in S} (a_j - mean_j)) C_S.
struct ExpTableView {
  int players;
  double scale;
  double base;
  double reach;            // how far from the mean a plan may be, in lanes
  const double* mean;      // [players]
  const double* weighted;  // [2^players], weight C_S
};

// As many coalitions as there are lanes, or one where plans are in the lanes: sum over the
// fractions of y P(y) / (1 + y Q(y)).
struct FractionGroup {
  unsigned first;  // in coefficients
  int16_t degree;
  int16_t fractions;
};

struct LogisticTableView {
  int players;
  double scale;
  double base;
  double reach;        // how far from the mean a plan may be, in lanes
  double most;         // a larger y counts as this
  const double* mean;  // [players]
  const FractionGroup* groups;
  // Per fraction, from the highest power down: P, Q, each [lanes], or one of each (FractionGroup).
  const double* coefficients;
};

// Rows in lanes. The last row is repeated to fill up the last group, with share 0.
struct ProductView {
  int players;
  size_t groups;
  double intercept;
  const double* contributions;  // [groups x players x lanes]
  const double* share;          // [groups x lanes]
  int nodes;
  const double* node;         // [nodes], on (0, 1)
  const double* node_weight;  // [nodes], of sum 1
};

// exp(i t_k x) for t_k = (k + 1/2) h, as cosine and sine.
struct WaveView {
  size_t terms;
  const double* turn;  // [terms x 2]: what a term counts
  const double* plan;  // [terms x players x 2]
  const double* rows;  // [groups x players x 2 x lanes], of the first term
};

struct Kernels {
  int lanes;  // 0: not compiled for this processor

  // phi of one plan by the direct sum. The exponential's phi come divided by exp(returned value),
  // so that nothing overflows on the way.
  double (*direct_exp)(const DirectView& view, const double* plan, double* phi);
  void (*direct_logistic)(const DirectView& view, const double* plan, double* phi);

  void (*table_exp)(const ExpTableView& view, const double* plan, double* phi);
  void (*table_logistic)(const LogisticTableView& view, const double* plan, double* phi);
  // A plan per lane, up to kMaxLanePlayers players: plans and phi [lanes x players]. A plan's phi
  // depend neither on its lane nor on the others. Bit i of what is returned: plan i is out of reach
  // and its phi mean nothing.
  unsigned (*lanes_exp)(const ExpTableView& view, const double* plans, double* phi);
  unsigned (*lanes_logistic)(const LogisticTableView& view, const double* plans, double* phi);

  // sums[i] = sum_k weight_k y_i z_k / (1 + y_i z_k). `points` is a multiple of lanes, n of 4.
  void (*logistic_sums)(const double* y, size_t points, const double* z, const double* weight,
                        size_t n, double* sums);
  // One step of Lanczos for the diagonal matrix x from q_0 .. q_k, [n] each, n a multiple of lanes:
  // writes q_k+1 (not yet of length 1) and alpha_k, and returns beta_k, its length.
  double (*lanczos_step)(const double* x, size_t n, size_t k, double* q, double* alpha);

  // The least and the largest linear predictor that a mixture of the plan and one row reaches.
  void (*reach)(const ProductView& view, const double* plan, double* least, double* largest);
  // phi of exp(power eta), divided by exp(power largest).
  void (*product_exp)(const ProductView& view, const double* plan, double power, double largest,
                      double* phi);
  // phi of the sum over the terms of Im(turn_k exp(i t_k (eta - intercept))).
  void (*product_waves)(const ProductView& view, const WaveView& waves, double* phi);
};

extern const Kernels kPlainKernels;
extern const Kernels kAvx2Kernels;
extern const Kernels kAvx512Kernels;

// Those of the level in use (base/simd_level.h), for Explainers made from now on.
const Kernels& KernelsInUse();

}  // namespace pythia::explain_internal
