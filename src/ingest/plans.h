// A file of plans: one campaign to come per row, in the formats and with the header names of a
// history. Outcomes are not needed.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/error.h"
#include "records/plan.h"

namespace pythia {

inline constexpr int64_t kMaxPlans = 1000000;

struct PlanFile {
  std::vector<std::string> columns;  // as understood: canonical where recognised, else the header
  std::vector<Plan> plans;           // values are the cells' text; missing cells are absent
  std::vector<int64_t> lines;        // [plans], where each stands in the file
};

// kBadInput, with the line, for a row with too many cells, for two headers that mean one column,
// and for more than kMaxPlans rows; what the file's reader fails with. Thread-safe.
Result<PlanFile> ReadPlanFile(const std::string& path);

}  // namespace pythia
