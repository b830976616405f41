#include "report/plot_sheet.h"

#include <algorithm>
#include <array>
#include <cmath>

#include <fmt/format.h>

#include "report/plot_text.h"

namespace pythia::plot {
namespace {

constexpr std::string_view kFonts =
    "system-ui, -apple-system, Segoe UI, Roboto, Helvetica Neue, Arial, Noto Sans, sans-serif";
constexpr double kHeadingY = 34;
constexpr double kNoteY = 56;
constexpr double kTipWidth = 6;
constexpr double kBoldFactor = 1.12;
constexpr double kTicksBelow = 17;
constexpr double kNameBelow = 37;
constexpr double kKeyWidth = 72;
constexpr double kKeyHeight = 8;
constexpr int kKeySteps = 24;

struct Colour {
  std::string_view name;  // of the variable; empty: the same in light and dark
  std::string_view light;
  std::string_view dark;
};

// In the order of Tone.
constexpr std::array<Colour, 10> kColours = {{
    {"ink", "#1f2328", "#e6e8eb"},
    {"muted", "#5f6873", "#a0a8b2"},
    {"axis", "#9aa2ac", "#6b7480"},
    {"grid", "#e6e9ed", "#30353c"},
    {"shade", "#eceff3", "#272c33"},
    {"paper", "#ffffff", "#16191d"},
    {"", "#FF0051", ""},
    {"", "#008BFB", ""},
    {"", "#7B5BC8", ""},
    {"", "#999999", ""},
}};

const Colour& Of(Tone tone) { return kColours[static_cast<size_t>(tone)]; }

// `prefix` is pf (fill) or ps (stroke).
std::string ClassOf(std::string_view prefix, Tone tone) {
  const std::string_view name = Of(tone).name;
  return name.empty() ? "" : fmt::format("{}-{}", prefix, name);
}

// Every rule names the class of the root: inline, a style would reach the whole page.
std::string StyleSheet() {
  std::string light;
  std::string dark;
  std::string rules;
  for (const Colour& colour : kColours) {
    if (colour.name.empty()) continue;
    light += fmt::format("--pythia-{}:{};", colour.name, colour.light);
    dark += fmt::format("--pythia-{}:{};", colour.name, colour.dark);
    rules += fmt::format(
        ".pythia-plot .pf-{0}{{fill:var(--pythia-{0})}}\n"
        ".pythia-plot .ps-{0}{{stroke:var(--pythia-{0})}}\n",
        colour.name);
  }
  return fmt::format(
      "\n.pythia-plot{{{}}}\n@media (prefers-color-scheme:dark){{.pythia-plot{{{}}}}}\n{}", light,
      dark, rules);
}

std::string PointList(std::span<const Point> points) {
  std::string text;
  for (const Point& point : points) {
    if (!text.empty()) text += ' ';
    text += SvgNumber(point.x) + "," + SvgNumber(point.y);
  }
  return text;
}

std::string_view AnchorName(Anchor anchor) {
  return anchor == Anchor::kStart ? "start" : anchor == Anchor::kMiddle ? "middle" : "end";
}

}  // namespace

Sheet::Sheet(double height, std::string_view heading, std::string_view note,
             std::string_view summary) {
  svg_.Open("svg", {{"xmlns", "http://www.w3.org/2000/svg"},
                    {"class", "pythia-plot"},
                    {"width", kWidth},
                    {"height", height},
                    {"viewBox", fmt::format("0 0 {} {}", SvgNumber(kWidth), SvgNumber(height))},
                    {"role", "img"},
                    {"direction", "ltr"},
                    {"font-family", kFonts}});
  svg_.Leaf("title", {}, heading);
  if (!summary.empty()) svg_.Leaf("desc", {}, summary);
  svg_.Leaf("style", {}, StyleSheet());
  svg_.Leaf("rect", {{"class", ClassOf("pf", Tone::kPaper)},
                     {"width", kWidth},
                     {"height", height},
                     {"fill", Of(Tone::kPaper).light}});
  Fitted({kMargin, kHeadingY}, heading, kWidth - 2 * kMargin, {.size = kHeadingSize, .bold = true});
  Fitted({kMargin, kNoteY}, note, kWidth - 2 * kMargin, {.tone = Tone::kMuted});
}

void Sheet::Text(Point at, std::string_view text, const Look& look, std::string_view full) {
  if (text.empty()) return;
  svg_.Open("text", {{"class", ClassOf("pf", look.tone)},
                     {"x", at.x},
                     {"y", at.y},
                     {"font-size", look.size},
                     {"font-weight", look.bold ? "600" : "400"},
                     {"text-anchor", AnchorName(look.anchor)},
                     {"fill", Of(look.tone).light}});
  if (!full.empty() && full != text) svg_.Leaf("title", {}, full);
  svg_.Text(text);
  svg_.Close();
}

void Sheet::Fitted(Point at, std::string_view text, double width, const Look& look) {
  const double size = look.bold ? look.size * kBoldFactor : look.size;
  Text(at, Shortened(text, size, width), look, CleanText(text));
}

void Sheet::Line(Point from, Point to, Tone tone, double width, std::string_view dashes) {
  svg_.Leaf("line", {{"class", ClassOf("ps", tone)},
                     {"x1", from.x},
                     {"y1", from.y},
                     {"x2", to.x},
                     {"y2", to.y},
                     {"stroke", Of(tone).light},
                     {"stroke-width", width},
                     {"stroke-dasharray", dashes}});
}

void Sheet::Rect(Point corner, double width, double height, Tone tone, double opacity,
                 double radius) {
  svg_.Leaf("rect", {{"class", ClassOf("pf", tone)},
                     {"x", corner.x},
                     {"y", corner.y},
                     {"width", width},
                     {"height", height},
                     {"rx", radius},
                     {"fill", Of(tone).light},
                     {"fill-opacity", opacity}});
}

void Sheet::Arrow(double from, double to, double y, double height, Tone tone) {
  const double tip = std::min(kTipWidth, std::abs(to - from));
  const double neck = to > from ? to - tip : to + tip;
  const std::array<Point, 5> points = {{{from, y - height / 2},
                                        {neck, y - height / 2},
                                        {to, y},
                                        {neck, y + height / 2},
                                        {from, y + height / 2}}};
  svg_.Leaf("polygon", {{"points", PointList(points)}, {"fill", Of(tone).light}});
}

void Sheet::Path(std::span<const Point> points, Tone tone, double width) {
  svg_.Leaf("polyline", {{"class", ClassOf("ps", tone)},
                         {"points", PointList(points)},
                         {"fill", "none"},
                         {"stroke", Of(tone).light},
                         {"stroke-width", width},
                         {"stroke-linejoin", "round"},
                         {"stroke-linecap", "round"}});
}

void Sheet::Area(std::span<const Point> points, Tone tone, double opacity) {
  svg_.Leaf("polygon", {{"class", ClassOf("pf", tone)},
                        {"points", PointList(points)},
                        {"fill", Of(tone).light},
                        {"fill-opacity", opacity}});
}

void Sheet::Dot(Point at, double radius, Tone tone, std::string_view tooltip) {
  svg_.Open("circle", {{"class", ClassOf("ps", Tone::kPaper)},
                       {"cx", at.x},
                       {"cy", at.y},
                       {"r", radius},
                       {"fill", Of(tone).light},
                       {"stroke", Of(Tone::kPaper).light},
                       {"stroke-width", 1.5}});
  if (!tooltip.empty()) svg_.Leaf("title", {}, tooltip);
  svg_.Close();
}

void Sheet::Ring(Point at, double radius, Tone tone) {
  svg_.Leaf("circle", {{"class", ClassOf("pf", Tone::kPaper)},
                       {"cx", at.x},
                       {"cy", at.y},
                       {"r", radius},
                       {"fill", Of(Tone::kPaper).light},
                       {"stroke", Of(tone).light},
                       {"stroke-width", 1.5}});
}

void Sheet::OpenDots() { svg_.Open("g", {{"fill-opacity", 0.85}}); }

void Sheet::AddDot(Point at, double share) {
  svg_.Leaf("circle",
            {{"cx", at.x}, {"cy", at.y}, {"r", kDotRadius}, {"fill", ShareColour(share)}});
}

void Sheet::CloseDots() { svg_.Close(); }

void Sheet::ColourKey(double y, std::string_view grey) {
  const Look look = {.size = kSmallSize, .anchor = Anchor::kEnd, .tone = Tone::kMuted};
  const double baseline = y + kTextDrop * kSmallSize;
  double x = kWidth - kMargin;
  const auto put = [&](std::string_view text) {
    Text({x, baseline}, text, look);
    x -= TextWidth(text, kSmallSize) + kGap * 0.7;
  };
  if (!grey.empty()) {
    put(grey);
    svg_.Leaf("circle", {{"cx", x - kDotRadius},
                         {"cy", y},
                         {"r", kDotRadius + 0.6},
                         {"fill", Of(Tone::kGrey).light}});
    x -= 3 * kGap;
  }
  put("high");
  const double step = kKeyWidth / kKeySteps;
  x -= kKeyWidth;
  for (int i = 0; i < kKeySteps; ++i) {
    svg_.Leaf("rect", {{"x", x + i * step},
                       {"y", y - kKeyHeight / 2},
                       {"width", i + 1 < kKeySteps ? step + 0.5 : step},  // no seams
                       {"height", kKeyHeight},
                       {"fill", ShareColour(i / (kKeySteps - 1.0))}});
  }
  x -= kGap * 0.7;
  put("input: low");
}

void Sheet::BottomTicks(const Ticks& ticks, const Scale& x, double top, double bottom) {
  for (size_t i = 0; i < ticks.at.size(); ++i) {
    const double at = x(ticks.at[i]);
    Line({at, top}, {at, bottom}, Tone::kGrid);
    const double half = TextWidth(ticks.text[i], kSmallSize) / 2;
    Text({std::clamp(at, half, kWidth - half), bottom + kTicksBelow}, ticks.text[i],
         {.size = kSmallSize, .anchor = Anchor::kMiddle, .tone = Tone::kMuted});
  }
  Line({x.pixels.from, bottom}, {x.pixels.to, bottom}, Tone::kAxis);
}

void Sheet::BottomAxis(const Scale& x, double top, double bottom, std::string_view name) {
  constexpr double kTickEvery = 80;  // pixels
  BottomTicks(NiceTicks(x, static_cast<int>((x.pixels.to - x.pixels.from) / kTickEvery)), x, top,
              bottom);
  Fitted({(x.pixels.from + x.pixels.to) / 2, bottom + kNameBelow}, name,
         x.pixels.to - x.pixels.from,
         {.size = kSmallSize, .anchor = Anchor::kMiddle, .tone = Tone::kMuted});
}

void Sheet::LeftTicks(const Ticks& ticks, const Scale& y, double left, double right) {
  for (size_t i = 0; i < ticks.at.size(); ++i) {
    const double at = y(ticks.at[i]);
    Line({left, at}, {right, at}, Tone::kGrid);
    Text({left - kGap, at + kTextDrop * kSmallSize}, ticks.text[i],
         {.size = kSmallSize, .anchor = Anchor::kEnd, .tone = Tone::kMuted});
  }
}

std::string Sheet::Take() {
  svg_.Close();
  return svg_.Take();
}

std::string ShareColour(double share) {
  if (!std::isfinite(share)) return std::string(Of(Tone::kGrey).light);
  constexpr std::array<double, 3> kLow = {0x00, 0x8B, 0xFB};
  constexpr std::array<double, 3> kHigh = {0xFF, 0x00, 0x51};
  constexpr double kShades = 31;
  const double at = std::round(std::clamp(share, 0.0, 1.0) * kShades) / kShades;
  std::string text = "#";
  for (size_t i = 0; i < kLow.size(); ++i) {
    text += fmt::format("{:02X}", std::lround(kLow[i] + at * (kHigh[i] - kLow[i])));
  }
  return text;
}

double WidestText(std::span<const std::string> texts, double size, double most) {
  double width = 0;
  for (const std::string& text : texts) width = std::max(width, TextWidth(text, size));
  return std::min(width, most);
}

std::string NothingToShow(std::string_view heading, std::string_view why) {
  constexpr double kHeight = 140;
  const std::string text = fmt::format("Nothing to show: {}.", why);
  Sheet sheet(kHeight, heading, "", text);
  sheet.Rect({kMargin, 56}, kWidth - 2 * kMargin, 60, Tone::kShade, 1, 6);
  sheet.Fitted({kWidth / 2, 86 + kTextDrop * kLabelSize}, text, kWidth - 4 * kMargin,
               {.anchor = Anchor::kMiddle, .tone = Tone::kMuted});
  return sheet.Take();
}

std::string TargetWords(std::string_view target, std::string_view unit) {
  const std::string_view name = target == "roi" ? "ROI" : target == "ctr" ? "CTR" : target;
  if (name == unit || unit.empty()) return std::string(name);
  return fmt::format("{} ({})", name, unit);
}

}  // namespace pythia::plot
