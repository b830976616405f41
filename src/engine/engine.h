// One method per verb: the only room that sees both the store and the mathematics. The command
// line and other programs speak to this class; it opens the store when a verb first needs it.
//
// Methods fail with the codes of base/error.h and leave the store as it was. Not thread-safe: one
// verb at a time.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/error.h"
#include "base/progress.h"
#include "config/config.h"
#include "explain/explain.h"
#include "ingest/clean.h"
#include "model/train.h"
#include "recommend/values.h"
#include "records/cleaning_report.h"
#include "records/dataset.h"
#include "records/experiment.h"
#include "records/model_card.h"
#include "records/plan.h"
#include "records/prediction.h"
#include "records/recommendation.h"
#include "records/training.h"
#include "report/export.h"
#include "simulate/simulate.h"
#include "store/store.h"

namespace pythia {

// Who asks, for the audit trail.
struct RequestContext {
  std::string actor;
  std::string program = {};  // "pythia 0.1.0"
};

struct CleanCommand {
  std::string file;     // "-": standard input
  std::string dataset;  // empty: the configured one
  LoadMode mode = LoadMode::kCreate;
  CleanOptions options;
  bool dry_run = false;
};

struct SimulateCommand {
  SimulateOptions options;
  std::filesystem::path file;                  // "-": standard output
  std::optional<std::filesystem::path> truth;  // parameters and true means as JSON
};

struct TrainCommand {
  std::string dataset;
  TrainOptions options;
};

// Plans as a user gave them: values are numbers or the text that a file would hold.
struct PredictCommand {
  std::string dataset;
  std::vector<Plan> plans;
  std::string file;                         // where they came from, for error places; may be empty
  std::vector<int64_t> lines;               // [plans] or empty
  std::vector<std::string> unused_columns;  // of the file, by their headers
  // Every prediction carries its explanation on this scale; absent: none.
  std::optional<ExplanationScale> explain = ExplanationScale::kResponse;
};

struct Predicted {
  Plan plan;  // as understood: typed values
  Prediction prediction;
};

// Amounts and values as a user gave them.
struct RecommendCommand {
  std::string dataset;
  PlanValue budget;       // 10000 or "$10,000"
  std::string objective;  // "clicks", "roi", "ctr"; empty: ROI where the history has one
  Plan fixed;             // what is not to be chosen
  int threads = 0;        // 0: as configured
};

struct ExportCommand {
  std::string what;     // "predictions", "recommendations", "campaigns", "experiments"
  std::string dataset;  // empty: the configured one's campaigns, everyone's records
  std::vector<ExportFormat> formats;
  std::filesystem::path folder;  // empty: the configured one
};

struct ExportedFile {
  std::string path;
  int64_t rows = 0;
};

struct DatasetDetails {
  std::vector<DatasetInfo> generations;  // ascending
  std::vector<GroupSums> channels;       // per Channel_Used where there is one
  std::vector<std::string> sums;         // what GroupSums::sums holds
};

class Engine {
 public:
  Engine(Config config, RequestContext context);
  ~Engine();
  Engine(const Engine&) = delete;
  Engine& operator=(const Engine&) = delete;

  const Config& config() const { return config_; }

  // Writes a history to the file; needs no store.
  Result<SimulateSummary> Simulate(const SimulateCommand& command, Progress& progress,
                                   std::stop_token stop);

  // Cleans one file into a dataset. A dry run reports and changes nothing.
  Result<CleaningReport> Clean(const CleanCommand& command, Progress& progress,
                               std::stop_token stop);

  Result<std::vector<DatasetInfo>> ListDatasets();
  Result<DatasetDetails> ShowDataset(const std::string& name);
  Result<DatasetInfo> RestoreDataset(const std::string& name);
  // Also removes its models' files.
  Status DeleteDataset(const std::string& name);
  Result<PruneReport> Prune();

  Result<Options> GetOptions(const std::string& dataset);

