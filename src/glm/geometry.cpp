#include "glm/geometry.h"

#include <algorithm>
#include <cmath>
#include <cstddef>

#include "base/check.h"

namespace pythia::glm {

Geometry::Geometry(const DesignSource& source, const Survey& survey, bool fit_intercept)
    : shape(source.shape()),
      groups(source.groups() != nullptr ? *source.groups() : ChooseGroups(shape, survey.rows)),
      has_intercept(fit_intercept) {
  for (int j = 0; j < shape.num_dense; ++j) {
    const double mean = survey.mean[j];
    const double spread =
        has_intercept ? survey.deviation[j] : std::hypot(mean, survey.deviation[j]);
    center.push_back(has_intercept ? mean : 0);
    inverse_scale.push_back(spread > 0 && std::isnormal(1 / spread) ? 1 / spread : 1);
    const DenseUnit unit =
        source.units() != nullptr ? (*source.units())[static_cast<size_t>(j)] : DenseUnit();
    origin.push_back(unit.origin + center[j] * unit.size);
    factor.push_back(inverse_scale[j] / unit.size);
  }
}

Eigen::VectorXd Geometry::ToTheta(std::span<const double> coefficients) const {
  PYTHIA_CHECK(coefficients.size() == static_cast<size_t>(width()));
  Eigen::VectorXd theta(width());
  theta[0] = has_intercept ? coefficients.back() : 0;
  for (int j = 0; j + 1 < width(); ++j) theta[1 + j] = coefficients[j];
  for (int j = 0; j < shape.num_dense; ++j) {
    theta[0] += coefficients[j] * center[j];
    theta[1 + j] = coefficients[j] / inverse_scale[j];
  }
  return theta;
}

void Geometry::FromTheta(const Eigen::VectorXd& theta, double* intercept,
                         std::vector<double>* beta) const {
  *intercept = theta[0];
  beta->assign(theta.data() + 1, theta.data() + theta.size());
  for (int j = 0; j < shape.num_dense; ++j) {
    (*beta)[j] = theta[1 + j] * inverse_scale[j];
    *intercept -= (*beta)[j] * center[j];
  }
}

PointTables::PointTables(const Geometry& geometry, const Eigen::VectorXd& theta)
    : intercept(theta[0]), dense(theta.data() + 1, theta.data() + 1 + geometry.shape.num_dense) {
  for (const BlockGroup& group : geometry.groups) {
    std::vector<double>& table = cells.emplace_back(group.cells, 0.0);
    for (size_t k = 0; k < group.blocks.size(); ++k) {
      const double* levels = theta.data() + 1 + geometry.shape.level_column(group.blocks[k]);
      for (int cell = 0; cell < group.cells; ++cell) {
        table[cell] += levels[LevelOfCell(geometry.shape, group, static_cast<int>(k), cell)];
      }
    }
  }
}

TileReader::TileReader(const Geometry& geometry)
    : geometry_(geometry),
      cells_(geometry.groups.size() * kTileRows),
      z_(static_cast<size_t>(geometry.shape.num_dense) * kTileRows) {}

void TileReader::Read(const DesignBlock& block, int64_t first, int count, const PointTables& point,
                      bool with_offset) {
  std::fill(tile.weight + count, tile.weight + kTileRows, 0.0);
  std::fill(tile.y + count, tile.y + kTileRows, 0.0);
  std::copy_n(block.y + first, count, tile.y);
  if (block.weights) {
    std::copy_n(block.weights + first, count, tile.weight);
  } else {
    std::fill_n(tile.weight, count, 1.0);
  }
  std::fill_n(tile.eta, kTileRows, point.intercept);
  if (with_offset && block.offset) {
    for (int i = 0; i < count; ++i) tile.eta[i] += block.offset[first + i];
  }
  for (size_t g = 0; g < geometry_.groups.size(); ++g) {
    uint16_t* cells = &cells_[g * kTileRows];
    if (block.cells.empty()) {
      CellsOfRows(geometry_.groups[g], block, first, count, cells);
    } else {
      WidenCells(geometry_.groups[g], static_cast<int>(g), block, first, count, cells);
    }
    KernelsInUse().look_up(point.cells[g].data(), cells, tile.eta);
  }
  ReadDense(block, first, count, point);
  // A row without weight must not poison the sums with 0 * infinity.
  if (!block.weights && count == kTileRows) return;
  for (int i = 0; i < kTileRows; ++i) tile.eta[i] = tile.weight[i] > 0 ? tile.eta[i] : 0;
}

void TileReader::ReadDense(const DesignBlock& block, int64_t first, int count,
                           const PointTables& point) {
  double part[kTileRows];
  for (int j = 0; j < geometry_.shape.num_dense; ++j) {
    const double* column = block.dense[j] + first;
    if (count < kTileRows) {
      std::fill(std::copy_n(column, count, part), part + kTileRows, 0.0);
      column = part;
    }
    KernelsInUse().scale(column, geometry_.origin[j], geometry_.factor[j], point.dense[j],
                         &z_[static_cast<size_t>(j) * kTileRows], tile.eta);
  }
}

}  // namespace pythia::glm
