// Everything of one store into another, whatever the backends; and whether a store holds what it
// says.
//
// A copy has the datasets with the generations that are current or that restoring leads back to,
// by their numbers and times, load by load; the models with their bytes, and which are active; the
// logs, evaluations, experiments and the audit trail, whose ids are given anew. What is there
// already is compared and not written again, so that a copy that was interrupted goes on; where the
// target holds something else, it is kConflict and nothing is overwritten. Nothing is deleted.
// Neither store may be written to meanwhile.
#pragma once

#include <cstdint>
#include <stop_token>
#include <string>
#include <vector>

#include "base/error.h"
#include "base/progress.h"
#include "store/store.h"

namespace pythia {

// How much of each the target now has, and how much of it was there before.
struct CopiedPart {
  std::string name;  // "generations", "campaigns", "models", "predictions" ...
  int64_t total = 0;
  int64_t copied = 0;
};

// Compared after they are written: every campaign by SHA-256, every model byte by byte, the logs
// entry by entry.
Result<std::vector<CopiedPart>> CopyStore(Store& from, Store& to, Progress& progress,
                                          std::stop_token stop);

// What was found to be whole; the first fault as an error.
Result<std::vector<CopiedPart>> VerifyStore(Store& store, Progress& progress, std::stop_token stop);

}  // namespace pythia
