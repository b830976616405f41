#include "explain/exp_table.h"

#include <algorithm>
#include <bit>
#include <cmath>

#include "explain/plan_lanes.h"

namespace pythia::explain_internal {
namespace {

// mean over the rows of exp(sum of what they differ from the mean by), per set of players.
AlignedNumbers MeansOfSets(const CentredBackground& centred) {
  const size_t sets = size_t{1} << centred.players;
  AlignedNumbers means(sets);
  AlignedNumbers products(sets);
  for (size_t row = 0; row < centred.rows; ++row) {
    products[0] = 1 / static_cast<double>(centred.rows);
    for (int j = 0; j < centred.players; ++j) {
      const size_t half = size_t{1} << j;
      const double factor = std::exp(centred.columns[static_cast<size_t>(j) * centred.rows + row]);
      for (size_t s = 0; s < half; ++s) products[half + s] = products[s] * factor;
    }
    for (size_t s = 0; s < sets; ++s) means[s] += products[s];
  }
  return means;
}

}  // namespace

ExpTable::ExpTable(const Background& background, const CentredBackground& centred)
    : kernels_(KernelsInUse()),
      direct_(background, Response::kExp),
      centre_(centred.centre),
      mean_(centred.mean),
      scale_(std::exp(centred.centre)) {
  const AlignedNumbers means = MeansOfSets(centred);
  const std::vector<double> weights = CoalitionWeights(centred.players);
  base_ = scale_ * means.back();
  weighted_.resize(means.size());
  // The coalition's complement comes from the background.
  for (size_t s = 0; s < means.size(); ++s) {
    weighted_[s] = weights[static_cast<size_t>(std::popcount(s))] * means[means.size() - 1 - s];
  }
}

void ExpTable::Explain(std::span<const double> plans, std::span<double> phi) const {
  const ExpTableView view = {.players = static_cast<int>(mean_.size()),
                             .scale = scale_,
                             .base = base_,
                             .reach = kTableReach - std::abs(centre_),
                             .mean = mean_.data(),
                             .weighted = weighted_.data()};
  if (InLanes(mean_.size())) {
    const auto kernel = [&](const double* from, double* to) {
      return kernels_.lanes_exp(view, from, to);
    };
    ExplainInLanes(kernels_.lanes, mean_.size(), plans, phi, kernel, direct_);
    return;
  }
  ForEachPlan(mean_.size(), plans, phi, [&](auto plan, auto out) { ExplainOne(view, plan, out); });
}

void ExpTable::ExplainOne(const ExpTableView& view, std::span<const double> plan,
                          std::span<double> phi) const {
  if (!WithinTableReach(centre_, mean_, plan)) return direct_.Explain(plan, phi);
  kernels_.table_exp(view, plan.data(), phi.data());
}

size_t ExpTable::bytes() const { return weighted_.size() * sizeof(double) + direct_.bytes(); }

}  // namespace pythia::explain_internal
