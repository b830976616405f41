#include "glm/packing.h"

#include <algorithm>
#include <functional>
#include <numeric>
#include <utility>

#include "base/check.h"
#include "glm/kernels.h"

namespace pythia::glm {
namespace {

constexpr int64_t kMostCells = kPackedCells;
// Pair tables up to this size (4 MB) are read from a cache that a core has to itself or nearly so.
constexpr int64_t kTableDoubles = 1 << 19;

int64_t PairTableDoubles(const std::vector<BlockGroup>& groups) {
  int64_t doubles = 0;
  int64_t cells = 0;
  for (const BlockGroup& group : groups) {
    doubles += cells * group.cells;
    cells += group.cells;
  }
  return doubles;
}

}  // namespace

std::vector<BlockGroup> PackBlocks(const DesignShape& shape, int max_cells) {
  std::vector<BlockGroup> groups;
  for (int b = 0; b < static_cast<int>(shape.num_levels.size()); ++b) {
    const int levels = shape.num_levels[b];
    auto room = std::ranges::find_if(groups, [&](const BlockGroup& group) {
      return static_cast<int64_t>(group.cells) * levels <= max_cells;
    });
    if (room == groups.end()) room = groups.insert(groups.end(), BlockGroup{});
    room->blocks.push_back(b);
    room->strides.push_back(room->cells);
    room->cells *= levels;
  }
  return groups;
}

std::vector<BlockGroup> ChooseGroups(const DesignShape& shape, int64_t rows) {
  auto max_cells = static_cast<int>(std::clamp<int64_t>(rows / 64, 1, kMostCells));
  std::vector<BlockGroup> groups = PackBlocks(shape, max_cells);
  while (max_cells > 1 && PairTableDoubles(groups) > kTableDoubles) {
    max_cells /= 2;
    groups = PackBlocks(shape, max_cells);
  }
  return groups;
}

std::vector<BlockGroup> PackedGroups(const DesignShape& shape) {
  std::vector<int> order(shape.num_levels.size());
  std::iota(order.begin(), order.end(), 0);
  std::ranges::stable_sort(order, std::greater<>(), [&](int b) { return shape.num_levels[b]; });
  std::vector<BlockGroup> groups;
  for (const int b : order) {
    const int levels = shape.num_levels[b];
    if (levels > kPackedCells) return {};
    // The group that is fullest with it.
    BlockGroup* best = nullptr;
    for (BlockGroup& group : groups) {
      const bool fits = group.cells * levels <= kPackedCells;
      if (fits && (best == nullptr || group.cells > best->cells)) best = &group;
    }
    if (best == nullptr) best = &groups.emplace_back();
    best->blocks.push_back(b);
    best->strides.push_back(best->cells);
    best->cells *= levels;
  }
  return groups;
}

int LevelOfCell(const DesignShape& shape, const BlockGroup& group, int k, int cell) {
  return cell / group.strides[k] % shape.num_levels[group.blocks[k]];
}

void CellsOfRows(const BlockGroup& group, const DesignBlock& block, int64_t first, int count,
                 uint16_t* cells) {
  constexpr size_t kFew = 16;
  const size_t blocks = group.blocks.size();
  const uint16_t* few_codes[kFew];
  unsigned few_strides[kFew];
  std::vector<const uint16_t*> more_codes(blocks > kFew ? blocks : 0);
  std::vector<unsigned> more_strides(more_codes.size());
  const uint16_t** codes = blocks > kFew ? more_codes.data() : few_codes;
  unsigned* strides = blocks > kFew ? more_strides.data() : few_strides;
  for (size_t k = 0; k < blocks; ++k) {
    codes[k] = block.codes[group.blocks[k]] + first;
    strides[k] = static_cast<unsigned>(group.strides[k]);
  }
  const unsigned largest = KernelsInUse().cells(
      {.codes = codes, .strides = strides, .blocks = static_cast<int>(blocks), .count = count},
      cells);
  PYTHIA_CHECK(std::cmp_less(largest, group.cells));
}

void WidenCells(const BlockGroup& group, int number, const DesignBlock& block, int64_t first,
                int count, uint16_t* cells) {
  const uint8_t* packed = block.cells[static_cast<size_t>(number)] + first;
  const unsigned largest = KernelsInUse().widen(packed, count, cells);
  PYTHIA_CHECK(std::cmp_less(largest, group.cells));
}

}  // namespace pythia::glm
