// Every phi against the definition in long double.
#include <cmath>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "explain/made_game_test.h"

namespace pythia::explain_internal {
namespace {

constexpr double kTolerance = 1e-12;
constexpr Response kResponses[] = {Response::kExp, Response::kLogistic};

std::string Name(const MadeGameOptions& options, Response response, SimdLevel level) {
  return (response == Response::kExp ? "exp" : "logistic") + std::string(", level ") +
         std::to_string(static_cast<int>(level)) + ", players " + std::to_string(options.players) +
         ", rows " + std::to_string(options.rows) + ", deviation " +
         std::to_string(options.deviation) + ", intercept " + std::to_string(options.intercept) +
         ", seed " + std::to_string(options.seed);
}

using Definition = ExactPhi (*)(const Background&, Response, std::span<const double>);

// Tables and the direct sum (or the product form twice), on every level.
void ExpectExact(const MadeGameOptions& options, Definition definition = PhiByDefinition) {
  const MadeGame game = MakeGame(options);
  for (const Response response : kResponses) {
    std::vector<ExactPhi> exact;
    for (size_t k = 0; k < options.plans; ++k) {
      exact.push_back(definition(game.background, response, game.plan(k)));
    }
    for (const SimdLevel level : LevelsHere()) {
      SCOPED_TRACE(Name(options, response, level));
      const WithLevel with(level);
      const Explainer explainer(game.background, response);
      EXPECT_LT(std::abs(explainer.base() / exact[0].base - 1), 1e-13L);
      std::vector<double> phi(game.plans.size());
      explainer.Explain(game.plans, phi);
      for (size_t k = 0; k < options.plans; ++k) {
        const auto players = static_cast<size_t>(options.players);
        EXPECT_LE(RelativeError(exact[k], std::span(phi).subspan(k * players, players)),
                  kTolerance);
        const auto one = PhiOfOne(game.background, response, game.plan(k));
        EXPECT_LE(RelativeError(exact[k], one), kTolerance);
      }
    }
  }
}

TEST(GameExact, UpToEightPlayersOfAnyWidth) {
  for (const double deviation : {1.5, 4.0, 12.0}) {
    for (int players = 1; players <= 8; ++players) {
      ExpectExact({.players = players, .deviation = deviation, .plans = 4});
    }
  }
}

// Tables whose coalitions take several fractions, and backgrounds too wide for a table.
TEST(GameExact, WideBackgrounds) {
  for (const size_t rows : {7, 40, 100}) {
    ExpectExact({.players = 6, .rows = rows, .deviation = 8, .plans = 4});
    ExpectExact({.players = 6, .rows = rows, .deviation = 30, .plans = 4});
  }
}

TEST(GameExact, TenPlayers) { ExpectExact({.players = 10}); }

TEST(GameExact, FewRows) {
  for (const size_t rows : {1, 2, 3, 5, 8, 9}) {
    ExpectExact({.players = 4, .rows = rows, .deviation = 4, .seed = rows});
    ExpectExact({.players = 13, .rows = rows, .deviation = 2, .seed = rows}, PhiByProducts);
  }
}

// Values of 1e-6 and less have 1e-12 of their own size, not of 1.
TEST(GameExact, RareOutcomes) {
  for (const double intercept : {-8.0, -15.0, -40.0, 15.0, 40.0}) {
    ExpectExact({.players = 6, .intercept = intercept});
    ExpectExact({.players = 6, .rows = 1, .deviation = 4, .intercept = intercept});
    ExpectExact({.players = 13, .rows = 12, .intercept = intercept}, PhiByProducts);
  }
}

TEST(GameExact, ProductForm) {
  ExpectExact({.players = 13, .rows = 40, .deviation = 4, .plans = 2}, PhiByProducts);
  ExpectExact({.players = 16, .rows = 9, .plans = 1}, PhiByProducts);
}

TEST(GameExactSlow, ElevenAndTwelvePlayers) {
  for (const double deviation : {1.5, 4.0, 12.0}) {
    ExpectExact({.players = 11, .deviation = deviation});
    ExpectExact({.players = 12, .deviation = deviation});
  }
}

TEST(GameExactSlow, ManyGames) {
  for (uint64_t seed = 1; seed <= 10; ++seed) {
    for (const double deviation : {0.1, 1.5, 4.0, 12.0}) {
      for (int players = 1; players <= 9; ++players) {
        ExpectExact({.players = players, .deviation = deviation, .plans = 4, .seed = seed});
      }
    }
  }
}

TEST(GameExactSlow, ManyRows) {
  for (const double deviation : {1.5, 4.0}) {
    ExpectExact({.players = 8, .rows = 1000, .deviation = deviation, .seed = 3});
    ExpectExact({.players = 10, .rows = 1000, .deviation = deviation, .plans = 1, .seed = 4});
  }
}

TEST(GameExactSlow, ProductForm) {
  for (const double deviation : {1.5, 4.0, 12.0}) {
    ExpectExact({.players = 16, .rows = 100, .deviation = deviation}, PhiByProducts);
    ExpectExact({.players = 20, .rows = 5, .deviation = deviation}, PhiByProducts);
  }
}

}  // namespace
}  // namespace pythia::explain_internal
