// The log of recommendations.
#include <cmath>
#include <optional>
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

void BindNumber(std::optional<double> value, duckdb::Statement* statement) {
  if (value && std::isfinite(*value)) {
    statement->Number(*value);
  } else {
    statement->Null();
  }
}

std::optional<double> ValueOf(const std::optional<Expected>& expected) {
  if (!expected) return std::nullopt;
  return expected->value;
}

Result<RecommendationLogEntry> EntryFrom(const duckdb::RowReader& rows) {
  RecommendationLogEntry entry;
  entry.id = rows.Int(0);
  entry.at = rows.Text(1);
  entry.dataset = rows.Text(2);
  PYTHIA_ASSIGN(const Json recommendation, ParseJson(rows.Text(3)));
  PYTHIA_ASSIGN(entry.recommendation, RecommendationFromJson(recommendation));
  return entry;
}

}  // namespace

Result<int64_t> DuckdbStore::AppendRecommendation(const RecommendationLogEntry& entry) {
  const std::scoped_lock lock(mutex_);
  const Recommendation& recommendation = entry.recommendation;
  PYTHIA_ASSIGN(auto transaction, duckdb::Transaction::Begin(connection_));
  PYTHIA_ASSIGN(const int64_t id, TakeIds(connection_, "recommendation_ids", 1));
  PYTHIA_ASSIGN(auto insert,
                connection_.Prepare(fmt::format(
                    "INSERT INTO {} (id, logged_at, dataset, model_version, objective, verdict, "
                    "budget, expected_clicks, estimated_roi, ctr, recommendation) "
                    "VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)",
                    duckdb::QuoteName(names_.recommendations))));
  insert.Int(id)
      .Text(entry.at)
      .Text(entry.dataset)
      .Text(recommendation.model_version)
      .Text(recommendation.objective)
      .Text(recommendation.verdict);
  BindNumber(recommendation.budget, &insert);
  BindNumber(ValueOf(recommendation.expected.clicks), &insert);
  BindNumber(ValueOf(recommendation.expected.roi), &insert);
  BindNumber(ValueOf(recommendation.expected.ctr), &insert);
  PYTHIA_TRY(insert.Text(DumpJson(ToJson(recommendation))).Run());
  PYTHIA_TRY(transaction.Commit());
  return id;
}

Result<std::vector<RecommendationLogEntry>> DuckdbStore::ReadRecommendations(const Page& page) {
  const std::scoped_lock lock(mutex_);
  PYTHIA_ASSIGN(auto chunks, SelectPage(&connection_, "id, logged_at, dataset, recommendation",
                                        names_.recommendations, page));
  duckdb::RowReader rows(std::move(chunks));
  std::vector<RecommendationLogEntry> entries;
  for (;;) {
    PYTHIA_ASSIGN(const bool more, rows.Next());
    if (!more) return entries;
    PYTHIA_ASSIGN(RecommendationLogEntry entry, EntryFrom(rows));
    entries.push_back(std::move(entry));
  }
}

}  // namespace pythia
