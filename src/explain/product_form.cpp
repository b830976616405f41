#include "explain/product_form.h"

#include <algorithm>
#include <cmath>
#include <numbers>

#include "explain/sigma.h"

namespace pythia::explain_internal {
namespace {

// What is left out is below exp(-kDigits) of the largest v(S).
constexpr double kDigits = 30;
// Up to here the series in exp(eta) is taken; at most kDigits terms.
constexpr double kSeriesLargest = -1;

// sigma(eta) = 1/2 + sum_k h / sinh(pi t_k) sin(t_k eta) at t_k = (k + 1/2) h, for |eta| <= reach
// within exp(-(2 pi / h - reach)) for the step and exp(-pi t) for the end.
struct WaveGrid {
  WaveGrid(double reach, double digits)
      : step(2 * std::numbers::pi / (reach + digits)),
        terms(static_cast<size_t>(std::ceil(digits / (std::numbers::pi * step)))) {}

  double At(size_t k) const { return (static_cast<double>(k) + 0.5) * step; }

  double step;
  size_t terms;
};

}  // namespace

ProductForm::ProductForm(const Background& background, Response response, double base)
    : kernels_(KernelsInUse()),
      response_(response),
      players_(background.players),
      intercept_(background.intercept),
      base_(base),
      legendre_(GaussLegendre((background.players + 1) / 2)) {
  const auto lanes = static_cast<size_t>(kernels_.lanes);
  const auto players = static_cast<size_t>(players_);
  const size_t rows = background.rows();
  groups_ = (rows + lanes - 1) / lanes;
  contributions_.resize(groups_ * players * lanes);
  share_.resize(groups_ * lanes);
  for (size_t i = 0; i < groups_ * lanes; ++i) {
    share_[i] = i < rows ? 1 / static_cast<double>(rows) : 0;
    const double* row = &background.contributions[std::min(i, rows - 1) * players];
    double* to = &contributions_[i / lanes * players * lanes + i % lanes];
    for (size_t j = 0; j < players; ++j) to[j * lanes] = row[j];
  }
}

ProductView ProductForm::View() const {
  return {.players = players_,
          .groups = groups_,
          .intercept = intercept_,
          .contributions = contributions_.data(),
          .share = share_.data(),
          .nodes = static_cast<int>(legendre_.nodes.size()),
          .node = legendre_.nodes.data(),
          .node_weight = legendre_.weights.data()};
}

void ProductForm::Explain(std::span<const double> plans, std::span<double> phi) const {
  ForEachPlan(static_cast<size_t>(players_), plans, phi,
              [&](auto plan, auto out) { ExplainOne(plan, out); });
}

void ProductForm::ExplainOne(std::span<const double> plan, std::span<double> phi) const {
  double least = 0;
  double largest = 0;
  kernels_.reach(View(), plan.data(), &least, &largest);
  if (response_ == Response::kExp) {
    ExplainExp(plan, largest, phi);
  } else if (largest <= kSeriesLargest) {
    ExplainSeries(plan, largest, phi);
  } else {
    ExplainWaves(plan, least, largest, phi);
  }
}

void ProductForm::ExplainExp(std::span<const double> plan, double largest,
                             std::span<double> phi) const {
  kernels_.product_exp(View(), plan.data(), 1, largest, phi.data());
  const double scale = std::exp(largest);
  for (double& value : phi) value *= scale;
}

void ProductForm::ExplainSeries(std::span<const double> plan, double largest,
                                std::span<double> phi) const {
  double term[kMaxPlayers];
  std::ranges::fill(phi, 0);
  const double powers = std::ceil(kDigits / -largest) + 1;
  for (double power = 1; power <= powers; ++power) {
    kernels_.product_exp(View(), plan.data(), power, largest, term);
    const double scale = std::exp(power * largest) * (std::fmod(power, 2) == 1 ? 1 : -1);
    for (size_t j = 0; j < phi.size(); ++j) phi[j] += scale * term[j];
  }
}

void ProductForm::ExplainWaves(std::span<const double> plan, double least, double largest,
                               std::span<double> phi) const {
  const auto lanes = static_cast<size_t>(kernels_.lanes);
  const auto players = static_cast<size_t>(players_);
  double eta = intercept_;
  for (const double a : plan) eta += a;
  // Some coalition is worth at least this much.
  const double worth = std::max({base_, Sigma(eta), Sigma(largest) * share_[0]});
  const WaveGrid grid(std::max(std::abs(least), std::abs(largest)), kDigits - std::log(worth));

  std::vector<double> turn;
  std::vector<double> waves;
  turn.reserve(2 * grid.terms);
  waves.reserve(2 * grid.terms * players);
  for (size_t k = 0; k < grid.terms; ++k) {
    const double t = grid.At(k);
    const double size = grid.step / std::sinh(std::numbers::pi * t);
    turn.push_back(size * std::cos(t * intercept_));
    turn.push_back(size * std::sin(t * intercept_));
    for (const double a : plan) {
      waves.push_back(std::cos(t * a));
      waves.push_back(std::sin(t * a));
    }
  }
  AlignedNumbers rows(2 * contributions_.size());
  for (size_t block = 0; block < groups_ * players; ++block) {
    for (size_t lane = 0; lane < lanes; ++lane) {
      const double phase = grid.At(0) * contributions_[block * lanes + lane];
      rows[2 * block * lanes + lane] = std::cos(phase);
      rows[(2 * block + 1) * lanes + lane] = std::sin(phase);
    }
  }
  const WaveView view = {
      .terms = grid.terms, .turn = turn.data(), .plan = waves.data(), .rows = rows.data()};
  kernels_.product_waves(View(), view, phi.data());
}

size_t ProductForm::bytes() const {
  return (contributions_.size() + share_.size()) * sizeof(double);
}

}  // namespace pythia::explain_internal
