#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include "base/check.h"
#include "base/clock.h"
#include "campaign/schema.h"
#include "engine/engine.h"
#include "engine/plan_fields.h"
#include "ingest/plans.h"
#include "model/served.h"

namespace pythia {
namespace {

constexpr int64_t kMostAuditEvents = 10000;
constexpr size_t kPlansForTables = 200;

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
  PYTHIA_ASSIGN(const std::shared_ptr<const ServingModel> active, Serving(DatasetOr(name)));
  return ReadPlansFor(active->info(), file);
}

Result<PredictCommand> Engine::ReadPlansFor(const ModelInfo& model, const std::string& file) {
  PYTHIA_ASSIGN(PlanFile read, ReadPlanFile(file));
  PredictCommand command{.dataset = model.dataset,
                         .plans = std::move(read.plans),
                         .file = file,
                         .lines = std::move(read.lines)};
  // A file of plans may hold columns for people; a single plan's unknown field is a mistake.
  const std::vector<std::string>& features = model.report.features;
  for (const std::string& column : read.columns) {
    if (FindCanonical(column) != nullptr ||
        std::find(features.begin(), features.end(), column) != features.end()) {
      continue;
    }
    command.unused_columns.push_back(column);
    for (Plan& plan : command.plans) plan.values.erase(column);
  }
  return command;
}

Result<Predicted> Engine::Explain(const PredictCommand& command) {
  PYTHIA_CHECK(command.plans.size() == 1 && command.explain);
  PYTHIA_ASSIGN(const std::shared_ptr<const ServingModel> active, Serving(command.dataset));
  return active->Predict(command.plans.front(), command.explain, false);
}

Result<ExplanationSummary> Engine::Summarise(const ModelInfo& info, const PreparedModel& model,
                                             ExplanationScale scale, Progress& progress) {
  PYTHIA_ASSIGN(Store* const store, OpenedStore());
  PYTHIA_ASSIGN(const DatasetInfo data, RequireDataset(*store, info.dataset));
  PYTHIA_ASSIGN(const Table campaigns, ReadHistory(*store, data, progress));
  PYTHIA_TRY(CheckHistory(model.model(), campaigns));
  ExplanationSummary summary = model.Explainer(scale).Summary(campaigns);
  summary.model_version = info.version;
  return summary;
}

Result<ExplanationSummary> Engine::ExplainDataset(const std::string& name, ExplanationScale scale,
                                                  Progress& progress) {
  PYTHIA_ASSIGN(const std::shared_ptr<const ServingModel> active, Serving(DatasetOr(name)));
  return Summarise(active->info(), *active->prepared(), scale, progress);
}

Result<ExplanationSummary> Engine::ExplainVersion(const std::string& version,
                                                  ExplanationScale scale, Progress& progress) {
  PYTHIA_ASSIGN(const ModelInfo info, ShowModel(version));
  PYTHIA_ASSIGN(const std::shared_ptr<const PreparedModel> model,
                Prepared(info, Known(info.dataset)));
  return Summarise(info, *model, scale, progress);
}

Result<std::vector<Predicted>> Engine::Predict(const PredictCommand& command) {
  const std::string dataset = DatasetOr(command.dataset);
  PYTHIA_ASSIGN(const std::shared_ptr<const ServingModel> active, Serving(dataset));
  PYTHIA_ASSIGN(Store* const store, OpenedStore());
  // Tables pay for themselves from some plans on.
  const bool many = command.plans.size() >= kPlansForTables;
  std::vector<Predicted> predicted;
  predicted.reserve(command.plans.size());
  for (size_t i = 0; i < command.plans.size(); ++i) {
    Result<Predicted> one = active->Predict(command.plans[i], command.explain, many);
    if (!one) {
      Error error = one.error();
      error.place.file = command.file;
      if (i < command.lines.size()) error.place.line = command.lines[i];
      return Fail(std::move(error));
    }
    predicted.push_back(std::move(*one));
  }
  std::vector<PredictionLogEntry> entries;
  entries.reserve(predicted.size());
  const std::string at = FormatTimestamp(NowMicros());
  for (const Predicted& one : predicted) {
    entries.push_back(
        {.at = at, .dataset = dataset, .plan = one.plan, .prediction = one.prediction});
  }
  PYTHIA_TRY(store->AppendPredictions(entries));
  return predicted;
}

}  // namespace pythia
