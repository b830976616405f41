// The table of the logistic response: per coalition the background compressed to a few nodes, kept
// as fractions in y = exp(t).
//
// With nodes x_k and z_k = exp(x_k) the compressed mean is sum_k w_k y z_k / (1 + y z_k) =
// y P(y) / (1 + y Q(y)), P and Q without negative coefficients: no digits are lost for any y.
#pragma once

#include <memory>
#include <vector>

#include "explain/coalitions.h"
#include "explain/direct_sum.h"
#include "explain/kernels.h"
#include "explain/method.h"

namespace pythia::explain_internal {

// In the layout of LogisticTableView.
struct Fractions {
  double most = 0;
  std::vector<FractionGroup> groups;
  AlignedNumbers coefficients;
};

// Plans too far out for the table go to the direct sum.
class LogisticTable final : public Method {
 public:
  // Null where the background is so wide that a table would not pay.
  static std::unique_ptr<Method> Make(const Background& background,
                                      const CentredBackground& centred, double base);

  void Explain(std::span<const double> plans, std::span<double> phi) const override;
  size_t bytes() const override;

 private:
  LogisticTable(const Background& background, const CentredBackground& centred, double base,
                Fractions fractions);
  void ExplainOne(const LogisticTableView& view, std::span<const double> plan,
                  std::span<double> phi) const;

  const Kernels& kernels_;
  const DirectSum direct_;
  const double centre_;
  const std::vector<double> mean_;
  const double scale_;
  const double base_;
  const Fractions fractions_;
};

}  // namespace pythia::explain_internal