  // Trains, writes the model's file, registers and activates it, logs its evaluation.
  Result<ModelInfo> Train(const TrainCommand& command, Progress& progress, std::stop_token stop);
  Result<std::vector<ModelInfo>> ListModels(const std::string& dataset);
  Result<ModelInfo> ShowModel(const std::string& version);  // empty: the active one
  // What there is to judge a model by: its report, its data and where it comes from. The file is
  // checked.
  Result<ModelCard> Evaluate(const std::string& version);  // empty: the active one
  static std::string ToMarkdown(const ModelCard& card);
  Result<ModelInfo> ActivateModel(const std::string& version);

  // Every prediction is logged before it is returned. kNoModel before any training; kBadInput
  // names the field of a plan that cannot be used, and then nothing is predicted or logged.
  Result<std::vector<Predicted>> Predict(const PredictCommand& command);
  // The same without intervals, verdicts and a line in the log: why is the prediction what it is?
  Result<Predicted> Explain(const PredictCommand& command);
  // What matters over the campaigns of a dataset, by its active model.
  Result<ExplanationSummary> ExplainDataset(const std::string& dataset, ExplanationScale scale,
                                            Progress& progress);
  // A file of plans: the same formats and header names as a history, outcomes not needed.
  Result<PredictCommand> ReadPlans(const std::string& file, const std::string& dataset);
  // kUsage where a file's ending is no format that predictions are written in: ask before they are
  // made and logged.
  static Status CheckOutput(const std::filesystem::path& file);
  // Plans and predictions as one file; its ending says the format.
  Status WritePredictions(const std::vector<Predicted>& predicted,
                          const std::filesystem::path& file);

  // What the budget is best spent on. Logged before it is returned. kNoModel before any training;
  // kBadInput for a budget in another currency, values that the history does not have, and a
  // history that says too little.
  Result<RecommendationLogEntry> Recommend(const RecommendCommand& command, Progress& progress,
                                           std::stop_token stop);

  Result<std::vector<ExportedFile>> Export(const ExportCommand& command, Progress& progress,
                                           std::stop_token stop);

  Result<std::vector<Experiment>> ListExperiments(const std::string& dataset);  // empty: all
  Result<Experiment> FindExperiment(int64_t id);
  Result<Experiment> LogExperiment(Experiment experiment);

 private:
  struct LoadedModel {
    ModelInfo info;
    Model model;
    std::map<ExplanationScale, std::unique_ptr<ModelExplainer>> explainers;
  };

  // A generation in memory, with what recommendations need of it.
  struct History {
    int64_t generation = 0;
    Table campaigns;
    ValueModels values;
  };

  Result<Store*> OpenedStore();
  std::string DatasetOr(const std::string& name) const;
  // kNotFound, naming the datasets that there are.
  Result<DatasetInfo> RequireDataset(Store& store, const std::string& name);
  // Typed and predicted, with explanations, not logged.
  Result<std::vector<Predicted>> PredictPlans(LoadedModel& active, const DatasetInfo& data,
                                              const PredictCommand& command);
  Result<LoadedModel*> ActiveModel(const std::string& dataset);
  // Says that the model learned from another generation than the current one, or is empty.
  static Result<std::string> StaleWarning(Store& store, const ModelInfo& model,
                                          const DatasetInfo& data);
  // All that can be learned from a generation.
  static Result<Table> ReadHistory(Store& store, const DatasetInfo& data, Progress& progress);
  // As asked for, else as configured, else one per core.
  Result<int> ThreadsOf(int asked) const;
  Result<const History*> HistoryOf(Store& store, const DatasetInfo& data, int threads,
                                   Progress& progress, std::stop_token stop);
  Status Audit(Store& store, std::string action, std::string subject, std::string detail);
  Status ExportCampaigns(Store& store, const std::string& dataset, TableWriter& writer,
                         Progress& progress, std::stop_token stop, int64_t* rows);

  Config config_;
  RequestContext context_;
  std::unique_ptr<Store> store_;
  std::map<std::string, LoadedModel> models_;  // by dataset
  std::map<std::string, History> histories_;   // by dataset
};

}  // namespace pythia
