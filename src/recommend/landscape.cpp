#include "recommend/landscape.h"

#include <algorithm>
#include <cmath>

#include "base/check.h"
#include "campaign/schema.h"
#include "model/cross_validate.h"

namespace pythia {
namespace {

// One term of a linear predictor.
struct Term {
  size_t column = 0;
  double x = 0;
};

// The fit's features, told apart by whether a plan sets them.
class SplitFeatures {
 public:
  SplitFeatures(const Encoder& encoder, const Plan& plan) : encoder_(encoder) {
    for (const NumericFeature& feature : encoder.numbers()) {
      sets_number_.push_back(plan.values.contains(feature.column));
    }
    for (const CategoryFeature& feature : encoder.categories()) {
      first_.push_back(
          static_cast<size_t>(encoder.shape().level_column(static_cast<int>(first_.size()))));
      sets_category_.push_back(plan.values.contains(feature.column));
    }
  }

  // Terms of row `i` of a design of the encoder, of the features that the plan sets or of the rest.
  void RowTerms(const glm::MemoryDesign& design, size_t i, bool set,
                std::vector<Term>* terms) const {
    terms->clear();
    for (size_t j = 0; j < sets_number_.size(); ++j) {
      if (sets_number_[j] == set) terms->push_back({j, design.dense[j][i]});
    }
    for (size_t c = 0; c < first_.size(); ++c) {
      if (sets_category_[c] == set) terms->push_back({first_[c] + design.codes[c][i], 1.0});
    }
  }

  // Terms of the features that the plan sets.
  std::vector<Term> PlanTerms(const Plan& plan) const {
    std::vector<std::string> ignored;
    const EncodedRow row = encoder_.Encode(plan, &ignored);
    std::vector<Term> terms;
    for (size_t j = 0; j < sets_number_.size(); ++j) {
      if (sets_number_[j]) terms.push_back({j, row.dense[j]});
    }
    for (size_t c = 0; c < first_.size(); ++c) {
      if (!sets_category_[c]) continue;
      if (row.codes[c] != kAverageLevel) {
        terms.push_back({first_[c] + row.codes[c], 1.0});
        continue;
      }
      const std::vector<double> shares = encoder_.categories()[c].Shares();
      for (size_t level = 0; level < shares.size(); ++level) {
        terms.push_back({first_[c] + level, shares[level]});
      }
    }
    return terms;
  }

