// What must hold for any data: the optimum's equations, and that neither threads, row order,
// blocks nor the kind of source change the fit.
#include <algorithm>
#include <cmath>
#include <numeric>
#include <vector>

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "base/random.h"
#include "glm/fit.h"
#include "glm/made_design_test.h"
#include "glm/oracle_data_test.h"
#include "glm/reference_irls_test.h"

namespace pythia::glm {
namespace {

// Any small design, and how to fit it. With alpha = 0 redundant blocks are part of the game.
struct Case {
  MadeOptions made;
  FitOptions fit;
};

Case AnyCase() {
  const auto family = *rc::gen::element(Family::kPoissonLog, Family::kBinomialLogit);
  DesignShape shape;
  shape.num_dense = *rc::gen::inRange(0, 6);
  shape.num_levels = *rc::gen::container<std::vector<int>>(*rc::gen::inRange<size_t>(0, 4),
                                                           rc::gen::inRange(1, 7));
  Case any;
  any.made = {.family = family,
              .rows = *rc::gen::inRange<int64_t>(400, 3000),
              .shape = shape,
              .seed = *rc::gen::inRange<uint64_t>(0, 1000000),
              .weights = *rc::gen::arbitrary<bool>(),
              .offset = *rc::gen::arbitrary<bool>(),
              .mean_log = family == Family::kPoissonLog ? 1.0 : 0.2};
  any.fit = {.family = family,
             .alpha = *rc::gen::element(0.0, 1e-6, 1e-2, 1.0),
             .fit_intercept = *rc::gen::inRange(0, 5) > 0};
  return any;
}

Fit MustFit(MemoryDesign& design, const FitOptions& options) {
  Result<Fit> fit = FitGlm(design, options);
  RC_ASSERT(fit.has_value());
  RC_ASSERT(fit->converged);
  return *std::move(fit);
}

void AssertClose(const Fit& a, const Fit& b, double tolerance) {
  RC_ASSERT(a.beta.size() == b.beta.size());
  // Where the levels of a block and the intercept can stand in for each other only the penalty
  // tells them apart, so the means are compared, not single coefficients, under a tiny penalty.
  RC_ASSERT(CloseTo(a.deviance, b.deviance, tolerance));
  RC_ASSERT(CloseTo(a.null_deviance, b.null_deviance, tolerance));
  RC_ASSERT(std::abs(a.intercept - b.intercept) <= tolerance * (1 + std::abs(a.intercept)));
  for (size_t j = 0; j < a.beta.size(); ++j) {
    RC_ASSERT(std::abs(a.beta[j] - b.beta[j]) <= tolerance * (1 + std::abs(a.beta[j])));
  }
  RC_ASSERT(a.rank == b.rank);
  RC_ASSERT(a.aliased == b.aliased);
}

// X'W(mu - y) + alpha W beta = 0, and the residuals add up to 0, written out with plain loops.
RC_GTEST_PROP(FitProperty, ScoreEquationsHold, ()) {
  const Case any = AnyCase();
  MemoryDesign design = MakeDesign(any.made);
  const Fit fit = MustFit(design, any.fit);
  std::vector<double> eta(design.y.size());
  LinearPredictor(design.shape(), WholeBlock(design), fit.intercept, fit.beta, eta);
  const MemoryDesign dense = ExpandCodes(design);
  for (size_t j = 0; j <= dense.dense.size(); ++j) {
    const bool is_intercept = j == dense.dense.size();
    if (is_intercept && !any.fit.fit_intercept) continue;
    double score = is_intercept ? 0 : any.fit.alpha * fit.sum_weights * fit.beta[j];
    double size = 1e-300;
    for (size_t i = 0; i < eta.size(); ++i) {
      const double weight = design.weights.empty() ? 1 : design.weights[i];
      const double x = is_intercept ? 1 : dense.dense[j][i];
      const double mu = InverseLink(any.fit.family, eta[i]);
      score += weight * x * (mu - design.y[i]);
      size += weight * std::abs(x) * (mu + design.y[i]);
    }
    RC_ASSERT(std::abs(score) <= 1e-9 * size);
  }
}

// The objective rises on both sides of the optimum, evenly to first order.
RC_GTEST_PROP(FitProperty, FiniteDifferencesVanish, ()) {
  const Case any = AnyCase();
  MemoryDesign design = MakeDesign(any.made);
  const Fit fit = MustFit(design, any.fit);
  const double at = PlainObjective(design, any.fit, fit.intercept, fit.beta);
  for (size_t j = 0; j < fit.beta.size(); ++j) {
    const double unit = j < design.dense.size() ? (j % 2 == 0 ? 1e-3 : 100) : 1;
    const double h = 1e-4 * unit;
    std::vector<double> beta = fit.beta;
    beta[j] += h;
    const double up = PlainObjective(design, any.fit, fit.intercept, beta);
    beta[j] -= 2 * h;
    const double down = PlainObjective(design, any.fit, fit.intercept, beta);
    RC_ASSERT(up >= at - 1e-13);
    RC_ASSERT(down >= at - 1e-13);
    RC_ASSERT(std::abs(up - down) <= 1e-9);
  }
}

RC_GTEST_PROP(FitProperty, RowOrderDoesNotMatter, ()) {
  Case any = AnyCase();
  if (any.fit.alpha == 1e-6) any.fit.alpha = 1e-3;
  MemoryDesign design = MakeDesign(any.made);
  std::vector<int64_t> order(design.y.size());
  std::iota(order.begin(), order.end(), 0);
  Random random(any.made.seed);
  for (size_t i = order.size(); i > 1; --i) std::swap(order[i - 1], order[random.Below(i)]);
  MemoryDesign shuffled = TakeRows(design, order);
  AssertClose(MustFit(design, any.fit), MustFit(shuffled, any.fit), 1e-10);
}

// A row of weight k is the same as k rows, and a row of weight 0 as none.
RC_GTEST_PROP(FitProperty, WeightsAreRepetition, ()) {
  Case any = AnyCase();
  if (any.fit.alpha == 1e-6) any.fit.alpha = 1e-3;
  any.made.weights = true;
  MemoryDesign design = MakeDesign(any.made);
  std::vector<int64_t> rows;
  for (int64_t i = 0; i < design.num_rows(); ++i) {
    rows.insert(rows.end(), static_cast<size_t>(design.weights[i]), i);
  }
  MemoryDesign repeated = TakeRows(design, rows);
  repeated.weights.clear();
  const Fit weighted = MustFit(design, any.fit);
  const Fit plain = MustFit(repeated, any.fit);
  AssertClose(weighted, plain, 1e-10);
  RC_ASSERT(CloseTo(weighted.log_likelihood, plain.log_likelihood, 1e-10));
  RC_ASSERT(CloseTo(weighted.pearson_chi2, plain.pearson_chi2, 1e-9));
}

// Codes and the one-hot columns that they stand for.
RC_GTEST_PROP(FitProperty, CodesAreOneHotColumns, ()) {
  Case any = AnyCase();
  if (any.fit.alpha == 1e-6) any.fit.alpha = 1e-3;
  MemoryDesign design = MakeDesign(any.made);
  MemoryDesign dense = ExpandCodes(design);
  const Fit coded = MustFit(design, any.fit);
  const Fit expanded = MustFit(dense, any.fit);
  AssertClose(coded, expanded, 1e-10);
  for (size_t j = 0; j < coded.standard_errors.size(); ++j) {
    if (std::isnan(coded.standard_errors[j])) {
      RC_ASSERT(std::isnan(expanded.standard_errors[j]));
    } else {
      RC_ASSERT(CloseTo(coded.standard_errors[j], expanded.standard_errors[j], 1e-9));
    }
  }
}

// A start elsewhere ends in the same place.
RC_GTEST_PROP(FitProperty, WarmStartsAgree, ()) {
  Case any = AnyCase();
  if (any.fit.alpha == 1e-6) any.fit.alpha = 1e-3;
  MemoryDesign design = MakeDesign(any.made);
  const Fit cold = MustFit(design, any.fit);
  std::vector<double> start = cold.beta;
  start.push_back(cold.intercept);
  for (double& value : start) value *= 1.01;
  any.fit.start = start;
  const Fit warm = MustFit(design, any.fit);
  AssertClose(cold, warm, 1e-9);
}

// Against plain IRLS by QR, with weights and offset.
RC_GTEST_PROP(FitProperty, AgreesWithPlainIrls, ()) {
  Case any = AnyCase();
  any.made.shape.num_levels.clear();
  any.made.shape.num_dense = *rc::gen::inRange(1, 6);
  any.fit.alpha = 0;
  any.fit.fit_intercept = true;
  MemoryDesign design = MakeDesign(any.made);
  for (double& weight : design.weights) weight += 0.5;
  const Fit fit = MustFit(design, any.fit);
  const ReferenceFit reference = FitReference(design, any.fit.family, 1e-12);
  RC_ASSERT(CloseTo(fit.deviance, reference.deviance, 1e-10));
  for (size_t j = 0; j < fit.beta.size(); ++j) {
    const auto at = static_cast<Eigen::Index>(j + 1);
    RC_ASSERT(CloseTo(fit.beta[j], reference.estimates[at], 1e-8));
    RC_ASSERT(CloseTo(fit.standard_errors[j], reference.standard_errors[at], 1e-8));
  }
  RC_ASSERT(CloseTo(fit.standard_errors.back(), reference.standard_errors[0], 1e-7));
}

}  // namespace
}  // namespace pythia::glm
