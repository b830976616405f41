// Loading a dataset: DuckdbStore::BeginLoad and the open load.
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "base/clock.h"
#include "duckdb/transaction.h"
#include "store/column_merge.h"
#include "store/column_rules.h"
#include "store/duckdb/catalog.h"
#include "store/duckdb/column_form.h"
#include "store/duckdb/duckdb_store.h"
#include "store/duckdb/generations.h"
#include "store/duckdb/layout.h"
#include "store/duckdb/load_writer.h"
#include "store/load_rules.h"

namespace pythia {
namespace {

class DuckdbLoad final : public Load {
 public:
  DuckdbLoad(duckdb::Transaction transaction, LoadRequest request, std::string view_schema,
             int64_t load_id, LoadWriter writer)
      : transaction_(std::move(transaction)),
        request_(std::move(request)),
        view_schema_(std::move(view_schema)),
        load_id_(load_id),
        writer_(std::move(writer)) {}

  Status Append(const Table& rows) override {
    if (broken_) return Fail(*broken_);
    Status status = writer_.Append(rows);
    if (!status) broken_ = status.error();
    return status;
  }

  void Identify(const std::string& sha256) override { request_.sha256 = sha256; }

  Result<DatasetInfo> Commit() override {
    if (broken_) return Fail(*broken_);
    broken_ = Error{ErrorCode::kInternal, "the load is over"};
    PYTHIA_TRY(writer_.Finish());
    duckdb::Connection& connection = transaction_.connection();
    // Before anything is read for the new generation: what another load committed meanwhile is
    // not visible here, and this is where it is noticed.
    PYTHIA_TRY(TouchRevision(connection));
    const std::string now =
        request_.loaded_at.empty() ? FormatTimestamp(NowMicros()) : request_.loaded_at;
    PYTHIA_TRY(WriteLoad(now));
    PYTHIA_ASSIGN(const NewGeneration generation, Compose(now));
    PYTHIA_TRY(WriteGeneration(connection, generation));
    PYTHIA_TRY(WriteView(connection, view_schema_, request_.dataset));
    PYTHIA_ASSIGN(DatasetInfo info, RequireGeneration(connection, request_.dataset, 0));
    PYTHIA_TRY(transaction_.Commit());
    return info;
  }

 private:
  Status WriteLoad(const std::string& now) {
    PYTHIA_ASSIGN(auto insert,
                  transaction_.connection().Prepare(
                      "INSERT INTO pythia_catalog.loads VALUES ($1, $2, $3, $4, $5, $6, $7)"));
    return insert.Int(load_id_)
        .Text(request_.dataset)
        .Text(request_.sha256)
        .Text(request_.options)
        .Text(request_.source)
        .Int(writer_.rows())
        .Text(now)
        .Run();
  }

  Result<NewGeneration> Compose(const std::string& now) {
    NewGeneration next{.dataset = request_.dataset,
                       .grain = request_.grain,
                       .currency = request_.currency,
                       .created_at = now,
                       .rows = writer_.rows(),
                       .number = request_.generation,
                       .schema = request_.schema,
                       .load_ids = {}};
    duckdb::Connection& connection = transaction_.connection();
    if (request_.mode == LoadMode::kAppend) {
      PYTHIA_ASSIGN(const auto current, ReadGeneration(connection, request_.dataset, 0));
      if (current) PYTHIA_TRY(Extend(*current, &next));
    }
    next.load_ids.push_back(load_id_);
    return next;
  }

  Status Extend(const DatasetInfo& current, NewGeneration* next) {
    PYTHIA_ASSIGN(auto loads,
                  ReadLoads(transaction_.connection(), current.name, current.generation));
    for (const StoredLoad& load : loads) next->load_ids.push_back(load.load_id);
    const std::vector<bool> none(request_.schema.size());  // only its texts are asked for
    loads.push_back({.load_id = load_id_,
                     .info = {},
                     .schema = request_.schema,
                     .whole = none,
                     .derived = none});
    PYTHIA_ASSIGN(next->schema,
                  MergeColumns(current.schema, request_.schema, [&](const std::string& column) {
                    return FitsCategory(loads, column);
                  }));
    if (next->currency.empty()) next->currency = current.currency;
    next->rows += current.rows;
    return {};
  }

  Result<bool> FitsCategory(const std::vector<StoredLoad>& loads, const std::string& column) {
    std::string all;
    for (const StoredLoad& load : loads) {
      const int64_t position = FindColumn(load.schema, column);
      if (position < 0) continue;
      if (load.schema[static_cast<size_t>(position)].type != ColumnType::kText) continue;
      if (!all.empty()) all += " UNION ALL ";
      all += fmt::format("SELECT {} AS level FROM {}", ValueOf(load, position),
                         LoadTable(load.load_id));
    }
    PYTHIA_ASSIGN(auto chunks,
                  transaction_.connection().Query(fmt::format(
                      "SELECT count(*) <= {0} FROM (SELECT DISTINCT level FROM ({1}) LIMIT {0} + "
                      "1)",
                      kMaxMixedLevels, all)));
    duckdb::RowReader rows(std::move(chunks));
    PYTHIA_ASSIGN(const bool found, rows.Next());
    return found && rows.Bool(0);
  }

  duckdb::Transaction transaction_;
  LoadRequest request_;
  std::string view_schema_;
  int64_t load_id_;
  LoadWriter writer_;
  std::optional<Error> broken_;
};

// DuckDB takes names that differ in case only for the same, and so do people.
Status CheckCase(duckdb::Connection& connection, std::string_view dataset) {
  PYTHIA_ASSIGN(auto select, connection.Prepare("SELECT name FROM pythia_catalog.datasets "
                                                "WHERE lower(name) = lower($1) AND name <> $1"));
  PYTHIA_ASSIGN(auto chunks, select.Text(dataset).Execute());
  duckdb::RowReader rows(std::move(chunks));
  PYTHIA_ASSIGN(const bool found, rows.Next());
  if (!found) return {};
  return Fail(OnlyCaseDiffers(rows.Text(0), dataset));
}

}  // namespace

Result<LoadStart> DuckdbStore::BeginLoad(const LoadRequest& request) {
  const std::scoped_lock lock(mutex_);
  PYTHIA_TRY(CheckRequest(request));
  PYTHIA_ASSIGN(duckdb::Connection own, database_.Connect());
  PYTHIA_ASSIGN(duckdb::Transaction transaction, duckdb::Transaction::Begin(std::move(own)));
  duckdb::Connection& connection = transaction.connection();
  PYTHIA_TRY(CheckCase(connection, request.dataset));
  PYTHIA_ASSIGN(auto current, ReadGeneration(connection, request.dataset, 0));
  LoadStart start;
  if (current) {
    if (request.sha256.empty()) return start;
    if (IsUnchanged(*current, request)) {
      start.unchanged = *std::move(current);
      return start;
    }
    PYTHIA_TRY(CheckAgainst(*current, request));
  }
  PYTHIA_ASSIGN(const int64_t load_id, TakeIds(connection, "load_ids", 1));
  LoadWriter writer(database_, connection, load_id, request.schema);
  start.load = std::make_unique<DuckdbLoad>(std::move(transaction), request, names_.clean_campaigns,
                                            load_id, std::move(writer));
  return start;
}

}  // namespace pythia
