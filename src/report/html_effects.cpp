#include <algorithm>

#include <fmt/format.h>

#include "records/model_words.h"
#include "report/html_parts.h"
#include "report/plots.h"

namespace pythia::html {
namespace {

std::string_view TargetTitle(std::string_view target) {
  return target == "roi" ? "The probability that the ROI is good" : "Clicks, given the impressions";
}

bool AnythingMoves(const TargetSummary& target) {
  return std::any_of(target.players.begin(), target.players.end(),
                     [](const PlayerSummary& player) { return player.mean_absolute > 0; });
}

// Without the levels that no campaign has, which have no effect to show.
ModelReport WithEffects(ModelReport model) {
  std::erase_if(model.coefficients, [](const Coefficient& coefficient) {
    return !coefficient.effect && coefficient.value == 0;
  });
  return model;
}

}  // namespace

void WriteWhatMatters(const ExplanationSummary& summary, HtmlWriter* page) {
  const auto section = page->In("section");
  page->Leaf("h2", "What matters");
  if (std::any_of(summary.targets.begin(), summary.targets.end(), AnythingMoves)) {
    page->Leaf("p",
               "Each prediction is split, to the last digit, into what every input added to the "
               "average campaign or took from it (its Shapley value). The bars show how large that "
               "share is on average. Below them every dot is one campaign: right of 0 the input "
               "added, left it took away; red where the input itself was high, blue where low.");
  }
  for (const TargetSummary& target : summary.targets) {
    if (AnythingMoves(target)) {
      page->Plot(SummaryBarSvg(target));
      page->Plot(BeeswarmSvg(target));
    } else {
      page->Leaf("h3", TargetTitle(target.target));
      page->Leaf("p", "Nothing known before a launch moves it: one figure serves all campaigns.");
    }
  }
  if (summary.targets.empty()) page->Leaf("p", "There is no model to explain.");
}

void WriteEffects(const TrainingReport& report, HtmlWriter* page) {
  const bool any = std::any_of(report.models.begin(), report.models.end(),
                               [](const auto& item) { return !item.second.coefficients.empty(); });
  if (!any) return;
  const auto section = page->In("section");
  page->Leaf("h2", "Effects, and how sure they are");
  page->Leaf("p",
             "What goes together with each input while the others stay the same. A line is the 95 "
             "% interval: as far as this history pins the effect down. Where it crosses 0, chance "
             "alone explains it. Effects are associations in this history, never causes.");
  page->Leaf("p",
             "They are logarithms, which add up: +0.10 is about 10 % more clicks or impressions, "
             "or 10 % better odds of a good ROI.");
  for (const std::string_view name : {"clicks", "roi", "reach"}) {
    const auto found = report.models.find(std::string(name));
    if (found == report.models.end() || found->second.coefficients.empty()) continue;
    page->Leaf("h3", ModelTitle(name, report));
    if (HasSignal(found->second)) {
      page->Plot(CoefficientsSvg(WithEffects(found->second)));
    } else {
      page->Leaf("p",
                 "This model predicts no better than its baseline and is not used. Among its many "
                 "terms some would look sure by chance alone, so none is shown.",
                 "quiet");
    }
  }
}

}  // namespace pythia::html
