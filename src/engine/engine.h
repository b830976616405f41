// One method per verb: the only room that sees both the store and the mathematics. The command
// line and other programs speak to this class; it opens the store when a verb first needs it.
//
// Methods fail with the codes of base/error.h and leave the store as it was. Thread-safe: loads,
// trainings, predictions and reads may run at once; a prediction uses one model as a whole.
#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <stop_token>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <nlohmann/json_fwd.hpp>

#include "base/error.h"
#include "base/progress.h"
#include "config/config.h"
#include "engine/jobs.h"
#include "engine/log_queue.h"
#include "engine/serving_model.h"
#include "engine/store_copy.h"
#include "ingest/clean.h"
#include "model/train.h"
#include "recommend/values.h"
#include "records/cleaning_report.h"
#include "records/dataset.h"
#include "records/experiment.h"
#include "records/explanation.h"
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
  std::string name;     // what people call the file; empty: `file`
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

// Amounts and values as a user gave them.
struct RecommendCommand {
  std::string dataset;
  PlanValue budget;       // 10000 or "$10,000"
  std::string objective;  // "clicks", "roi", "ctr"; empty: ROI where the history has one
  Plan fixed;             // what is not to be chosen
  int threads = 0;        // 0: as configured
  bool log = true;        // false: a draft, not kept
};

// A plot by its name: "beeswarm_clicks" ...
struct PlotCommand {
  std::string name;
  std::string dataset;
  std::optional<PlanValue> budget = {};  // of the budget curve; absent: the median spend
  std::string input = {};                // of dependence_clicks and dependence_roi: a column
  ExplanationScale scale = ExplanationScale::kResponse;
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

// How the log of predictions stands.
struct LogCounts {
  size_t waiting = 0;
  int64_t lost = 0;
  bool stuck = false;  // the store does not take it at the moment
};

// How the store was when it was last looked at.
struct StoreState {
  bool up = false;
  std::string problem;  // why it is not
  std::optional<StoreCommands> commands = {};
};

// From {"dataset", "features", "allow_features", "alpha", "roi_threshold" ("auto", "median" or a
// number), "seed", "threads", "planned_spend"}, each of which may be left out. kBadInput.
Result<TrainCommand> TrainCommandFromJson(const nlohmann::json& json);

class Engine {
 public:
  Engine(Config config, RequestContext context);
  // On a store that is open already: several engines may share one.
  Engine(Config config, RequestContext context, std::shared_ptr<Store> store);
  ~Engine();
  Engine(Engine&&) noexcept;
  Engine& operator=(Engine&&) noexcept;

  // The same engine for someone else: shares the store, the models and the log.
  Engine For(RequestContext context) const;

  const Config& config() const { return shared_->config; }
  // As asked for, else as configured, else one per core.
  Result<int> ThreadsOf(int asked) const;

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
  // The model that predicts for the dataset (empty: the configured one), from memory but for the
  // first time.
  Result<std::shared_ptr<const ServingModel>> Serving(const std::string& dataset);
  // The same, and null where none is in memory yet: asks no store.
  std::shared_ptr<const ServingModel> ServingNow(const std::string& dataset);
  // What others changed in the store is seen: activated models, new generations, deleted datasets.
  // Where the store cannot be reached, what is in memory stays.
  void Refresh();
  // Looks at the store every two seconds, and at what others changed in it, until it is stopped.
  void Watch(const std::stop_token& stop);
  // Asks the store, unless it is a shared one that is watched: that may be slow to answer.
  StoreState CheckStore();
  StoreState LastStoreState() const;  // of the last CheckStore()
  // Runs jobs of these kinds: "train" (TrainCommandFromJson) and "clean" (CleanRequestText).
  std::unique_ptr<JobQueue> Jobs(const JobTimes& times = {});
  // Logs without waiting for the store; kBusy where too many entries wait already.
  Status LogLater(std::vector<PredictionLogEntry> entries);
  LogCounts LogState() const;
  // What was logged so far is in the store; the error where it is not.
  Status FlushLog();
  // The same without intervals, verdicts and a line in the log: why is the prediction what it is?
  Result<Predicted> Explain(const PredictCommand& command);
  // What matters over the campaigns of a dataset, by its active model.
  Result<ExplanationSummary> ExplainDataset(const std::string& dataset, ExplanationScale scale,
                                            Progress& progress);
  // The same by any model, over the campaigns that its dataset holds now.
  Result<ExplanationSummary> ExplainVersion(const std::string& version, ExplanationScale scale,
                                            Progress& progress);
  // A file of plans: the same formats and header names as a history, outcomes not needed.
  Result<PredictCommand> ReadPlans(const std::string& file, const std::string& dataset);
  // The same for a model that another program serves.
  static Result<PredictCommand> ReadPlansFor(const ModelInfo& model, const std::string& file);
  // kUsage where a file's ending is no format that predictions are written in: ask before they are
  // made and logged.
  static Status CheckOutput(const std::filesystem::path& file);
  // Plans and predictions as one file; its ending says the format.
  static Status WritePredictions(const std::vector<Predicted>& predicted,
                                 const std::string& dataset, const std::filesystem::path& file);

