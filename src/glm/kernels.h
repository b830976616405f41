// The loops over the rows of a tile, compiled once for each kind of processor.
//
// kernels_body.h holds them; kernels_plain.cpp, kernels_avx2.cpp and kernels_avx512.cpp give it a
// vector length and their own compiler flags (CMakeLists.txt). So that no code for a newer
// processor reaches an older one, these files and this header use nothing inline from the standard
// library, and all that they define but the tables of functions has internal linkage.
//
// Every array of a tile has kTileRows places; what is in those past the end of the data adds
// nothing where the weight is 0. One level gives the same bits at any number of threads; levels
// differ in the last digits. Memory is the caller's. Thread-safe: pure functions.
#pragma once

#include <cstddef>
#include <cstdint>

namespace pythia::glm {

// Rows of a tile: its columns fit the first-level cache.
inline constexpr int kTileRows = 256;

// The codes of one tile that make up the cells of a group.
struct CodeView {
  const uint16_t* const* codes;  // [blocks], each at the tile's first row, [count]
  const unsigned* strides;       // [blocks]
  int blocks;
  int count;
};

struct ScoreView {
  const double* y;
  const double* weight;
  const double* eta;
  double* w;       // weight * d mu / d eta
  double* r;       // weight * (mu - y)
  double* losses;  // of the rows: FitGlm's objective without constants
};

struct Kernels {
  int lanes;  // 0: not compiled for this processor

  // exp(x) to 1 ulp; 0 below -707, infinity above 709.78, NaN where x is. In place.
  void (*exp)(double* x, size_t n);
  // log(1 + x) to 2 ulp for 0 <= x <= 1. In place.
  void (*log1p_of_share)(double* x, size_t n);

  // Mixed-radix cell numbers; 0 from `count` on. Returns the largest.
  unsigned (*cells)(const CodeView& view, uint16_t* cells);
  // The same of cells that are packed already.
  unsigned (*widen)(const uint8_t* packed, int count, uint16_t* cells);
  // eta[i] += table[cells[i]].
  void (*look_up)(const double* table, const uint16_t* cells, double* eta);
  // z = (x - center) * inverse_scale and eta += slope * z.
  void (*scale)(const double* x, double center, double inverse_scale, double slope, double* z,
                double* eta);
  void (*score_poisson)(const ScoreView& view);
  void (*score_binomial)(const ScoreView& view);

  double (*sum)(const double* a);
  double (*dot)(const double* a, const double* b);
  void (*multiply)(const double* a, const double* b, double* product);
  // columns[j][i] to rows[i * stride + j]; the lanes of a row from num_columns on get 0.
  void (*to_rows)(const double* const* columns, int num_columns, int stride, double* rows);
  // Adds the rows of `stride` (a multiple of 4) doubles to their cells.
  void (*add_to_cells)(const double* rows, const uint16_t* cells, int count, int stride,
                       double* sums);
  // sums[a[i] * b_cells + b[i]] += w[i].
  void (*add_to_pairs)(const uint16_t* a, const uint16_t* b, const double* w, int count,
                       size_t b_cells, double* sums);
};

extern const Kernels kPlainKernels;
extern const Kernels kAvx2Kernels;
extern const Kernels kAvx512Kernels;

// Those of the level in use (base/simd_level.h).
const Kernels& KernelsInUse();

}  // namespace pythia::glm
