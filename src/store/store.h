// Where everything is kept. One interface for every backend; store_contract.h names the tests that
// each must pass.
//
// Contract. A load is all or nothing and idempotent. A generation, once committed, never changes;
// replacing and appending both write a new one and then switch, so that a reader sees one
// generation, and "restore" can go back. Scans return rows in load order. Whatever happens to the
// process, the last complete state is what the next one finds. Methods may be called from
// several threads; a scan or a load belongs to one of them and holds its own position.
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "campaign/source.h"
#include "records/dataset.h"
#include "records/experiment.h"
#include "records/job.h"
#include "records/prediction.h"
#include "records/recommendation.h"
#include "records/training.h"

namespace pythia {

enum class LoadMode {
  kCreate,  // kConflict where the dataset exists with other content
  kAppend,  // a new generation: the current one's loads and this one; makes a missing dataset
  kReplace  // a new generation of this load alone; makes a missing dataset
};

struct LoadRequest {
  std::string dataset;  // [A-Za-z0-9_.-], up to 64; differs from others in more than case
  LoadMode mode = LoadMode::kCreate;
  // Of the file; with `options` the identity of the load. Empty: not known yet.
  std::string sha256;
  std::string options;
  std::string source;
  Schema schema;
  std::string grain;     // an append to another grain or currency is kConflict
  std::string currency;  // empty (unknown) goes with any
  // For copies of a store: what the generation is to say instead of its next number and now. A
  // number that is not above the last one is kConflict when the load is committed.
  int64_t generation = 0;
  std::string loaded_at = {};
};

// An open load. Destroyed without Commit(), or after an error, it leaves nothing. The columns of a
// generation are those of its loads, in order of first appearance; a column that is a category in
// one load and text in another is a category while its texts are few, two kinds of number are a
// number, other differences are kConflict.
class Load {
 public:
  virtual ~Load() = default;
  // Columns as in LoadRequest::schema; any number of rows; dictionaries may differ from call to
  // call. kBadInput for text that is not UTF-8.
  virtual Status Append(const Table& rows) = 0;
  // The file's digest, where LoadRequest did not know it; before Commit().
  virtual void Identify(const std::string& sha256) = 0;
  // Durable when it returns; the load is over then. kConflict where another load was committed
  // since this one began.
  virtual Result<DatasetInfo> Commit() = 0;
};

// `load` is null where the same file with the same options is there already (kCreate, kReplace:
// the current generation is that load alone; kAppend: it is one of the generation's loads). Both
// are empty where the dataset exists and the request names no digest: nothing was begun.
struct LoadStart {
  std::optional<DatasetInfo> unchanged;
  std::unique_ptr<Load> load;
};

// Keeps rows where the column is one of `levels` (categories, text) or inside [min, max] (numbers,
// dates in days); missing values never match. With neither, keeps rows where it is present.
struct ColumnFilter {
  std::string column;
  std::vector<std::string> levels;
  std::optional<double> min;
  std::optional<double> max;
};

// Blocks are full but the last. Levels are numbered in order of first appearance in the rows that
// come out, whatever the store.
struct ScanRequest {
  std::string dataset;
  int64_t generation = 0;             // 0: the current one
  std::vector<std::string> columns;   // empty: all
  std::vector<ColumnFilter> filters;  // all must hold
};

struct LevelCount {
  std::string level;
  int64_t rows = 0;
};

// Entries with an id above `after`, ascending, at most `limit`.
struct Page {
  int64_t after = 0;
  int64_t limit = 1000;
  int64_t before = INT64_MAX;
  bool newest_first = false;
  std::string dataset = {};  // empty: everyone's
  // Days in UTC, "2024-05-02", both included; empty: without end.
  std::string from = {};
  std::string to = {};