  // What the budget is best spent on. Logged before it is returned, unless it is a draft. kNoModel
  // before any training; kBadInput for a budget in another currency, values that the history does
  // not have, and a history that says too little.
  Result<RecommendationLogEntry> Recommend(const RecommendCommand& command, Progress& progress,
                                           std::stop_token stop);

  // What an analyst hands on, as one HTML file: the card of the active model, what matters, and a
  // recommendation (not logged) for the budget, or for the median spend of the history; where the
  // history supports none, the report says why.
  Result<std::string> Report(const std::string& dataset, const std::optional<PlanValue>& budget,
                             Progress& progress, std::stop_token stop);
  // kNotFound, naming the plots that there are, for another name; and for a plot of a model that
  // the dataset has not.
  Result<std::string> PlotSvg(const PlotCommand& command, Progress& progress, std::stop_token stop);
  Result<std::string> PlotPng(const PlotCommand& command, Progress& progress, std::stop_token stop);
  static Result<std::string> SummarySvg(const ExplanationSummary& summary, const std::string& name,
                                        const std::string& input);
  static std::string ExplanationSvg(const TargetExplanation& explanation);
  // Twice as large as the SVG asks for.
  static Result<std::string> ToPng(const std::string& svg);
  // What matters for the clicks, as shap_summary_bar.png among the exports; returns its path.
  Result<std::string> SaveSummaryBar(const std::string& dataset, Progress& progress);

  // "campaigns-spring": what a file of an export is called before its ending.
  static std::string ExportName(const std::string& what, const std::string& dataset);
  Result<std::vector<ExportedFile>> Export(const ExportCommand& command, Progress& progress,
                                           std::stop_token stop);

  // Everything of one store into another (store_copy.h); empty: the configured one.
  Result<std::vector<CopiedPart>> CopyStore(const std::string& from, const std::string& to,
                                            Progress& progress, std::stop_token stop);
  Result<std::vector<CopiedPart>> VerifyStore(Progress& progress, std::stop_token stop);

  Result<std::vector<PredictionLogEntry>> ListPredictions(const Page& page);
  Result<std::vector<RecommendationLogEntry>> ListRecommendations(const Page& page);
  Result<std::vector<Experiment>> ListExperiments(const Page& page);
  Result<std::vector<Experiment>> ListExperiments(const std::string& dataset);  // empty: all
  Result<Experiment> FindExperiment(int64_t id);
  Result<Experiment> LogExperiment(Experiment experiment);
  // A line in the audit trail: a token of that name was used today.
  Status AuditTokenUse(const std::string& name);

 private:
  // A generation in memory, with what recommendations need of it.
  struct History {
    int64_t generation = 0;
    std::string created_at;  // of the generation: a deleted dataset's numbers come again
    Table campaigns;
    ValueModels values;
  };

