// The matrix that a GLM is fitted on, never expanded: dense columns, and categorical blocks kept
// as codes.
//
// The coefficient vector beta has one entry per dense column, then one per level of categorical
// block 0, block 1, ... (one-hot, no level dropped). The intercept is kept apart.
#pragma once

#include <cstdint>
#include <vector>

#include "base/error.h"

namespace pythia::glm {

struct DesignShape {
  int num_dense = 0;
  std::vector<int> num_levels;  // per categorical block, each in 1..65536

  int num_columns() const;            // num_dense + sum(num_levels)
  int level_column(int block) const;  // the column of level 0 of a categorical block
};

// Some categorical blocks whose levels are read as one mixed-radix number; or one block of any
// size.
struct BlockGroup {
  std::vector<int> blocks;
  std::vector<int> strides;  // [blocks] in the mixed-radix number
  int cells = 1;
};

// Cells of a packed group fit a byte.
inline constexpr int kPackedCells = 256;

// A dense column counts as (x - origin) / size: coefficients and the penalty are per `size`.
struct DenseUnit {
  double origin = 0;
  double size = 1;
};

// Some rows. The memory belongs to the source.
struct DesignBlock {
  int64_t rows = 0;
  std::vector<const double*> dense;    // [num_dense], each [rows]
  std::vector<const uint16_t*> codes;  // [blocks], each [rows], codes < num_levels[block]
  // [groups of the source], each [rows]: the cells, in place of codes.
  std::vector<const uint8_t*> cells;
  const double* y = nullptr;        // [rows]
  const double* weights = nullptr;  // [rows], >= 0; null: all 1
  const double* offset = nullptr;   // [rows], link scale; null: all 0
};

// Rows in blocks of up to kDesignBlockRows, the same blocks in the same order as often as the
// solver asks, so that the order of additions is fixed.
inline constexpr int64_t kDesignBlockRows = 2048;

// Next() and Rewind() are called under the solver's lock: the implementation needs none of its
// own. A block stays valid until its `slot` is used again; the solver uses slots
// 0 .. num_slots - 1, several at a time. Sources in memory ignore it.
class DesignSource {
 public:
  virtual ~DesignSource() = default;
  virtual const DesignShape& shape() const = 0;
  // Not null: blocks have the cells of these groups and no codes. Every block of the shape is in
  // one of them, and none has more than kPackedCells cells.
  virtual const std::vector<BlockGroup>* groups() const { return nullptr; }
  // Not null: [num_dense], else the columns count as they are.
  virtual const std::vector<DenseUnit>* units() const { return nullptr; }
  // Called before the first pass.
  virtual void SetSlots(int num_slots) { (void)num_slots; }
  // False at the end of the pass.
  virtual Result<bool> Next(int slot, DesignBlock* block) = 0;
  virtual Status Rewind() = 0;
};

// A design in memory. Not thread-safe for writing; several solvers may not share one.
class MemoryDesign final : public DesignSource {
 public:
  explicit MemoryDesign(DesignShape shape);

  // Column-wise; all of equal length. weights and offset may stay empty.
  std::vector<std::vector<double>> dense;
  std::vector<std::vector<uint16_t>> codes;
  std::vector<double> y;
  std::vector<double> weights;
  std::vector<double> offset;

  int64_t num_rows() const { return static_cast<int64_t>(y.size()); }
  const DesignShape& shape() const override { return shape_; }
  Result<bool> Next(int slot, DesignBlock* block) override;
  Status Rewind() override;

 private:
  DesignShape shape_;
  int64_t next_row_ = 0;
};

}  // namespace pythia::glm
