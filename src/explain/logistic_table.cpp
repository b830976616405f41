#include "explain/logistic_table.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <utility>

#include "explain/compressor.h"
#include "explain/plan_lanes.h"

namespace pythia::explain_internal {
namespace {

// From here on 1 / (1 + exp(-t)) is 1.
constexpr double kCertainEta = 37;
// Coefficients and powers of one fraction stay within exp(+-this).
constexpr double kFractionRange = 690;
constexpr double kNodeRange = 600;

// The largest t at which some fraction differs from 1.
double MostEta(const CentredBackground& centred) {
  double least = 0;
  for (size_t row = 0; row < centred.rows; ++row) {
    double sum = 0;
    for (size_t j = 0; j < static_cast<size_t>(centred.players); ++j) {
      sum += std::min(0.0, centred.columns[j * centred.rows + row]);
    }
    least = std::min(least, sum);
  }
  return kCertainEta - least;
}

// Writes the rules of neighbouring coalitions, one per lane, as fractions.
class FractionWriter {
 public:
  FractionWriter(double log_most, int lanes, Fractions* out)
      : log_most_(log_most), lanes_(lanes), out_(*out) {
    out_.most = std::exp(log_most);
  }

  // Rules and what their coalitions count, [lanes].
  void Write(const std::vector<Rule>& rules, const std::vector<double>& counts) {
    const int fractions = FewestFractions(rules);
    size_t most = 0;
    for (const Rule& rule : rules) most = std::max(most, rule.nodes.size());
    const auto degree = static_cast<int>((most + fractions - 1) / fractions);
    const FractionGroup group = {.first = static_cast<unsigned>(out_.coefficients.size()),
                                 .degree = static_cast<int16_t>(degree),
                                 .fractions = static_cast<int16_t>(fractions)};
    out_.groups.push_back(group);
    out_.coefficients.resize(out_.coefficients.size() +
                             static_cast<size_t>(2 * degree * fractions * lanes_));
    for (int lane = 0; lane < lanes_; ++lane) {
      for (int f = 0; f < fractions; ++f) {
        WriteFraction(rules[lane], counts[lane], group, f, lane);
      }
    }
  }

 private:
  // Nodes k = f, f + fractions, ... make fraction f.
  static bool Fits(const Rule& rule, double log_most, int f, int fractions) {
    double size = 0;
    double distance = 0;
    for (auto k = static_cast<size_t>(f); k < rule.nodes.size();
         k += static_cast<size_t>(fractions)) {
      const double exponent = log_most + rule.nodes[k];
      size += std::max(0.0, exponent) + std::log1p(std::exp(-std::abs(exponent)));
      distance += std::abs(rule.nodes[k]);
    }
    return size <= kFractionRange && distance <= kNodeRange;
  }

  int FewestFractions(const std::vector<Rule>& rules) const {
    for (int fractions = 1;; ++fractions) {
      bool fits = true;
      for (const Rule& rule : rules) {
        for (int f = 0; f < fractions; ++f) fits = fits && Fits(rule, log_most_, f, fractions);
      }
      if (fits) return fractions;
    }
  }

  // y P / (1 + y Q) of one more node: P' = P + z (y P + w (1 + y Q)), Q' = Q + z (1 + y Q).
  void WriteFraction(const Rule& rule, double count, const FractionGroup& group, int f, int lane) {
    const auto degree = static_cast<size_t>(group.degree);
    p_.assign(degree + 1, 0);  // p_[i] and q_[i]: of y^i in y P and 1 + y Q
    q_.assign(degree + 1, 0);
    q_[0] = 1;
    for (auto k = static_cast<size_t>(f); k < rule.nodes.size();
         k += static_cast<size_t>(group.fractions)) {
      const double z = std::exp(rule.nodes[k]);
      const double weight = count * rule.weights[k];
      for (size_t i = degree; i >= 1; --i) p_[i] += z * (p_[i - 1] + weight * q_[i - 1]);
      for (size_t i = degree; i >= 1; --i) q_[i] += z * q_[i - 1];
    }
    const size_t step = 2 * static_cast<size_t>(lanes_);
    double* to = &out_.coefficients[group.first + step * degree * f + lane];
    for (size_t i = degree; i >= 1; --i) {
      to[0] = p_[i];
      to[lanes_] = q_[i];
      if (i > 1) to += step;
    }
  }

  const double log_most_;
  const int lanes_;
  Fractions& out_;
  std::vector<double> p_;
  std::vector<double> q_;
};

}  // namespace

LogisticTable::LogisticTable(const Background& background, const CentredBackground& centred,
                             double base, Fractions fractions)
    : kernels_(KernelsInUse()),
      direct_(background, Response::kLogistic),
      centre_(centred.centre),
      mean_(centred.mean),
      scale_(std::exp(centred.centre)),
      base_(base),
      fractions_(std::move(fractions)) {}

std::unique_ptr<Method> LogisticTable::Make(const Background& background,
                                            const CentredBackground& centred, double base) {
  const Kernels& kernels = KernelsInUse();
  const std::vector<double> weights = CoalitionWeights(centred.players);
  Compressor compressor(kernels, centred, base);
  Fractions fractions;
  const int lanes = InLanes(centred.mean.size()) ? 1 : kernels.lanes;  // of coalitions
  FractionWriter writer(MostEta(centred), lanes, &fractions);
  std::vector<Rule> rules(lanes);
  std::vector<double> counts(lanes);
  for (unsigned first = 0; first < 1U << centred.players; first += lanes) {
    for (int lane = 0; lane < lanes; ++lane) {
      const unsigned coalition = first + lane;
      if (!compressor.Compress(coalition, &rules[lane])) return nullptr;
      counts[lane] = weights[static_cast<size_t>(std::popcount(coalition))];
    }
    writer.Write(rules, counts);
  }
  fractions.coefficients.shrink_to_fit();
  return std::unique_ptr<Method>(
      new LogisticTable(background, centred, base, std::move(fractions)));
}

void LogisticTable::Explain(std::span<const double> plans, std::span<double> phi) const {
  const LogisticTableView view = {.players = static_cast<int>(mean_.size()),
                                  .scale = scale_,
                                  .base = base_,
                                  .reach = kTableReach - std::abs(centre_),
                                  .most = fractions_.most,
                                  .mean = mean_.data(),
                                  .groups = fractions_.groups.data(),
                                  .coefficients = fractions_.coefficients.data()};
  if (InLanes(mean_.size())) {
    const auto kernel = [&](const double* from, double* to) {
      return kernels_.lanes_logistic(view, from, to);
    };
    ExplainInLanes(kernels_.lanes, mean_.size(), plans, phi, kernel, direct_);
    return;
  }
  ForEachPlan(mean_.size(), plans, phi, [&](auto plan, auto out) { ExplainOne(view, plan, out); });
}

void LogisticTable::ExplainOne(const LogisticTableView& view, std::span<const double> plan,
                               std::span<double> phi) const {
  if (!WithinTableReach(centre_, mean_, plan)) return direct_.Explain(plan, phi);
  kernels_.table_logistic(view, plan.data(), phi.data());
}

size_t LogisticTable::bytes() const {
  return fractions_.coefficients.size() * sizeof(double) +
         fractions_.groups.size() * sizeof(FractionGroup) + direct_.bytes();
}

}  // namespace pythia::explain_internal