  // Above the time of every entry of the last day: there a "T" follows the day.
  std::string end() const { return to.empty() ? std::string() : to + "U"; }
};

// A job as it is kept. Times are UTC, in microseconds. Who runs it holds it on a lease, and renews
// that while the work goes on; an instance that is gone loses it.
struct StoredJob {
  Job job;
  std::string request;  // JSON: what is to be done
  std::string actor;    // who asked
  std::string only;     // the instance that alone can run it; empty: any
  std::string owner;    // the instance that holds it, or held it last; empty: none yet
  int64_t lease_until = 0;
  int64_t attempts = 0;  // how often it was begun
  bool cancel = false;   // who runs it is asked to stop
};

struct JobStage {
  std::string stage;
  int64_t done = 0;
  int64_t total = 0;
};

struct PruneRequest {
  // UTC timestamp; older predictions, recommendations and jobs that are over go; empty: no limit.
  std::string logs_before;
  int64_t max_log_rows = 0;  // and the oldest beyond this many, of each; 0: no limit
  int kept_generations = 2;  // the current one and those before it
};

struct PruneReport {
  int64_t predictions = 0;
  int64_t recommendations = 0;
  int64_t generations = 0;
};

// What a server was asked to do by this process.
struct StoreCommands {
  int64_t succeeded = 0;
  int64_t failed = 0;
  double seconds = 0;  // of both
};

inline constexpr int64_t kMostJobAttempts = 3;

// Why a job failed that was left behind.
Error LeftBehind(const StoredJob& job);
// kBusy: what AddJob says.
Error TooManyJobs(int64_t waiting);

class Store {
 public:
  virtual ~Store() = default;

  // Whether other processes may work on the same data at the same time.
  virtual bool shared() const = 0;
  // kBusy or kIo where the store cannot be reached; other methods fail with these then, too.
  virtual Status Ping() = 0;
  // Empty for a store without a server.
  virtual std::optional<StoreCommands> Commands() const { return std::nullopt; }

  // Datasets. kNotFound where there is none of that name.
  virtual Result<std::vector<DatasetInfo>> ListDatasets() = 0;  // current generations, by name
  virtual Result<std::optional<DatasetInfo>> FindDataset(std::string_view name) = 0;
  virtual Result<std::vector<DatasetInfo>> Generations(std::string_view name) = 0;  // ascending
  virtual Result<LoadStart> BeginLoad(const LoadRequest& request) = 0;
  // The generation that was current when the present one was written becomes current again (one
  // that was undone never comes back); kConflict where there is none.
  virtual Result<DatasetInfo> RestoreDataset(std::string_view name) = 0;
  // With its models, predictions, recommendations, evaluations and experiments.
  virtual Status DeleteDataset(std::string_view name) = 0;
  virtual Result<PruneReport> Prune(const PruneRequest& request) = 0;

  // Campaigns. Aggregates are computed where the data is, over the current generation. kNotFound
  // for an unknown dataset, generation or column, kBadInput where the column's type does not serve.
  virtual Result<std::unique_ptr<CampaignSource>> Scan(const ScanRequest& request) = 0;
  virtual Result<std::vector<LevelCount>> DistinctValues(std::string_view dataset,
                                                         std::string_view column) = 0;  // by text
  virtual Result<std::optional<Range>> ColumnRange(std::string_view dataset,
                                                   std::string_view column) = 0;
  // Sums in the order of `columns`.
  virtual Result<std::vector<GroupSums>> SumBy(std::string_view dataset, std::string_view group,
                                               std::span<const std::string> columns) = 0;

  // Models: what the registry says, and the bytes of the file. kNotFound for an unknown version,
  // kConflict for one that is there already. A model that is put as active becomes the active one.
  virtual Status PutModel(const ModelInfo& info, std::string_view bytes) = 0;
  virtual Result<std::vector<ModelInfo>> ListModels(std::string_view dataset) = 0;  // newest first
  virtual Result<std::optional<ModelInfo>> FindModel(std::string_view version) = 0;
  virtual Result<std::optional<ModelInfo>> ActiveModel(std::string_view dataset) = 0;
  virtual Result<std::string> ModelBytes(std::string_view version) = 0;
  virtual Status ActivateModel(std::string_view version) = 0;  // of its dataset; one at a time
  // Returns after `time`, or before that where `stop` is requested or another process activated a
  // model; a store that hears nothing of others waits. Belongs to one thread.
  virtual void AwaitActivation(std::chrono::milliseconds time, const std::stop_token& stop);

