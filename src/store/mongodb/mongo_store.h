// The Store on a MongoDB database; layout.h says how it is laid out.
#pragma once

#include <memory>
#include <mutex>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "store/mongodb/activations.h"
#include "store/mongodb/database.h"
#include "store/mongodb/drops.h"
#include "store/names.h"
#include "store/store.h"

namespace pythia::mongo {

// What a store, its scans and its loads have in common.
struct Shared {
  std::shared_ptr<const Database> database;
  TableNames names;
  std::shared_ptr<Pins> pins;
};

// Store's contract, for any number of processes on one database. Methods take a connection each;
// nothing is cached.
class MongoStore final : public Store {
 public:
  static Result<std::unique_ptr<Store>> Open(const Config& config, const TableNames& names);

  bool shared() const override { return true; }
  Status Ping() override;
  std::optional<StoreCommands> Commands() const override;

  Result<std::vector<DatasetInfo>> ListDatasets() override;
  Result<std::optional<DatasetInfo>> FindDataset(std::string_view name) override;
  Result<std::vector<DatasetInfo>> Generations(std::string_view name) override;
  Result<LoadStart> BeginLoad(const LoadRequest& request) override;
  Result<DatasetInfo> RestoreDataset(std::string_view name) override;
  Status DeleteDataset(std::string_view name) override;
  Result<PruneReport> Prune(const PruneRequest& request) override;

  // A scan of rows that another process removes meanwhile fails with kConflict; one of this
  // process keeps them.
  Result<std::unique_ptr<CampaignSource>> Scan(const ScanRequest& request) override;
  Result<std::vector<LevelCount>> DistinctValues(std::string_view dataset,
                                                 std::string_view column) override;
  Result<std::optional<Range>> ColumnRange(std::string_view dataset,
                                           std::string_view column) override;
  Result<std::vector<GroupSums>> SumBy(std::string_view dataset, std::string_view group,
                                       std::span<const std::string> columns) override;

  Status PutModel(const ModelInfo& info, std::string_view bytes) override;
  Result<std::vector<ModelInfo>> ListModels(std::string_view dataset) override;
  Result<std::optional<ModelInfo>> FindModel(std::string_view version) override;
  Result<std::optional<ModelInfo>> ActiveModel(std::string_view dataset) override;
  Result<std::string> ModelBytes(std::string_view version) override;
  Status ActivateModel(std::string_view version) override;
  void AwaitActivation(std::chrono::milliseconds time, const std::stop_token& stop) override {
    activations_.Await(time, stop);
  }

  Result<StoredJob> AddJob(const StoredJob& job, int64_t most_waiting) override;
  Result<std::optional<StoredJob>> ClaimJob(std::string_view owner, int64_t now,
                                            int64_t until) override;
  Result<bool> RenewJob(std::string_view id, std::string_view owner, int64_t until,
                        const JobStage& stage) override;
  Status FinishJob(const Job& job, std::string_view owner) override;
  Status ReleaseJob(std::string_view id, std::string_view owner) override;
  Result<std::optional<StoredJob>> FindJob(std::string_view id) override;
  Result<std::vector<StoredJob>> ListJobs(int64_t limit) override;
  Result<StoredJob> CancelJob(std::string_view id, std::string_view finished_at) override;

  Status AppendPredictions(std::span<const PredictionLogEntry> entries) override;
  Result<std::vector<PredictionLogEntry>> ReadPredictions(const Page& page) override;
  Result<int64_t> AppendRecommendation(const RecommendationLogEntry& entry) override;
  Result<std::vector<RecommendationLogEntry>> ReadRecommendations(const Page& page) override;
  Status AppendEvaluations(std::span<const Evaluation> evaluations) override;
  Result<std::vector<Evaluation>> ReadEvaluations(std::string_view model_version) override;
  Result<int64_t> AppendExperiment(const Experiment& experiment) override;
  Result<std::vector<Experiment>> ReadExperiments(const Page& page) override;
  Status AppendAudit(const AuditEvent& event) override;
  Result<std::vector<AuditEvent>> ReadAudit(int64_t limit) override;

 private:
  // Log entries of a failed call that may be there in part: [first, end) of a collection's ids.
  struct Leftover {
    std::string collection;
    int64_t first = 0;
    int64_t end = 0;
  };

  explicit MongoStore(Shared shared) : shared_(std::move(shared)), activations_(shared_.database) {}

  static Result<ModelInfo> ModelFrom(const Document& document, std::string_view active);
  Result<std::string> ActiveVersion(std::string_view dataset);
  Result<std::vector<StoredJob>> ReadJobs(const Document& filter, const Document& options);
  // The job as it is after the update, empty where none matched.
  Result<std::optional<StoredJob>> ChangeJob(const Document& filter, const Document& update);
  // Ends those that no one goes on with, as ClaimJob says.
  Status EndLeftBehind(const std::vector<StoredJob>& jobs, int64_t now);
  // All of `entries`, whose _ids count from `first`, or none.
  Status AppendLog(const std::string& collection, int64_t first,
                   const std::vector<Document>& entries);
  Status RemoveLeftovers();
  Result<std::vector<Document>> ReadLog(const std::string& collection, const Page& page);
  Result<int64_t> PruneLog(const std::string& collection, const PruneRequest& request);
  Result<int64_t> PruneDataset(const std::string& dataset, int kept);

  Shared shared_;
  Activations activations_;
  std::mutex mutex_;  // of what follows
  std::vector<Leftover> leftovers_;
};

}  // namespace pythia::mongo
