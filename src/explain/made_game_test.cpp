#include "explain/made_game_test.h"

#include <algorithm>
#include <bit>
#include <cmath>

#include "base/random.h"

namespace pythia::explain_internal {
namespace {

using Exact = long double;

Exact Respond(Response response, Exact exp_eta) {
  if (response == Response::kExp) return exp_eta;
  return std::isinf(exp_eta) ? 1 : exp_eta / (1 + exp_eta);
}

// phi from the values of all coalitions, weight by weight.
ExactPhi PhiFromValues(int players, const std::vector<Exact>& values) {
  std::vector<Exact> weights(static_cast<size_t>(players));  // s! (M - s - 1)! / M!
  for (int s = 0; s < players; ++s) {
    Exact weight = Exact{1} / players;
    for (int q = 1; q <= s; ++q) weight = weight * q / (players - q);
    weights[static_cast<size_t>(s)] = weight;
  }
  ExactPhi exact = {.phi = std::vector<Exact>(static_cast<size_t>(players)),
                    .base = values.front(),
                    .largest = std::ranges::max(values)};
  for (size_t set = 0; set < values.size(); ++set) {
    const Exact weight = weights[static_cast<size_t>(std::popcount(set)) % weights.size()];
    for (size_t i = 0; i < exact.phi.size(); ++i) {
      if ((set >> i & 1) == 0)
        exact.phi[i] += weight * (values[set | size_t{1} << i] - values[set]);
    }
  }
  return exact;
}

}  // namespace

std::span<const double> MadeGame::plan(size_t number) const {
  const auto players = static_cast<size_t>(background.players);
  return std::span(plans).subspan(number * players, players);
}

MadeGame MakeGame(const MadeGameOptions& options) {
  Random random(options.seed, static_cast<uint64_t>(options.players));
  const auto players = static_cast<size_t>(options.players);
  MadeGame game;
  game.background = {.players = options.players, .intercept = options.intercept};
  game.background.contributions.resize(options.rows * players);
  game.plans.resize(options.plans * players);
  for (size_t j = 0; j < players; ++j) {
    // Widths from 0.3 to 1.7 around one that makes the sum as wide as asked for.
    const double width =
        options.deviation / std::sqrt(1.2 * options.players) * (0.3 + 1.4 * random.Uniform());
    double levels[4];
    for (double& level : levels) level = random.Normal();
    const auto draw = [&] {
      return width * (j % 3 == 2 ? levels[random.Below(4)] : random.Normal());
    };
    for (size_t k = 0; k < options.plans; ++k) {
      game.plans[k * players + j] = draw() * (k % 2 == 1 ? options.stretch : 1);
    }
    for (size_t row = 0; row < options.rows; ++row) {
      game.background.contributions[row * players + j] = draw();
    }
  }
  return game;
}

ExactPhi PhiByDefinition(const Background& background, Response response,
                         std::span<const double> plan) {
  const size_t players = plan.size();
  std::vector<Exact> values(size_t{1} << players);
  for (size_t set = 0; set < values.size(); ++set) {
    for (size_t row = 0; row < background.rows(); ++row) {
      Exact eta = background.intercept;
      for (size_t j = 0; j < players; ++j) {
        eta += (set >> j & 1) != 0 ? plan[j] : background.contributions[row * players + j];
      }
      values[set] += Respond(response, std::exp(eta)) / static_cast<Exact>(background.rows());
    }
  }
  return PhiFromValues(background.players, values);
}

ExactPhi PhiByProducts(const Background& background, Response response,
                       std::span<const double> plan) {
  const size_t players = plan.size();
  std::vector<Exact> values(size_t{1} << players);
  std::vector<Exact> row_values(values.size());
  for (size_t row = 0; row < background.rows(); ++row) {
    row_values[0] = std::exp(static_cast<Exact>(background.intercept));
    for (size_t j = 0; j < players; ++j) {
      const Exact with = std::exp(static_cast<Exact>(plan[j]));
      const Exact without =
          std::exp(static_cast<Exact>(background.contributions[row * players + j]));
      const size_t half = size_t{1} << j;
      for (size_t set = 0; set < half; ++set) {
        row_values[half + set] = row_values[set] * with;
        row_values[set] *= without;
      }
    }
    for (size_t set = 0; set < values.size(); ++set) {
      values[set] += Respond(response, row_values[set]) / static_cast<Exact>(background.rows());
    }
  }
  return PhiFromValues(background.players, values);
}

double RelativeError(const ExactPhi& exact, std::span<const double> phi) {
  Exact worst = 0;
  for (size_t j = 0; j < phi.size(); ++j) {
    const Exact error = std::abs(phi[j] - exact.phi[j]);
    // A NaN must not pass for small.
    if (!(error <= worst)) worst = error;
  }
  return static_cast<double>(worst / exact.largest);
}

std::vector<SimdLevel> LevelsHere() {
  std::vector<SimdLevel> levels;
  for (const SimdLevel level : {SimdLevel::kPlain, SimdLevel::kAvx2, SimdLevel::kAvx512}) {
    if (level <= BestSimdLevel()) levels.push_back(level);
  }
  return levels;
}

std::vector<double> PhiByTable(const Background& background, Response response,
                               std::span<const double> plan) {
  std::vector<double> phi(plan.size());
  Explainer(background, response).Explain(plan, phi);
  return phi;
}

std::vector<double> PhiOfOne(const Background& background, Response response,
                             std::span<const double> plan) {
  std::vector<double> phi(plan.size());
  ExplainOne(background, response, plan, phi);
  return phi;
}

}  // namespace pythia::explain_internal
