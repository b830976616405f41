#include "glm/packing.h"

#include <algorithm>

#include "base/check.h"
#include "glm/family.h"

namespace pythia::glm {
namespace {

constexpr int64_t kMostCells = 256;
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

int LevelOfCell(const DesignShape& shape, const BlockGroup& group, int k, int cell) {
  return cell / group.strides[k] % shape.num_levels[group.blocks[k]];
}

void CellsOfRows(const BlockGroup& group, const DesignBlock& block, int64_t first, int count,
                 uint16_t* cells) {
  std::fill(cells + count, cells + kTileRows, uint16_t{0});
  const uint16_t* lead = block.codes[group.blocks[0]] + first;
  std::copy(lead, lead + count, cells);
  for (size_t k = 1; k < group.blocks.size(); ++k) {
    const uint16_t* codes = block.codes[group.blocks[k]] + first;
    const auto stride = static_cast<unsigned>(group.strides[k]);
    for (int i = 0; i < count; ++i) {
      cells[i] = static_cast<uint16_t>(cells[i] + codes[i] * stride);
    }
  }
  PYTHIA_CHECK(*std::max_element(cells, cells + kTileRows) < group.cells);
}

}  // namespace pythia::glm
