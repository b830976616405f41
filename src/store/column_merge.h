// The columns of a generation whose loads have different ones.
#pragma once

#include <functional>
#include <string>

#include "base/error.h"
#include "campaign/table.h"

namespace pythia {

// Whether a column that is a category in some loads and text in others has few enough texts to be
// a category of the whole.
using FitsCategory = std::function<Result<bool>(const std::string& column)>;

// The columns of `before`, then those that are new in `added`. A column of both is of their common
// type; two kinds of number give kNumber; category and text give what `fits_category` says.
// kConflict where numbers, dates and text clash.
Result<Schema> MergeColumns(const Schema& before, const Schema& added,
                            const FitsCategory& fits_category);

}  // namespace pythia
