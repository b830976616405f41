// However the rows arrive, in blocks of any number, from memory or made on the fly, read by any
// number of threads, the fit has the same bytes; bad rows are named, and a stop is obeyed.
#include <array>
#include <cmath>
#include <limits>
#include <numeric>
#include <stop_token>
#include <vector>

#include <gtest/gtest.h>

#include "glm/fit.h"
#include "glm/made_design_test.h"

namespace pythia::glm {
namespace {

// Copies rows into buffers of its own, as a source that reads a file would, and spoils a slot as
// soon as it may.
class StreamingSource final : public DesignSource {
 public:
  explicit StreamingSource(MemoryDesign rows) : rows_(std::move(rows)) {}

  const DesignShape& shape() const override { return rows_.shape(); }
  void SetSlots(int num_slots) override {
    const double nan = std::numeric_limits<double>::quiet_NaN();
    slots_.assign(num_slots, Slot(rows_.shape(), nan));
  }
  Status Rewind() override {
    ++passes;
    for (Slot& slot : slots_) slot = Slot(rows_.shape(), std::nan(""));
    return rows_.Rewind();
  }
  Result<bool> Next(int slot, DesignBlock* block) override {
    if (passes == fail_in_pass && ++blocks_in_pass_ > 3) {
      return Fail(ErrorCode::kIo, "the disk went away");
    }
    PYTHIA_ASSIGN(const bool more, rows_.Next(slot, &whole_));
    if (!more) return false;
    slots_.at(slot).Take(whole_, block);
    return true;
  }

  int passes = 0;
  int fail_in_pass = -1;

 private:
  struct Slot {
    Slot(const DesignShape& shape, double fill)
        : numbers(shape.num_dense + 3, std::vector<double>(kDesignBlockRows, fill)),
          codes(shape.num_levels.size(), std::vector<uint16_t>(kDesignBlockRows, 65535)) {}

    static const double* Copy(const double* from, int64_t rows, std::vector<double>* to) {
      if (!from) return nullptr;
      std::copy_n(from, rows, to->begin());
      return to->data();
    }
    void Take(const DesignBlock& from, DesignBlock* to) {
      const size_t q = from.dense.size();
      to->rows = from.rows;
      to->dense.resize(q);
      to->codes.resize(codes.size());
      for (size_t j = 0; j < q; ++j) to->dense[j] = Copy(from.dense[j], from.rows, &numbers[j]);
      to->y = Copy(from.y, from.rows, &numbers[q]);
      to->weights = Copy(from.weights, from.rows, &numbers[q + 1]);
      to->offset = Copy(from.offset, from.rows, &numbers[q + 2]);
      for (size_t b = 0; b < codes.size(); ++b) {
        std::copy_n(from.codes[b], from.rows, codes[b].begin());
        to->codes[b] = codes[b].data();
      }
    }

    std::vector<std::vector<double>> numbers;
    std::vector<std::vector<uint16_t>> codes;
  };

