#include "explain/gauss_rule.h"

#include <algorithm>
#include <cmath>
#include <numbers>

#include "base/check.h"

namespace pythia::explain_internal {
namespace {

constexpr int kNewtonSteps = 8;
// A remainder this small beside the values is rounding noise: nothing is left to add.
constexpr double kNoRemainder = 1e-14;
constexpr double kNoCoupling = 1e-16;
constexpr int kMostSweeps = 100;  // per eigenvalue; two or three are usual

// The Legendre polynomial of degree n at x, and its slope.
struct Legendre {
  double value;
  double slope;
};

Legendre LegendreAt(int n, double x) {
  double before = 1;
  double here = x;
  for (int k = 2; k <= n; ++k) {
    const double next = ((2 * k - 1) * x * here - (k - 1) * before) / k;
    before = here;
    here = next;
  }
  return {.value = here, .slope = n * (x * here - before) / (x * x - 1)};
}

// Eigenvalues of the symmetric tridiagonal matrix with `diagonal` and `beside` (its last entry 0),
// and the first components of the eigenvectors, by the implicit QL method (Golub and Welsch's
// SGQUR; Parlett, "The symmetric eigenvalue problem", section 8).
class TridiagonalQl {
 public:
  TridiagonalQl(std::vector<double>& diagonal, std::vector<double>& beside,
                std::vector<double>& first, double negligible)
      : d_(diagonal), e_(beside), first_(first), negligible_(negligible) {}

  void Run() {
    for (size_t l = 0; l < d_.size(); ++l) {
      int sweeps = 0;
      for (size_t m = BlockEnd(l); m != l; m = BlockEnd(l)) {
        PYTHIA_CHECK(++sweeps <= kMostSweeps);
        Sweep(l, m);
      }
    }
  }

 private:
  size_t BlockEnd(size_t l) const {
    while (l + 1 < d_.size() && std::abs(e_[l]) > negligible_) ++l;
    return l;
  }

  // Chases the bulge from m up to l, shifted by an eigenvalue of the leading 2 x 2 block.
  void Sweep(size_t l, size_t m) {
    const double half_gap = (d_[l + 1] - d_[l]) / (2 * e_[l]);
    const double root = std::sqrt(half_gap * half_gap + 1);
    double g = d_[m] - d_[l] + e_[l] / (half_gap + std::copysign(root, half_gap));
    double s = 1;
    double c = 1;
    double p = 0;
    for (size_t i = m; i-- > l;) {
      const double f = s * e_[i];
      const double b = c * e_[i];
      const double r = std::sqrt(f * f + g * g);
      e_[i + 1] = r;
      s = r == 0 ? 0 : f / r;
      c = r == 0 ? 1 : g / r;
      const double shifted = d_[i + 1] - p;
      const double t = (d_[i] - shifted) * s + 2 * c * b;
      p = s * t;
      d_[i + 1] = shifted + p;
      g = c * t - b;
      const double component = first_[i + 1];
      first_[i + 1] = s * first_[i] + c * component;
      first_[i] = c * first_[i] - s * component;
    }
    d_[l] -= p;
    e_[l] = g;
    e_[m] = 0;
  }

  std::vector<double>& d_;
  std::vector<double>& e_;
  std::vector<double>& first_;
  const double negligible_;
};

}  // namespace

Rule GaussLegendre(int points) {
  Rule rule;
  for (int i = 0; i < points; ++i) {
    double x = std::cos(std::numbers::pi * (i + 0.75) / (points + 0.5));
    for (int step = 0; step < kNewtonSteps; ++step) {
      const Legendre at = LegendreAt(points, x);
      x -= at.value / at.slope;
    }
    const double slope = LegendreAt(points, x).slope;
    rule.nodes.push_back((1 + x) / 2);
    rule.weights.push_back(1 / ((1 - x * x) * slope * slope));
  }
  return rule;
}

void Compression::Reset(std::span<const double> values) {
  rows_ = values.size();
  stride_ = (rows_ + kMaxLanes - 1) / kMaxLanes * kMaxLanes;
  values_.assign(stride_, 0);
  std::ranges::copy(values, values_.begin());
  spread_ = 0;
  for (const double value : values) spread_ = std::max(spread_, std::abs(value));
  basis_.assign(stride_, 0);
  std::fill_n(basis_.begin(), rows_, 1 / std::sqrt(static_cast<double>(rows_)));
  alpha_.clear();
  beta_.clear();
  complete_ = false;
}

void Compression::Extend() {
  const size_t step = alpha_.size();
  basis_.resize((step + 2) * stride_);
  double alpha = 0;
  const double beta = kernels_.lanczos_step(values_.data(), stride_, step, basis_.data(), &alpha);
  alpha_.push_back(alpha);
  beta_.push_back(beta);
  complete_ = beta <= kNoRemainder * spread_ || alpha_.size() == rows_;
  if (complete_) return;
  double* next = &basis_[(step + 1) * stride_];
  for (size_t i = 0; i < stride_; ++i) next[i] /= beta;
}

void Compression::MakeRule(int points, Rule* rule) {
  while (static_cast<int>(alpha_.size()) < points && !complete_) Extend();
  const size_t n = std::min(static_cast<size_t>(points), alpha_.size());
  rule->nodes.assign(alpha_.begin(), alpha_.begin() + static_cast<std::ptrdiff_t>(n));
  beside_.assign(beta_.begin(), beta_.begin() + static_cast<std::ptrdiff_t>(n));
  beside_.back() = 0;
  first_.assign(n, 0);
  first_[0] = 1;
  TridiagonalQl(rule->nodes, beside_, first_, kNoCoupling * spread_).Run();
  rule->weights.resize(n);
  for (size_t k = 0; k < n; ++k) rule->weights[k] = first_[k] * first_[k];
}

}  // namespace pythia::explain_internal
