#include "glm/design.h"

#include <algorithm>
#include <utility>

#include "base/check.h"

namespace pythia::glm {

int DesignShape::num_columns() const {
  int columns = num_dense;
  for (const int levels : num_levels) columns += levels;
  return columns;
}

int DesignShape::level_column(int block) const {
  PYTHIA_CHECK(block >= 0 && block < static_cast<int>(num_levels.size()));
  int column = num_dense;
  for (int b = 0; b < block; ++b) column += num_levels[b];
  return column;
}

MemoryDesign::MemoryDesign(DesignShape shape) : shape_(std::move(shape)) {
  dense.resize(shape_.num_dense);
  codes.resize(shape_.num_levels.size());
}

Status MemoryDesign::Rewind() {
  const size_t rows = y.size();
  PYTHIA_CHECK(dense.size() == static_cast<size_t>(shape_.num_dense));
  PYTHIA_CHECK(codes.size() == shape_.num_levels.size());
  for (const auto& column : dense) PYTHIA_CHECK(column.size() == rows);
  for (const auto& column : codes) PYTHIA_CHECK(column.size() == rows);
  PYTHIA_CHECK(weights.empty() || weights.size() == rows);
  PYTHIA_CHECK(offset.empty() || offset.size() == rows);
  next_row_ = 0;
  return {};
}

Result<bool> MemoryDesign::Next(int /*slot*/, DesignBlock* block) {
  const int64_t first = next_row_;
  block->rows = std::min(kDesignBlockRows, num_rows() - first);
  if (block->rows <= 0) return false;
  block->dense.resize(dense.size());
  block->codes.resize(codes.size());
  for (size_t j = 0; j < dense.size(); ++j) block->dense[j] = dense[j].data() + first;
  for (size_t b = 0; b < codes.size(); ++b) block->codes[b] = codes[b].data() + first;
  block->y = y.data() + first;
  block->weights = weights.empty() ? nullptr : weights.data() + first;
  block->offset = offset.empty() ? nullptr : offset.data() + first;
  next_row_ += block->rows;
  return true;
}

}  // namespace pythia::glm
