#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include "cli/print.h"
#include "cli/terminal.h"

namespace pythia {
namespace {

constexpr int kHalfBar = 18;
constexpr int kSummaryBar = 30;

// Of a value in the unit of what is explained.
std::string InUnit(const std::string& unit, double value) {
  if (unit == "probability") return fmt::format("{:.1f} %", 100 * value);
  if (unit != "clicks") return fmt::format("{:.3f}", value);
  return std::fabs(value) >= 100 ? WithCommas(std::llround(value)) : fmt::format("{:.1f}", value);
}

std::string Signed(const std::string& unit, double value) {
  const std::string text = unit == "probability" ? fmt::format("{:.1f} pp", 100 * std::fabs(value))
                                                 : InUnit(unit, std::fabs(value));
  return (std::signbit(value) ? "−" : "+") + text;
}

std::string InputText(const PlayerValue& player) {
  if (!player.given) return Printable(player.player) + " (not given)";
  return Printable(player.player) + " = " + Printable(*player.given, 40);
}

// Down to the left of the middle, up to the right.
std::string SignedBar(double value, double most) {
  const double share = most > 0 ? std::fabs(value) / most : 0;
  const auto cells = static_cast<size_t>(std::lround(share * kHalfBar));
  std::string bar;
  for (size_t i = 0; i < cells; ++i) bar += "█";
  const std::string space(kHalfBar - cells, ' ');
  if (value < 0) return space + bar + "│";
  return std::string(kHalfBar, ' ') + "│" + bar;
}

std::string TitleOf(const TargetExplanation& target) {
  const bool roi = target.target == "roi";
  const std::string what = roi ? "ROI probability" : "clicks";
  return target.scale == "link" ? fmt::format("{} ({})", what, target.unit) : what;
}

void PrintWaterfall(const TargetExplanation& target, size_t most_rows) {
  TextTable table({TitleOf(target), "adds", ""});
  table.Left(2);
  table.AddRow({"average campaign, E[f(X)]", InUnit(target.unit, target.base), ""});
  double most = 0;
  for (const PlayerValue& player : target.values) most = std::max(most, std::fabs(player.value));
  const size_t shown = target.values.size() > most_rows ? most_rows : target.values.size();
  for (size_t i = 0; i < shown; ++i) {
    const PlayerValue& player = target.values[i];
    table.AddRow({"  " + InputText(player), Signed(target.unit, player.value),
                  SignedBar(player.value, most)});
  }
  if (shown < target.values.size()) {
    double rest = 0;
    for (size_t i = shown; i < target.values.size(); ++i) rest += target.values[i].value;
    table.AddRow({fmt::format("  sum of {} other inputs", target.values.size() - shown),
                  Signed(target.unit, rest), SignedBar(rest, most)});
  }
  table.AddRow({"this plan, f(x)", InUnit(target.unit, target.prediction), ""});
  Print(table.ToString());
}

}  // namespace

void PrintExplanation(const Explanation& explanation, size_t most) {
  for (const auto* target : {&explanation.clicks, &explanation.roi}) {
    if (!*target) continue;
    if ((*target)->values.empty()) {
      Print(fmt::format("{}: one figure for all campaigns, {}; no input moves it\n",
                        TitleOf(**target), InUnit((*target)->unit, (*target)->prediction)));
      continue;
    }
    PrintWaterfall(**target, most);
  }
  if (!explanation.clicks && !explanation.roi) {
    Print("this model was made without what explanations compare with: pythia train");
  }
}

void PrintSummary(const ExplanationSummary& summary) {
  for (const TargetSummary& target : summary.targets) {
    const std::string what =
        target.target == "roi" ? "ROI probability" : "clicks, given the impressions";
    Print(
        Bold(fmt::format("what moves the {} ({} campaigns)", what, WithCommas(target.campaigns))));
    if (target.players.empty()) {
      Print("  nothing does: one figure serves all campaigns\n");
      continue;
    }
    const double most = target.players.front().mean_absolute;
    TextTable table({"input", "mean |SHAP|, " + target.unit, ""});
    table.Left(2);
    for (const PlayerSummary& player : target.players) {
      table.AddRow({Printable(player.player), InUnit(target.unit, player.mean_absolute),
                    Bar(most > 0 ? player.mean_absolute / most : 0, kSummaryBar)});
    }
    Print(table.ToString());
  }
  Print("model " + summary.model_version);
}

}  // namespace pythia
