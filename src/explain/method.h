// A way to compute phi for one background and response.
#pragma once

#include <cstddef>
#include <span>

namespace pythia::explain_internal {

// Immutable; safe to use from several threads.
class Method {
 public:
  virtual ~Method() = default;
  // plans and phi: [n x players], row after row.
  virtual void Explain(std::span<const double> plans, std::span<double> phi) const = 0;
  virtual size_t bytes() const = 0;
};

// explain(plan, phi) one after the other.
template <class Explain>
void ForEachPlan(size_t players, std::span<const double> plans, std::span<double> phi,
                 const Explain& explain) {
  for (size_t i = 0; i < plans.size(); i += players) {
    explain(plans.subspan(i, players), phi.subspan(i, players));
  }
}

}  // namespace pythia::explain_internal
