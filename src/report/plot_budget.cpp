#include <algorithm>
#include <cmath>
#include <optional>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "report/plot_sheet.h"
#include "report/plot_text.h"
#include "report/plots.h"

namespace pythia {
namespace {

using plot::Anchor;
using plot::Point;
using plot::Sheet;
using plot::Tone;

constexpr double kLeftNumbers = 64;
constexpr double kMainHeight = 210;
constexpr double kSmallHeight = 92;
constexpr double kPanelGap = 48;   // holds the panel's name
constexpr double kMarkSpace = 18;  // holds the name of the mark
constexpr double kManyfold = 50;   // from here on, budgets go on a logarithmic axis

struct Curve {
  std::string name;
  bool is_share = false;
  std::vector<double> budgets;
  std::vector<Expected> values;
};

bool IsDrawable(const Expected& value) {
  return plot::IsDrawable(value.value) && plot::IsDrawable(value.interval.lower) &&
         plot::IsDrawable(value.interval.upper);
}

Curve CurveOf(std::string name, const Recommendation& recommendation,
              std::optional<Expected> CurvePoint::* part) {
  Curve curve{.name = std::move(name)};
  for (const CurvePoint& point : recommendation.curve) {
    const std::optional<Expected>& value = point.*part;
    if (!plot::IsDrawable(point.budget) || !value || !IsDrawable(*value)) continue;
    curve.budgets.push_back(point.budget);
    curve.values.push_back(*value);
  }
  return curve;
}

// Those that the history has anything of.
std::vector<Curve> Curves(const Recommendation& recommendation) {
  const std::optional<double>& threshold = recommendation.roi_threshold;
  std::vector<Curve> curves = {
      CurveOf("Clicks", recommendation, &CurvePoint::clicks),
      CurveOf("Impressions", recommendation, &CurvePoint::impressions),
      CurveOf(threshold ? "Probability of ROI above " + plot::FigureText(*threshold)
                        : "Probability of a good ROI",
              recommendation, &CurvePoint::roi_probability)};
  curves.back().is_share = true;
  std::erase_if(curves, [](const Curve& curve) { return curve.budgets.empty(); });
  return curves;
}

// On the line between the nearest points.
std::optional<double> ValueAt(const Curve& curve, double budget) {
  for (size_t i = 0; i < curve.budgets.size(); ++i) {
    if (curve.budgets[i] == budget) return curve.values[i].value;
    if (i + 1 == curve.budgets.size()) break;
    const double from = curve.budgets[i];
    const double to = curve.budgets[i + 1];
    if (!(from < budget && budget < to)) continue;
    const double share = (budget - from) / (to - from);
    return curve.values[i].value + share * (curve.values[i + 1].value - curve.values[i].value);
  }
  return std::nullopt;
}

struct Budgets {
  plot::Scale x;
  plot::Span supported;
  double used = 0;
  std::optional<double> asked;  // where it is another
};

Budgets LayOut(const Recommendation& recommendation, const std::vector<Curve>& curves) {
  Budgets budgets;
  plot::Extent supported;
  for (const Curve& curve : curves) supported.Add(curve.budgets);
  plot::Extent all = supported;
  all.Add(recommendation.used_budget);
  const double asked = recommendation.budget;
  if (plot::IsDrawable(asked) && asked > 0 && asked != recommendation.used_budget) {
    all.Add(asked);
    budgets.asked = asked;
  }
  budgets.supported = supported.span();
  budgets.used = recommendation.used_budget;
  const plot::Span span = all.span();
  budgets.x = {span, {plot::kMargin + kLeftNumbers, plot::kWidth - plot::kMargin}};
  budgets.x.logarithmic = span.from > 0 && span.to / span.from >= kManyfold;
  if (budgets.x.logarithmic) {
    const double room = std::pow(span.to / span.from, 0.04);
    budgets.x.data = {span.from / room, span.to * room};
  } else {
    budgets.x.data = plot::Widened(span, 0.04);
    if (span.from >= 0) budgets.x.data.from = std::max(0.0, budgets.x.data.from);
  }
  return budgets;
}

struct Panel {
  const Curve* curve = nullptr;
  double top = 0;
  double bottom = 0;
};

// No campaign is near such budgets.
void ShadeUnsupported(const Budgets& budgets, const Panel& panel, Sheet* sheet) {
  const double top = panel.top;
  const double height = panel.bottom - panel.top;
  const plot::Span pixels = budgets.x.pixels;
  const double from = std::clamp(budgets.x(budgets.supported.from), pixels.from, pixels.to);
  const double to = std::clamp(budgets.x(budgets.supported.to), pixels.from, pixels.to);
  sheet->Rect({pixels.from, top}, from - pixels.from, height, Tone::kShade);
  sheet->Rect({to, top}, pixels.to - to, height, Tone::kShade);
}

plot::Scale HeightScale(const Curve& curve, double top, double bottom) {
  if (curve.is_share) return {{0, 1}, {bottom, top}};
  plot::Extent extent;
  extent.Add(0);
  for (const Expected& value : curve.values) {
    extent.Add(value.value);
    extent.Add(value.interval.lower);
    extent.Add(value.interval.upper);
  }
  plot::Span span = extent.span();
  span.to += 0.06 * (span.to - span.from);
  return {span, {bottom, top}};
}

void DrawCurve(const Curve& curve, const plot::Scale& x, const plot::Scale& y, Sheet* sheet) {
  std::vector<Point> line;
  std::vector<Point> band;
  for (size_t i = 0; i < curve.budgets.size(); ++i) {
    line.push_back({x(curve.budgets[i]), y(curve.values[i].value)});
    band.push_back({x(curve.budgets[i]), y(curve.values[i].interval.upper)});
  }
  for (size_t i = curve.budgets.size(); i-- > 0;) {
    band.push_back({x(curve.budgets[i]), y(curve.values[i].interval.lower)});
  }
  sheet->Area(band, Tone::kDown, 0.16);
  if (line.size() == 1) {
    sheet->Line(band[0], band[1], Tone::kDown, 2);
    sheet->Dot(line[0], 3.5, Tone::kDown);
    return;
  }
  sheet->Path(line, Tone::kDown, 2.2);
}

// Left of the mark where there is no room at its right.
void DrawMarkText(double x, double y, const std::string& text, const plot::Look& look,
                  Sheet* sheet) {
  const bool left = x + 8 + plot::TextWidth(text, look.size) > plot::kWidth - plot::kMargin;
  plot::Look placed = look;
  placed.anchor = left ? Anchor::kEnd : Anchor::kStart;
  sheet->Text({left ? x - 8 : x + 8, y}, text, placed);
}

void DrawPanel(const Panel& panel, const Budgets& budgets, Sheet* sheet) {
  const Curve& curve = *panel.curve;
  const double bottom = panel.bottom;
  const plot::Scale y = HeightScale(curve, panel.top, bottom);
  plot::Ticks ticks = plot::NiceTicks(y, bottom - panel.top > kSmallHeight ? 5 : 2);
  if (curve.is_share) ticks = {{0, 0.5, 1}, {"0 %", "50 %", "100 %"}};
  sheet->LeftTicks(ticks, y, budgets.x.pixels.from, budgets.x.pixels.to);
  sheet->Line({budgets.x.pixels.from, bottom}, {budgets.x.pixels.to, bottom}, Tone::kAxis);
  sheet->Text({plot::kMargin, panel.top - 15}, curve.name, {.bold = true});
  DrawCurve(curve, budgets.x, y, sheet);
  const double mark = budgets.x(budgets.used);
  const std::optional<double> value = ValueAt(curve, budgets.used);
  if (!value) return;
  sheet->Dot({mark, y(*value)}, 4.5, Tone::kUp);
  const std::string text = curve.is_share ? plot::PercentText(*value) : plot::FigureText(*value);
  DrawMarkText(mark, std::min(y(*value) + 18, bottom - 6), text, {.bold = true}, sheet);
}

std::string Money(double amount, const std::string& currency) {
  const std::string text = plot::NumberText(amount, std::abs(amount) < 100 ? 2 : 0);
  constexpr double kMostCurrency = 60;  // pixels; codes are short
  return currency.empty() ? text
                          : text + " " + plot::Shortened(currency, plot::kLabelSize, kMostCurrency);
}

void DrawMarks(const Budgets& budgets, bool better, const std::string& currency, double y,
               double bottom, Sheet* sheet) {
  const double mark = budgets.x(budgets.used);
  const std::string used =
      (better ? "recommended: " : "answered for: ") + Money(budgets.used, currency);
  const double half = plot::TextWidth(used, plot::kLabelSize) / 2;
  const double at = std::clamp(mark, plot::kMargin + half, plot::kWidth - plot::kMargin - half);
  sheet->Text({at, y}, used, {.anchor = Anchor::kMiddle, .bold = true});
  sheet->Line({mark, y + 7}, {mark, bottom}, Tone::kUp, 1.2, "4 3");
  if (!budgets.asked) return;
  const double asked = budgets.x(*budgets.asked);
  sheet->Line({asked, y + 8}, {asked, bottom}, Tone::kAxis, 1.2, "2 3");
  DrawMarkText(asked, y + 22, "asked for: " + Money(*budgets.asked, currency),
               {.size = plot::kSmallSize, .tone = Tone::kMuted}, sheet);
}

}  // namespace

std::string BudgetCurveSvg(const Recommendation& recommendation) {
  const std::string heading = "What a budget can be expected to bring: clicks";
  const std::vector<Curve> curves = Curves(recommendation);
  if (curves.empty()) return plot::NothingToShow(heading, "the history has no campaign to go by");
  if (!plot::IsDrawable(recommendation.used_budget)) {
    return plot::NothingToShow(heading, "the budget is not a number");
  }
  const Budgets budgets = LayOut(recommendation, curves);
  const std::string& currency = recommendation.currency;
  const std::string axis = fmt::format("budget{}{}", currency.empty() ? "" : " in " + currency,
                                       budgets.x.logarithmic ? " (logarithmic)" : "");
  constexpr double kFirst = plot::kTop + kMarkSpace + 16;
  const auto small = static_cast<double>(curves.size() - 1);
  const double bottom = kFirst + kMainHeight + small * (kPanelGap + kSmallHeight);
  Sheet sheet(bottom + plot::kAxisHeight + plot::kMargin / 2, heading,
              "The recommended plan at other budgets, with 95 % bands of the mean; grey: no "
              "campaign near",
              fmt::format("The recommended budget is {}.", Money(budgets.used, currency)));
  std::vector<Panel> panels;
  double top = kFirst;
  for (const Curve& curve : curves) {
    const double height = panels.empty() ? kMainHeight : kSmallHeight;
    panels.push_back({&curve, top, top + height});
    top += height + kPanelGap;
  }
  for (const Panel& panel : panels) ShadeUnsupported(budgets, panel, &sheet);
  DrawMarks(budgets, recommendation.verdict == "better", currency, plot::kTop + 8, bottom, &sheet);
  for (const Panel& panel : panels) DrawPanel(panel, budgets, &sheet);
  sheet.BottomAxis(budgets.x, bottom, bottom, axis);
  return sheet.Take();
}

}  // namespace pythia
