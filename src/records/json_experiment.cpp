#include <algorithm>
#include <array>

#include <nlohmann/json.hpp>

#include "records/json.h"
#include "records/json_fields.h"

namespace pythia {

Json ToJson(const Experiment& experiment) {
  Json metrics = Json::object();
  for (const auto& [name, value] : experiment.metrics) metrics[name] = NumberOrNullJson(value);
  return {{"id", experiment.id},
          {"at", experiment.at},
          {"dataset", experiment.dataset},
          {"model_type", experiment.model_type},
          {"model_version", TextOrNullJson(experiment.model_version)},
          {"metrics", std::move(metrics)},
          {"seed", experiment.seed ? Json(*experiment.seed) : Json()},
          {"data_sha256", TextOrNullJson(experiment.data_sha256)},
          {"note", experiment.note}};
}

Result<Experiment> ExperimentFromJson(const Json& json) {
  FirstError error;
  const Fields fields(json, "", &error);
  Experiment experiment;
  experiment.id = fields.Whole("id");
  experiment.at = fields.Text("at");
  experiment.dataset = fields.Text("dataset");
  experiment.model_type = fields.Text("model_type");
  experiment.model_version = fields.TextOrNull("model_version");
  experiment.metrics = fields.Numbers("metrics");
  if (!fields.IsNull("seed")) experiment.seed = fields.Unsigned("seed");
  experiment.data_sha256 = fields.TextOrNull("data_sha256");
  experiment.note = fields.Text("note");
  return std::move(error).Or(std::move(experiment));
}

Result<Experiment> NewExperimentFromJson(const Json& json) {
  constexpr std::array<std::string_view, 7> kKnown = {
      "dataset", "model_type", "model_version", "metrics", "seed", "data_sha256", "note"};
  FirstError error;
  const Fields fields(json, "", &error);
  for (const std::string& key : fields.Keys()) {
    if (std::find(kKnown.begin(), kKnown.end(), key) == kKnown.end()) {
      fields.Refuse(key, "an experiment has no such field");
    }
  }
  const auto text = [&](const char* key) { return fields.Has(key) ? fields.Text(key) : ""; };
  Experiment experiment;
  experiment.dataset = text("dataset");
  experiment.model_type = fields.Text("model_type");
  experiment.model_version = text("model_version");
  experiment.metrics = fields.Numbers("metrics");
  if (fields.Has("seed")) experiment.seed = fields.Unsigned("seed");
  experiment.data_sha256 = text("data_sha256");
  experiment.note = text("note");
  if (experiment.model_type.empty()) fields.Refuse("model_type", "names what was evaluated");
  if (experiment.metrics.empty()) fields.Refuse("metrics", "holds at least one number");
  return std::move(error).Or(std::move(experiment));
}

Json ToJson(const Evaluation& evaluation) {
  return {{"at", evaluation.at},
          {"model_version", evaluation.model_version},
          {"dataset", evaluation.dataset},
          {"model", evaluation.model},
          {"metric", evaluation.metric},
          {"value", NumberOrNullJson(evaluation.value)},
          {"baseline", NumberOrNullJson(evaluation.baseline)},
          {"baseline_name", TextOrNullJson(evaluation.baseline_name)},
          {"test_rows", evaluation.test_rows}};
}

Json ToJson(const AuditEvent& event) {
  return {{"at", event.at},
          {"actor", event.actor},
          {"action", event.action},
          {"subject", event.subject},
          {"detail", event.detail}};
}

}  // namespace pythia
