// Evaluations, experiments and the audit trail.
#include <charconv>
#include <cmath>
#include <string>
#include <utility>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "duckdb/quoting.h"
#include "duckdb/transaction.h"
#include "records/json.h"
#include "store/duckdb/duckdb_store.h"
#include "store/duckdb/layout.h"
#include "store/duckdb/log_page.h"

namespace pythia {
namespace {

using duckdb::QuoteName;

// Metrics as a JSON object; the seed as text, for not every uint64 is a BIGINT.
Result<Experiment> ExperimentFrom(const duckdb::RowReader& rows) {
  Experiment experiment;
  experiment.id = rows.Int(0);
  experiment.at = rows.Text(1);
  experiment.dataset = rows.Text(2);
  experiment.model_type = rows.Text(3);
  experiment.model_version = rows.Text(4);
  PYTHIA_ASSIGN(const Json metrics, ParseJson(rows.Text(5)));
  for (const auto& [name, value] : metrics.items()) {
    experiment.metrics[name] = value.is_number() ? value.get<double>() : std::nan("");
  }
  if (!rows.IsNull(6)) {
    const std::string text = rows.Text(6);
    std::from_chars(text.data(), text.data() + text.size(), experiment.seed.emplace());
  }
  experiment.data_sha256 = rows.Text(7);
  experiment.note = rows.Text(8);
  return experiment;
}

Evaluation EvaluationFrom(const duckdb::RowReader& rows) {
  Evaluation evaluation;
  evaluation.at = rows.Text(0);
  evaluation.model_version = rows.Text(1);
  evaluation.dataset = rows.Text(2);
  evaluation.model = rows.Text(3);
  evaluation.metric = rows.Text(4);
  evaluation.value = rows.Number(5);
  if (!rows.IsNull(6)) evaluation.baseline = rows.Number(6);
  evaluation.baseline_name = rows.Text(7);
  evaluation.test_rows = rows.Int(8);
  return evaluation;
}

}  // namespace

Status DuckdbStore::AppendEvaluations(std::span<const Evaluation> evaluations) {
  const std::scoped_lock lock(mutex_);
  PYTHIA_ASSIGN(auto transaction, duckdb::Transaction::Begin(connection_));
  PYTHIA_ASSIGN(auto insert, connection_.Prepare(fmt::format(
                                 "INSERT INTO {} VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
                                 QuoteName(names_.model_performance))));
  for (const Evaluation& evaluation : evaluations) {
    insert.Text(evaluation.at)
        .Text(evaluation.model_version)
        .Text(evaluation.dataset)
        .Text(evaluation.model)
        .Text(evaluation.metric)
        .Number(evaluation.value);
    if (evaluation.baseline) {
      insert.Number(*evaluation.baseline);
    } else {
      insert.Null();
    }
    PYTHIA_TRY(insert.Text(evaluation.baseline_name).Int(evaluation.test_rows).Run());
  }
  return transaction.Commit();
}

Result<std::vector<Evaluation>> DuckdbStore::ReadEvaluations(std::string_view model_version) {
  const std::scoped_lock lock(mutex_);
  PYTHIA_ASSIGN(auto select, connection_.Prepare(fmt::format(
                                 "SELECT logged_at, model_version, dataset, model, metric, "
                                 "value, baseline, baseline_name, test_rows FROM {} "
                                 "WHERE model_version = $1 ORDER BY rowid",
                                 QuoteName(names_.model_performance))));
  PYTHIA_ASSIGN(auto chunks, select.Text(model_version).Execute());
  duckdb::RowReader rows(std::move(chunks));
  std::vector<Evaluation> evaluations;
  for (;;) {
    PYTHIA_ASSIGN(const bool more, rows.Next());
    if (!more) return evaluations;
    evaluations.push_back(EvaluationFrom(rows));
  }
}

Result<int64_t> DuckdbStore::AppendExperiment(const Experiment& experiment) {
  const std::scoped_lock lock(mutex_);
  PYTHIA_ASSIGN(auto transaction, duckdb::Transaction::Begin(connection_));
  PYTHIA_ASSIGN(const int64_t id, TakeIds(connection_, "experiment_ids", 1));
  PYTHIA_ASSIGN(auto insert, connection_.Prepare(fmt::format(
                                 "INSERT INTO {} VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
                                 QuoteName(names_.experiment_results))));
  insert.Int(id)
      .Text(experiment.at)
      .Text(experiment.dataset)
      .Text(experiment.model_type)
      .Text(experiment.model_version)
      .Text(DumpJson(Json(experiment.metrics)));
  if (experiment.seed) {
    insert.Text(std::to_string(*experiment.seed));
  } else {
    insert.Null();
  }
  PYTHIA_TRY(insert.Text(experiment.data_sha256).Text(experiment.note).Run());
  PYTHIA_TRY(transaction.Commit());
  return id;
}

Result<std::vector<Experiment>> DuckdbStore::ReadExperiments(const Page& page) {
  const std::scoped_lock lock(mutex_);
  PYTHIA_ASSIGN(auto chunks,
                SelectPage(&connection_,
                           "id, logged_at, dataset, model_type, model_version, metrics, seed, "
                           "data_sha256, note",
                           names_.experiment_results, page));
  duckdb::RowReader rows(std::move(chunks));
  std::vector<Experiment> experiments;
  for (;;) {
    PYTHIA_ASSIGN(const bool more, rows.Next());
    if (!more) return experiments;
    PYTHIA_ASSIGN(Experiment experiment, ExperimentFrom(rows));
    experiments.push_back(std::move(experiment));
  }
}

Status DuckdbStore::AppendAudit(const AuditEvent& event) {
  const std::scoped_lock lock(mutex_);
  PYTHIA_ASSIGN(auto insert,
                connection_.Prepare(fmt::format("INSERT INTO {} VALUES ($1, $2, $3, $4, $5)",
                                                QuoteName(names_.audit_log))));
  return insert.Text(event.at)
      .Text(event.actor)
      .Text(event.action)
      .Text(event.subject)
      .Text(event.detail)
      .Run();
}

Result<std::vector<AuditEvent>> DuckdbStore::ReadAudit(int64_t limit) {
  const std::scoped_lock lock(mutex_);
  PYTHIA_ASSIGN(auto select, connection_.Prepare(fmt::format(
                                 "SELECT logged_at, actor, action, subject, detail FROM {} "
                                 "ORDER BY rowid DESC LIMIT $1",
                                 QuoteName(names_.audit_log))));
  PYTHIA_ASSIGN(auto chunks, select.Int(limit).Execute());
  duckdb::RowReader rows(std::move(chunks));
  std::vector<AuditEvent> events;
  for (;;) {
    PYTHIA_ASSIGN(const bool more, rows.Next());
    if (!more) return events;
    events.push_back({.at = rows.Text(0),
                      .actor = rows.Text(1),
                      .action = rows.Text(2),
                      .subject = rows.Text(3),
                      .detail = rows.Text(4)});
  }
}

}  // namespace pythia
