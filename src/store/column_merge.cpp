#include "store/column_merge.h"

#include <fmt/format.h>

#include "store/column_rules.h"

namespace pythia {
namespace {

// Where category and text meet, the one that wins gives the role too: an id stays an id only as
// text.
Status MergeColumn(const ColumnSpec& added, const FitsCategory& fits_category, ColumnSpec* spec) {
  if (spec->unit.empty()) spec->unit = added.unit;
  if (spec->type == added.type) return {};
  if (IsNumeric(spec->type) && IsNumeric(added.type)) {
    spec->type = ColumnType::kNumber;
    return {};
  }
  if (IsTextual(spec->type) && IsTextual(added.type)) {
    PYTHIA_ASSIGN(const bool fits, fits_category(spec->name));
    const ColumnType winner = fits ? ColumnType::kCategory : ColumnType::kText;
    if (added.type == winner) spec->role = added.role;
    spec->type = winner;
    return {};
  }
  return Fail(Error{ErrorCode::kConflict,
                    fmt::format("holds {} in the dataset, but {} in this file",
                                TypeName(spec->type), TypeName(added.type)),
                    {.column = spec->name},
                    {},
                    "Give the column another name (--map), or load the file into a dataset of its "
                    "own or with --replace."});
}

}  // namespace

Result<Schema> MergeColumns(const Schema& before, const Schema& added,
                            const FitsCategory& fits_category) {
  Schema merged = before;
  for (const ColumnSpec& spec : added) {
    const int64_t place = FindColumn(before, spec.name);
    if (place < 0) {
      merged.push_back(spec);
    } else {
      PYTHIA_TRY(MergeColumn(spec, fits_category, &merged[static_cast<size_t>(place)]));
    }
  }
  return merged;
}

}  // namespace pythia
