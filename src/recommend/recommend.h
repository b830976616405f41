// The plan that a budget is best spent on, as far as the history says, and what to expect of it.
//
// Candidates are the combinations of channel, type and duration with enough campaigns near the
// budget. Each is valued by the value model plus its own campaigns' shrunken deviation from it, and
// ranked by mean - 1.28 standard deviations. The best of many estimates is too good to be true (the
// winner's curse), so the value that is stated comes from campaigns that had no part in the choice:
// five times, the choice is made without a fifth of the campaigns, and that fifth says how far the
// chosen plan's value holds. The verdict compares with the average campaign near the budget, and
// may be that nothing is better.
#pragma once

#include <string_view>

#include "base/error.h"
#include "campaign/table.h"
#include "model/model.h"
#include "recommend/values.h"
#include "records/recommendation.h"

namespace pythia {

struct Wish {
  double budget = 0;                      // above 0
  ValueKind objective = ValueKind::kRoi;  // not kImpressions
  Plan fixed;  // typed plan values that are not to be chosen; never the spend
};

// `values` were learned from `campaigns`; `model` gives the probability of a positive ROI. All
// fields but the currency and what the log needs are filled. Same input, same bits. kBadInput where
// the history lacks the objective, has no campaign with what was fixed, or too few to say anything.
Result<Recommendation> Recommend(const Table& campaigns, const ValueModels& values,
                                 const Model& model, std::string_view model_version,
                                 const Wish& wish);

}  // namespace pythia
