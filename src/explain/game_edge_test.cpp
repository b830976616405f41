// Games at the edge of what numbers hold, and the promises that are not about accuracy.
#include <algorithm>
#include <cmath>
#include <cstring>
#include <vector>

#include <gtest/gtest.h>

#include "explain/made_game_test.h"

namespace pythia::explain_internal {
namespace {

using Numbers = std::vector<double>;

constexpr double kTolerance = 1e-12;
constexpr Response kResponses[] = {Response::kExp, Response::kLogistic};

void ExpectExactHere(const Background& background, Response response, const Numbers& plan,
                     double tolerance = kTolerance) {
  const ExactPhi exact = PhiByDefinition(background, response, plan);
  for (const SimdLevel level : LevelsHere()) {
    const WithLevel with(level);
    EXPECT_LE(RelativeError(exact, PhiByTable(background, response, plan)), tolerance)
        << "level " << static_cast<int>(level);
    EXPECT_LE(RelativeError(exact, PhiOfOne(background, response, plan)), tolerance)
        << "level " << static_cast<int>(level);
  }
}

TEST(GameEdge, OnePlayerOneRow) {
  const Background background = {.players = 1, .intercept = 0.5, .contributions = {-1}};
  for (const Response response : kResponses) ExpectExactHere(background, response, {2});
  const Numbers phi = PhiByTable(background, Response::kExp, Numbers{2});
  EXPECT_NEAR(phi[0], std::exp(2.5) - std::exp(-0.5), 1e-14);
}

// Contributions of +-700 and beyond: sums of exponents, where products would overflow.
TEST(GameEdge, ExtremePredictors) {
  for (const double size : {40.0, 200.0, 299.0, 350.0, 700.0}) {
    const Background background = {.players = 4,
                                   .contributions = {0, 1, -size, 0.5,       //
                                                     size, -size, 0.1, 0.2,  //
                                                     -0.3, 0.4, 0, 1}};
    for (const Numbers& plan : {Numbers{1, -1, 0.5, 0}, Numbers{size, -size, size, -size},
                                Numbers{-size, -1, -size, 2}, Numbers{0, size, 0, -size}}) {
      ExpectExactHere(background, Response::kLogistic, plan);
    }
  }
  const Background far = {.players = 2, .contributions = {1000, -1000, -5000, 1}};
  for (const Numbers& plan : {Numbers{-1000, 1000}, Numbers{1e6, 1e6}, Numbers{1e300, -1e300}}) {
    const Numbers phi = PhiByTable(far, Response::kLogistic, plan);
    EXPECT_TRUE(std::ranges::all_of(phi, [](double x) { return std::abs(x) <= 1; }));
  }
}

TEST(GameEdge, ExpIsFiniteWhereTheResponseIs) {
  const Background background = {.players = 3,
                                 .contributions = {709.5, -10, 0, 700, 0, -3, -700, 0, -9}};
  for (const Numbers& plan : {Numbers{709.7, 0, -1}, Numbers{-700, -5, -1}, Numbers{0, 0, 0}}) {
    ExpectExactHere(background, Response::kExp, plan, 1e-11);
  }
  // Every coalition next to the largest double: no sum of values may be formed.
  const Background all = {.players = 3, .contributions = {709, 0.1, 0.2, 709.1, 0.1, 0.1}};
  for (const double value : PhiByTable(all, Response::kExp, Numbers{709.3, 0.2, 0.1})) {
    EXPECT_TRUE(std::isfinite(value));
  }
  EXPECT_TRUE(std::isfinite(BaseValue(all, Response::kExp)));

  Background many = {.players = 14, .intercept = 709, .contributions = Numbers(28, -0.01)};
  for (const double value : PhiByTable(many, Response::kExp, Numbers(14, 0.05))) {
    EXPECT_TRUE(std::isfinite(value) && value > 0);
  }
}

TEST(GameEdge, ManyPlayersFarOut) {
  MadeGame game = MakeGame({.players = 14, .rows = 6, .deviation = 40, .plans = 2});
  for (size_t k = 0; k < 2; ++k) {
    for (const Response response : kResponses) {
      const ExactPhi exact = PhiByProducts(game.background, response, game.plan(k));
      for (const SimdLevel level : LevelsHere()) {
        const WithLevel with(level);
        EXPECT_LE(RelativeError(exact, PhiByTable(game.background, response, game.plan(k))),
                  kTolerance);
      }
    }
  }
}

TEST(GameEdge, OddBackgrounds) {
  for (const Response response : kResponses) {
    // All rows the same.
    Background same = {.players = 5, .intercept = 0.2};
    for (int row = 0; row < 20; ++row) {
      same.contributions.insert(same.contributions.end(), {0.1, -0.7, 0.3, 1.1, 0});
    }
    ExpectExactHere(same, response, {1, 2, 3, -4, 0.5});
    // One row far from the others.
    MadeGame outlier = MakeGame({.players = 6, .rows = 50});
    for (const double far : {15.0, -15.0, 60.0}) {
      for (size_t j = 0; j < 6; ++j)
        outlier.background.contributions[j] = far / static_cast<double>(1 + j);
      const auto plan = outlier.plan(0);
      ExpectExactHere(outlier.background, response, Numbers(plan.begin(), plan.end()));
    }
    // Nobody contributes anything.
    const Background nothing = {.players = 4, .intercept = -1, .contributions = Numbers(40)};
    for (const double phi : PhiByTable(nothing, response, Numbers(4))) EXPECT_NEAR(phi, 0, 1e-16);
  }
}

// The same bytes however many plans come at once, and at every call.
TEST(GameEdge, BatchesGiveTheSameBytes) {
  for (const int players : {1, 2, 5, 6, 7, 9, 14}) {
    const MadeGame game = MakeGame({.players = players, .rows = 21, .plans = 19, .stretch = 60});
    for (const Response response : kResponses) {
      for (const SimdLevel level : LevelsHere()) {
        const WithLevel with(level);
        const Explainer explainer(game.background, response);
        const Explainer again(game.background, response);
        Numbers batch(game.plans.size());
        explainer.Explain(game.plans, batch);
        Numbers single(game.plans.size());
        for (size_t k = 0; k < 19; ++k) {
          const auto n = static_cast<size_t>(players);
          again.Explain(game.plan(k), std::span(single).subspan(k * n, n));
        }
        EXPECT_EQ(std::memcmp(batch.data(), single.data(), batch.size() * sizeof(double)), 0);
        EXPECT_EQ(PhiOfOne(game.background, response, game.plan(1)),
                  PhiOfOne(game.background, response, game.plan(1)));
      }
    }
  }
}

TEST(GameEdge, LevelsAgree) {
  EXPECT_EQ(LevelsHere().front(), SimdLevel::kPlain);
  for (const int players : {3, 7, 13}) {
    const MadeGame game = MakeGame({.players = players, .rows = 30});
    for (const Response response : kResponses) {
      const double largest =
          static_cast<double>(PhiByProducts(game.background, response, game.plan(1)).largest);
      const Numbers best = PhiByTable(game.background, response, game.plan(1));
      for (const SimdLevel level : LevelsHere()) {
        const WithLevel with(level);
        const Numbers phi = PhiByTable(game.background, response, game.plan(1));
        for (size_t j = 0; j < phi.size(); ++j) {
          EXPECT_LE(std::abs(phi[j] - best[j]), kTolerance * largest);
        }
      }
    }
  }
}

TEST(GameEdge, Link) {
  const Background background = {.players = 2, .intercept = 7, .contributions = {1, 2, 3, 6}};
  const LinkExplainer explainer(background);
  EXPECT_EQ(explainer.base(), 13);
  Numbers phi(4);
  explainer.Explain(Numbers{5, 5, 2, 3}, phi);
  EXPECT_EQ(phi, (Numbers{3, 1, 0, -1}));
}

TEST(GameEdge, BaseAndSize) {
  const Background background = {.players = 2, .intercept = 1, .contributions = {1, 2, 3, -6}};
  const Explainer exp_table(background, Response::kExp);
  EXPECT_DOUBLE_EQ(exp_table.base(), (std::exp(4.0) + std::exp(-2.0)) / 2);
  EXPECT_DOUBLE_EQ(BaseValue(background, Response::kLogistic),
                   (1 / (1 + std::exp(-4.0)) + 1 / (1 + std::exp(2.0))) / 2);
  EXPECT_EQ(exp_table.players(), 2);
  EXPECT_GT(exp_table.bytes(), 0U);
  EXPECT_LT(exp_table.bytes(), 1000U);
  exp_table.Explain({}, {});
}

TEST(GameEdgeDeathTest, Misuse) {
  Numbers phi(2);
  const Background background = {.players = 2, .contributions = {1, 2}};
  EXPECT_DEATH(ExplainOne(background, Response::kExp, Numbers{1}, phi), "");
  EXPECT_DEATH(ExplainOne(background, Response::kExp, Numbers{1, std::nan("")}, phi), "");
  EXPECT_DEATH(BaseValue({.players = 2}, Response::kExp), "");
  EXPECT_DEATH(BaseValue({.players = 2, .contributions = {1}}, Response::kExp), "");
  EXPECT_DEATH(BaseValue({.players = 65, .contributions = Numbers(65)}, Response::kExp), "");
  EXPECT_DEATH(Explainer(background, Response::kExp).Explain(Numbers{1, 2, 3}, phi), "");
  EXPECT_DEATH(LinkExplainer(background).Explain(Numbers{1, 2, 3}, phi), "");
}

}  // namespace
}  // namespace pythia::explain_internal
