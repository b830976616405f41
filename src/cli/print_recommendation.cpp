#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include "campaign/schema.h"
#include "cli/print.h"
#include "cli/terminal.h"

namespace pythia {
namespace {

constexpr int kCurveBar = 24;
constexpr size_t kCurveRows = 9;

std::string Text(const PlanValue& value) {
  if (const auto* text = std::get_if<std::string>(&value)) return Printable(*text);
  return ShortNumber(std::get<double>(value));
}

std::string PlanText(const Plan& plan) {
  std::string text;
  for (const auto& [name, value] : plan.values) {
    if (name == column::kAcquisitionCost) continue;
    text += (text.empty() ? "" : ", ") + Printable(name) + " " + Text(value);
    if (name == column::kDuration) text += " days";
  }
  return text.empty() ? "any plan" : text;
}

std::string BudgetText(double value) {
  return value < 100 ? fmt::format("{:.2f}", value) : WithCommas(std::llround(value));
}
std::string ClicksText(double value) { return WithCommas(std::llround(value)); }
std::string RatioText(double value) { return fmt::format("{:.2f}", value); }
std::string CtrText(double value) { return Percent(value, 2); }

using NumberText = std::string (*)(double);

std::string Between(const Interval& interval, NumberText text) {
  return text(interval.lower) + " to " + text(interval.upper);
}

void PrintExpected(const Recommendation& r) {
  TextTable table({"expected", "this plan", "95 % interval", "your average", "95 % interval"});
  const auto add = [&](const char* name, const std::optional<Expected>& plan,
                       const std::optional<Expected>& average, NumberText text) {
    if (!plan) return;
    table.AddRow({name, text(plan->value), Between(plan->interval, text),
                  average ? text(average->value) : "",
                  average ? Between(average->interval, text) : ""});
  };
  add("clicks", r.expected.clicks, r.average.expected.clicks, ClicksText);
  add("CTR", r.expected.ctr, r.average.expected.ctr, CtrText);
  add("ROI", r.expected.roi, r.average.expected.roi, RatioText);
  if (r.average.roi_by_spend) {
    table.AddRow({"ROI, weighted by spend", "", "", RatioText(*r.average.roi_by_spend), ""});
  }
  if (r.roi_probability) {
    const std::string what =
        r.roi_threshold_rule == "break_even"
            ? "probability of ROI above break-even"
            : fmt::format("probability of ROI above {}{:.2f}",
                          r.roi_threshold_rule == "median" ? "your median, " : "",
                          r.roi_threshold.value_or(0));
    table.AddRow({what, Percent(*r.roi_probability),
                  r.roi_probability_interval ? Between(*r.roi_probability_interval,
                                                       [](double value) { return Percent(value); })
                                             : "",
                  "", ""});
  }
  Print(table.ToString());
}

void PrintAlternatives(const Recommendation& r) {
  if (r.alternatives.empty()) return;
  const NumberText text = r.objective == "clicks" ? ClicksText
                          : r.objective == "ctr"  ? CtrText
                                                  : RatioText;
  const std::string name = r.objective == "roi"   ? "ROI"
                           : r.objective == "ctr" ? "CTR"
                                                  : r.objective;
  TextTable table({"next in line", name, "95 % interval", "campaigns"});
  for (const Alternative& other : r.alternatives) {
    table.AddRow({PlanText(other.plan), text(other.expected.value),
                  Between(other.expected.interval, text), WithCommas(other.campaigns)});
  }
  Print(table.ToString());
}

void PrintCurve(const Recommendation& r) {
  if (r.curve.empty() || !r.curve.front().clicks) return;
  double most = 0;
  for (const CurvePoint& point : r.curve) most = std::max(most, point.clicks->interval.upper);
  TextTable table({"with a budget of", "clicks", "95 % interval", "", "campaigns"});
  table.Left(3);
  const size_t rows = std::min(kCurveRows, r.curve.size());
  for (size_t i = 0; i < rows; ++i) {
    const CurvePoint& point = r.curve[rows > 1 ? i * (r.curve.size() - 1) / (rows - 1) : 0];
    table.AddRow({BudgetText(point.budget), ClicksText(point.clicks->value),
                  Between(point.clicks->interval, ClicksText),
                  Bar(most > 0 ? point.clicks->value / most : 0, kCurveBar),
                  WithCommas(point.campaigns)});
  }
  Print(table.ToString());
}

}  // namespace

void PrintRecommendation(const Recommendation& r) {
  const std::string currency = r.currency.empty() ? "" : " " + r.currency;
  const bool better = r.verdict == "better";
  Print(Bold(fmt::format("{}{}{}", better ? "recommended for " : "nothing stands out for ",
                         BudgetText(r.used_budget), currency) +
             (better ? ": " + PlanText(r.plan) : "")));
  Print("  " + Printable(r.words, 400) + "\n");
  if (!better && !r.decided.empty()) Print("the plan that ranks first: " + PlanText(r.plan) + "\n");
  PrintExpected(r);
  const Evidence& e = r.evidence;
  Print(fmt::format(
      "evidence: {} campaigns spent {} to {}; {} were like this plan; plans with enough to be "
      "compared: {}; {} campaigns valued the choice without having made it\n",
      WithCommas(e.near_budget), BudgetText(e.spend_from), BudgetText(e.spend_to),
      WithCommas(e.like_it), WithCommas(e.candidates), WithCommas(e.held_out)));
  PrintAlternatives(r);
  PrintCurve(r);
  Print("model " + r.model_version);
  for (const std::string& warning : r.warnings) Print("  note: " + Printable(warning, 400));
}

}  // namespace pythia
