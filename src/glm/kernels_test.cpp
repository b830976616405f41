// Every level's functions beside libm's, and whole fits of all levels beside one another.
#include "glm/kernels.h"

#include <bit>
#include <cmath>
#include <limits>
#include <vector>

#include <gtest/gtest.h>

#include "base/random.h"
#include "base/simd_level.h"
#include "glm/fit.h"
#include "glm/made_design_test.h"
#include "glm/packing.h"

namespace pythia::glm {
namespace {

class Levels : public testing::TestWithParam<SimdLevel> {
 protected:
  void SetUp() override {
    if (GetParam() > BestSimdLevel()) GTEST_SKIP() << "not on this processor";
    UseSimdLevel(GetParam());
  }
  void TearDown() override { UseSimdLevel(BestSimdLevel()); }
};

int64_t UlpsApart(double a, double b) {
  return std::abs(std::bit_cast<int64_t>(a) - std::bit_cast<int64_t>(b));
}

TEST_P(Levels, ExpIsWithinTwoUlps) {
  Random random(1);
  std::vector<double> x;
  for (int i = 0; i < 100'003; ++i) x.push_back(1410 * random.Uniform() - 703);
  for (int i = 0; i < 100'000; ++i) x.push_back(40 * random.Uniform() - 20);
  x.insert(x.end(), {0.0, -0.0, 1e-300, -1e-17, 709.78, -706.9});
  std::vector<double> found = x;
  KernelsInUse().exp(found.data(), found.size());
  for (size_t i = 0; i < x.size(); ++i) {
    ASSERT_LE(UlpsApart(found[i], std::exp(x[i])), 2) << x[i];
  }
}

TEST_P(Levels, ExpOfWhatIsOutside) {
  const double infinity = std::numeric_limits<double>::infinity();
  std::vector<double> x = {800, infinity, -800, -infinity, std::nan(""), 1e300, -1e300, 1};
  KernelsInUse().exp(x.data(), x.size());
  EXPECT_EQ(x[0], infinity);
  EXPECT_EQ(x[1], infinity);
  EXPECT_EQ(x[2], 0);
  EXPECT_EQ(x[3], 0);
  EXPECT_TRUE(std::isnan(x[4]));
  EXPECT_EQ(x[5], infinity);
  EXPECT_EQ(x[6], 0);
  EXPECT_DOUBLE_EQ(x[7], std::exp(1));
}

TEST_P(Levels, LogOfOneAndAShareIsWithinThreeUlps) {
  Random random(2);
  std::vector<double> x = {0, 1, 0.5, 1e-300, 1e-20, 0.41421356237309503, 0.41421356237309515};
  for (int i = 0; i < 100'000; ++i) x.push_back(random.Uniform());
  for (int i = 0; i < 10'000; ++i) x.push_back(std::exp(-40 * random.Uniform()));
  std::vector<double> found = x;
  KernelsInUse().log1p_of_share(found.data(), found.size());
  for (size_t i = 0; i < x.size(); ++i) {
    ASSERT_LE(UlpsApart(found[i], std::log1p(x[i])), 3) << x[i];
  }
}

TEST_P(Levels, FitsAgreeWithThePlainOnes) {
  for (const Family family : {Family::kPoissonLog, Family::kBinomialLogit}) {
    MemoryDesign design = MakeDesign({.family = family,
                                      .rows = 30'011,
                                      .shape = {.num_dense = 3, .num_levels = {5, 5, 4, 300, 6}},
                                      .weights = true,
                                      .offset = true});
    const FitOptions options{.family = family, .alpha = 1e-4};
    const Result<Fit> here = FitGlm(design, options);
    UseSimdLevel(SimdLevel::kPlain);
    const Result<Fit> plain = FitGlm(design, options);
    ASSERT_TRUE(here && plain && here->converged && plain->converged);
    EXPECT_NEAR(here->intercept, plain->intercept, 1e-10);
    EXPECT_NEAR(here->deviance, plain->deviance, 1e-10 * plain->deviance);
    for (size_t j = 0; j < plain->beta.size(); ++j) {
      EXPECT_NEAR(here->beta[j], plain->beta[j], 1e-10) << j;
    }
    UseSimdLevel(GetParam());
  }
}

INSTANTIATE_TEST_SUITE_P(Kernels, Levels,
                         testing::Values(SimdLevel::kPlain, SimdLevel::kAvx2, SimdLevel::kAvx512));

// A pass may come in packed cells instead of codes, and in blocks of any length.
class PackedSource final : public DesignSource {
 public:
  PackedSource(const MemoryDesign& rows, std::vector<int64_t> lengths)
      : rows_(rows), groups_(PackedGroups(rows.shape())), lengths_(std::move(lengths)) {
    for (const BlockGroup& group : groups_) {
      std::vector<uint8_t>& cells = cells_.emplace_back();
      for (int64_t i = 0; i < rows.num_rows(); ++i) {
        unsigned cell = 0;
        for (size_t k = 0; k < group.blocks.size(); ++k) {
          cell += static_cast<unsigned>(group.strides[k]) *
                  rows.codes[static_cast<size_t>(group.blocks[k])][static_cast<size_t>(i)];
        }
        cells.push_back(static_cast<uint8_t>(cell));
      }
    }
  }
  const DesignShape& shape() const override { return rows_.shape(); }
  const std::vector<BlockGroup>* groups() const override { return &groups_; }
  Status Rewind() override {
    next_ = 0;
    blocks_ = 0;
    return {};
  }
  Result<bool> Next(int /*slot*/, DesignBlock* block) override {
    block->rows = std::min(lengths_[blocks_++ % lengths_.size()], rows_.num_rows() - next_);
    if (block->rows == 0) return false;
    block->dense.clear();
    block->cells.clear();
    for (const auto& column : rows_.dense) block->dense.push_back(column.data() + next_);
    for (const auto& cells : cells_) block->cells.push_back(cells.data() + next_);
    block->y = rows_.y.data() + next_;
    next_ += block->rows;
    return true;
  }

 private:
  const MemoryDesign& rows_;
  std::vector<BlockGroup> groups_;
  std::vector<std::vector<uint8_t>> cells_;
  std::vector<int64_t> lengths_;
  int64_t next_ = 0;
  size_t blocks_ = 0;
};

TEST(PackedCells, FitIsThatOfCodes) {
  MemoryDesign design =
      MakeDesign({.rows = 90'000, .shape = {.num_dense = 2, .num_levels = {5, 12, 7, 5, 6}}});
  const Result<Fit> codes = FitGlm(design, {.alpha = 1e-4});
  ASSERT_TRUE(codes);
  PackedSource packed(design, {2048, 1000, 1, 257});
  for (const int threads : {1, 3}) {
    const Result<Fit> cells = FitGlm(packed, {.alpha = 1e-4, .threads = threads});
    ASSERT_TRUE(cells);
    EXPECT_NEAR(cells->deviance, codes->deviance, 1e-10 * codes->deviance);
    for (size_t j = 0; j < codes->beta.size(); ++j) {
      EXPECT_NEAR(cells->beta[j], codes->beta[j], 1e-10);
    }
  }
  EXPECT_EQ(Bits(*FitGlm(packed, {.threads = 1})), Bits(*FitGlm(packed, {.threads = 2})));
}

}  // namespace
}  // namespace pythia::glm
