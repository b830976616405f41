#include "store/duckdb/catalog.h"

#include <string>
#include <utility>

#include <fmt/format.h>

namespace pythia {
namespace {

Result<ColumnSpec> SpecFrom(const duckdb::RowReader& rows, int64_t first) {
  ColumnSpec spec;
  spec.name = rows.Text(first);
  spec.unit = rows.Text(first + 3);
  if (!ParseTypeName(rows.Text(first + 1), &spec.type) ||
      !ParseRoleName(rows.Text(first + 2), &spec.role)) {
    return Fail(Error{ErrorCode::kInternal,
                      "the store names a column type or role that this program does not know",
                      {.column = spec.name},
                      rows.Text(first + 1) + ", " + rows.Text(first + 2)});
  }
  return spec;
}

Status ReadColumns(duckdb::Connection& connection, DatasetInfo* info) {
  PYTHIA_ASSIGN(
      auto select,
      connection.Prepare("SELECT name, type, role, unit FROM pythia_catalog.generation_columns "
                         "WHERE dataset = $1 AND generation = $2 ORDER BY position"));
  PYTHIA_ASSIGN(auto chunks, select.Text(info->name).Int(info->generation).Execute());
  duckdb::RowReader rows(std::move(chunks));
  for (;;) {
    PYTHIA_ASSIGN(const bool more, rows.Next());
    if (!more) return {};
    PYTHIA_ASSIGN(ColumnSpec spec, SpecFrom(rows, 0));
    info->schema.push_back(std::move(spec));
  }
}

Result<std::vector<StoredLoad>> ReadLoadRows(duckdb::Connection& connection,
                                             std::string_view dataset, int64_t generation) {
  PYTHIA_ASSIGN(auto select,
                connection.Prepare("SELECT l.load_id, l.sha256, l.options, l.source, l.row_count, "
                                   "l.loaded_at FROM pythia_catalog.generation_loads g "
                                   "JOIN pythia_catalog.loads l ON l.load_id = g.load_id "
                                   "WHERE g.dataset = $1 AND g.generation = $2 "
                                   "ORDER BY g.position"));
  PYTHIA_ASSIGN(auto chunks, select.Text(dataset).Int(generation).Execute());
  duckdb::RowReader rows(std::move(chunks));
  std::vector<StoredLoad> loads;
  for (;;) {
    PYTHIA_ASSIGN(const bool more, rows.Next());
    if (!more) return loads;
    StoredLoad load;
    load.load_id = rows.Int(0);
    load.info = {.sha256 = rows.Text(1),
                 .options = rows.Text(2),
                 .source = rows.Text(3),
                 .rows = rows.Int(4),
                 .loaded_at = rows.Text(5)};
    loads.push_back(std::move(load));
  }
}

}  // namespace

Result<std::optional<DatasetInfo>> ReadGeneration(duckdb::Connection& connection,
                                                  std::string_view dataset, int64_t generation) {
  PYTHIA_ASSIGN(auto select, connection.Prepare(
                                 "SELECT g.generation, g.generation = d.current_generation, "
                                 "g.grain, g.currency, g.row_count, g.created_at, g.previous "
                                 "FROM pythia_catalog.datasets d JOIN pythia_catalog.generations g "
                                 "ON g.dataset = d.name WHERE d.name = $1 AND g.generation = "
                                 "CASE WHEN $2 = 0 THEN d.current_generation ELSE $2 END"));
  PYTHIA_ASSIGN(auto chunks, select.Text(dataset).Int(generation).Execute());
  duckdb::RowReader rows(std::move(chunks));
  PYTHIA_ASSIGN(const bool found, rows.Next());
  if (!found) return std::nullopt;
  DatasetInfo info;
  info.name = dataset;
  info.generation = rows.Int(0);
  info.current = rows.Bool(1);
  info.grain = rows.Text(2);
  info.currency = rows.Text(3);
  info.rows = rows.Int(4);
  info.created_at = rows.Text(5);
  if (!rows.IsNull(6)) info.previous = rows.Int(6);
  PYTHIA_TRY(ReadColumns(connection, &info));
  PYTHIA_ASSIGN(auto loads, ReadLoadRows(connection, dataset, info.generation));
  for (StoredLoad& load : loads) info.loads.push_back(std::move(load.info));
  return info;
}

Result<DatasetInfo> RequireGeneration(duckdb::Connection& connection, std::string_view dataset,
                                      int64_t generation) {
  PYTHIA_ASSIGN(auto info, ReadGeneration(connection, dataset, generation));
  if (info) return *std::move(info);
  Error error{ErrorCode::kNotFound, "no dataset of this name", {}, std::string(dataset)};
  if (generation != 0) {
    error.message = fmt::format("no generation {} of this dataset", generation);
  }
  return Fail(std::move(error));
}

Result<std::vector<StoredLoad>> ReadLoads(duckdb::Connection& connection, std::string_view dataset,
                                          int64_t generation) {
  PYTHIA_ASSIGN(auto loads, ReadLoadRows(connection, dataset, generation));
  PYTHIA_ASSIGN(auto select,
                connection.Prepare(
                    "SELECT g.position, c.name, c.type, c.role, c.unit, c.whole, c.derived "
                    "FROM pythia_catalog.generation_loads g JOIN pythia_catalog.load_columns c "
                    "ON c.load_id = g.load_id "
                    "WHERE g.dataset = $1 AND g.generation = $2 "
                    "ORDER BY g.position, c.position"));
  PYTHIA_ASSIGN(auto chunks, select.Text(dataset).Int(generation).Execute());
  duckdb::RowReader rows(std::move(chunks));
  for (;;) {
    PYTHIA_ASSIGN(const bool more, rows.Next());
    if (!more) return loads;
    PYTHIA_ASSIGN(ColumnSpec spec, SpecFrom(rows, 1));
    StoredLoad& load = loads.at(static_cast<size_t>(rows.Int(0)));
    load.schema.push_back(std::move(spec));
    load.whole.push_back(rows.Bool(5));
    load.derived.push_back(rows.Bool(6));
  }
}

Result<std::vector<int64_t>> GenerationNumbers(duckdb::Connection& connection,
                                               std::string_view dataset) {
  PYTHIA_ASSIGN(auto select, connection.Prepare("SELECT generation FROM pythia_catalog.generations "
                                                "WHERE dataset = $1 ORDER BY generation"));
  PYTHIA_ASSIGN(auto chunks, select.Text(dataset).Execute());
  duckdb::RowReader rows(std::move(chunks));
  std::vector<int64_t> numbers;
  for (;;) {
    PYTHIA_ASSIGN(const bool more, rows.Next());
    if (!more) return numbers;
    numbers.push_back(rows.Int(0));
  }
}

}  // namespace pythia
