#include "explain/game.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include "base/check.h"
#include "explain/coalitions.h"
#include "explain/direct_sum.h"
#include "explain/exp_table.h"
#include "explain/logistic_table.h"
#include "explain/method.h"
#include "explain/product_form.h"
#include "explain/sigma.h"

namespace pythia {
namespace {

using explain_internal::CentredBackground;
using explain_internal::DirectSum;
using explain_internal::ExpTable;
using explain_internal::LogisticTable;
using explain_internal::Method;
using explain_internal::ProductForm;
using explain_internal::Sigma;

bool AllFinite(std::span<const double> values) {
  return std::ranges::all_of(values, [](double value) { return std::isfinite(value); });
}

void CheckBackground(const Background& background) {
  PYTHIA_CHECK(background.players >= 1 && background.players <= kMaxPlayers);
  PYTHIA_CHECK(!background.contributions.empty());
  PYTHIA_CHECK(background.contributions.size() % static_cast<size_t>(background.players) == 0);
  PYTHIA_CHECK(std::isfinite(background.intercept) && AllFinite(background.contributions));
}

void CheckPlans(size_t players, std::span<const double> plans, std::span<double> phi) {
  PYTHIA_CHECK(plans.size() % players == 0 && phi.size() == plans.size());
  PYTHIA_CHECK(AllFinite(plans));
}

std::vector<double> PredictorsOf(const Background& background) {
  std::vector<double> predictors(background.rows(), background.intercept);
  const auto players = static_cast<size_t>(background.players);
  for (size_t i = 0; i < background.contributions.size(); ++i) {
    predictors[i / players] += background.contributions[i];
  }
  return predictors;
}

std::unique_ptr<const Method> ChooseMethod(const Background& background, Response response,
                                           double base) {
  if (background.players > kMaxTablePlayers) {
    return std::make_unique<ProductForm>(background, response, base);
  }
  const CentredBackground centred(background);
  std::unique_ptr<Method> table;
  if (centred.spread <= explain_internal::kTableReach &&
      std::abs(centred.centre) <= explain_internal::kTableReach) {
    if (response == Response::kExp) {
      table = std::make_unique<ExpTable>(background, centred);
    } else {
      table = LogisticTable::Make(background, centred, base);
    }
  }
  if (table == nullptr) table = std::make_unique<DirectSum>(background, response);
  return table;
}

}  // namespace

double BaseValue(const Background& background, Response response) {
  CheckBackground(background);
  const std::vector<double> predictors = PredictorsOf(background);
  // Relative to the largest: the sum of exponentials could overflow where their mean does not.
  const bool is_exp = response == Response::kExp;
  const double top = is_exp ? std::ranges::max(predictors) : 0;
  double sum = 0;
  for (const double eta : predictors) sum += is_exp ? std::exp(eta - top) : Sigma(eta);
  return sum / static_cast<double>(predictors.size()) * std::exp(top);
}

void ExplainOne(const Background& background, Response response, std::span<const double> plan,
                std::span<double> phi) {
  CheckBackground(background);
  const auto players = static_cast<size_t>(background.players);
  PYTHIA_CHECK(plan.size() == players);
  CheckPlans(players, plan, phi);
  if (background.players <= kMaxTablePlayers) {
    DirectSum(background, response).Explain(plan, phi);
  } else {
    ProductForm(background, response, BaseValue(background, response)).Explain(plan, phi);
  }
}

LinkExplainer::LinkExplainer(const Background& background) : base_(background.intercept) {
  CheckBackground(background);
  const auto rows = static_cast<double>(background.rows());
  mean_.resize(static_cast<size_t>(background.players));
  for (size_t i = 0; i < background.contributions.size(); ++i) {
    mean_[i % mean_.size()] += background.contributions[i];
  }
  for (double& mean : mean_) {
    mean /= rows;
    base_ += mean;
  }
}

void LinkExplainer::Explain(std::span<const double> plans, std::span<double> phi) const {
  CheckPlans(mean_.size(), plans, phi);
  for (size_t i = 0; i < plans.size(); i += mean_.size()) {
    for (size_t j = 0; j < mean_.size(); ++j) phi[i + j] = plans[i + j] - mean_[j];
  }
}

class Explainer::Tables {
 public:
  Tables(const Background& background, Response response)
      : players(background.players),
        base(BaseValue(background, response)),
        method(ChooseMethod(background, response, base)) {}

  const int players;
  const double base;
  const std::unique_ptr<const Method> method;
};

Explainer::Explainer(Background background, Response response)
    : tables_(std::make_unique<const Tables>(background, response)) {}
Explainer::~Explainer() = default;
Explainer::Explainer(Explainer&&) noexcept = default;
Explainer& Explainer::operator=(Explainer&&) noexcept = default;

int Explainer::players() const { return tables_->players; }
double Explainer::base() const { return tables_->base; }
size_t Explainer::bytes() const { return tables_->method->bytes(); }

void Explainer::Explain(std::span<const double> plans, std::span<double> phi) const {
  CheckPlans(static_cast<size_t>(tables_->players), plans, phi);
  tables_->method->Explain(plans, phi);
}

}  // namespace pythia
