// The Store on one DuckDB file; layout.h says how it is laid out.
#pragma once

#include <filesystem>
#include <memory>
#include <mutex>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "duckdb/database.h"
#include "store/names.h"
#include "store/store.h"

namespace pythia {

// Store's contract. The file is held by this process alone until the store, its scans and its
// loads are gone. What was committed is in the file or, as long as that is small, in the log beside
// it (pythia.duckdb.wal), which the next opening reads.
class DuckdbStore final : public Store {
 public:
  static Result<std::unique_ptr<Store>> Open(const std::filesystem::path& path, int threads,
                                             const TableNames& names);
  ~DuckdbStore() override;

  bool shared() const override { return false; }
  Status Ping() override { return {}; }

  Result<std::vector<DatasetInfo>> ListDatasets() override;
  Result<std::optional<DatasetInfo>> FindDataset(std::string_view name) override;
  Result<std::vector<DatasetInfo>> Generations(std::string_view name) override;
  Result<LoadStart> BeginLoad(const LoadRequest& request) override;
  Result<DatasetInfo> RestoreDataset(std::string_view name) override;
  Status DeleteDataset(std::string_view name) override;
  Result<PruneReport> Prune(const PruneRequest& request) override;

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
  DuckdbStore(std::filesystem::path path, duckdb::Database database, duckdb::Connection connection,
              TableNames names);

  // The registry's lines that `condition` ("WHERE version = $1" ...) with `value` selects.
  Result<std::vector<ModelInfo>> ReadModels(std::string_view condition, std::string_view value);

  // The jobs that `rest` ("WHERE id = $1" ...) selects.
  Result<std::vector<StoredJob>> ReadJobs(std::string_view rest, std::string_view value = {});
  Status WriteJob(const StoredJob& job);
  Status EndLeftBehind(int64_t now);
  // The job, where it is `owner`'s and not over; kConflict else.
  Result<StoredJob> HeldJob(std::string_view id, std::string_view owner);

  // Held by every method: the connection is one thread's at a time. Scans and loads have their own.
  std::recursive_mutex mutex_;
  std::filesystem::path path_;
  duckdb::Database database_;
  duckdb::Connection connection_;
  TableNames names_;
};

}  // namespace pythia
