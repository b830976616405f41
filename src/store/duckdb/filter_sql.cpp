#include "store/duckdb/filter_sql.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "store/column_rules.h"
#include "store/duckdb/column_form.h"

namespace pythia {
namespace {

void And(std::string condition, LoadFilter* out) {
  out->where += (out->where.empty() ? " WHERE " : " AND ") + std::move(condition);
}

// "$4", with `value` as its value.
template <typename Value>
std::string Parameter(Value value, LoadFilter* out) {
  out->values.emplace_back(std::move(value));
  return fmt::format("${}", out->values.size());
}

DayValue DayFrom(double days) {
  constexpr double kLimit = std::numeric_limits<int32_t>::max() - 1;
  return {static_cast<int32_t>(std::clamp(days, -kLimit, kLimit))};
}

void AndBounds(const ColumnFilter& filter, const std::string& column, bool is_date,
               LoadFilter* out) {
  if (filter.min) {
    And(fmt::format("{} >= {}", column,
                    is_date ? Parameter(DayFrom(std::ceil(*filter.min)), out)
                            : Parameter(*filter.min, out)),
        out);
  }
  if (filter.max) {
    And(fmt::format("{} <= {}", column,
                    is_date ? Parameter(DayFrom(std::floor(*filter.max)), out)
                            : Parameter(*filter.max, out)),
        out);
  }
}

Result<std::vector<int64_t>> CodesOf(duckdb::Connection& connection, int64_t load_id,
                                     int64_t position, const std::vector<std::string>& levels) {
  PYTHIA_ASSIGN(auto select,
                connection.Prepare("SELECT code::BIGINT FROM pythia_catalog.levels "
                                   "WHERE load_id = $1 AND position = $2 AND level = $3"));
  std::vector<int64_t> codes;
  for (const std::string& level : levels) {
    PYTHIA_ASSIGN(auto chunks, select.Int(load_id).Int(position).Text(level).Execute());
    duckdb::RowReader rows(std::move(chunks));
    PYTHIA_ASSIGN(const bool found, rows.Next());
    if (found) codes.push_back(rows.Int(0));
  }
  return codes;
}

Status AndLevels(duckdb::Connection& connection, const StoredLoad& load, int64_t position,
                 const std::vector<std::string>& levels, LoadFilter* out) {
  if (load.schema[static_cast<size_t>(position)].type == ColumnType::kCategory) {
    PYTHIA_ASSIGN(const auto codes, CodesOf(connection, load.load_id, position, levels));
    out->none = out->none || codes.empty();
    if (!codes.empty()) And(fmt::format("c{} IN ({})", position, fmt::join(codes, ", ")), out);
    return {};
  }
  std::vector<std::string> parameters;
  for (const std::string& level : levels) parameters.push_back(Parameter(level, out));
  And(fmt::format("{} IN ({})", ValueOf(load, position), fmt::join(parameters, ", ")), out);
  return {};
}

}  // namespace

Result<LoadFilter> FilterOf(duckdb::Connection& connection, const StoredLoad& load,
                            const std::vector<ColumnFilter>& filters) {
  LoadFilter out;
  for (const ColumnFilter& filter : filters) {
    const int64_t position = FindColumn(load.schema, filter.column);
    if (position < 0) {
      out.none = true;
      return out;
    }
    const std::string column = ValueOf(load, position);
    const ColumnType type = load.schema[static_cast<size_t>(position)].type;
    And(column + " IS NOT NULL", &out);
    AndBounds(filter, column, type == ColumnType::kDate, &out);
    if (!filter.levels.empty()) {
      PYTHIA_TRY(AndLevels(connection, load, position, filter.levels, &out));
    }
  }
  return out;
}

}  // namespace pythia
