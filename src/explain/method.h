// A way to compute phi for one background and response.
#pragma once

#include <cstddef>
#include <span>

namespace pythia::explain_internal {

// Immutable; safe to use from several threads.
class Method {
 public:
  virtual ~Method() = default;
  // plan and phi: [players].
  virtual void Explain(std::span<const double> plan, std::span<double> phi) const = 0;
  virtual size_t bytes() const = 0;
};

}  // namespace pythia::explain_internal
