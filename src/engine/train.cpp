#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "base/clock.h"
#include "base/file.h"
#include "base/sha256.h"
#include "campaign/schema.h"
#include "engine/engine.h"
#include "engine/load_history.h"
#include "records/json.h"

namespace pythia {
namespace {

std::vector<Evaluation> EvaluationsOf(const ModelInfo& info) {
  std::vector<Evaluation> evaluations;
  for (const auto& [name, report] : info.report.models) {
    for (const auto& [metric, value] : report.metrics) {
      evaluations.push_back({.at = info.created_at,
                             .model_version = info.version,
                             .dataset = info.dataset,
                             .model = name,
                             .metric = metric,
                             .value = value.value,
                             .baseline = value.baseline,
                             .baseline_name = value.baseline_name,
                             .test_rows = report.split.test_rows});
    }
  }
  return evaluations;
}

Status LogEvaluation(Store& store, const ModelInfo& info, const std::string& data_sha256) {
  PYTHIA_TRY(store.AppendEvaluations(EvaluationsOf(info)));
  for (const auto& [name, report] : info.report.models) {
    if (report.metrics.empty()) continue;
    Experiment experiment{.at = info.created_at,
                          .dataset = info.dataset,
                          .model_type = name,
                          .model_version = info.version,
                          .seed = info.report.seed,
                          .data_sha256 = data_sha256};
    for (const auto& [metric, value] : report.metrics) experiment.metrics[metric] = value.value;
    PYTHIA_TRY(store.AppendExperiment(experiment));
  }
  return {};
}

// The same rows, options and seed give the same model, which is logged once.
Status Register(Store& store, const ModelInfo& info, const std::string& bytes,
                const std::string& data_sha256) {
  PYTHIA_ASSIGN(const std::optional<ModelInfo> same, store.FindModel(info.version));
  if (!same) {
    PYTHIA_TRY(store.PutModel(info, bytes));
    PYTHIA_TRY(LogEvaluation(store, info, data_sha256));
  }
  return store.ActivateModel(info.version);
}

// The header of spend where it means money spent, of the first load that has one.
Result<std::string> RealisedSpend(Store& store, const DatasetInfo& data) {
  PYTHIA_ASSIGN(const std::vector<CardLoad> loads, LoadHistory(store, data));
  for (const CardLoad& load : loads) {
    if (!load.realised_spend.empty()) return load.realised_spend;
  }
  return std::string();
}

}  // namespace

Result<ModelInfo> Engine::Train(const TrainCommand& command, Progress& progress,
                                std::stop_token stop) {
  const std::string dataset = DatasetOr(command.dataset);
  PYTHIA_ASSIGN(Store* const store, OpenedStore());
  PYTHIA_ASSIGN(const DatasetInfo data, RequireDataset(*store, dataset));
  TrainOptions options = command.options;
  PYTHIA_ASSIGN(options.threads, ThreadsOf(options.threads));
  PYTHIA_ASSIGN(options.realised_spend, RealisedSpend(*store, data));
  PYTHIA_ASSIGN(std::unique_ptr<CampaignSource> campaigns, ScanHistory(*store, data));
  PYTHIA_ASSIGN(const Model model,
                pythia::Train(*campaigns, data.rows, dataset, options, progress, stop));
  campaigns.reset();

  const std::string bytes = SerializeModel(model);
  ModelInfo info{.version = ModelVersion(model, bytes),
                 .dataset = dataset,
                 .created_at = FormatTimestamp(NowMicros()),
                 .sha256 = HexSha256(bytes),
                 .threads = options.threads,
                 .active = true,
                 .report = model.report};
  info.file = info.version + ".json";
  info.report.version = info.version;
  info.report.generation = data.generation;
  PYTHIA_TRY(WriteFileAtomically(config().models / info.file, bytes));
  const Json detail = {
      {"generation", data.generation}, {"program", context_.program}, {"rows", data.rows}};
  Status registered = Register(*store, info, bytes, model.data_sha256);
  if (registered) registered = Audit(*store, "train", info.version, DumpJson(detail));
  Renew(dataset);  // the model may be active although its evaluation could not be logged
  PYTHIA_TRY(registered);
  return info;
}

}  // namespace pythia
