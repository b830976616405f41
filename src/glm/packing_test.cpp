#include "glm/packing.h"

#include <set>

#include <gtest/gtest.h>

#include "glm/family.h"

namespace pythia::glm {
namespace {

TEST(Packing, FirstFitWithinTheBound) {
  const DesignShape shape{.num_dense = 0, .num_levels = {5, 5, 5, 4, 6, 5, 5, 5}};
  const std::vector<BlockGroup> groups = PackBlocks(shape, 256);
  ASSERT_EQ(groups.size(), 3U);
  EXPECT_EQ(groups[0].cells, 125);
  EXPECT_EQ(groups[1].cells, 120);
  EXPECT_EQ(groups[2].cells, 25);
  EXPECT_EQ(PackBlocks(shape, 1).size(), 8U);
}

TEST(Packing, LargeBlocksStandAlone) {
  const DesignShape shape{.num_dense = 0, .num_levels = {1000, 3, 4, 65536}};
  const std::vector<BlockGroup> groups = PackBlocks(shape, 256);
  ASSERT_EQ(groups.size(), 3U);
  EXPECT_EQ(groups[0].blocks, (std::vector<int>{0}));
  EXPECT_EQ(groups[1].blocks, (std::vector<int>{1, 2}));
  EXPECT_EQ(groups[2].cells, 65536);
}

TEST(Packing, TablesStayBounded) {
  const DesignShape shape{.num_dense = 0, .num_levels = std::vector<int>(200, 16)};
  int64_t doubles = 0;
  int64_t cells = 0;
  for (const BlockGroup& group : ChooseGroups(shape, 10'000'000)) {
    doubles += cells * group.cells;
    cells += group.cells;
  }
  EXPECT_LE(doubles, 200 * 200 / 2 * 256);
  // Little data, little tables.
  EXPECT_EQ(ChooseGroups(shape, 100).size(), 200U);
}

TEST(Packing, CellsAndLevelsAreInverse) {
  const DesignShape shape{.num_dense = 0, .num_levels = {3, 4, 5}};
  const std::vector<BlockGroup> groups = PackBlocks(shape, 256);
  ASSERT_EQ(groups.size(), 1U);
  std::vector<std::vector<uint16_t>> codes(3);
  for (uint16_t a = 0; a < 3; ++a) {
    for (uint16_t b = 0; b < 4; ++b) {
      for (uint16_t c = 0; c < 5; ++c) {
        codes[0].push_back(a);
        codes[1].push_back(b);
        codes[2].push_back(c);
      }
    }
  }
  DesignBlock block;
  block.rows = 60;
  block.codes = {codes[0].data(), codes[1].data(), codes[2].data()};
  uint16_t cells[kTileRows];
  CellsOfRows(groups[0], block, 10, 50, cells);
  for (int i = 0; i < 50; ++i) {
    for (int k = 0; k < 3; ++k) {
      EXPECT_EQ(LevelOfCell(shape, groups[0], k, cells[i]), codes[k][10 + i]);
    }
  }
  EXPECT_EQ(std::set<uint16_t>(cells, cells + 50).size(), 50U);
  EXPECT_EQ(cells[50], 0);
}

TEST(PackingDeathTest, CodeOutsideItsBlock) {
  const DesignShape shape{.num_dense = 0, .num_levels = {3}};
  const std::vector<uint16_t> codes = {0, 3};
  DesignBlock block;
  block.rows = 2;
  block.codes = {codes.data()};
  uint16_t cells[kTileRows];
  EXPECT_DEATH(CellsOfRows(PackBlocks(shape, 256)[0], block, 0, 2, cells), "");
}

}  // namespace
}  // namespace pythia::glm