 private:
  const Encoder& encoder_;
  std::vector<bool> sets_number_;
  std::vector<bool> sets_category_;
  std::vector<size_t> first_;
};

double Dot(const std::vector<double>& beta, const std::vector<Term>& terms) {
  double sum = 0;
  for (const Term& term : terms) sum += beta[term.column] * term.x;
  return sum;
}

void AddTerms(const std::vector<Term>& terms, double scale, std::vector<double>* sum) {
  for (const Term& term : terms) (*sum)[term.column] += scale * term.x;
}

double QuadraticForm(const std::vector<double>& matrix, const std::vector<double>& x) {
  const size_t width = x.size();
  double sum = 0;
  for (size_t i = 0; i < width; ++i) {
    if (x[i] == 0) continue;
    double row = 0;
    for (size_t j = 0; j < width; ++j) row += matrix[i * width + j] * x[j];
    sum += x[i] * row;
  }
  return std::max(0.0, sum);
}

// Position of a row of the neighbourhood among the model's; none where it has no such outcome.
// Both ascend.
template <typename Visit>
void ForRowsOf(const ValueModel& model, const Neighbourhood& near, const Visit& visit) {
  size_t at = 0;
  for (size_t i = 0; i < near.rows.size(); ++i) {
    while (at < model.rows.size() && model.rows[at] < near.rows[i]) ++at;
    if (at < model.rows.size() && model.rows[at] == near.rows[i]) visit(i, at);
  }
}

}  // namespace

std::vector<double> ValuesNear(const ValueModel& model, const Neighbourhood& near) {
  std::vector<double> values(near.rows.size(), std::nan(""));
  ForRowsOf(model, near, [&](size_t i, size_t at) { values[i] = model.y[at]; });
  return values;
}

std::vector<int> FoldsNear(const ValueModel& model, const Neighbourhood& near) {
  std::vector<int> folds(near.rows.size(), -1);
  ForRowsOf(model, near, [&](size_t i, size_t at) { folds[i] = model.fold[at]; });
  return folds;
}

Landscape LandscapeOf(const Table& table, const ValueModel& model, const ValueFit& fit,
                      const Neighbourhood& near, std::span<const Plan> plans) {
  PYTHIA_CHECK(!plans.empty() && !near.rows.empty());
  const LinearModel& linear = fit.model;
  const SplitFeatures split(linear.encoder, plans.front());
  const glm::MemoryDesign design = DesignOf(table, linear.encoder, near.rows);
  const std::vector<double> y = ValuesNear(model, near);

  Landscape out;
  std::vector<double> mix_x(fit.width(), 0);
  double mix = 0;
  std::vector<Term> terms;
  for (size_t i = 0; i < near.rows.size(); ++i) {
    split.RowTerms(design, i, false, &terms);
    const double of_mix = Dot(linear.beta, terms);
    const double weight = std::exp(of_mix);
    mix += weight;
    AddTerms(terms, weight, &mix_x);
    split.RowTerms(design, i, true, &terms);
    const double own = std::exp(linear.intercept + of_mix + Dot(linear.beta, terms));
    out.residual.push_back(y[i] / own - 1);
  }
  for (double& x : mix_x) x /= mix;
  mix /= static_cast<double>(near.rows.size());
  mix_x.back() = 1;  // the intercept

  for (const Plan& plan : plans) {
    const std::vector<Term> own = split.PlanTerms(plan);
    out.value.push_back(std::exp(linear.intercept + Dot(linear.beta, own)) * mix);
    std::vector<double> gradient = mix_x;
    AddTerms(own, 1, &gradient);
    out.log_error.push_back(std::sqrt(QuadraticForm(fit.covariance, gradient)));
  }
  return out;
}

AverageValue AverageOf(const Table& table, const ValueModel& model, const ValueFit& fit,
                       const Neighbourhood& near, const Plan& moved) {
  const LinearModel& linear = fit.model;
  const SplitFeatures split(linear.encoder, moved);
  const glm::MemoryDesign design = DesignOf(table, linear.encoder, near.rows);
  const std::vector<double> y = ValuesNear(model, near);
  const std::vector<Term> to = split.PlanTerms(moved);
  const double to_eta = Dot(linear.beta, to);

  AverageValue out;
  double sum = 0;
  double squares = 0;
  std::vector<double> shift(fit.width(), 0);
  std::vector<Term> terms;
  for (size_t i = 0; i < near.rows.size(); ++i) {
    if (std::isnan(y[i])) continue;
    split.RowTerms(design, i, true, &terms);
    const double value = y[i] * std::exp(to_eta - Dot(linear.beta, terms));
    sum += value;
    squares += value * value;
    AddTerms(to, value, &shift);
    AddTerms(terms, -value, &shift);
    ++out.rows;
  }
  if (out.rows == 0) return out;
  const auto n = static_cast<double>(out.rows);
  out.value = sum / n;
  const double spread = n > 1 ? std::max(0.0, squares - n * out.value * out.value) / (n - 1) : 0;
  for (double& x : shift) x /= n;
  out.error = std::sqrt(spread / n + QuadraticForm(fit.covariance, shift));
  return out;
}

Elasticity SpendElasticity(const ValueFit& fit) {
  const std::vector<NumericFeature>& numbers = fit.model.encoder.numbers();
  for (size_t j = 0; j < numbers.size(); ++j) {
    if (numbers[j].column != column::kAcquisitionCost) continue;
    return {fit.model.beta[j] / numbers[j].sd,
            std::sqrt(fit.covariance[j * fit.width() + j]) / numbers[j].sd};
  }
  return {};
}

}  // namespace pythia
