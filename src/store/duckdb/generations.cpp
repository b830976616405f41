#include "store/duckdb/generations.h"

#include <map>
#include <utility>

#include <fmt/format.h>

#include "store/duckdb/catalog.h"
#include "store/duckdb/layout.h"
#include "store/load_rules.h"

namespace pythia {
namespace {

struct DatasetRow {
  int64_t current = 0;  // 0: there is no such dataset
  int64_t last = 0;
};

Result<DatasetRow> ReadDataset(duckdb::Connection& connection, std::string_view dataset) {
  PYTHIA_ASSIGN(auto select, connection.Prepare("SELECT current_generation, last_generation FROM "
                                                "pythia_catalog.datasets WHERE name = $1"));
  PYTHIA_ASSIGN(auto chunks, select.Text(dataset).Execute());
  duckdb::RowReader rows(std::move(chunks));
  PYTHIA_ASSIGN(const bool found, rows.Next());
  if (!found) return DatasetRow{};
  return DatasetRow{rows.Int(0), rows.Int(1)};
}

Status WriteDataset(duckdb::Connection& connection, std::string_view dataset,
                    const DatasetRow& before, int64_t number) {
  const char* sql = before.current == 0
                        ? "INSERT INTO pythia_catalog.datasets VALUES ($1, $2, $2)"
                        : "UPDATE pythia_catalog.datasets SET current_generation = $2, "
                          "last_generation = $2 WHERE name = $1";
  PYTHIA_ASSIGN(auto write, connection.Prepare(sql));
  return write.Text(dataset).Int(number).Run();
}

Status WriteRow(duckdb::Connection& connection, const NewGeneration& generation,
                const DatasetRow& before, int64_t number) {
  PYTHIA_ASSIGN(
      auto insert,
      connection.Prepare("INSERT INTO pythia_catalog.generations VALUES ($1, $2, $3, $4, $5, $6, "
                         "$7)"));
  insert.Text(generation.dataset).Int(number);
  if (before.current == 0) {
    insert.Null();
  } else {
    insert.Int(before.current);
  }
  return insert.Text(generation.grain)
      .Text(generation.currency)
      .Int(generation.rows)
      .Text(generation.created_at)
      .Run();
}

Status WriteColumns(duckdb::Connection& connection, const NewGeneration& generation,
                    int64_t number) {
  PYTHIA_ASSIGN(auto insert,
                connection.Prepare("INSERT INTO pythia_catalog.generation_columns VALUES "
                                   "($1, $2, $3, $4, $5, $6, $7)"));
  int64_t position = 0;
  for (const ColumnSpec& spec : generation.schema) {
    PYTHIA_TRY(insert.Text(generation.dataset)
                   .Int(number)
                   .Int(position++)
                   .Text(spec.name)
                   .Text(TypeName(spec.type))
                   .Text(RoleName(spec.role))
                   .Text(spec.unit)
                   .Run());
  }
  return {};
}

Status WriteLoads(duckdb::Connection& connection, const NewGeneration& generation, int64_t number) {
  PYTHIA_ASSIGN(
      auto insert,
      connection.Prepare("INSERT INTO pythia_catalog.generation_loads VALUES ($1, $2, $3, $4)"));
  int64_t position = 0;
  for (const int64_t load_id : generation.load_ids) {
    PYTHIA_TRY(insert.Text(generation.dataset).Int(number).Int(position++).Int(load_id).Run());
  }
  return {};
}

Result<std::vector<int64_t>> OrphanedLoads(duckdb::Connection& connection,
                                           std::string_view dataset) {
  PYTHIA_ASSIGN(
      auto select,
      connection.Prepare("SELECT load_id FROM pythia_catalog.loads WHERE dataset = $1 AND "
                         "load_id NOT IN (SELECT load_id FROM pythia_catalog.generation_loads) "
                         "ORDER BY load_id"));
  PYTHIA_ASSIGN(auto chunks, select.Text(dataset).Execute());
  duckdb::RowReader rows(std::move(chunks));
  std::vector<int64_t> ids;
  for (;;) {
    PYTHIA_ASSIGN(const bool more, rows.Next());
    if (!more) return ids;
    ids.push_back(rows.Int(0));
  }
}

Status DropLoad(duckdb::Connection& connection, int64_t load_id) {
  return connection.Run(
      fmt::format("DROP TABLE {0}; DELETE FROM pythia_catalog.levels WHERE load_id = {1}; "
                  "DELETE FROM pythia_catalog.load_columns WHERE load_id = {1}; "
                  "DELETE FROM pythia_catalog.loads WHERE load_id = {1};",
                  LoadTable(load_id), load_id));
}

}  // namespace

Status WriteGeneration(duckdb::Connection& connection, const NewGeneration& generation) {
  PYTHIA_ASSIGN(const DatasetRow before, ReadDataset(connection, generation.dataset));
  const int64_t number = generation.number == 0 ? before.last + 1 : generation.number;
  if (number <= before.last) return Fail(NumberTaken(number, generation.dataset));
  PYTHIA_TRY(WriteDataset(connection, generation.dataset, before, number));
  PYTHIA_TRY(WriteRow(connection, generation, before, number));
  PYTHIA_TRY(WriteColumns(connection, generation, number));
  return WriteLoads(connection, generation, number);
}

Status SetCurrent(duckdb::Connection& connection, std::string_view dataset, int64_t generation) {
  PYTHIA_ASSIGN(auto update,
                connection.Prepare("UPDATE pythia_catalog.datasets SET current_generation = $2 "
                                   "WHERE name = $1"));
  return update.Text(dataset).Int(generation).Run();
}

Status DropGenerations(duckdb::Connection& connection, std::string_view dataset,
                       const std::vector<int64_t>& generations) {
  for (const char* table : {"generations", "generation_columns", "generation_loads"}) {
    PYTHIA_ASSIGN(
        auto remove,
        connection.Prepare(fmt::format(
            "DELETE FROM pythia_catalog.{} WHERE dataset = $1 AND generation = $2", table)));
    for (const int64_t generation : generations) {
      PYTHIA_TRY(remove.Text(dataset).Int(generation).Run());
    }
  }
  PYTHIA_ASSIGN(const auto orphans, OrphanedLoads(connection, dataset));
  for (const int64_t load_id : orphans) PYTHIA_TRY(DropLoad(connection, load_id));
  return {};
}

Result<std::vector<int64_t>> CurrentAndBefore(duckdb::Connection& connection,
                                              std::string_view dataset) {
  PYTHIA_ASSIGN(auto select,
                connection.Prepare("SELECT generation, previous FROM pythia_catalog.generations "
                                   "WHERE dataset = $1"));
  PYTHIA_ASSIGN(auto chunks, select.Text(dataset).Execute());
  duckdb::RowReader rows(std::move(chunks));
  std::map<int64_t, int64_t> previous;
  for (;;) {
    PYTHIA_ASSIGN(const bool more, rows.Next());
    if (!more) break;
    previous[rows.Int(0)] = rows.Int(1);
  }
  PYTHIA_ASSIGN(const DatasetRow dataset_row, ReadDataset(connection, dataset));
  std::vector<int64_t> way;
  for (int64_t at = dataset_row.current; previous.contains(at); at = previous[at]) {
    way.push_back(at);
  }
  return way;
}

}  // namespace pythia
