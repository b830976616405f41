#include "engine/serving_model.h"

#include <utility>

#include <fmt/format.h>

#include "engine/plan_fields.h"

namespace pythia {
namespace {

// An explanation is of the number before it is cut off at the impressions.
void WarnOfCap(Prediction* prediction) {
  const std::optional<TargetExplanation>& clicks = prediction->explanation->clicks;
  if (!clicks || !prediction->clicks || clicks->scale != "response") return;
  if (clicks->prediction <= *prediction->clicks * (1 + 1e-9)) return;
  prediction->warnings.push_back(
      fmt::format("the clicks were cut off at the impressions: the explanation is of {:.0f}, "
                  "before that",
                  clicks->prediction));
}

}  // namespace

ServingModel::ServingModel(ModelInfo info, std::shared_ptr<const PreparedModel> model,
                           std::string currency, std::string stale)
    : info_(std::move(info)),
      prepared_(std::move(model)),
      currency_(std::move(currency)),
      stale_(std::move(stale)) {}

const ModelExplainer& PreparedModel::Explainer(ExplanationScale scale) const {
  LazyExplainer& lazy = scale == ExplanationScale::kLink ? link_ : response_;
  std::call_once(lazy.once,
                 [&] { lazy.explainer = std::make_unique<const ModelExplainer>(model_, scale); });
  return *lazy.explainer;
}

Result<Predicted> ServingModel::Predict(const Plan& plan, std::optional<ExplanationScale> scale,
                                        bool many) const {
  Predicted out;
  PYTHIA_ASSIGN(out.plan, TypedPlan(model(), plan, currency_));
  out.prediction = pythia::Predict(model(), info_.version, out.plan);
  if (scale) {
    out.prediction.explanation =
        many ? Explainer(*scale).Explain(out.plan) : ExplainPlan(model(), out.plan, *scale);
    WarnOfCap(&out.prediction);
  }
  if (!stale_.empty()) out.prediction.warnings.push_back(stale_);
  return out;
}

}  // namespace pythia
