// Test only: made-up games, and their phi from the definition in long double.
#pragma once

#include <cstdint>
#include <vector>

#include "base/simd_level.h"
#include "explain/game.h"

namespace pythia::explain_internal {

struct MadeGame {
  Background background;
  std::vector<double> plans;  // [plans x players]; odd ones are `stretch` times as far out

  std::span<const double> plan(size_t number) const;
};

struct MadeGameOptions {
  int players = 5;
  size_t rows = 100;
  double deviation = 1.5;  // of the linear predictor over the background
  double intercept = -0.5;
  size_t plans = 2;
  double stretch = 3;
  uint64_t seed = 1;
};

// Normal contributions; every third player has four levels only, as a categorical column has.
MadeGame MakeGame(const MadeGameOptions& options);

struct ExactPhi {
  std::vector<long double> phi;
  long double base = 0;
  long double largest = 0;  // max v(S)
};

// Every coalition of every row, up to 12 players or so.
ExactPhi PhiByDefinition(const Background& background, Response response,
                         std::span<const double> plan);

// The same for a few more players: exp(eta) by products, so that rows are cheap.
ExactPhi PhiByProducts(const Background& background, Response response,
                       std::span<const double> plan);

// max |phi - exact| / max v.
double RelativeError(const ExactPhi& exact, std::span<const double> phi);

// The levels that this processor has.
std::vector<SimdLevel> LevelsHere();

// Sets a level for as long as it lives.
class WithLevel {
 public:
  explicit WithLevel(SimdLevel level) { UseSimdLevel(level); }
  ~WithLevel() { UseSimdLevel(BestSimdLevel()); }
  WithLevel(const WithLevel&) = delete;
  WithLevel& operator=(const WithLevel&) = delete;
};

// Explains one plan, through an Explainer or by ExplainOne.
std::vector<double> PhiByTable(const Background& background, Response response,
                               std::span<const double> plan);
std::vector<double> PhiOfOne(const Background& background, Response response,
                             std::span<const double> plan);

}  // namespace pythia::explain_internal
