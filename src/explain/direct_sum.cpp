#include "explain/direct_sum.h"

#include <algorithm>
#include <cmath>

#include "explain/coalitions.h"

namespace pythia::explain_internal {

DirectSum::DirectSum(const Background& background, Response response)
    : kernels_(KernelsInUse()),
      response_(response),
      players_(static_cast<size_t>(background.players)),
      background_(Padded(background)),
      weights_(CoalitionWeights(background_.players)) {}

void DirectSum::Explain(std::span<const double> plans, std::span<double> phi) const {
  ForEachPlan(players_, plans, phi, [&](auto plan, auto out) { ExplainOne(plan, out); });
}

void DirectSum::ExplainOne(std::span<const double> plan, std::span<double> phi) const {
  const DirectView view = {.players = background_.players,
                           .rows = background_.rows(),
                           .intercept = background_.intercept,
                           .contributions = background_.contributions.data(),
                           .weights = weights_.data()};
  double padded_plan[kMaxTablePlayers] = {};
  double padded_phi[kMaxTablePlayers];
  std::ranges::copy(plan, padded_plan);
  double scale = 1;
  if (response_ == Response::kExp) {
    scale = std::exp(kernels_.direct_exp(view, padded_plan, padded_phi));
  } else {
    kernels_.direct_logistic(view, padded_plan, padded_phi);
  }
  for (size_t j = 0; j < phi.size(); ++j) phi[j] = padded_phi[j] * scale;
}

size_t DirectSum::bytes() const { return background_.contributions.size() * sizeof(double); }

}  // namespace pythia::explain_internal
