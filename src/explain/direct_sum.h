// phi by the sum over all coalitions and rows: no preparation, and right for contributions of any
// size. Up to kMaxTablePlayers players.
#pragma once

#include <vector>

#include "explain/game.h"
#include "explain/kernels.h"
#include "explain/method.h"

namespace pythia::explain_internal {

class DirectSum final : public Method {
 public:
  DirectSum(const Background& background, Response response);
  void Explain(std::span<const double> plans, std::span<double> phi) const override;
  size_t bytes() const override;

 private:
  void ExplainOne(std::span<const double> plan, std::span<double> phi) const;

  const Kernels& kernels_;
  const Response response_;
  const size_t players_;
  const Background background_;  // padded
  const std::vector<double> weights_;
};

}  // namespace pythia::explain_internal