  MemoryDesign rows_;
  DesignBlock whole_;
  std::vector<Slot> slots_;
  int blocks_in_pass_ = 0;
};

std::vector<uint64_t> FitBits(DesignSource& source, FitOptions options, int threads) {
  options.threads = threads;
  const Result<Fit> fit = FitGlm(source, options);
  EXPECT_TRUE(fit && fit->converged);
  return fit ? Bits(*fit) : std::vector<uint64_t>{};
}

TEST(FitThreads, SameBytesOnManyRows) {
  for (const Family family : {Family::kPoissonLog, Family::kBinomialLogit}) {
    MemoryDesign design = MakeDesign({.family = family,
                                      .rows = 210'001,
                                      .shape = {.num_dense = 3, .num_levels = {5, 5, 5, 4, 6, 5}},
                                      .weights = true,
                                      .offset = true});
    const FitOptions options{.family = family, .alpha = 1e-4};
    const auto one = FitBits(design, options, 1);
    EXPECT_EQ(FitBits(design, options, 2), one);
    EXPECT_EQ(FitBits(design, options, 5), one);
    EXPECT_EQ(FitBits(design, options, 2), one);
  }
}

TEST(FitThreads, SameBytesWithWideBlocks) {
  MemoryDesign design = MakeDesign(
      {.rows = 40'000, .shape = {.num_dense = 20, .num_levels = {300, 3, 40}}, .mean_log = 1});
  const FitOptions options{.alpha = 1e-3};
  EXPECT_EQ(FitBits(design, options, 2), FitBits(design, options, 1));
}

TEST(FitSource, StreamGivesTheBytesOfMemory) {
  const MemoryDesign rows =
      MakeDesign({.rows = 80'000, .shape = {.num_dense = 2, .num_levels = {4, 9}}, .offset = true});
  MemoryDesign memory = rows;
  const auto expected = FitBits(memory, {}, 1);
  for (const int threads : {1, 2}) {
    StreamingSource stream(rows);
    EXPECT_EQ(FitBits(stream, {}, threads), expected);
    EXPECT_GT(stream.passes, 3);
  }
}

// One row less or more than a block changes nothing but that row.
TEST(FitSource, BlockBoundaries) {
  for (const int64_t rows :
       {int64_t{1}, int64_t{255}, int64_t{256}, int64_t{257}, int64_t{2047}, int64_t{2048},
        int64_t{2049}, 16 * kDesignBlockRows, 16 * kDesignBlockRows + 1}) {
    MemoryDesign design = MakeDesign({.rows = rows, .mean_log = 3});
    const FitOptions options{.alpha = 0.1};
    const Result<Fit> fit = FitGlm(design, options);
    ASSERT_TRUE(fit) << rows;
    EXPECT_EQ(fit->rows, rows);
    EXPECT_TRUE(fit->converged);
    EXPECT_EQ(FitBits(design, options, 2), Bits(*fit)) << rows;
    // The same rows, each of weight 1/2 and twice, lie differently in the blocks.
    std::vector<int64_t> twice(static_cast<size_t>(2 * rows));
    for (size_t i = 0; i < twice.size(); ++i) twice[i] = static_cast<int64_t>(i / 2);
    MemoryDesign doubled = TakeRows(design, twice);
    doubled.weights.assign(twice.size(), 0.5);
    const Result<Fit> same = FitGlm(doubled, options);
    ASSERT_TRUE(same);
    EXPECT_NEAR(same->intercept, fit->intercept, 1e-10 * (1 + std::abs(fit->intercept)));
    EXPECT_NEAR(same->deviance, fit->deviance, 1e-10 * (1 + fit->deviance));
  }
}

TEST(FitSource, NoRows) {
  MemoryDesign design = MakeDesign({.rows = 0});
  const Result<Fit> fit = FitGlm(design, {});
  ASSERT_FALSE(fit);
  EXPECT_EQ(fit.error().code, ErrorCode::kBadInput);
}

TEST(FitSource, ErrorsOfTheSourceComeThrough) {
  for (const int threads : {1, 2}) {
    for (const int pass : {1, 3}) {
      StreamingSource stream(MakeDesign({.rows = 100'000}));
      stream.fail_in_pass = pass;
      const Result<Fit> fit = FitGlm(stream, {.threads = threads});
      ASSERT_FALSE(fit);
      EXPECT_EQ(fit.error().code, ErrorCode::kIo);
    }
  }
}

// Fewer rows on the second reading.
class ShrinkingSource final : public DesignSource {
 public:
  explicit ShrinkingSource(MemoryDesign rows) : rows_(std::move(rows)) {}
  const DesignShape& shape() const override { return rows_.shape(); }
  Result<bool> Next(int slot, DesignBlock* block) override {
    if (passes_ > 2 && ++blocks_ > 2) return false;
    return rows_.Next(slot, block);
  }
  Status Rewind() override {
    ++passes_;
    blocks_ = 0;
    return rows_.Rewind();
  }

 private:
  MemoryDesign rows_;
  int passes_ = 0;
  int blocks_ = 0;
};

TEST(FitSource, RowsThatVanishBetweenPassesAreNoticed) {
  ShrinkingSource source(MakeDesign({.rows = 10'000}));
  const Result<Fit> fit = FitGlm(source, {});
  ASSERT_FALSE(fit);
  EXPECT_EQ(fit.error().code, ErrorCode::kBadInput);
}

TEST(FitBadInput, NamesTheRow) {
  const double nan = std::nan("");
  const double infinity = std::numeric_limits<double>::infinity();
  const MemoryDesign good =
      MakeDesign({.rows = 90'000, .weights = true, .offset = true, .mean_log = 1});
  const auto expect_row = [&](MemoryDesign bad, Family family, int64_t line) {
    for (const int threads : {1, 2}) {
      const Result<Fit> fit = FitGlm(bad, {.family = family, .threads = threads});
      ASSERT_FALSE(fit);
      EXPECT_EQ(fit.error().code, ErrorCode::kBadInput);
      EXPECT_EQ(fit.error().place.line, line);
      EXPECT_FALSE(fit.error().place.column.empty());
    }
  };
  for (const double value : {-1.0, nan, infinity}) {
    MemoryDesign bad = good;
    bad.y[70'000] = value;
    bad.y[40'000] = value;  // the first in row order is named, whoever finds it
    expect_row(bad, Family::kPoissonLog, 40'001);
  }
  MemoryDesign bad = good;
  for (double& y : bad.y) y = y > 0 ? 1 : 0;
  bad.y[5000] = 1.5;
  expect_row(bad, Family::kBinomialLogit, 5001);
  for (const double value : {-0.5, nan, infinity}) {
    bad = good;
    bad.weights[3] = value;
    expect_row(bad, Family::kPoissonLog, 4);
  }
  bad = good;
  bad.offset[2048] = -infinity;
  expect_row(bad, Family::kPoissonLog, 2049);
  bad = good;
  bad.dense[1][0] = nan;
  expect_row(bad, Family::kPoissonLog, 1);
}

TEST(FitBadInput, OneClassOnly) {
  for (const double y : {0.0, 1.0}) {
    MemoryDesign design = MakeDesign({.rows = 100});
    design.y.assign(100, y);
    const Result<Fit> fit = FitGlm(design, {.family = Family::kBinomialLogit, .alpha = 1});
    ASSERT_FALSE(fit);
    EXPECT_EQ(fit.error().code, ErrorCode::kBadInput);
  }
  MemoryDesign design = MakeDesign({.rows = 100});
  design.y.assign(100, 0.0);
  EXPECT_FALSE(FitGlm(design, {}));
  design.y[7] = 1;
  design.weights.assign(100, 1.0);
  design.weights[7] = 0;
  EXPECT_FALSE(FitGlm(design, {}));
}

TEST(FitBadInput, TooManyColumns) {
  MemoryDesign design(DesignShape{.num_dense = 0, .num_levels = {65536}});
  design.codes[0] = {0, 65535};
  design.y = {1, 2};
  const Result<Fit> fit = FitGlm(design, {.alpha = 1});
  ASSERT_FALSE(fit);
  EXPECT_EQ(fit.error().code, ErrorCode::kBadInput);
  EXPECT_EQ(fit.error().value, "65536");
}

// Two blocks of which the smaller would not fit beside the larger in joint cells.
TEST(FitSource, LargeBlocks) {
  MemoryDesign design = MakeDesign(
      {.rows = 20'000, .shape = {.num_dense = 1, .num_levels = {700, 9}}, .mean_log = 2});
  const Result<Fit> fit = FitGlm(design, {.alpha = 1e-3, .threads = 2});
  ASSERT_TRUE(fit);
  EXPECT_TRUE(fit->converged);
  EXPECT_EQ(fit->rank, 1 + 1 + 700 + 9 - 2);
  // A level's score: its residuals against its penalty.
  std::vector<double> eta(design.y.size());
  LinearPredictor(design.shape(), WholeBlock(design), fit->intercept, fit->beta, eta);
  for (const int level : {0, 123, 699}) {
    double score = 1e-3 * 20'000 * fit->beta[1 + level];
    for (size_t i = 0; i < eta.size(); ++i) {
      if (design.codes[0][i] == level) score += std::exp(eta[i]) - design.y[i];
    }
    EXPECT_NEAR(score, 0, 1e-7) << level;
  }
}

TEST(FitStop, IsObeyed) {
  const std::stop_source stop;
  stop.request_stop();
  MemoryDesign design = MakeDesign({.rows = 50'000});
  for (const int threads : {1, 2}) {
    const Result<Fit> fit = FitGlm(design, {.threads = threads, .stop = stop.get_token()});
    ASSERT_TRUE(fit);
    EXPECT_TRUE(fit->cancelled);
    EXPECT_FALSE(fit->converged);
  }
}

// Stops in the middle of some pass.
class StoppingSource final : public DesignSource {
 public:
  StoppingSource(MemoryDesign rows, int stop_in_pass, std::stop_source stop)
      : rows_(std::move(rows)), stop_in_pass_(stop_in_pass), stop_(std::move(stop)) {}
  const DesignShape& shape() const override { return rows_.shape(); }
  Result<bool> Next(int slot, DesignBlock* block) override { return rows_.Next(slot, block); }
  Status Rewind() override {
    if (++passes == stop_in_pass_) stop_.request_stop();
    return rows_.Rewind();
  }
  int passes = 0;

 private:
  MemoryDesign rows_;
  int stop_in_pass_;
  std::stop_source stop_;
};

TEST(FitStop, InAnyPass) {
  const MemoryDesign rows = MakeDesign({.rows = 5000});
  for (int pass = 1; pass < 6; ++pass) {
    const std::stop_source stop;
    StoppingSource source(rows, pass, stop);
    const Result<Fit> fit = FitGlm(source, {.threads = 2, .stop = stop.get_token()});
    ASSERT_TRUE(fit);
    EXPECT_TRUE(fit->cancelled) << pass;
    EXPECT_EQ(source.passes, pass);
  }
}

}  // namespace
}  // namespace pythia::glm
