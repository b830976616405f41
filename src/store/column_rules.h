// Which columns a request may name, whatever the backend.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "campaign/table.h"
#include "store/store.h"

namespace pythia {

// Text and categories: what has single values and no range.
bool IsTextual(ColumnType type);

// The place of `name`, -1 where there is none.
int64_t FindColumn(const Schema& schema, std::string_view name);

// Those of `columns`, in their order; all where it is empty. kNotFound for one that is not there.
Result<Schema> Project(const Schema& all, const std::vector<std::string>& columns);

// kBadInput where a filter does not fit the type that its column has in `schema`, kNotFound where
// there is no such column.
Status CheckFilters(const std::vector<ColumnFilter>& filters, const Schema& schema);

// kNotFound where there is no such column, kBadInput where its type does not serve: "a column of
// type count has no single values".
Status CheckColumn(const Schema& schema, std::string_view column, bool (*serves)(ColumnType),
                   std::string_view purpose);

}  // namespace pythia
