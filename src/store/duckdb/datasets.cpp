// Datasets and their generations: the methods of DuckdbStore that list, restore, delete and prune.
#include <algorithm>
#include <string>
#include <utility>

#include <fmt/format.h>

#include "duckdb/quoting.h"
#include "duckdb/transaction.h"
#include "store/duckdb/catalog.h"
#include "store/duckdb/duckdb_store.h"
#include "store/duckdb/generations.h"
#include "store/duckdb/layout.h"

namespace pythia {
namespace {

Result<std::vector<std::string>> DatasetNames(duckdb::Connection& connection) {
  PYTHIA_ASSIGN(auto chunks,
                connection.Query("SELECT name FROM pythia_catalog.datasets ORDER BY name"));
  duckdb::RowReader rows(std::move(chunks));
  std::vector<std::string> names;
  for (;;) {
    PYTHIA_ASSIGN(const bool more, rows.Next());
    if (!more) return names;
    names.push_back(rows.Text(0));
  }
}

Status DeleteWhereDataset(duckdb::Connection& connection, const std::string& table,
                          std::string_view column, std::string_view dataset) {
  PYTHIA_ASSIGN(auto remove,
                connection.Prepare(fmt::format("DELETE FROM {} WHERE {} = $1", table, column)));
  return remove.Text(dataset).Run();
}

Result<int64_t> CountRows(duckdb::Connection& connection, const std::string& table) {
  PYTHIA_ASSIGN(auto chunks, connection.Query("SELECT count(*) FROM " + table));
  duckdb::RowReader rows(std::move(chunks));
  PYTHIA_ASSIGN(const bool found, rows.Next());
  return found ? rows.Int(0) : 0;
}

Result<int64_t> PruneLogs(duckdb::Connection& connection, const std::string& table,
                          const PruneRequest& request) {
  PYTHIA_ASSIGN(const int64_t before, CountRows(connection, table));
  if (!request.logs_before.empty()) {
    PYTHIA_ASSIGN(auto old,
                  connection.Prepare(fmt::format("DELETE FROM {} WHERE logged_at < $1", table)));
    PYTHIA_TRY(old.Text(request.logs_before).Run());
  }
  if (request.max_log_rows > 0) {
    PYTHIA_TRY(connection.Run(fmt::format(
        "DELETE FROM {0} WHERE id <= (SELECT id FROM {0} ORDER BY id DESC LIMIT 1 OFFSET {1})",
        table, request.max_log_rows)));
  }
  PYTHIA_ASSIGN(const int64_t after, CountRows(connection, table));
  return before - after;
}

Status PruneJobs(duckdb::Connection& connection, const std::string& table,
                 const std::string& before) {
  if (before.empty()) return {};
  PYTHIA_ASSIGN(auto old,
                connection.Prepare(fmt::format(
                    "DELETE FROM {} WHERE finished_at <> '' AND finished_at < $1", table)));
  return old.Text(before).Run();
}

Result<int64_t> PruneDataset(duckdb::Connection& connection, const std::string& dataset, int kept) {
  PYTHIA_ASSIGN(auto way, CurrentAndBefore(connection, dataset));
  way.resize(std::min(way.size(), static_cast<size_t>(std::max(kept, 1))));
  PYTHIA_ASSIGN(auto gone, GenerationNumbers(connection, dataset));
  std::erase_if(gone, [&](int64_t number) { return std::ranges::find(way, number) != way.end(); });
  PYTHIA_TRY(DropGenerations(connection, dataset, gone));
  return static_cast<int64_t>(gone.size());
}

}  // namespace

Result<std::vector<DatasetInfo>> DuckdbStore::ListDatasets() {
  const std::scoped_lock lock(mutex_);
  PYTHIA_ASSIGN(const auto names, DatasetNames(connection_));
  std::vector<DatasetInfo> datasets;
  for (const std::string& name : names) {
    PYTHIA_ASSIGN(DatasetInfo info, RequireGeneration(connection_, name, 0));
    datasets.push_back(std::move(info));
  }
  return datasets;
}

Result<std::optional<DatasetInfo>> DuckdbStore::FindDataset(std::string_view name) {
  const std::scoped_lock lock(mutex_);
  return ReadGeneration(connection_, name, 0);
}

Result<std::vector<DatasetInfo>> DuckdbStore::Generations(std::string_view name) {
  const std::scoped_lock lock(mutex_);
  PYTHIA_TRY(RequireGeneration(connection_, name, 0));
  PYTHIA_ASSIGN(const auto numbers, GenerationNumbers(connection_, name));
  std::vector<DatasetInfo> generations;
  for (const int64_t number : numbers) {
    PYTHIA_ASSIGN(DatasetInfo info, RequireGeneration(connection_, name, number));
    generations.push_back(std::move(info));
  }
  return generations;
}

Result<DatasetInfo> DuckdbStore::RestoreDataset(std::string_view name) {
  const std::scoped_lock lock(mutex_);
  PYTHIA_ASSIGN(auto transaction, duckdb::Transaction::Begin(connection_));
  duckdb::Connection& connection = transaction.connection();
  PYTHIA_TRY(RequireGeneration(connection, name, 0));
  PYTHIA_ASSIGN(const auto way, CurrentAndBefore(connection, name));
  if (way.size() < 2) {
    return Fail(Error{ErrorCode::kConflict,
                      "there is no generation before the current one of this dataset",
                      {},
                      std::string(name)});
  }
  PYTHIA_TRY(TouchRevision(connection));
  PYTHIA_TRY(SetCurrent(connection, name, way[1]));
  PYTHIA_TRY(WriteView(connection, names_.clean_campaigns, name));
  PYTHIA_ASSIGN(DatasetInfo info, RequireGeneration(connection, name, 0));
  PYTHIA_TRY(transaction.Commit());
  return info;
}

Status DuckdbStore::DeleteDataset(std::string_view name) {
  const std::scoped_lock lock(mutex_);
  PYTHIA_ASSIGN(auto transaction, duckdb::Transaction::Begin(connection_));
  duckdb::Connection& connection = transaction.connection();
  PYTHIA_TRY(RequireGeneration(connection, name, 0));
  PYTHIA_TRY(TouchRevision(connection));
  PYTHIA_TRY(DropView(connection, names_.clean_campaigns, name));
  PYTHIA_ASSIGN(const auto numbers, GenerationNumbers(connection, name));
  PYTHIA_TRY(DropGenerations(connection, name, numbers));
  PYTHIA_TRY(DeleteWhereDataset(connection, "pythia_catalog.datasets", "name", name));
  for (const std::string* table :
       {&names_.models, &names_.predictions_logs, &names_.recommendations,
        &names_.model_performance, &names_.experiment_results}) {
    PYTHIA_TRY(DeleteWhereDataset(connection, duckdb::QuoteName(*table), "dataset", name));
  }
  return transaction.Commit();
}

Result<PruneReport> DuckdbStore::Prune(const PruneRequest& request) {
  const std::scoped_lock lock(mutex_);
  PYTHIA_ASSIGN(auto transaction, duckdb::Transaction::Begin(connection_));
  duckdb::Connection& connection = transaction.connection();
  PYTHIA_TRY(TouchRevision(connection));
  PruneReport report;
  PYTHIA_ASSIGN(report.predictions,
                PruneLogs(connection, duckdb::QuoteName(names_.predictions_logs), request));
  PYTHIA_ASSIGN(report.recommendations,
                PruneLogs(connection, duckdb::QuoteName(names_.recommendations), request));
  PYTHIA_TRY(PruneJobs(connection, duckdb::QuoteName(names_.jobs), request.logs_before));
  PYTHIA_ASSIGN(const auto names, DatasetNames(connection));
  for (const std::string& name : names) {
    PYTHIA_ASSIGN(const int64_t gone, PruneDataset(connection, name, request.kept_generations));
    report.generations += gone;
  }
  PYTHIA_TRY(transaction.Commit());
  return report;
}

}  // namespace pythia
