// The log of predictions.
#include <optional>
#include <string>
#include <utility>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "duckdb/appender.h"
#include "duckdb/quoting.h"
#include "duckdb/transaction.h"
#include "records/json.h"
#include "store/duckdb/duckdb_store.h"
#include "store/duckdb/layout.h"
#include "store/duckdb/log_page.h"

namespace pythia {
namespace {

void PutNumber(int64_t column, int64_t row, std::optional<double> value, duckdb::Appender* out) {
  if (value) {
    out->Data<double>(column)[row] = *value;
  } else {
    out->SetNull(column, row);
  }
}

Status PutEntry(const PredictionLogEntry& entry, int64_t id, int64_t row, duckdb::Appender* out) {
  const Prediction& prediction = entry.prediction;
  out->Data<int64_t>(0)[row] = id;
  PYTHIA_TRY(out->SetText(1, row, entry.at));
  PYTHIA_TRY(out->SetText(2, row, entry.dataset));
  PYTHIA_TRY(out->SetText(3, row, prediction.model_version));
  PutNumber(4, row, prediction.ctr, out);
  PutNumber(5, row, prediction.clicks, out);
  if (prediction.roi_category) {
    out->Data<int64_t>(6)[row] = *prediction.roi_category;
  } else {
    out->SetNull(6, row);
  }
  PutNumber(7, row, prediction.roi_probability, out);
  PutNumber(8, row, prediction.roi_threshold, out);
  if (!entry.json.empty()) {  // JSON of our own is UTF-8
    out->SetBytes(9, row, entry.plan_json);
    out->SetBytes(10, row, entry.json);
    return {};
  }
  std::string text;
  AppendPlanText(entry.plan, &text);
  PYTHIA_TRY(out->SetText(9, row, text));
  text.clear();
  AppendPredictionText(prediction, &text);
  return out->SetText(10, row, text);
}

Result<PredictionLogEntry> EntryFrom(const duckdb::RowReader& rows) {
  PredictionLogEntry entry;
  entry.id = rows.Int(0);
  entry.at = rows.Text(1);
  entry.dataset = rows.Text(2);
  PYTHIA_ASSIGN(const Json plan, ParseJson(rows.Text(3)));
  PYTHIA_ASSIGN(entry.plan, PlanFromJson(plan));
  PYTHIA_ASSIGN(const Json prediction, ParseJson(rows.Text(4)));
  PYTHIA_ASSIGN(entry.prediction, PredictionFromJson(prediction));
  return entry;
}

}  // namespace

Status DuckdbStore::AppendPredictions(std::span<const PredictionLogEntry> entries) {
  const std::scoped_lock lock(mutex_);
  if (entries.empty()) return {};
  // A COMMIT of one's own keeps a second thread of DuckDB's spinning; the appender's does not.
  std::optional<duckdb::Transaction> transaction;
  if (std::ssize(entries) > duckdb::Appender::at_once()) {
    PYTHIA_ASSIGN(duckdb::Transaction begun, duckdb::Transaction::Begin(connection_));
    transaction.emplace(std::move(begun));
  }
  PYTHIA_ASSIGN(int64_t id,
                TakeIds(connection_, "prediction_ids", static_cast<int64_t>(entries.size())));
  PYTHIA_ASSIGN(auto out, duckdb::Appender::Open(connection_, "main", names_.predictions_logs));
  int64_t row = 0;
  for (const PredictionLogEntry& entry : entries) {
    PYTHIA_TRY(PutEntry(entry, id++, row, &out));
    if (++row == duckdb::Appender::capacity()) PYTHIA_TRY(out.Flush(std::exchange(row, 0)));
  }
  PYTHIA_TRY(out.Flush(row));
  PYTHIA_TRY(out.Finish());
  return transaction ? transaction->Commit() : Status();
}

Result<std::vector<PredictionLogEntry>> DuckdbStore::ReadPredictions(const Page& page) {
  const std::scoped_lock lock(mutex_);
  PYTHIA_ASSIGN(auto chunks, SelectPage(&connection_, "id, logged_at, dataset, plan, prediction",
                                        names_.predictions_logs, page));
  duckdb::RowReader rows(std::move(chunks));
  std::vector<PredictionLogEntry> entries;
  for (;;) {
    PYTHIA_ASSIGN(const bool more, rows.Next());
    if (!more) return entries;
    PYTHIA_ASSIGN(PredictionLogEntry entry, EntryFrom(rows));
    entries.push_back(std::move(entry));
  }
}

}  // namespace pythia