  Result<Store*> OpenedStore();
  std::string DatasetOr(const std::string& name) const;
  // kNotFound, naming the datasets that there are.
  static Result<DatasetInfo> RequireDataset(Store& store, const std::string& name);
  // The model's tables, read from its file; `known` lends them where it is the same.
  Result<std::shared_ptr<const PreparedModel>> Prepared(
      const ModelInfo& info, const std::shared_ptr<const ServingModel>& known);
  Result<ExplanationSummary> Summarise(const ModelInfo& info, const PreparedModel& model,
                                       ExplanationScale scale, Progress& progress);
  // The active model of the dataset, read from the store; `known` lends what is the same.
  Result<std::shared_ptr<const ServingModel>> LoadServing(
      const std::string& dataset, const std::shared_ptr<const ServingModel>& known);
  // The model that serves, or null.
  std::shared_ptr<const ServingModel> Known(const std::string& dataset);
  // The dataset has another active model, or its model another age: where one serves, the new one
  // is made ready while the old one answers, and then takes its place. What serves stays where the
  // store cannot be reached.
  void Renew(const std::string& dataset);
  Result<std::string> RunJob(const StoredJob& job, Progress& progress, std::stop_token stop);
  StoreState AskStore();
  StoreState KnownState() const;       // with `shared_->mutex` held
  Result<Store*> OpenedStoreOrWait();  // asks for a store that is away
  void ExpectAnswer(std::optional<std::chrono::milliseconds> within);
  Store* Adopt(std::shared_ptr<Store> opened);  // with `shared_->mutex` held
  // The dataset's model serves no longer: the next prediction looks for the active one.
  void Forget(const std::string& dataset);
  // Says that the model learned from another generation than the current one, or is empty.
  static Result<std::string> StaleWarning(Store& store, const ModelInfo& model,
                                          const DatasetInfo& data);
  // All that can be learned from a generation.
  static Result<std::unique_ptr<CampaignSource>> ScanHistory(Store& store, const DatasetInfo& data);
  static Result<Table> ReadHistory(Store& store, const DatasetInfo& data, Progress& progress);
  Result<std::shared_ptr<const History>> HistoryOf(Store& store, const DatasetInfo& data,
                                                   int threads, Progress& progress,
                                                   std::stop_token stop);
  // What Recommend answers, without a line in the log.
  Result<Recommendation> ComputeRecommendation(const RecommendCommand& command, Progress& progress,
                                               std::stop_token stop);
  // For the budget, or for the median spend of the history. Not logged.
  Result<Recommendation> RecommendFor(const std::string& dataset,
                                      const std::optional<PlanValue>& budget, Progress& progress,
                                      std::stop_token stop);
  Status Audit(Store& store, std::string action, std::string subject, std::string detail);
  Status ExportCampaigns(Store& store, const std::string& dataset, TableWriter& writer,
                         Progress& progress, std::stop_token stop, int64_t* rows);

  struct Shared {
    explicit Shared(Config given);

    const Config config;
    std::mutex mutex;  // of what follows
    std::shared_ptr<Store> store;
    std::map<std::string, std::shared_ptr<const ServingModel>> serving;  // by dataset
    std::map<std::string, std::shared_ptr<const History>> histories;     // by dataset
    std::mutex learning;           // held while a history is read and weighed
    std::mutex renewing;           // held while a model is read for `serving`; taken before `mutex`
    std::mutex opening;            // held while the store is opened; taken before `mutex`
    std::optional<Error> refused;  // why it could not be opened, where finding out was slow
    std::chrono::steady_clock::time_point refused_at;
    StoreState state;
    // While it is asked: when no answer means that it is away.
    std::optional<std::chrono::steady_clock::time_point> answers_by;
    bool watched = false;
    std::unique_ptr<LogQueue> log;
  };

  explicit Engine(std::shared_ptr<Shared> shared, RequestContext context);

  std::shared_ptr<Shared> shared_;
  RequestContext context_;
};

}  // namespace pythia
