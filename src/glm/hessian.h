// Gradient and Hessian of the loss from sums per cell, per pair of cells, and of the dense columns;
// the one-hot matrix is never made.
#pragma once

#include <vector>

#include <Eigen/Core>

#include "glm/geometry.h"

namespace pythia::glm {

// Where the sums lie in one array: the loss; the Gram matrix of tile rows [stride x stride], whose
// lanes are the dense columns, a 1 and the score; per group [cells x stride]; per
// pair of groups [cells x cells].
class SumLayout {
 public:
  explicit SumLayout(const Geometry& geometry);

  size_t size() const { return size_; }
  static size_t gram() { return 4; }  // the loss and three unused, to keep rows aligned
  size_t cells(int group) const { return cells_[group]; }
  size_t pair(int group, int later) const { return pairs_[group * cells_.size() + later]; }

 private:
  std::vector<size_t> cells_;
  std::vector<size_t> pairs_;
  size_t size_;
};

// Adds tiles into an array of sums. One per thread.
class TileAdder {
 public:
  TileAdder(const Geometry& geometry, const SumLayout& layout);
  // The reader's tile must hold w and r. `sums` is [layout.size()].
  void Add(const TileReader& reader, int count, double* sums);

 private:
  void AddGram(const TileReader& reader, double* gram) const;

  const Geometry& geometry_;
  const SumLayout& layout_;
  std::vector<double> products_;        // [num_dense x kTileRows]: w * z
  std::vector<double> rows_;            // [kTileRows x stride]: w * z, w and r of a row
  std::vector<const double*> columns_;  // of the rows
};

// Value, gradient [width] and Hessian [width x width, lower half] in theta, without the penalty.
struct Curvature {
  double loss = 0;
  Eigen::VectorXd gradient;
  Eigen::MatrixXd hessian;
};

void Assemble(const Geometry& geometry, const SumLayout& layout, const std::vector<double>& sums,
              Curvature* out);

}  // namespace pythia::glm
