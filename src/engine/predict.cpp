#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include "base/check.h"
#include "base/clock.h"
#include "campaign/schema.h"
#include "engine/engine.h"
#include "engine/plan_fields.h"
#include "ingest/plans.h"

namespace pythia {
namespace {

constexpr int64_t kMostAuditEvents = 10000;
constexpr size_t kPlansForTables = 200;

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

Result<std::string> Engine::StaleWarning(Store& store, const ModelInfo& model,
                                         const DatasetInfo& data) {
  if (data.generation == model.report.generation) return std::string();
  // Equal rows in another generation give the same model: its registry line names the first
  // generation only, the audit trail each.
  PYTHIA_ASSIGN(const std::vector<AuditEvent> events, store.ReadAudit(kMostAuditEvents));
  const std::string trained = fmt::format(R"("generation":{},)", data.generation);
  for (const AuditEvent& event : events) {
    if (event.action == "train" && event.subject == model.version &&
        event.detail.find(trained) != std::string::npos) {
      return std::string();
    }
  }
  return fmt::format(
      "the model was trained on generation {} of this dataset; generation {} is current: pythia "
      "train",
      model.report.generation, data.generation);
}

Result<PredictCommand> Engine::ReadPlans(const std::string& file, const std::string& name) {
  const std::string dataset = DatasetOr(name);
  PYTHIA_ASSIGN(LoadedModel* const active, ActiveModel(dataset));
  PYTHIA_ASSIGN(PlanFile read, ReadPlanFile(file));
  PredictCommand command{.dataset = dataset,
                         .plans = std::move(read.plans),
                         .file = file,
                         .lines = std::move(read.lines)};
  // A file of plans may hold columns for people; a single plan's unknown field is a mistake.
  for (const std::string& column : read.columns) {
    if (FindField(active->model, column)) continue;
    command.unused_columns.push_back(column);
    for (Plan& plan : command.plans) plan.values.erase(column);
  }
  return command;
}

Result<std::vector<Predicted>> Engine::PredictPlans(LoadedModel& active, const DatasetInfo& data,
                                                    const PredictCommand& command) {
  // Tables pay for themselves from some plans on.
  const ModelExplainer* explainer = nullptr;
  if (command.explain && command.plans.size() >= kPlansForTables) {
    std::unique_ptr<ModelExplainer>& slot = active.explainers[*command.explain];
    if (!slot) slot = std::make_unique<ModelExplainer>(active.model, *command.explain);
    explainer = slot.get();
  }
  std::vector<Predicted> predicted;
  predicted.reserve(command.plans.size());
  for (size_t i = 0; i < command.plans.size(); ++i) {
    Result<Plan> plan = TypedPlan(active.model, command.plans[i], data.currency);
    if (!plan) {
      Error error = plan.error();
      error.place.file = command.file;
      if (i < command.lines.size()) error.place.line = command.lines[i];
      return Fail(std::move(error));
    }
    Prediction prediction = pythia::Predict(active.model, active.info.version, *plan);
    if (command.explain) {
      prediction.explanation = explainer != nullptr
                                   ? explainer->Explain(*plan)
                                   : ExplainPlan(active.model, *plan, *command.explain);
      WarnOfCap(&prediction);
    }
    predicted.push_back({std::move(*plan), std::move(prediction)});
  }
  return predicted;
}

Result<Predicted> Engine::Explain(const PredictCommand& command) {
  PYTHIA_CHECK(command.plans.size() == 1 && command.explain);
  const std::string dataset = DatasetOr(command.dataset);
  PYTHIA_ASSIGN(LoadedModel* const active, ActiveModel(dataset));
  PYTHIA_ASSIGN(Store* const store, OpenedStore());
  PYTHIA_ASSIGN(const DatasetInfo data, RequireDataset(*store, dataset));
  PYTHIA_ASSIGN(std::vector<Predicted> predicted, PredictPlans(*active, data, command));
  return std::move(predicted.front());
}

Result<ExplanationSummary> Engine::ExplainDataset(const std::string& name, ExplanationScale scale,
                                                  Progress& progress) {
  const std::string dataset = DatasetOr(name);
  PYTHIA_ASSIGN(LoadedModel* const active, ActiveModel(dataset));
  PYTHIA_ASSIGN(Store* const store, OpenedStore());
  PYTHIA_ASSIGN(const DatasetInfo data, RequireDataset(*store, dataset));
  PYTHIA_ASSIGN(const Table campaigns, ReadHistory(*store, data, progress));
  ExplanationSummary summary = ModelExplainer(active->model, scale).Summary(campaigns);
  summary.model_version = active->info.version;
  return summary;
}

Result<std::vector<Predicted>> Engine::Predict(const PredictCommand& command) {
  const std::string dataset = DatasetOr(command.dataset);
  PYTHIA_ASSIGN(LoadedModel* const active, ActiveModel(dataset));
  PYTHIA_ASSIGN(Store* const store, OpenedStore());
  PYTHIA_ASSIGN(const DatasetInfo data, RequireDataset(*store, dataset));
  PYTHIA_ASSIGN(const std::string stale, StaleWarning(*store, active->info, data));
  PYTHIA_ASSIGN(std::vector<Predicted> predicted, PredictPlans(*active, data, command));
  std::vector<PredictionLogEntry> entries;
  entries.reserve(predicted.size());
  const std::string at = FormatTimestamp(NowMicros());
  for (Predicted& one : predicted) {
    if (!stale.empty()) one.prediction.warnings.push_back(stale);
    entries.push_back(
        {.at = at, .dataset = dataset, .plan = one.plan, .prediction = one.prediction});
  }
  PYTHIA_TRY(store->AppendPredictions(entries));
  return predicted;
}

}  // namespace pythia
