#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include "base/clock.h"
#include "campaign/schema.h"
#include "engine/engine.h"
#include "ingest/fields.h"
#include "ingest/plans.h"

namespace pythia {
namespace {

constexpr double kMostImpressions = 1e12;
constexpr int64_t kMostAuditEvents = 10000;

// The column that a plan's field means to this model.
std::optional<ColumnSpec> FindField(const Model& model, const std::string& name) {
  if (const ColumnSpec* canonical = FindCanonical(name)) return *canonical;
  for (const std::optional<Part>* part : {&model.reach, &model.clicks, &model.roi}) {
    if (!*part) continue;
    for (const NumericFeature& feature : (*part)->model.encoder.numbers()) {
      if (feature.column == name) return ColumnSpec{name, ColumnType::kNumber, Role::kPlan, {}};
    }
    for (const CategoryFeature& feature : (*part)->model.encoder.categories()) {
      if (feature.column == name) return ColumnSpec{name, ColumnType::kCategory, Role::kPlan, {}};
    }
  }
  return std::nullopt;
}

Error UnknownField(const Model& model, const std::string& name) {
  std::string known(column::kImpressions);
  for (const std::string& feature : model.report.features) known += ", " + feature;
  return {.code = ErrorCode::kBadInput,
          .message = "no such column",
          .place = {.column = name},
          .hint = "A plan can hold: " + known + "."};
}

// Impressions are a planned reach: a whole number above 0, however they were given.
Status CheckImpressions(const PlanValue& value) {
  const double number = std::get<double>(value);
  if (number > 0 && number <= kMostImpressions && number == std::floor(number)) return {};
  return Fail(Error{.code = ErrorCode::kBadInput,
                    .message = "takes a whole number above 0, up to 1e12",
                    .place = {.column = std::string(column::kImpressions)},
                    .value = fmt::format("{}", number)});
}

// Says that the model learned from another generation than the current one; empty where it did not.
Result<std::string> StaleWarning(Store& store, const ModelInfo& model) {
  PYTHIA_ASSIGN(const std::optional<DatasetInfo> data, store.FindDataset(model.dataset));
  if (!data || data->generation == model.report.generation) return std::string();
  // Equal rows in another generation give the same model: its registry line names the first
  // generation only, the audit trail each.
  PYTHIA_ASSIGN(const std::vector<AuditEvent> events, store.ReadAudit(kMostAuditEvents));
  const std::string trained = fmt::format(R"("generation":{},)", data->generation);
  for (const AuditEvent& event : events) {
    if (event.action == "train" && event.subject == model.version &&
        event.detail.find(trained) != std::string::npos) {
      return std::string();
    }
  }
  return fmt::format(
      "the model was trained on generation {} of this dataset; generation {} is current: pythia "
      "train",
      model.report.generation, data->generation);
}

Result<PlanValue> TypedValue(const ColumnSpec& spec, const PlanValue& raw) {
  if (const auto* text = std::get_if<std::string>(&raw)) return ParsePlanValue(spec, *text);
  const double number = std::get<double>(raw);
  // A number for a category or a date is the text that a file would hold.
  if (!IsNumeric(spec.type)) return ParsePlanValue(spec, fmt::format("{}", number));
  const bool signed_allowed = FindCanonical(spec.name) == nullptr;
  if (!std::isfinite(number) || (number < 0 && !signed_allowed)) {
    return Fail(Error{.code = ErrorCode::kBadInput,
                      .message = "takes a number from 0",
                      .place = {.column = spec.name},
                      .value = fmt::format("{}", number)});
  }
  return PlanValue(number);
}

// Typed values for the model's columns. Values of ignored columns are not looked into.
Result<Plan> TypedPlan(const Model& model, const Plan& raw) {
  Plan plan;
  for (const auto& [name, value] : raw.values) {
    const std::optional<ColumnSpec> spec = FindField(model, name);
    if (!spec) return Fail(UnknownField(model, name));
    const bool ignored =
        spec->role == Role::kId || (spec->role == Role::kOutcome && name != column::kImpressions);
    if (ignored) {
      plan.values[name] = value;
      continue;
    }
    PYTHIA_ASSIGN(PlanValue typed, TypedValue(*spec, value));
    if (name == column::kImpressions) PYTHIA_TRY(CheckImpressions(typed));
    plan.values[name] = std::move(typed);
  }
  return plan;
}

}  // namespace

Result<PredictCommand> Engine::ReadPlans(const std::string& file, const std::string& name) {
  const std::string dataset = DatasetOr(name);
  PYTHIA_ASSIGN(const LoadedModel* const active, ActiveModel(dataset));
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

Result<std::vector<Predicted>> Engine::Predict(const PredictCommand& command) {
  const std::string dataset = DatasetOr(command.dataset);
  PYTHIA_ASSIGN(const LoadedModel* const active, ActiveModel(dataset));
  PYTHIA_ASSIGN(Store* const store, OpenedStore());
  PYTHIA_ASSIGN(const std::string stale, StaleWarning(*store, active->info));
  std::vector<Predicted> predicted;
  predicted.reserve(command.plans.size());
  for (size_t i = 0; i < command.plans.size(); ++i) {
    Result<Plan> plan = TypedPlan(active->model, command.plans[i]);
    if (!plan) {
      Error error = plan.error();
      error.place.file = command.file;
      if (i < command.lines.size()) error.place.line = command.lines[i];
      return Fail(std::move(error));
    }
    Prediction prediction = pythia::Predict(active->model, active->info.version, *plan);
    if (!stale.empty()) prediction.warnings.push_back(stale);
    predicted.push_back({std::move(*plan), std::move(prediction)});
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
