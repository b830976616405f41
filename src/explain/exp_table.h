// The table of the exponential response: one number per coalition.
#pragma once

#include <vector>

#include "explain/coalitions.h"
#include "explain/direct_sum.h"
#include "explain/kernels.h"
#include "explain/method.h"

namespace pythia::explain_internal {

// Plans too far out for the table go to the direct sum.
class ExpTable final : public Method {
 public:
  ExpTable(const Background& background, const CentredBackground& centred);
  void Explain(std::span<const double> plans, std::span<double> phi) const override;
  size_t bytes() const override;

 private:
  void ExplainOne(const ExpTableView& view, std::span<const double> plan,
                  std::span<double> phi) const;

  const Kernels& kernels_;
  const DirectSum direct_;
  const double centre_;
  const std::vector<double> mean_;
  double scale_;
  double base_;
  AlignedNumbers weighted_;
};

}  // namespace pythia::explain_internal
