#include <algorithm>
#include <thread>

#include <fmt/format.h>

#include "base/clock.h"
#include "base/file.h"
#include "base/sha256.h"
#include "campaign/schema.h"
#include "engine/engine.h"

namespace pythia {
namespace {

constexpr int kMostThreads = 256;

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

// As asked for, else as configured, else one per core.
Result<int> ThreadsOf(int asked, int configured) {
  const int threads = asked != 0 ? asked : configured;
  if (threads < 0) {
    return Fail(Error{.code = ErrorCode::kUsage,
                      .message = "threads is a number from 0 (one per core)",
                      .value = fmt::format("{}", threads)});
  }
  if (threads > 0) return std::min(threads, kMostThreads);
  return static_cast<int>(
      std::clamp<unsigned>(std::thread::hardware_concurrency(), 1, kMostThreads));
}

// What training reads: all but near-unique text, which cannot be a feature; Campaign_ID groups
// rows.
std::vector<std::string> TrainingColumns(const Schema& schema) {
  std::vector<std::string> columns;
  for (const ColumnSpec& spec : schema) {
    if (spec.type != ColumnType::kText || spec.name == column::kCampaignId) {
      columns.push_back(spec.name);
    }
  }
  return columns;
}

}  // namespace

Result<ModelInfo> Engine::Train(const TrainCommand& command, Progress& progress,
                                std::stop_token stop) {
  const std::string dataset = DatasetOr(command.dataset);
  PYTHIA_ASSIGN(Store* const store, OpenedStore());
  PYTHIA_ASSIGN(const DatasetInfo data, RequireDataset(*store, dataset));
  progress.Begin("reading", data.rows);
  PYTHIA_ASSIGN(const std::unique_ptr<CampaignSource> source,
                store->Scan({.dataset = dataset,
                             .generation = data.generation,
                             .columns = TrainingColumns(data.schema)}));
  PYTHIA_ASSIGN(const Table campaigns, ReadAll(*source));
  TrainOptions options = command.options;
  PYTHIA_ASSIGN(options.threads, ThreadsOf(options.threads, config_.threads));
  PYTHIA_ASSIGN(const Model model, pythia::Train(campaigns, dataset, options, progress, stop));

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
  PYTHIA_TRY(WriteFileAtomically(config_.models / info.file, bytes));
  PYTHIA_ASSIGN(const std::optional<ModelInfo> same, store->FindModel(info.version));
  if (!same) {  // the same rows, options and seed give the same model, which is logged once
    PYTHIA_TRY(store->PutModel(info, bytes));
    PYTHIA_TRY(LogEvaluation(*store, info, model.data_sha256));
  }
  PYTHIA_TRY(store->ActivateModel(info.version));
  PYTHIA_TRY(Audit(*store, "train", info.version,
                   fmt::format(R"({{"generation":{},"rows":{}}})", data.generation, data.rows)));
  models_.erase(dataset);
  return info;
}

}  // namespace pythia
