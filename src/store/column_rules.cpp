#include "store/column_rules.h"

#include <fmt/format.h>

namespace pythia {

bool IsTextual(ColumnType type) {
  return type == ColumnType::kText || type == ColumnType::kCategory;
}

int64_t FindColumn(const Schema& schema, std::string_view name) {
  for (size_t i = 0; i < schema.size(); ++i) {
    if (schema[i].name == name) return static_cast<int64_t>(i);
  }
  return -1;
}

Result<Schema> Project(const Schema& all, const std::vector<std::string>& columns) {
  if (columns.empty()) return all;
  Schema schema;
  for (const std::string& name : columns) {
    const int64_t place = FindColumn(all, name);
    if (place < 0) {
      return Fail(Error{ErrorCode::kNotFound, "no column of this name in the dataset", {}, name});
    }
    schema.push_back(all[static_cast<size_t>(place)]);
  }
  return schema;
}

Status CheckFilters(const std::vector<ColumnFilter>& filters, const Schema& schema) {
  for (const ColumnFilter& filter : filters) {
    const int64_t place = FindColumn(schema, filter.column);
    if (place < 0) {
      return Fail(
          Error{ErrorCode::kNotFound, "no column of this name to filter by", {}, filter.column});
    }
    const ColumnType type = schema[static_cast<size_t>(place)].type;
    const bool has_bounds = filter.min || filter.max;
    if (IsTextual(type) ? has_bounds : !filter.levels.empty()) {
      return Fail(Error{ErrorCode::kBadInput,
                        fmt::format("a column of type {} is filtered by {}", TypeName(type),
                                    IsTextual(type) ? "its values, not by a range"
                                                    : "a range, not by single values"),
                        {.column = filter.column}});
    }
  }
  return {};
}

Status CheckColumn(const Schema& schema, std::string_view column, bool (*serves)(ColumnType),
                   std::string_view purpose) {
  const int64_t place = FindColumn(schema, column);
  if (place < 0) {
    return Fail(Error{
        ErrorCode::kNotFound, "no column of this name in the dataset", {}, std::string(column)});
  }
  const ColumnType type = schema[static_cast<size_t>(place)].type;
  if (serves(type)) return {};
  return Fail(Error{ErrorCode::kBadInput,
                    fmt::format("a column of type {} has no {}", TypeName(type), purpose),
                    {.column = std::string(column)}});
}

}  // namespace pythia
