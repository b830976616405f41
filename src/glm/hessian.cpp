#include "glm/hessian.h"

#include <algorithm>
#include <cstddef>

namespace pythia::glm {
namespace {

// Adds to the lower half of a symmetric matrix.
class SymmetricAdder {
 public:
  explicit SymmetricAdder(Eigen::MatrixXd* matrix) : matrix_(*matrix) {}
  void operator()(int i, int j, double value) { matrix_(std::max(i, j), std::min(i, j)) += value; }

 private:
  Eigen::MatrixXd& matrix_;
};

// The places in theta of the levels that make up each cell: [cells x blocks of the group].
std::vector<int> PlacesOfCells(const Geometry& geometry, const BlockGroup& group) {
  std::vector<int> places;
  for (int cell = 0; cell < group.cells; ++cell) {
    for (size_t k = 0; k < group.blocks.size(); ++k) {
      places.push_back(1 + geometry.shape.level_column(group.blocks[k]) +
                       LevelOfCell(geometry.shape, group, static_cast<int>(k), cell));
    }
  }
  return places;
}

void AssembleCells(const Geometry& geometry, const BlockGroup& group,
                   const std::vector<int>& places, const double* sums, Curvature* out) {
  SymmetricAdder add(&out->hessian);
  const int num_dense = geometry.shape.num_dense;
  const auto blocks = static_cast<int>(group.blocks.size());
  for (int cell = 0; cell < group.cells; ++cell) {
    const double* sum = sums + static_cast<size_t>(cell) * geometry.stride();
    const double w = sum[num_dense];
    for (int k = 0; k < blocks; ++k) {
      const int place = places[static_cast<size_t>(cell) * blocks + k];
      out->gradient[place] += sum[num_dense + 1];
      add(place, 0, w);
      for (int j = 0; j < num_dense; ++j) add(place, 1 + j, sum[j]);
      for (int l = 0; l <= k; ++l) add(place, places[static_cast<size_t>(cell) * blocks + l], w);
    }
  }
}

void AssemblePair(const BlockGroup& a, const BlockGroup& b, const std::vector<int>& a_places,
                  const std::vector<int>& b_places, const double* sums, Curvature* out) {
  SymmetricAdder add(&out->hessian);
  const size_t a_blocks = a.blocks.size();
  const size_t b_blocks = b.blocks.size();
  for (int i = 0; i < a.cells; ++i) {
    for (int j = 0; j < b.cells; ++j) {
      const double w = sums[static_cast<size_t>(i) * b.cells + j];
      if (w == 0) continue;
      for (size_t k = 0; k < a_blocks; ++k) {
        for (size_t l = 0; l < b_blocks; ++l) {
          add(a_places[i * a_blocks + k], b_places[j * b_blocks + l], w);
        }
      }
    }
  }
}

}  // namespace

SumLayout::SumLayout(const Geometry& geometry) {
  const auto stride = static_cast<size_t>(geometry.stride());
  const size_t groups = geometry.groups.size();
  size_ = gram() + stride * stride;
  for (const BlockGroup& group : geometry.groups) {
    cells_.push_back(size_);
    size_ += group.cells * stride;
  }
  pairs_.assign(groups * groups, 0);
  for (size_t a = 0; a < groups; ++a) {
    for (size_t b = a + 1; b < groups; ++b) {
      pairs_[a * groups + b] = size_;
      size_ += static_cast<size_t>(geometry.groups[a].cells) * geometry.groups[b].cells;
    }
  }
}

TileAdder::TileAdder(const Geometry& geometry, const SumLayout& layout)
    : geometry_(geometry),
      layout_(layout),
      products_(static_cast<size_t>(geometry.shape.num_dense) * kTileRows),
      rows_(static_cast<size_t>(geometry.stride()) * kTileRows) {}

void TileAdder::Add(const TileReader& reader, int count, double* sums) {
  const Kernels& kernels = KernelsInUse();
  const int stride = geometry_.stride();
  const int num_dense = geometry_.shape.num_dense;
  const double* w = reader.tile.w;
  const double* r = reader.tile.r;
  columns_.clear();
  for (int j = 0; j < num_dense; ++j) {
    double* product = &products_[static_cast<size_t>(j) * kTileRows];
    kernels.multiply(reader.z(j), w, product);
    columns_.push_back(product);
  }
  AddGram(reader, sums + layout_.gram());
  const auto num_groups = static_cast<int>(geometry_.groups.size());
  if (num_groups == 0) return;
  columns_.push_back(w);
  columns_.push_back(r);
  kernels.to_rows(columns_.data(), num_dense + 2, stride, rows_.data());
  for (int g = 0; g < num_groups; ++g) {
    kernels.add_to_cells(rows_.data(), reader.cells(g), count, stride, sums + layout_.cells(g));
    for (int h = g + 1; h < num_groups; ++h) {
      kernels.add_to_pairs(reader.cells(g), reader.cells(h), w, count,
                           static_cast<size_t>(geometry_.groups[h].cells),
                           sums + layout_.pair(g, h));
    }
  }
}

void TileAdder::AddGram(const TileReader& reader, double* gram) const {
  const Kernels& kernels = KernelsInUse();
  const int num_dense = geometry_.shape.num_dense;
  const double* r = reader.tile.r;
  for (int a = 0; a < num_dense; ++a) {
    double* row = gram + static_cast<ptrdiff_t>(a) * geometry_.stride();
    for (int b = a; b < num_dense; ++b) row[b] += kernels.dot(reader.z(a), columns_[b]);
    row[num_dense] += kernels.sum(columns_[a]);
    row[num_dense + 1] += kernels.dot(reader.z(a), r);
  }
  double* last = gram + static_cast<ptrdiff_t>(num_dense) * geometry_.stride();
  last[num_dense] += kernels.sum(reader.tile.w);
  last[num_dense + 1] += kernels.sum(r);
}

void Assemble(const Geometry& geometry, const SumLayout& layout, const std::vector<double>& sums,
              Curvature* out) {
  const int num_dense = geometry.shape.num_dense;
  const int stride = geometry.stride();
  out->loss = sums[0];
  out->gradient.setZero(geometry.width());
  out->hessian.setZero(geometry.width(), geometry.width());
  SymmetricAdder add(&out->hessian);
  const auto place = [&](int lane) { return lane == num_dense ? 0 : 1 + lane; };
  for (int a = 0; a <= num_dense; ++a) {
    const double* row = &sums[layout.gram() + static_cast<size_t>(a) * stride];
    out->gradient[place(a)] = row[num_dense + 1];
    for (int b = a; b <= num_dense; ++b) add(place(a), place(b), row[b]);
  }
  std::vector<std::vector<int>> places;
  places.reserve(geometry.groups.size());
  for (const BlockGroup& group : geometry.groups) places.push_back(PlacesOfCells(geometry, group));
  for (size_t a = 0; a < geometry.groups.size(); ++a) {
    const BlockGroup& group = geometry.groups[a];
    AssembleCells(geometry, group, places[a], &sums[layout.cells(static_cast<int>(a))], out);
    for (size_t b = a + 1; b < geometry.groups.size(); ++b) {
      AssemblePair(group, geometry.groups[b], places[a], places[b],
                   &sums[layout.pair(static_cast<int>(a), static_cast<int>(b))], out);
    }
  }
}

}  // namespace pythia::glm
