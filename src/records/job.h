// Work that goes on in the background.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "base/error.h"

namespace pythia {

struct Job {
  std::string id;
  std::string kind;   // "train", "clean"
  std::string state;  // "queued", "running", "done", "failed", "cancelled"
  std::string stage;  // what it is doing
  int64_t done = 0;   // of the stage
  int64_t total = 0;  // 0: unknown
  std::string created_at;
  std::string finished_at;       // empty: not yet
  std::string result;            // JSON of what came out; empty: nothing yet
  std::string error;             // what went wrong, for people
  std::optional<Error> problem;  // the same in its parts, but for the file
};

}  // namespace pythia
