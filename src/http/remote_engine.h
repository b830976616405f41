// The engine of a running service: the verbs of engine/engine.h over HTTP, with the same names,
// records and errors, so that a command runs on either. What a method does not say here, it says
// there.
#pragma once

#include <filesystem>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>
#include <vector>

#include "engine/engine.h"
#include "http/client.h"
#include "records/json.h"

namespace pythia::http {

// Not thread-safe. Empty dataset names mean the service's own default.
class RemoteEngine {
 public:
  // Exports and pictures go to `exports` on this machine where a command names no folder.
  RemoteEngine(Client client, std::filesystem::path exports);

  // The file is read here and sent; the service keeps the rejects file.
  Result<CleaningReport> Clean(const CleanCommand& command, Progress& progress,
                               std::stop_token stop);

  Result<std::vector<DatasetInfo>> ListDatasets();
  Result<DatasetDetails> ShowDataset(const std::string& name);
  Result<DatasetInfo> RestoreDataset(const std::string& name);
  Status DeleteDataset(const std::string& name);
  Result<Options> GetOptions(const std::string& dataset);

  // A stop cancels the job of the service.
  Result<ModelInfo> Train(const TrainCommand& command, Progress& progress, std::stop_token stop);
  Result<std::vector<ModelInfo>> ListModels(const std::string& dataset);
  Result<ModelInfo> ShowModel(const std::string& version);  // empty: the active one
  Result<ModelCard> Evaluate(const std::string& version);   // empty: the active one
  Result<ModelInfo> ActivateModel(const std::string& version);

  // Predicted::plan is the plan as it was sent.
  Result<std::vector<Predicted>> Predict(const PredictCommand& command);
  Result<PredictCommand> ReadPlans(const std::string& file, const std::string& dataset);

  Result<RecommendationLogEntry> Recommend(const RecommendCommand& command, Progress& progress,
                                           std::stop_token stop);
  Result<std::string> SaveSummaryBar(const std::string& dataset, Progress& progress);
  Result<std::string> Report(const std::string& dataset, const std::optional<PlanValue>& budget,
                             Progress& progress, std::stop_token stop);
  Result<std::vector<ExportedFile>> Export(const ExportCommand& command, Progress& progress,
                                           std::stop_token stop);

  Result<std::vector<Experiment>> ListExperiments(const std::string& dataset);  // empty: all
  Result<Experiment> FindExperiment(int64_t id);
  Result<Experiment> LogExperiment(const Experiment& experiment);

 private:
  // The answer's document.
  Result<Json> Ask(const Call& call, Progress& progress, std::stop_token stop);
  Result<Json> Get(const std::string& target);
  Result<Json> Post(const std::string& target, const Json& body);
  // The result of the job that `accepted` describes, once it is done.
  Result<Json> Await(const Json& accepted, Progress& progress, std::stop_token stop);
  Result<Json> CancelJob(const std::string& target);
  // What GET answers, as a file under its name when complete.
  Result<Reply> Save(const std::string& target, const std::filesystem::path& file,
                     Progress& progress, std::stop_token stop);
  Result<ModelInfo> ActiveModel(const std::string& dataset);

  Client client_;
  std::filesystem::path exports_;
};

}  // namespace pythia::http
