#include "glm/hessian.h"

#include <algorithm>
#include <cstddef>

namespace pythia::glm {
namespace {

using Chunk = Eigen::Array4d;  // stands for vector registers, whatever their width
using ChunkIn = Eigen::Map<const Chunk>;
using ChunkOut = Eigen::Map<Chunk>;

// kChunks is the stride in chunks, 0 where it is known at run time only.
template <ptrdiff_t kChunks>
void ScaleRows(const double* z, const double* w, ptrdiff_t chunks, double* u) {
  const ptrdiff_t n = kChunks > 0 ? kChunks : chunks;
  for (ptrdiff_t i = 0; i < kTileRows; ++i) {
    for (ptrdiff_t c = i * n; c < (i + 1) * n; ++c) ChunkOut(u + c * 4) = ChunkIn(z + c * 4) * w[i];
  }
}

template <ptrdiff_t kChunks>
void AddToCells(const double* u, const uint16_t* cells, ptrdiff_t count, ptrdiff_t chunks,
                double* sums) {
  const ptrdiff_t n = kChunks > 0 ? kChunks : chunks;
  for (ptrdiff_t i = 0; i < count; ++i) {
    double* cell = sums + cells[i] * n * 4;
    const double* row = u + i * n * 4;
    for (ptrdiff_t c = 0; c < n; ++c) ChunkOut(cell + c * 4) += ChunkIn(row + c * 4);
  }
}

struct RowLoops {
  void (*scale)(const double*, const double*, ptrdiff_t, double*);
  void (*add_to_cells)(const double*, const uint16_t*, ptrdiff_t, ptrdiff_t, double*);
};

template <ptrdiff_t kChunks>
constexpr RowLoops kRowLoops = {ScaleRows<kChunks>, AddToCells<kChunks>};

// Strides of up to 4 chunks (14 dense columns) have loops of known length.
const RowLoops& LoopsFor(ptrdiff_t chunks) {
  static constexpr RowLoops kByChunks[] = {kRowLoops<0>, kRowLoops<1>, kRowLoops<2>, kRowLoops<3>,
                                           kRowLoops<4>};
  return kByChunks[chunks <= 4 ? chunks : 0];
}

void AddToPairs(const uint16_t* a, const uint16_t* b, const double* w, int count, ptrdiff_t b_cells,
                double* sums) {
  for (int i = 0; i < count; ++i) sums[a[i] * b_cells + b[i]] += w[i];
}

// The 4 x 4 corner (a, b) of z'u, kept in registers over the tile.
void AddGramCorner(const double* z, const double* u, ptrdiff_t stride, ptrdiff_t a, ptrdiff_t b,
                   double* gram) {
  Chunk row0 = Chunk::Zero();
  Chunk row1 = Chunk::Zero();
  Chunk row2 = Chunk::Zero();
  Chunk row3 = Chunk::Zero();
  for (ptrdiff_t i = 0; i < kTileRows; ++i) {
    const double* factor = z + i * stride + a;
    const Chunk values = ChunkIn(u + i * stride + b);
    row0 += values * factor[0];
    row1 += values * factor[1];
    row2 += values * factor[2];
    row3 += values * factor[3];
  }
  double* corner = gram + a * stride + b;
  ChunkOut(corner + 0 * stride) += row0;
  ChunkOut(corner + 1 * stride) += row1;
  ChunkOut(corner + 2 * stride) += row2;
  ChunkOut(corner + 3 * stride) += row3;
}

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
      u_(static_cast<size_t>(geometry.stride()) * kTileRows) {}

void TileAdder::Add(const TileReader& reader, int count, double* sums) {
  const int stride = geometry_.stride();
  const int chunks = stride / 4;
  const int num_dense = geometry_.shape.num_dense;
  const auto num_groups = static_cast<int>(geometry_.groups.size());
  const RowLoops& loops = LoopsFor(chunks);
  loops.scale(reader.z(), reader.tile.w, chunks, u_.data());
  for (int i = 0; i < kTileRows; ++i) u_[i * stride + num_dense + 1] = reader.tile.r[i];
  for (int g = 0; g < num_groups; ++g) {
    loops.add_to_cells(u_.data(), reader.cells(g), count, chunks, sums + layout_.cells(g));
    for (int h = g + 1; h < num_groups; ++h) {
      AddToPairs(reader.cells(g), reader.cells(h), reader.tile.w, count, geometry_.groups[h].cells,
                 sums + layout_.pair(g, h));
    }
  }
  for (int a = 0; a <= num_dense; a += 4) {
    for (int b = a; b < stride; b += 4) {
      AddGramCorner(reader.z(), u_.data(), stride, a, b, sums + layout_.gram());
    }
  }
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
