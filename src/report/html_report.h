// The report that an analyst hands on: one HTML file with everything in it, plots too. It runs no
// script and fetches nothing, reads on a phone and on paper, in light and dark.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "records/explanation.h"
#include "records/model_card.h"
#include "records/recommendation.h"

namespace pythia {

struct ReportContents {
  ModelCard card;
  std::optional<ExplanationSummary> summary;  // on the response scale
  std::optional<Recommendation> recommendation;
  std::string no_recommendation;      // why there is none; a sentence without its full stop
  bool median_budget = false;         // nobody named a budget: it is the history's median spend
  std::vector<std::string> warnings;  // beside those of the card and the recommendation
  std::string made_at;                // UTC, as FormatTimestamp writes it
  std::string program;                // that made the report, "pythia 0.1.0"
};

// Text that comes from data stays text.
std::string HtmlReport(const ReportContents& contents);

// What a page of ours may do, for its meta tag and for a header: nothing but show itself.
inline constexpr std::string_view kReportPolicy =
    "default-src 'none'; style-src 'unsafe-inline'; img-src data:";

}  // namespace pythia
