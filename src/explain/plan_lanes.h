// Plans in the lanes of a vector: Kernels::lanes_exp, lanes_logistic.
#pragma once

#include <algorithm>
#include <cstddef>
#include <span>

#include "explain/kernels.h"
#include "explain/method.h"

namespace pythia::explain_internal {

// Whether tables of so many players explain a plan per lane.
inline bool InLanes(size_t players) { return players <= kMaxLanePlayers; }

// kernel(plans, phi) of [lanes x players] returns which are out of its reach: those go to `other`.
template <class Kernel>
void ExplainInLanes(int lanes, size_t players, std::span<const double> plans, std::span<double> phi,
                    const Kernel& kernel, const Method& other) {
  const size_t full = static_cast<size_t>(lanes) * players;
  for (size_t at = 0; at < plans.size(); at += full) {
    const std::span<const double> from = plans.subspan(at, std::min(full, plans.size() - at));
    const std::span<double> to = phi.subspan(at, from.size());
    unsigned out_of_reach = 0;
    if (from.size() == full) {
      out_of_reach = kernel(from.data(), to.data());
    } else {
      double some_plans[kMaxLanes * kMaxLanePlayers] = {};
      double some_phi[kMaxLanes * kMaxLanePlayers];
      std::ranges::copy(from, some_plans);
      out_of_reach = kernel(some_plans, some_phi);
      std::copy_n(some_phi, to.size(), to.begin());
    }
    if (out_of_reach == 0) continue;
    for (size_t i = 0; i * players < from.size(); ++i) {
      if ((out_of_reach >> i & 1) == 0) continue;
      other.Explain(from.subspan(i * players, players), to.subspan(i * players, players));
    }
  }
}

}  // namespace pythia::explain_internal
