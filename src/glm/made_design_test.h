// Test only: random designs with known shape.
#pragma once

#include <cstdint>
#include <vector>

#include "glm/design.h"
#include "glm/fit.h"

namespace pythia::glm {

struct MadeOptions {
  Family family = Family::kPoissonLog;
  int64_t rows = 1000;
  DesignShape shape = {.num_dense = 2, .num_levels = {3, 4}};
  uint64_t seed = 1;
  bool weights = false;
  bool offset = false;
  double mean_log = 0;  // intercept of the truth
};

// Rows drawn from a GLM with small random coefficients; dense columns have odd means and units.
MemoryDesign MakeDesign(const MadeOptions& options);

// The rows of `design` in the order of `rows`; a row may come more than once.
MemoryDesign TakeRows(const MemoryDesign& design, const std::vector<int64_t>& rows);

// Every bit of the numbers in a fit.
std::vector<uint64_t> Bits(const Fit& fit);

// All rows as one block.
DesignBlock WholeBlock(const MemoryDesign& design);

// (1/2W) deviance + (alpha/2) |beta|^2, written out row by row.
double PlainObjective(const MemoryDesign& design, const FitOptions& options, double intercept,
                      const std::vector<double>& beta);

}  // namespace pythia::glm
