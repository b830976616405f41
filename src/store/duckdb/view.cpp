// The view of a dataset for people and BI tools: text instead of codes, whole counts as integers,
// dates as dates, all columns of all loads.
#include <set>
#include <string>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "duckdb/quoting.h"
#include "store/column_rules.h"
#include "store/duckdb/catalog.h"
#include "store/duckdb/column_form.h"
#include "store/duckdb/generations.h"
#include "store/duckdb/layout.h"

namespace pythia {
namespace {

std::string LowerCase(std::string text) {
  for (char& c : text) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  return text;
}

// One name per column. DuckDB takes "spend" and "Spend" for the same, so the later gets a number.
std::vector<std::string> ViewNames(const Schema& schema) {
  std::set<std::string> taken;
  std::vector<std::string> names;
  for (const ColumnSpec& spec : schema) {
    std::string quoted = duckdb::QuoteName(spec.name);
    for (int number = 2; !taken.insert(LowerCase(quoted)).second; ++number) {
      quoted = duckdb::QuoteName(fmt::format("{}_{}", spec.name, number));
    }
    names.push_back(std::move(quoted));
  }
  return names;
}

std::string Expression(const StoredLoad& load, int64_t position) {
  switch (load.schema[static_cast<size_t>(position)].type) {
    case ColumnType::kCategory:
      return fmt::format(
          "(SELECT list(level ORDER BY code) FROM pythia_catalog.levels WHERE load_id = {0} AND "
          "position = {1})[c{1} + 1]",
          load.load_id, position);
    case ColumnType::kCount:
      if (load.whole[static_cast<size_t>(position)]) {
        return fmt::format("CAST(c{} AS BIGINT)", position);
      }
      break;
    case ColumnType::kText:
    case ColumnType::kNumber:
    case ColumnType::kMoney:
      return ValueOf(load, position);
    case ColumnType::kDate:
      break;
  }
  return fmt::format("c{}", position);
}

std::string_view MissingValue(ColumnType type) {
  if (IsNumeric(type)) return "NULL::BIGINT";
  return type == ColumnType::kDate ? "NULL::DATE" : "NULL::VARCHAR";
}

std::string SelectLoad(const StoredLoad& load, const Schema& schema,
                       const std::vector<std::string>& names) {
  std::string columns;
  for (size_t i = 0; i < schema.size(); ++i) {
    const int64_t position = FindColumn(load.schema, schema[i].name);
    if (i > 0) columns += ", ";
    columns +=
        position < 0 ? std::string(MissingValue(schema[i].type)) : Expression(load, position);
    columns += " AS " + names[i];
  }
  return fmt::format("SELECT {} FROM {}", columns, LoadTable(load.load_id));
}

// "file"."schema"."dataset". The file's own name is part of it, because it may be the schema's too.
Result<std::string> ViewName(duckdb::Connection& connection, const std::string& schema,
                             std::string_view dataset) {
  PYTHIA_ASSIGN(auto chunks, connection.Query("SELECT current_database()"));
  duckdb::RowReader rows(std::move(chunks));
  PYTHIA_TRY(rows.Next());
  return fmt::format("{}.{}.{}", duckdb::QuoteName(rows.Text(0)), duckdb::QuoteName(schema),
                     duckdb::QuoteName(dataset));
}

}  // namespace

Status WriteView(duckdb::Connection& connection, const std::string& schema,
                 std::string_view dataset) {
  PYTHIA_ASSIGN(const DatasetInfo info, RequireGeneration(connection, dataset, 0));
  PYTHIA_ASSIGN(const auto loads, ReadLoads(connection, dataset, info.generation));
  const std::vector<std::string> names = ViewNames(info.schema);
  PYTHIA_ASSIGN(std::string sql, ViewName(connection, schema, dataset));
  sql = "CREATE OR REPLACE VIEW " + sql + " AS ";
  for (size_t i = 0; i < loads.size(); ++i) {
    if (i > 0) sql += " UNION ALL ";
    sql += SelectLoad(loads[i], info.schema, names);
  }
  return connection.Run(sql);
}

Status DropView(duckdb::Connection& connection, const std::string& schema,
                std::string_view dataset) {
  PYTHIA_ASSIGN(const std::string name, ViewName(connection, schema, dataset));
  return connection.Run("DROP VIEW IF EXISTS " + name);
}

}  // namespace pythia
