// A scan's filters as SQL over the columns of one load.
#pragma once

#include <string>
#include <variant>
#include <vector>

#include "base/error.h"
#include "campaign/table.h"
#include "duckdb/database.h"
#include "store/duckdb/catalog.h"
#include "store/store.h"

namespace pythia {

// A day, as a parameter.
struct DayValue {
  int32_t days = 0;
};

struct LoadFilter {
  bool none = false;  // no row can match: the load lacks a column or all of its levels
  std::string where;  // " WHERE ..." or empty
  std::vector<std::variant<double, DayValue, std::string>> values;  // its parameters, in order
};

// Requires CheckFilters() of the scan's schema.
Result<LoadFilter> FilterOf(duckdb::Connection& connection, const StoredLoad& load,
                            const std::vector<ColumnFilter>& filters);

}  // namespace pythia
