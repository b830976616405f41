// The coordinates in which Newton's steps are taken, and how a tile of rows is read in them.
//
// theta is [1 + num_columns]: the intercept, then the columns. Dense columns are centred (when
// there is an intercept) and divided by their standard deviation, so that neither units nor large
// means cost digits; the objective is the same.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include <Eigen/Core>

#include "glm/design.h"
#include "glm/family.h"
#include "glm/packing.h"
#include "glm/survey.h"

namespace pythia::glm {

struct Geometry {
  Geometry(const DesignSource& source, const Survey& survey, bool fit_intercept);

  DesignShape shape;
  std::vector<BlockGroup> groups;
  std::vector<double> center;         // [num_dense]
  std::vector<double> inverse_scale;  // [num_dense], > 0
  // A stored value x reads as z = (x - origin) * factor: the source's units, then the two above.
  std::vector<double> origin;
  std::vector<double> factor;
  bool has_intercept;

  int width() const { return 1 + shape.num_columns(); }
  // Doubles per cell: the dense columns, a 1, room for the score, up to a multiple of 4.
  int stride() const { return (shape.num_dense + 2 + 3) / 4 * 4; }

  // `coefficients` is [num_columns + 1] in the data's units, the intercept last.
  Eigen::VectorXd ToTheta(std::span<const double> coefficients) const;
  void FromTheta(const Eigen::VectorXd& theta, double* intercept, std::vector<double>* beta) const;
};

// theta laid out for reading rows: one addition per group and per dense column.
struct PointTables {
  PointTables(const Geometry& geometry, const Eigen::VectorXd& theta);

  double intercept;
  std::vector<double> dense;
  std::vector<std::vector<double>> cells;  // per group: the sum of its levels' coefficients
};

// Reads rows of blocks into a tile. One per thread.
class TileReader {
 public:
  explicit TileReader(const Geometry& geometry);

  // Rows [first, first + count) of the block, eta = theta' z + offset; eta is 0 where the weight
  // is.
  void Read(const DesignBlock& block, int64_t first, int count, const PointTables& point,
            bool with_offset);

  RowTile tile;
  const uint16_t* cells(int group) const { return &cells_[static_cast<size_t>(group) * kTileRows]; }
  // A dense column, scaled. [kTileRows]
  const double* z(int column) const { return &z_[static_cast<size_t>(column) * kTileRows]; }

 private:
  void ReadDense(const DesignBlock& block, int64_t first, int count, const PointTables& point);

  const Geometry& geometry_;
  std::vector<uint16_t> cells_;
  std::vector<double> z_;
};

}  // namespace pythia::glm
