// phi for any number of players: integrals of products over the players, row by row.
//
// Exponential of one row: phi_i = (A_i - B_i) integral_0^1 prod_{j != i} (p A_j + (1 - p) B_j) dp
// with A_j = exp(a_j), B_j = exp(b_j): the integral is over the time at which players join in
// random order (Owen, "Multilinear extensions of games", Management Science 18, 1972).
// Logistic: sines, each the imaginary part of such a product; or, where no mixture of plan and
// background comes near 0 from below, sigma(eta) = exp(eta) - exp(2 eta) + ..., which keeps small
// probabilities accurate.
#pragma once

#include <vector>

#include "explain/coalitions.h"
#include "explain/gauss_rule.h"
#include "explain/kernels.h"
#include "explain/method.h"

namespace pythia::explain_internal {

class ProductForm final : public Method {
 public:
  ProductForm(const Background& background, Response response, double base);
  void Explain(std::span<const double> plans, std::span<double> phi) const override;
  size_t bytes() const override;

 private:
  ProductView View() const;
  void ExplainOne(std::span<const double> plan, std::span<double> phi) const;
  void ExplainExp(std::span<const double> plan, double largest, std::span<double> phi) const;
  void ExplainSeries(std::span<const double> plan, double largest, std::span<double> phi) const;
  void ExplainWaves(std::span<const double> plan, double least, double largest,
                    std::span<double> phi) const;

  const Kernels& kernels_;
  const Response response_;
  const int players_;
  const double intercept_;
  const double base_;
  const Rule legendre_;
  size_t groups_;
  AlignedNumbers contributions_;  // in the layout of ProductView
  AlignedNumbers share_;
};

}  // namespace pythia::explain_internal
