// Distinct values, ranges and grouped sums, computed by DuckDB over the current generation.
#include <string>
#include <utility>

#include <fmt/format.h>

#include "store/column_rules.h"
#include "store/duckdb/catalog.h"
#include "store/duckdb/column_form.h"
#include "store/duckdb/duckdb_store.h"
#include "store/duckdb/layout.h"

namespace pythia {
namespace {

struct Current {
  Schema schema;
  std::vector<StoredLoad> loads;
};

Result<Current> ReadCurrent(duckdb::Connection& connection, std::string_view dataset) {
  PYTHIA_ASSIGN(DatasetInfo info, RequireGeneration(connection, dataset, 0));
  PYTHIA_ASSIGN(auto loads, ReadLoads(connection, dataset, info.generation));
  return Current{std::move(info.schema), std::move(loads)};
}

bool HasRange(ColumnType type) { return !IsTextual(type); }

std::string ColumnOr(const StoredLoad& load, std::string_view column, std::string_view otherwise) {
  const int64_t position = FindColumn(load.schema, column);
  return position < 0 ? std::string(otherwise) : ValueOf(load, position);
}

// Rows level, n, s0, s1 ... of one load: its codes are grouped first, and named after that.
std::string GroupLoad(const StoredLoad& load, std::string_view group,
                      std::span<const std::string> columns) {
  const int64_t position = FindColumn(load.schema, group);
  std::string sums;
  std::string names;
  for (size_t i = 0; i < columns.size(); ++i) {
    sums += fmt::format(", fsum({}) AS s{}", ColumnOr(load, columns[i], "NULL::DOUBLE"), i);
    names += fmt::format(", t.s{}", i);
  }
  const bool coded =
      position >= 0 && load.schema[static_cast<size_t>(position)].type == ColumnType::kCategory;
  std::string inner =
      fmt::format("SELECT {} AS level, count(*) AS n{} FROM {} GROUP BY 1",
                  ColumnOr(load, group, "NULL::VARCHAR"), sums, LoadTable(load.load_id));
  if (!coded) return inner;
  return fmt::format(
      "SELECT l.level AS level, t.n{} FROM ({}) t LEFT JOIN pythia_catalog.levels l ON l.load_id = "
      "{} AND "
      "l.position = {} AND l.code = t.level",
      names, inner, load.load_id, position);
}

std::string GroupAll(const std::vector<StoredLoad>& loads, std::string_view group,
                     std::span<const std::string> columns) {
  std::string all;
  for (const StoredLoad& load : loads) {
    if (!all.empty()) all += " UNION ALL ";
    all += "(" + GroupLoad(load, group, columns) + ")";
  }
  return all;
}

}  // namespace

Result<std::vector<LevelCount>> DuckdbStore::DistinctValues(std::string_view dataset,
                                                            std::string_view column) {
  const auto at_work = database_.AtWork();
  const std::scoped_lock lock(mutex_);
  PYTHIA_ASSIGN(const Current current, ReadCurrent(connection_, dataset));
  PYTHIA_TRY(CheckColumn(current.schema, column, IsTextual, "single values"));
  PYTHIA_ASSIGN(auto chunks, connection_.Query(fmt::format("SELECT level, sum(n)::BIGINT FROM ({}) "
                                                           "WHERE level IS NOT NULL GROUP BY level "
                                                           "ORDER BY level",
                                                           GroupAll(current.loads, column, {}))));
  duckdb::RowReader rows(std::move(chunks));
  std::vector<LevelCount> values;
  for (;;) {
    PYTHIA_ASSIGN(const bool more, rows.Next());
    if (!more) return values;
    values.push_back({.level = rows.Text(0), .rows = rows.Int(1)});
  }
}

Result<std::optional<Range>> DuckdbStore::ColumnRange(std::string_view dataset,
                                                      std::string_view column) {
  const auto at_work = database_.AtWork();
  const std::scoped_lock lock(mutex_);
  PYTHIA_ASSIGN(const Current current, ReadCurrent(connection_, dataset));
  PYTHIA_TRY(CheckColumn(current.schema, column, HasRange, "range"));
  std::string all;
  for (const StoredLoad& load : current.loads) {
    const int64_t position = FindColumn(load.schema, column);
    if (position < 0) continue;
    const bool is_date = load.schema[static_cast<size_t>(position)].type == ColumnType::kDate;
    const std::string value =
        is_date ? fmt::format("date_diff('day', DATE '1970-01-01', c{})", position)
                : ValueOf(load, position);
    if (!all.empty()) all += " UNION ALL ";
    all += fmt::format("SELECT min({0})::DOUBLE AS lo, max({0})::DOUBLE AS hi FROM {1}", value,
                       LoadTable(load.load_id));
  }
  PYTHIA_ASSIGN(auto chunks,
                connection_.Query(fmt::format("SELECT min(lo), max(hi) FROM ({})", all)));
  duckdb::RowReader rows(std::move(chunks));
  PYTHIA_ASSIGN(const bool found, rows.Next());
  if (!found || rows.IsNull(0)) return std::nullopt;
  return Range{rows.Number(0), rows.Number(1)};
}

Result<std::vector<GroupSums>> DuckdbStore::SumBy(std::string_view dataset, std::string_view group,
                                                  std::span<const std::string> columns) {
  const auto at_work = database_.AtWork();
  const std::scoped_lock lock(mutex_);
  PYTHIA_ASSIGN(const Current current, ReadCurrent(connection_, dataset));
  PYTHIA_TRY(CheckColumn(current.schema, group, IsTextual, "single values"));
  std::string sums;
  for (size_t i = 0; i < columns.size(); ++i) {
    PYTHIA_TRY(CheckColumn(current.schema, columns[i], IsNumeric, "sum"));
    sums += fmt::format(", coalesce(fsum(s{}), 0)", i);
  }
  PYTHIA_ASSIGN(auto chunks,
                connection_.Query(fmt::format("SELECT coalesce(level, ''), sum(n)::BIGINT{} "
                                              "FROM ({}) GROUP BY 1 ORDER BY 1",
                                              sums, GroupAll(current.loads, group, columns))));
  duckdb::RowReader rows(std::move(chunks));
  std::vector<GroupSums> groups;
  for (;;) {
    PYTHIA_ASSIGN(const bool more, rows.Next());
    if (!more) return groups;
    GroupSums sum{.level = rows.Text(0), .rows = rows.Int(1), .sums = {}};
    for (size_t i = 0; i < columns.size(); ++i) {
      sum.sums.push_back(rows.Number(static_cast<int64_t>(i) + 2));
    }
    groups.push_back(std::move(sum));
  }
}

}  // namespace pythia
