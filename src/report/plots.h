// Plots as SVG documents of their own: no scripts, no references, no ids, so that several can stand
// inline in one page. Light or dark as the reader has it. Same input, same bytes.
//
// Larger is on top; red pushes up, blue down, grey is missing or no number. Whatever a record
// holds, the result is well-formed: where there is nothing to draw, it says so and why.
#pragma once

#include <string>
#include <string_view>

#include "records/cleaning_report.h"
#include "records/explanation.h"
#include "records/recommendation.h"
#include "records/training.h"

namespace pythia {

struct WaterfallOptions {
  int most_rows = 10;     // at least 2; with more inputs, the last row is the sum of the smaller
  std::string subject{};  // what was predicted, as in a campaign's name; shown below the heading
};

// One prediction: from E[f(X)] at the bottom to f(x) at the top.
std::string WaterfallSvg(const TargetExplanation& explanation,
                         const WaterfallOptions& options = {});

// The mean size of each input's contribution.
std::string SummaryBarSvg(const TargetSummary& summary);

// Each input's contributions, a dot a campaign.
std::string BeeswarmSvg(const TargetSummary& summary);

// One input's contributions against the input: a scatter of numbers, a row per category.
std::string DependenceSvg(const TargetSummary& summary, std::string_view player);

// Predicted probabilities against what happened.
std::string CalibrationSvg(const CalibrationReport& report);

// Clicks, impressions and the ROI's probability along the budget, with 95 % bands.
std::string BudgetCurveSvg(const Recommendation& recommendation);

// The effect of each term with its 95 % interval; terms without one are named.
std::string CoefficientsSvg(const ModelReport& report);

// Rows kept and rejected, by reason.
std::string CleaningSvg(const CleaningReport& report);

}  // namespace pythia
