// The registry of models.
#include <string>
#include <utility>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "duckdb/quoting.h"
#include "duckdb/transaction.h"
#include "records/json.h"
#include "store/duckdb/duckdb_store.h"

namespace pythia {
namespace {

Result<ModelInfo> ModelFrom(const duckdb::RowReader& rows) {
  ModelInfo info;
  info.version = rows.Text(0);
  info.dataset = rows.Text(1);
  info.created_at = rows.Text(2);
  info.active = rows.Bool(3);
  info.file = rows.Text(4);
  info.sha256 = rows.Text(5);
  info.threads = static_cast<int>(rows.Int(6));
  PYTHIA_ASSIGN(const Json report, ParseJson(rows.Text(7)));
  PYTHIA_ASSIGN(info.report, TrainingReportFromJson(report));
  return info;
}

Error NoModel(std::string_view version) {
  return Error{ErrorCode::kNotFound, "no model of this version", {}, std::string(version)};
}

Status SetActive(duckdb::Connection& connection, const std::string& table, std::string_view dataset,
                 std::string_view version) {
  PYTHIA_ASSIGN(auto update,
                connection.Prepare(fmt::format(
                    "UPDATE {} SET active = (version = $2) WHERE dataset = $1", table)));
  return update.Text(dataset).Text(version).Run();
}

Status InsertModel(duckdb::Connection& connection, const std::string& table, const ModelInfo& info,
                   std::string_view bytes) {
  PYTHIA_ASSIGN(auto insert,
                connection.Prepare(fmt::format("INSERT INTO {} VALUES ($1, $2, $3, $4, $5, $6, "
                                               "$7, $8, $9)",
                                               table)));
  return insert.Text(info.version)
      .Text(info.dataset)
      .Text(info.created_at)
      .Bool(info.active)
      .Text(info.file)
      .Text(info.sha256)
      .Int(info.threads)
      .Text(DumpJson(ToJson(info.report)))
      .Bytes(bytes)
      .Run();
}

}  // namespace

Result<std::vector<ModelInfo>> DuckdbStore::ReadModels(std::string_view condition,
                                                       std::string_view value) {
  PYTHIA_ASSIGN(auto select,
                connection_.Prepare(fmt::format(
                    "SELECT version, dataset, created_at, active, file, sha256, threads, report "
                    "FROM {} WHERE {} ORDER BY created_at DESC, rowid DESC",
                    duckdb::QuoteName(names_.models), condition)));
  PYTHIA_ASSIGN(auto chunks, select.Text(value).Execute());
  duckdb::RowReader rows(std::move(chunks));
  std::vector<ModelInfo> models;
  for (;;) {
    PYTHIA_ASSIGN(const bool more, rows.Next());
    if (!more) return models;
    PYTHIA_ASSIGN(ModelInfo info, ModelFrom(rows));
    models.push_back(std::move(info));
  }
}

Status DuckdbStore::PutModel(const ModelInfo& info, std::string_view bytes) {
  const std::scoped_lock lock(mutex_);
  PYTHIA_ASSIGN(const auto same, FindModel(info.version));
  if (same) {
    return Fail(
        Error{ErrorCode::kConflict, "a model of this version is there already", {}, info.version});
  }
  const std::string table = duckdb::QuoteName(names_.models);
  PYTHIA_ASSIGN(auto transaction, duckdb::Transaction::Begin(connection_));
  if (info.active) PYTHIA_TRY(SetActive(connection_, table, info.dataset, info.version));
  PYTHIA_TRY(InsertModel(connection_, table, info, bytes));
  return transaction.Commit();
}

Result<std::vector<ModelInfo>> DuckdbStore::ListModels(std::string_view dataset) {
  const std::scoped_lock lock(mutex_);
  return ReadModels("dataset = $1", dataset);
}

Result<std::optional<ModelInfo>> DuckdbStore::FindModel(std::string_view version) {
  const std::scoped_lock lock(mutex_);
  PYTHIA_ASSIGN(auto models, ReadModels("version = $1", version));
  if (models.empty()) return std::nullopt;
  return std::move(models.front());
}

Result<std::optional<ModelInfo>> DuckdbStore::ActiveModel(std::string_view dataset) {
  const std::scoped_lock lock(mutex_);
  PYTHIA_ASSIGN(auto models, ReadModels("active AND dataset = $1", dataset));
  if (models.empty()) return std::nullopt;
  return std::move(models.front());
}

Result<std::string> DuckdbStore::ModelBytes(std::string_view version) {
  const std::scoped_lock lock(mutex_);
  PYTHIA_ASSIGN(auto select,
                connection_.Prepare(fmt::format("SELECT bytes FROM {} WHERE version = $1",
                                                duckdb::QuoteName(names_.models))));
  PYTHIA_ASSIGN(auto chunks, select.Text(version).Execute());
  duckdb::RowReader rows(std::move(chunks));
  PYTHIA_ASSIGN(const bool found, rows.Next());
  if (!found) return Fail(NoModel(version));
  return rows.Text(0);
}

Status DuckdbStore::ActivateModel(std::string_view version) {
  const std::scoped_lock lock(mutex_);
  PYTHIA_ASSIGN(const auto info, FindModel(version));
  if (!info) return Fail(NoModel(version));
  return SetActive(connection_, duckdb::QuoteName(names_.models), info->dataset, version);
}

}  // namespace pythia
