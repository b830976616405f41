// Small categorical blocks joined into groups, so that a row touches one cell per group instead of
// one per block. A cell is a combination of levels; sums per cell and per pair of cells hold all
// that the gradient and the Hessian need.
#pragma once

#include <cstdint>
#include <vector>

#include "glm/design.h"

namespace pythia::glm {

// First fit in the order of the blocks, so that the product of levels stays within `max_cells`.
// A block with more levels than that is a group of its own.
std::vector<BlockGroup> PackBlocks(const DesignShape& shape, int max_cells);

// The groups for so many rows: joint cells pay while their tables are small beside the data and
// stay in the cache. Depends on nothing but the arguments.
std::vector<BlockGroup> ChooseGroups(const DesignShape& shape, int64_t rows);

// The groups of packed rows: no more than kPackedCells cells in each, and as few groups as a greedy
// choice finds, the largest blocks first. Empty where a block has more levels than that.
std::vector<BlockGroup> PackedGroups(const DesignShape& shape);

// The level of block number `k` of the group in `cell`.
int LevelOfCell(const DesignShape& shape, const BlockGroup& group, int k, int cell);

// The cell numbers of rows [first, first + count) of a block that has codes; `cells` has kTileRows
// places, those past `count` get 0. Ends the program on a code outside its block: the tables would
// overflow.
void CellsOfRows(const BlockGroup& group, const DesignBlock& block, int64_t first, int count,
                 uint16_t* cells);

// The same of group number `number` of a block that has cells.
void WidenCells(const BlockGroup& group, int number, const DesignBlock& block, int64_t first,
                int count, uint16_t* cells);

}  // namespace pythia::glm
