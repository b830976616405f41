// What may be loaded into a dataset, whatever the backend.
#pragma once

#include <string>
#include <string_view>

#include "base/error.h"
#include "records/dataset.h"
#include "store/store.h"

namespace pythia {

// A column that is text in one load and a category in another is a category up to this many texts.
inline constexpr int64_t kMaxMixedLevels = 1000;

// kUsage for a name that no dataset can have, kBadInput for no columns or one that is there twice.
Status CheckRequest(const LoadRequest& request);

// True where the same file with the same options is there already (LoadStart says when).
bool IsUnchanged(const DatasetInfo& current, const LoadRequest& request);

// kConflict where the request does not go with the dataset's current generation.
Status CheckAgainst(const DatasetInfo& current, const LoadRequest& request);

// kConflict: a copy asked for a generation's number that the dataset has had already.
Error NumberTaken(int64_t number, std::string_view dataset);

// kConflict: `taken` and `dataset` differ only in upper and lower case.
Error OnlyCaseDiffers(std::string_view taken, std::string_view dataset);

}  // namespace pythia