  // Jobs: "queued" -> "running" -> "done", "failed" or "cancelled"; the last three are over, have
  // `finished_at`, and never change again. Each method is one atomic step for all instances.
  //
  // Keeps a queued job of the given kind, created_at, request and actor; the id, "<kind>-<number>",
  // is given here, and never twice. `only` pins it to an instance, which then holds it from now on,
  // until `lease_until`. kBusy where `most_waiting` jobs are queued already.
  virtual Result<StoredJob> AddJob(const StoredJob& job, int64_t most_waiting) = 0;
  // First ends what was left behind, those with a lease that ended before `now`: one that was
  // asked to stop is "cancelled"; one that is pinned (queued or running), or was begun
  // kMostJobAttempts times, is "failed" with LeftBehind(job). Then the oldest job that `owner` may
  // run, queued or left behind, becomes "running", is begun once more, and is `owner`'s until
  // `until`; its progress begins anew. Exactly one claimer gets it. Empty: nothing to do.
  virtual Result<std::optional<StoredJob>> ClaimJob(std::string_view owner, int64_t now,
                                                    int64_t until) = 0;
  // `owner` goes on: running, or waiting where it is pinned. False, and nothing is changed, where
  // the job is over, is another's by now or is not there. False too where it is asked to stop,
  // but then the lease is renewed all the same: stopping takes time.
  virtual Result<bool> RenewJob(std::string_view id, std::string_view owner, int64_t until,
                                const JobStage& stage) = 0;
  // Over: state, finished_at, result, error, problem and progress are `job`'s. kConflict where
  // it is not `owner`'s or is over already.
  virtual Status FinishJob(const Job& job, std::string_view owner) = 0;
  // Back into the queue, for anyone, at its old place; this beginning does not count. Same errors,
  // and kConflict for one that is pinned or asked to stop.
  virtual Status ReleaseJob(std::string_view id, std::string_view owner) = 0;
  virtual Result<std::optional<StoredJob>> FindJob(std::string_view id) = 0;
  virtual Result<std::vector<StoredJob>> ListJobs(int64_t limit) = 0;  // newest first
  // A queued one is "cancelled" at `finished_at` (a timestamp); a running one is asked to stop.
  // As it is then. kNotFound; kConflict where it is over.
  virtual Result<StoredJob> CancelJob(std::string_view id, std::string_view finished_at) = 0;

  // Logs. Ids are given here, and never twice. A call writes all of its entries or none;
  // where one failed with kIo or kBusy, the next may bring the same entries again, and none is
  // there twice then, although it was not known which it was.
  virtual Status AppendPredictions(std::span<const PredictionLogEntry> entries) = 0;
  virtual Result<std::vector<PredictionLogEntry>> ReadPredictions(const Page& page) = 0;
  virtual Result<int64_t> AppendRecommendation(const RecommendationLogEntry& entry) = 0;
  virtual Result<std::vector<RecommendationLogEntry>> ReadRecommendations(const Page& page) = 0;
  virtual Status AppendEvaluations(std::span<const Evaluation> evaluations) = 0;
  virtual Result<std::vector<Evaluation>> ReadEvaluations(std::string_view model_version) = 0;
  virtual Result<int64_t> AppendExperiment(const Experiment& experiment) = 0;
  virtual Result<std::vector<Experiment>> ReadExperiments(const Page& page) = 0;
  virtual Status AppendAudit(const AuditEvent& event) = 0;
  virtual Result<std::vector<AuditEvent>> ReadAudit(int64_t limit) = 0;  // newest first
};

}  // namespace pythia
