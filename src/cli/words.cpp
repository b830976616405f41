#include "cli/words.h"

namespace pythia {

Result<Plan> PlanFromPairs(const std::vector<std::string>& pairs) {
  Plan plan;
  for (const std::string& pair : pairs) {
    const size_t at = pair.find('=');
    if (at == std::string::npos || at == 0) {
      return Fail(Error{.code = ErrorCode::kUsage,
                        .message = "a plan is given as Key=Value",
                        .value = pair,
                        .hint = "As in Channel_Used=Email \"Acquisition_Cost=$16,174.00\""});
    }
    if (!plan.values.emplace(pair.substr(0, at), pair.substr(at + 1)).second) {
      return Fail(
          Error{.code = ErrorCode::kUsage, .message = "given twice", .value = pair.substr(0, at)});
    }
  }
  return plan;
}

}  // namespace pythia
