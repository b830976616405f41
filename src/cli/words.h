// Plans from the words of a command.
#pragma once

#include <string>
#include <vector>

#include "base/error.h"
#include "records/plan.h"

namespace pythia {

// "Key=Value" words. kUsage for a word without "=", and for a key that is given twice.
Result<Plan> PlanFromPairs(const std::vector<std::string>& pairs);

}  // namespace pythia
