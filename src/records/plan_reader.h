// Plans out of JSON text, fast and in little memory whatever comes: what /predict reads.
#pragma once

#include <string_view>
#include <vector>

#include "base/error.h"
#include "records/plan.h"

namespace pythia {

struct PlanList {
  std::vector<Plan> plans;
  bool is_array = false;
};

// One plan, or an array of 1 to kMostPlans with up to kMostPlanValues values in all. Takes and
// gives what ParseJson() and PlanFromJson() do, without a document between. kBadInput with the
// first fault; its place's column is the field where there is one, as "[2].Duration".
Result<PlanList> ReadPlanText(std::string_view text);

inline constexpr size_t kMostPlans = 10000;
inline constexpr size_t kMostPlanValues = 400000;

}  // namespace pythia
