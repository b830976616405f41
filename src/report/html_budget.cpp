#include <cmath>

#include <fmt/format.h>

#include "campaign/schema.h"
#include "report/html_parts.h"
#include "report/plot_text.h"
#include "report/plots.h"

namespace pythia::html {
namespace {

using FigureWords = std::string (*)(double);

std::string ClicksWords(double value) { return plot::NumberText(value, 0); }
std::string RatioWords(double value) { return plot::NumberText(value, 2); }
std::string CtrWords(double value) { return plot::NumberText(100 * value, 2) + " %"; }

FigureWords WordsOf(std::string_view objective) {
  return objective == "clicks" ? ClicksWords : objective == "ctr" ? CtrWords : RatioWords;
}

std::string_view ObjectiveName(std::string_view objective) {
  return objective == "roi" ? "ROI" : objective == "ctr" ? "CTR" : objective;
}

std::string Between(const Interval& interval, FigureWords words) {
  return words(interval.lower) + " to " + words(interval.upper);
}

void WriteFigure(const std::string& figure, const std::string& interval, HtmlWriter* page) {
  const auto cell = page->In("td", "n");
  page->Text(figure);
  if (!interval.empty()) page->Leaf("span", interval, "small");
}

struct Outcome {
  std::string_view name;
  std::string_view note;
  const std::optional<Expected>& plan;
  const std::optional<Expected>& average;
  FigureWords words = nullptr;
};

void WriteOutcome(const Outcome& outcome, HtmlWriter* page) {
  if (!outcome.plan) return;
  const auto row = page->In("tr");
  {
    const auto head = page->In("th");
    page->Text(outcome.name);
    page->Leaf("span", outcome.note, "small");
  }
  for (const std::optional<Expected>& expected : {outcome.plan, outcome.average}) {
    WriteFigure(expected ? outcome.words(expected->value) : "",
                expected ? Between(expected->interval, outcome.words) : "", page);
  }
}

void WriteProbability(const Recommendation& r, HtmlWriter* page) {
  if (!r.roi_probability) return;
  const std::string what =
      r.roi_threshold_rule == "break_even"
          ? "Probability of ROI above 0"
          : fmt::format("Probability of ROI above {}{}",
                        r.roi_threshold_rule == "median" ? "your median, " : "",
                        RatioWords(r.roi_threshold.value_or(0)));
  const auto row = page->In("tr");
  {
    const auto head = page->In("th");
    page->Text(what);
    page->Leaf("span", "how likely it is that the campaign pays off so well", "small");
  }
  std::string interval;
  if (r.roi_probability_interval) {
    interval = plot::PercentText(r.roi_probability_interval->lower) + " to " +
               plot::PercentText(r.roi_probability_interval->upper);
  }
  WriteFigure(plot::PercentText(*r.roi_probability), interval, page);
  page->Leaf("td", "", "n");
}

void WriteExpected(const Recommendation& r, HtmlWriter* page) {
  const auto wide = page->In("div", "wide");
  const auto table = page->In("table");
  WriteHead({"To be expected", "This plan", "Your average"}, 1, page);
  const auto body = page->In("tbody");
  const Performance& average = r.average.expected;
  WriteOutcome({"Clicks", "below each figure, its 95 % interval", r.expected.clicks, average.clicks,
                ClicksWords},
               page);
  WriteOutcome({"CTR", "clicks per time the ad is shown", r.expected.ctr, average.ctr, CtrWords},
               page);
  WriteOutcome({"ROI", "(revenue \xE2\x88\x92 spend) / spend; 0 is break-even", r.expected.roi,
                average.roi, RatioWords},
               page);
  WriteProbability(r, page);
}

void WriteEvidence(const Recommendation& r, HtmlWriter* page) {
  const Evidence& e = r.evidence;
  page->Leaf("h3", "What this rests on");
  page->Leaf("p",
             fmt::format("{} spent {} to {}, near this budget; {} of them were like this plan. "
                         "{} had enough campaigns to be compared. {} valued the choice without "
                         "having had a part in making it.",
                         Counted(e.near_budget, "campaign", "campaigns"),
                         MoneyWords(e.spend_from, ""), MoneyWords(e.spend_to, r.currency),
                         plot::CountText(e.like_it), Counted(e.candidates, "plan", "plans"),
                         Counted(e.held_out, "campaign", "campaigns")));
}

void WriteAlternatives(const Recommendation& r, HtmlWriter* page) {
  if (r.alternatives.empty()) return;
  page->Leaf("h3", "Next in line");
  const FigureWords words = WordsOf(r.objective);
  const auto wide = page->In("div", "wide");
  const auto table = page->In("table", "prose");
  WriteHead({"Plan", ObjectiveName(r.objective), "95 % interval", "Campaigns like it"}, 1, page);
  const auto body = page->In("tbody");
  for (const Alternative& other : r.alternatives) {
    WriteRow({PlanWords(other.plan), words(other.expected.value),
              Between(other.expected.interval, words), plot::CountText(other.campaigns)},
             1, page);
  }
}

void WritePlan(const Recommendation& r, HtmlWriter* page) {
  const auto facts = page->In("dl", "facts");
  WriteFact("Spend", MoneyWords(r.used_budget, r.currency), page);
  for (const auto& [name, value] : r.plan.values) {
    if (name == column::kAcquisitionCost) continue;
    WriteFact(PlainName(name), ValueWords(name, value), page);
  }
}

void WriteRecommendation(const Recommendation& r, bool median_budget, HtmlWriter* page) {
  std::string budget = fmt::format("The budget here is {}", MoneyWords(r.budget, r.currency));
  if (median_budget) budget += ", the median spend of the history: half of the campaigns had less";
  if (std::abs(r.used_budget - r.budget) > 1e-9 * r.budget) {
    budget += fmt::format("; the nearest that the history supports is {}",
                          MoneyWords(r.used_budget, r.currency));
  }
  page->Leaf("p", fmt::format("{}. Plans are ranked by their {}.", budget,
                              r.objective == "clicks" ? "clicks"
                              : r.objective == "ctr"  ? "CTR (clicks per time the ad is shown)"
                                                      : "ROI ((revenue \xE2\x88\x92 spend) / "
                                                        "spend)"));
  const bool better = r.verdict == "better";
  {
    const auto verdict = page->In("p");
    page->Leaf("strong", better ? "Better than your average. " : "No plan stands out. ");
    page->Text(Sentence(r.words));
  }
  page->Leaf("h3", better ? "The recommended plan" : "The plan that ranks first");
  WritePlan(r, page);
  WriteExpected(r, page);
  if (!r.curve.empty()) page->Plot(BudgetCurveSvg(r));
  WriteEvidence(r, page);
  WriteAlternatives(r, page);
}

}  // namespace

void WriteBudget(const ReportContents& contents, HtmlWriter* page) {
  if (!contents.recommendation && contents.no_recommendation.empty()) return;
  const auto section = page->In("section");
  page->Leaf("h2", "What a budget is best spent on");
  if (contents.recommendation) {
    WriteRecommendation(*contents.recommendation, contents.median_budget, page);
    return;
  }
  page->Leaf("p", "This history supports no recommendation: " + contents.no_recommendation + ".");
}

}  // namespace pythia::html
