// The logs of one store into another, entry by entry.
#pragma once

#include <cstdint>
#include <stop_token>
#include <string>
#include <vector>

#include "base/error.h"
#include "base/progress.h"
#include "store/store.h"

namespace pythia {

struct LogCopy {
  std::string name;
  int64_t total = 0;
  int64_t copied = 0;
};

// What the target has must be the beginning of what the source has (but for ids), else kConflict;
// the rest is appended in its order.
Result<std::vector<LogCopy>> CopyLogs(Store& from, Store& to,
                                      const std::vector<std::string>& model_versions,
                                      Progress& progress, std::stop_token stop);

// Reads every entry.
Result<std::vector<LogCopy>> CountLogs(Store& store, const std::vector<std::string>& model_versions,
                                       std::stop_token stop);

}  // namespace pythia
