// Separation, rank deficiency and what else the data can do are results that name their columns.
#include <algorithm>
#include <cmath>
#include <vector>

#include <gtest/gtest.h>

#include "base/random.h"
#include "glm/fit.h"
#include "glm/oracle_data_test.h"

namespace pythia::glm {
namespace {

// A logit history of a category with four levels and two numbers, where every row of level
// `sure_level` is a success.
MemoryDesign SureLevel(int rows, int sure_level) {
  Random random(11);
  MemoryDesign design(DesignShape{.num_dense = 2, .num_levels = {4}});
  design.dense.assign(2, {});
  for (int i = 0; i < rows; ++i) {
    const auto level = static_cast<int>(random.Below(4));
    const double a = random.Normal();
    const double b = 50 + random.Normal();
    const double eta = 0.4 * a - 0.3 * (b - 50) + 0.2 * level - 0.5;
    design.dense[0].push_back(a);
    design.dense[1].push_back(b);
    design.codes[0].push_back(static_cast<uint16_t>(level));
    const bool success = random.Uniform() < InverseLink(Family::kBinomialLogit, eta);
    design.y.push_back(level == sure_level || success ? 1 : 0);
  }
  return design;
}

// The rows of the other levels.
MemoryDesign WithoutLevel(const MemoryDesign& design, int level) {
  MemoryDesign rest(design.shape());
  for (size_t i = 0; i < design.y.size(); ++i) {
    if (design.codes[0][i] == level) continue;
    rest.codes[0].push_back(design.codes[0][i]);
    for (size_t j = 0; j < design.dense.size(); ++j) rest.dense[j].push_back(design.dense[j][i]);
    rest.y.push_back(design.y[i]);
  }
  return rest;
}

MemoryDesign TreatmentColumns(const MemoryDesign& design, int reference) {
  const MemoryDesign dense = ExpandCodes(design);
  const int numbers = design.shape().num_dense;
  MemoryDesign treatment(DesignShape{.num_dense = dense.shape().num_dense - 1, .num_levels = {}});
  treatment.dense = dense.dense;
  treatment.dense.erase(treatment.dense.begin() + numbers + reference);
  treatment.y = dense.y;
  return treatment;
}

TEST(Separation, LevelOfSuccessesIsNamed) {
  MemoryDesign design = SureLevel(400, 1);
  const Result<Fit> fit = FitGlm(design, {.family = Family::kBinomialLogit});
  ASSERT_TRUE(fit);
  EXPECT_TRUE(fit->converged);
  EXPECT_EQ(fit->separated, (std::vector<int>{3}));
  EXPECT_EQ(fit->aliased, (std::vector<int>{5}));
  EXPECT_EQ(fit->rank, 6);
  EXPECT_GT(fit->beta[3], 15);
  EXPECT_TRUE(std::isnan(fit->standard_errors[3]));
  EXPECT_TRUE(std::isfinite(fit->standard_errors[2]));
  EXPECT_LT(fit->iterations, 40);
}

// In the limit the sure rows say nothing: all else is the fit of the other rows.
TEST(Separation, TheRestIsTheFitWithoutTheSureRows) {
  MemoryDesign design = SureLevel(400, 1);
  MemoryDesign rest = WithoutLevel(design, 1);
  const FitOptions options{.family = Family::kBinomialLogit};
  const Result<Fit> fit = FitGlm(design, options);
  const Result<Fit> limit = FitGlm(rest, options);
  ASSERT_TRUE(fit && limit);
  EXPECT_TRUE(limit->separated.empty());
  EXPECT_EQ(limit->aliased, (std::vector<int>{3, 5}));
  EXPECT_TRUE(CloseTo(fit->deviance, limit->deviance, 1e-10));
  EXPECT_TRUE(CloseTo(fit->intercept, limit->intercept, 1e-8));
  for (const int j : {0, 1, 2, 4}) {
    EXPECT_TRUE(CloseTo(fit->beta[j], limit->beta[j], 1e-8)) << j;
    EXPECT_TRUE(CloseTo(fit->standard_errors[j], limit->standard_errors[j], 1e-8)) << j;
  }
}

// Against the sure level as the reference, the intercept and all other levels run away together.
TEST(Separation, SureReferenceLevelTakesTheInterceptAlong) {
  MemoryDesign design = TreatmentColumns(SureLevel(400, 0), 0);
  const Result<Fit> fit = FitGlm(design, {.family = Family::kBinomialLogit});
  ASSERT_TRUE(fit);
  EXPECT_TRUE(fit->converged);
  EXPECT_EQ(fit->separated, (std::vector<int>{2, 3, 4, 5}));
  EXPECT_TRUE(fit->aliased.empty());
  EXPECT_EQ(fit->rank, 6);
  for (const int j : {2, 3, 4, 5}) EXPECT_TRUE(std::isnan(fit->standard_errors[j])) << j;
  MemoryDesign coded = SureLevel(400, 0);
  const Result<Fit> same = FitGlm(coded, {.family = Family::kBinomialLogit});
  ASSERT_TRUE(same);
  EXPECT_EQ(same->separated, (std::vector<int>{2}));
  EXPECT_TRUE(CloseTo(fit->deviance, same->deviance, 1e-10));
  for (const int j : {0, 1}) {
    EXPECT_TRUE(CloseTo(fit->beta[j], same->beta[j], 1e-8));
    EXPECT_TRUE(CloseTo(fit->standard_errors[j], same->standard_errors[j], 1e-8));
  }
}

TEST(Separation, CompleteByANumber) {
  Random random(5);
  MemoryDesign design(DesignShape{.num_dense = 2, .num_levels = {}});
  design.dense.assign(2, {});
  for (int i = 0; i < 200; ++i) {
    const double x = 100 + random.Normal();
    design.dense[0].push_back(random.Normal());
    design.dense[1].push_back(x);
    design.y.push_back(x > 100.3 ? 1 : 0);
  }
  const Result<Fit> fit = FitGlm(design, {.family = Family::kBinomialLogit});
  ASSERT_TRUE(fit);
  EXPECT_TRUE(std::ranges::count(fit->separated, 1));
  EXPECT_TRUE(std::ranges::count(fit->separated, 2));  // the intercept: the threshold is not at 0
  EXPECT_LT(fit->deviance, 1e-6);
  EXPECT_TRUE(std::isnan(fit->standard_errors[1]));
}

TEST(Separation, LevelWithoutCountsIsNamed) {
  Random random(6);
  MemoryDesign design(DesignShape{.num_dense = 1, .num_levels = {3, 2}});
  for (int i = 0; i < 500; ++i) {
    const auto level = static_cast<uint16_t>(random.Below(3));
    const double x = random.Normal();
    design.dense[0].push_back(x);
    design.codes[0].push_back(level);
    design.codes[1].push_back(static_cast<uint16_t>(random.Below(2)));
    const double mean = std::exp(1 + 0.2 * x);
    design.y.push_back(level == 1 ? 0 : static_cast<double>(random.Poisson(mean)));
    design.offset.push_back(random.Uniform());
  }
  const Result<Fit> fit = FitGlm(design, {.threads = 2});
  ASSERT_TRUE(fit);
  EXPECT_TRUE(fit->converged);
  EXPECT_EQ(fit->separated, (std::vector<int>{2}));
  EXPECT_EQ(fit->aliased, (std::vector<int>{3, 5}));
  EXPECT_LT(fit->beta[1 + 1], -15);
}

TEST(Separation, RidgeNeedsNone) {
  MemoryDesign design = SureLevel(400, 1);
  const Result<Fit> fit = FitGlm(design, {.family = Family::kBinomialLogit, .alpha = 1e-4});
  ASSERT_TRUE(fit);
  EXPECT_TRUE(fit->converged);
  EXPECT_TRUE(fit->separated.empty());
  EXPECT_TRUE(fit->aliased.empty());
  for (const double error : fit->standard_errors) EXPECT_TRUE(std::isfinite(error));
}

// One failure among many successes: large, but finite.
TEST(Separation, NearlySureIsNotSure) {
  MemoryDesign design = SureLevel(4000, 1);
  for (size_t i = 0; i < design.y.size(); ++i) {
    if (design.codes[0][i] != 1) continue;
    design.y[i] = 0;
    break;
  }
  const Result<Fit> fit = FitGlm(design, {.family = Family::kBinomialLogit});
  ASSERT_TRUE(fit);
  EXPECT_TRUE(fit->converged);
  EXPECT_TRUE(fit->separated.empty());
}

TEST(RankDeficiency, LaterColumnIsNamed) {
  Random random(3);
  MemoryDesign design(DesignShape{.num_dense = 4, .num_levels = {}});
  for (int i = 0; i < 300; ++i) {
    const double a = 1000 + random.Normal();
    const double b = random.Uniform();
    design.dense[0].push_back(a);
    design.dense[1].push_back(7);  // what the intercept says already
    design.dense[2].push_back(b);
    design.dense[3].push_back(2 * a - 3 * b + 1);
    design.y.push_back(static_cast<double>(random.Poisson(2 + b)));
  }
  const Result<Fit> fit = FitGlm(design, {});
  ASSERT_TRUE(fit);
  EXPECT_TRUE(fit->converged);
  EXPECT_EQ(fit->aliased, (std::vector<int>{1, 3}));
  EXPECT_EQ(fit->rank, 3);
  EXPECT_EQ(fit->beta[1], 0);
  EXPECT_EQ(fit->beta[3], 0);
  EXPECT_TRUE(std::isnan(fit->standard_errors[3]));
  MemoryDesign fewer(DesignShape{.num_dense = 2, .num_levels = {}});
  fewer.dense = {design.dense[0], design.dense[2]};
  fewer.y = design.y;
  const Result<Fit> same = FitGlm(fewer, {});
  ASSERT_TRUE(same);
  EXPECT_TRUE(CloseTo(fit->deviance, same->deviance, 1e-12));
  EXPECT_TRUE(CloseTo(fit->beta[2], same->beta[1], 1e-9));
  EXPECT_TRUE(CloseTo(fit->intercept, same->intercept, 1e-9));
  EXPECT_TRUE(CloseTo(fit->standard_errors.back(), same->standard_errors.back(), 1e-9));
}

// A place belongs to one region: what the second block adds is nothing, and rounding in the sums
// of 400 levels must not hide it.
TEST(RankDeficiency, NestedBlocks) {
  for (const bool places_first : {true, false}) {
    Random random(8);
    const std::vector<int> levels =
        places_first ? std::vector<int>{400, 8} : std::vector<int>{8, 400};
    MemoryDesign design(DesignShape{.num_dense = 1, .num_levels = levels});
    for (int i = 0; i < 40'000; ++i) {
      const auto place = static_cast<uint16_t>(random.Below(400));
      design.codes[places_first ? 0 : 1].push_back(place);
      design.codes[places_first ? 1 : 0].push_back(place % 8);
      design.dense[0].push_back(random.Normal());
      design.offset.push_back(3 * random.Uniform());
      design.y.push_back(static_cast<double>(random.Poisson(2)));
    }
    const Result<Fit> fit = FitGlm(design, {.threads = 2});
    ASSERT_TRUE(fit);
    EXPECT_TRUE(fit->converged);
    EXPECT_EQ(fit->rank, 1 + 400);
    EXPECT_EQ(fit->aliased.size(), 9U);
    EXPECT_EQ(fit->aliased.back(), 408);
    EXPECT_TRUE(fit->separated.empty());
  }
}

TEST(RankDeficiency, MoreColumnsThanRows) {
  MemoryDesign design(DesignShape{.num_dense = 3, .num_levels = {}});
  design.dense = {{1, 2, 4}, {3, 1, 1}, {2, 2, 5}};
  design.y = {3, 1, 4};
  const Result<Fit> fit = FitGlm(design, {});
  ASSERT_TRUE(fit);
  EXPECT_EQ(fit->rank, 3);
  EXPECT_EQ(fit->aliased, (std::vector<int>{2}));
  EXPECT_NEAR(fit->deviance, 0, 1e-12);
  EXPECT_TRUE(std::isnan(fit->phi));
}

TEST(RankDeficiency, UnseenLevelUnderRidgeStaysAtZero) {
  const MemoryDesign design = SureLevel(200, 1);
  MemoryDesign wider(DesignShape{.num_dense = 2, .num_levels = {6}});
  wider.dense = design.dense;
  wider.codes = design.codes;
  wider.y = design.y;
  const Result<Fit> fit = FitGlm(wider, {.family = Family::kBinomialLogit, .alpha = 0.01});
  ASSERT_TRUE(fit);
  EXPECT_EQ(fit->beta[2 + 4], 0);
  EXPECT_EQ(fit->beta[2 + 5], 0);
  EXPECT_NEAR(fit->standard_errors[2 + 5], 1 / std::sqrt(0.01 * 200), 1e-12);
}

TEST(Convergence, TooFewStepsAreFlagged) {
  MemoryDesign design = SureLevel(400, 4);
  FitOptions options{.family = Family::kBinomialLogit};
  options.max_iterations = 1;
  const Result<Fit> fit = FitGlm(design, options);
  ASSERT_TRUE(fit);
  EXPECT_FALSE(fit->converged);
  EXPECT_EQ(fit->iterations, 1);
  EXPECT_GT(fit->gradient, 1e-10);
}

// A first step from the mean would send the largest row to exp(1000).
TEST(Convergence, CountsOverManyOrdersOfMagnitude) {
  Random random(9);
  MemoryDesign design(DesignShape{.num_dense = 1, .num_levels = {}});
  for (int i = 0; i < 3000; ++i) {
    const double x = 15 * random.Uniform();
    design.dense[0].push_back(x);
    design.y.push_back(static_cast<double>(random.Poisson(std::exp(x))));
  }
  const Result<Fit> fit = FitGlm(design, {});
  ASSERT_TRUE(fit);
  EXPECT_TRUE(fit->converged);
  EXPECT_LT(fit->iterations, 15);
  EXPECT_NEAR(fit->beta[0], 1, 1e-3);
}

}  // namespace
}  // namespace pythia::glm
