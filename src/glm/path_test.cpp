// A path's fits are those that FitGlm finds one by one, at less than half the passes over the rows.
#include "glm/path.h"

#include <cmath>
#include <stop_token>

#include <gtest/gtest.h>

#include "glm/made_design_test.h"

namespace pythia::glm {
namespace {

class CountingSource final : public DesignSource {
 public:
  explicit CountingSource(MemoryDesign rows) : rows_(std::move(rows)) {}
  const DesignShape& shape() const override { return rows_.shape(); }
  Result<bool> Next(int slot, DesignBlock* block) override { return rows_.Next(slot, block); }
  Status Rewind() override {
    ++passes;
    return rows_.Rewind();
  }
  int passes = 0;

 private:
  MemoryDesign rows_;
};

TEST(RidgePath, FitsAreThoseOfFitGlm) {
  for (const Family family : {Family::kPoissonLog, Family::kBinomialLogit}) {
    CountingSource source(MakeDesign({.family = family,
                                      .rows = 20'000,
                                      .shape = {.num_dense = 2, .num_levels = {5, 7, 12}},
                                      .offset = true}));
    const FitOptions options{.family = family, .tolerance = 1e-6, .threads = 2};
    Result<RidgePath> path = RidgePath::Open(source, options);
    ASSERT_TRUE(path);
    int penalties = 0;
    int passes_alone = 0;
    for (double alpha = 100; alpha > 1e-7; alpha /= 10) {
      const Result<PathPoint> point = path->Fit(alpha);
      ASSERT_TRUE(point && point->converged) << alpha;
      const int before = source.passes;
      const Result<Fit> alone =
          FitGlm(source, {.family = family, .alpha = alpha, .standard_errors = false});
      passes_alone += source.passes - before;
      ++penalties;
      ASSERT_TRUE(alone && alone->converged);
      EXPECT_NEAR(point->intercept, alone->intercept, 1e-8) << alpha;
      for (size_t j = 0; j < alone->beta.size(); ++j) {
        EXPECT_NEAR(point->beta[j], alone->beta[j], 1e-8) << alpha << ' ' << j;
      }
    }
    EXPECT_LT(source.passes - passes_alone, 4 * penalties);
    EXPECT_GT(passes_alone, 8 * penalties);
  }
}

TEST(RidgePath, SameBytesAtAnyNumberOfThreads) {
  MemoryDesign design = MakeDesign({.rows = 100'000, .shape = {.num_dense = 1, .num_levels = {9}}});
  std::vector<double> betas;
  for (const int threads : {1, 2, 5}) {
    Result<RidgePath> path = RidgePath::Open(design, {.tolerance = 1e-6, .threads = threads});
    ASSERT_TRUE(path);
    for (const double alpha : {1.0, 0.01}) {
      const Result<PathPoint> point = path->Fit(alpha);
      ASSERT_TRUE(point);
      betas.insert(betas.end(), point->beta.begin(), point->beta.end());
    }
  }
  const size_t third = betas.size() / 3;
  for (size_t i = 0; i < third; ++i) {
    EXPECT_EQ(betas[i], betas[third + i]);
    EXPECT_EQ(betas[i], betas[2 * third + i]);
  }
}

TEST(RidgePath, AStopIsObeyed) {
  const std::stop_source stop;
  MemoryDesign design = MakeDesign({.rows = 5000});
  Result<RidgePath> path = RidgePath::Open(design, {.tolerance = 1e-6, .stop = stop.get_token()});
  ASSERT_TRUE(path);
  ASSERT_FALSE(path->Fit(1)->cancelled);
  stop.request_stop();
  EXPECT_TRUE(path->Fit(1e-3)->cancelled);
  Result<RidgePath> late = RidgePath::Open(design, {.tolerance = 1e-6, .stop = stop.get_token()});
  ASSERT_TRUE(late);
  EXPECT_TRUE(late->Fit(1)->cancelled);
}

TEST(RidgePath, BadRowsAreNamed) {
  MemoryDesign design = MakeDesign({.rows = 5000});
  design.y[77] = -1;
  const Result<RidgePath> path = RidgePath::Open(design, {.tolerance = 1e-6});
  ASSERT_FALSE(path);
  EXPECT_EQ(path.error().place.line, 78);
}

}  // namespace
}  // namespace pythia::glm
