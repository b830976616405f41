// The axioms that single Shapley values out, for any game.
#include <algorithm>
#include <cmath>
#include <numeric>
#include <vector>

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "explain/made_game_test.h"

namespace pythia::explain_internal {
namespace {

using Numbers = std::vector<double>;

constexpr double kTolerance = 1e-12;

struct AnyGame {
  MadeGame made;
  Response response;
  size_t rows;
  size_t players;

  Numbers plan() const { return {made.plan(0).begin(), made.plan(0).end()}; }
  double& at(size_t row, size_t player) {
    return made.background.contributions[row * players + player];
  }
};

// From few players to more than tables hold.
AnyGame MakeAnyGame() {
  AnyGame game;
  game.players =
      *rc::gen::weightedElement<size_t>({{1, 2}, {2, 3}, {3, 4}, {3, 5}, {2, 7}, {1, 13}, {1, 15}});
  game.rows = *rc::gen::inRange<size_t>(1, 40);
  game.response = *rc::gen::element(Response::kExp, Response::kLogistic);
  game.made = MakeGame({.players = static_cast<int>(game.players),
                        .rows = game.rows,
                        .deviation = *rc::gen::element(0.2, 1.5, 4.0),
                        .intercept = *rc::gen::element(-6.0, -0.5, 3.0),
                        .plans = 1,
                        .seed = *rc::gen::arbitrary<uint64_t>()});
  return game;
}

double LargestValue(const AnyGame& game) {
  return static_cast<double>(
      PhiByProducts(game.made.background, game.response, game.plan()).largest);
}

// Both ways to explain a plan.
template <class Check>
void ForBothWays(const Check& check) {
  check(PhiByTable);
  check(PhiOfOne);
}

RC_GTEST_PROP(GameProperty, EqualPlayersShareEqually, ()) {
  AnyGame game = MakeAnyGame();
  const size_t other = *rc::gen::inRange<size_t>(1, game.players);
  for (size_t row = 0; row < game.rows; ++row) game.at(row, other) = game.at(row, 0);
  Numbers plan = game.plan();
  plan[other] = plan[0];
  const double largest =
      static_cast<double>(PhiByProducts(game.made.background, game.response, plan).largest);
  ForBothWays([&](auto explain) {
    const Numbers phi = explain(game.made.background, game.response, plan);
    RC_ASSERT(std::abs(phi[other] - phi[0]) <= kTolerance * largest);
  });
}

RC_GTEST_PROP(GameProperty, WhoChangesNothingGetsNothing, ()) {
  AnyGame game = MakeAnyGame();
  const size_t dummy = *rc::gen::inRange<size_t>(0, game.players);
  const double constant = *rc::gen::element(0.0, -1.3, 2.5);
  for (size_t row = 0; row < game.rows; ++row) game.at(row, dummy) = constant;
  Numbers plan = game.plan();
  plan[dummy] = constant;
  const double largest =
      static_cast<double>(PhiByProducts(game.made.background, game.response, plan).largest);
  ForBothWays([&](auto explain) {
    const Numbers phi = explain(game.made.background, game.response, plan);
    RC_ASSERT(std::abs(phi[dummy]) <= kTolerance * largest);
  });
}

RC_GTEST_PROP(GameProperty, AllPhiAddUpToTheDifference, ()) {
  const AnyGame game = MakeAnyGame();
  const Numbers plan = game.plan();
  const double eta = std::accumulate(plan.begin(), plan.end(), game.made.background.intercept);
  const double value = game.response == Response::kExp ? std::exp(eta) : 1 / (1 + std::exp(-eta));
  const double base = BaseValue(game.made.background, game.response);
  const double largest = LargestValue(game);
  ForBothWays([&](auto explain) {
    const Numbers phi = explain(game.made.background, game.response, plan);
    const double sum = std::accumulate(phi.begin(), phi.end(), 0.0);
    RC_ASSERT(std::abs(sum - (value - base)) <= kTolerance * largest);
  });
}

// Half the rows each: phi is the mean of the two.
RC_GTEST_PROP(GameProperty, BackgroundsOfEqualSizeAverage, ()) {
  const AnyGame game = MakeAnyGame();
  const Background& first = game.made.background;
  Background second = first;
  for (double& value : second.contributions) value = -0.7 * value + 0.2;
  Background both = first;
  both.contributions.insert(both.contributions.end(), second.contributions.begin(),
                            second.contributions.end());
  const Numbers plan = game.plan();
  const double largest = static_cast<double>(PhiByProducts(both, game.response, plan).largest);
  ForBothWays([&](auto explain) {
    const Numbers a = explain(first, game.response, plan);
    const Numbers b = explain(second, game.response, plan);
    const Numbers mean = explain(both, game.response, plan);
    for (size_t j = 0; j < plan.size(); ++j) {
      // a and b may each be off by their own largest values, up to twice that of both.
      RC_ASSERT(std::abs(mean[j] - (a[j] + b[j]) / 2) <= 2 * kTolerance * largest);
    }
  });
}

// The order of players and of rows has no meaning.
RC_GTEST_PROP(GameProperty, OrderDoesNotMatter, ()) {
  AnyGame game = MakeAnyGame();
  const Numbers plan = game.plan();
  Numbers turned_plan(plan.rbegin(), plan.rend());
  Background turned = game.made.background;
  std::ranges::reverse(turned.contributions);
  const double largest = LargestValue(game);
  ForBothWays([&](auto explain) {
    const Numbers phi = explain(game.made.background, game.response, plan);
    const Numbers back = explain(turned, game.response, turned_plan);
    for (size_t j = 0; j < plan.size(); ++j) {
      RC_ASSERT(std::abs(phi[j] - back[plan.size() - 1 - j]) <= kTolerance * largest);
    }
  });
}

}  // namespace
}  // namespace pythia::explain_internal
