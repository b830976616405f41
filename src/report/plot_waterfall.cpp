#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

#include <fmt/format.h>

#include "report/plot_rows.h"
#include "report/plot_text.h"
#include "report/plots.h"

namespace pythia {
namespace {

using plot::Anchor;
using plot::Sheet;
using plot::Tone;

constexpr double kEndLabel = 24;  // height of the line that names f(x)

struct WaterRow {
  std::string label;
  std::string full;
  bool muted = false;
  double value = 0;  // NaN: unknown, no bar
  double from = 0;
  double to = 0;
};

std::string FullLabel(const PlayerValue& value) {
  return value.given ? value.player + " = " + *value.given : value.player + " (not given)";
}

std::string ShortLabel(const PlayerValue& value) {
  using plot::kLabelSize;
  using plot::kMostLabel;
  if (value.given) {
    return plot::ShortenedPair(value.player, *value.given, kLabelSize, kMostLabel);
  }
  const double tail = plot::TextWidth(" (not given)", kLabelSize);
  return plot::Shortened(value.player, kLabelSize, kMostLabel - tail) + " (not given)";
}

std::vector<const PlayerValue*> LargestFirst(const std::vector<PlayerValue>& values) {
  std::vector<const PlayerValue*> order;
  for (const PlayerValue& value : values) order.push_back(&value);
  plot::SortLargestFirst(&order, [](const PlayerValue* value) {
    return plot::IsDrawable(value->value) ? std::abs(value->value) : -1;
  });
  return order;
}

// From top to bottom; the chain of bars runs from the bottom up.
std::vector<WaterRow> Rows(const TargetExplanation& explanation, int most_rows) {
  const std::vector<const PlayerValue*> order = LargestFirst(explanation.values);
  const size_t own = plot::OwnRows(order.size(), static_cast<size_t>(std::max(2, most_rows)));
  std::vector<WaterRow> rows;
  for (size_t i = 0; i < own; ++i) {
    const PlayerValue& value = *order[i];
    const double size =
        plot::IsDrawable(value.value) ? value.value : std::numeric_limits<double>::quiet_NaN();
    rows.push_back({ShortLabel(value), FullLabel(value), !value.given, size});
  }
  if (own < order.size()) {
    double sum = 0;
    for (size_t i = own; i < order.size(); ++i) {
      if (plot::IsDrawable(order[i]->value)) sum += order[i]->value;
    }
    const std::string label = plot::OtherWords(order.size() - own);
    rows.push_back({label, label, true, sum});
  }
  double at = explanation.base;
  for (size_t i = rows.size(); i-- > 0;) {
    rows[i].from = at;
    if (!std::isnan(rows[i].value)) at += rows[i].value;
    rows[i].to = at;
  }
  return rows;
}

struct Fall {
  std::vector<WaterRow> rows;
  std::vector<std::string> texts;  // of the values
  plot::Scale x;
  double label_end = 0;  // where labels end
  double left = 0;       // where the axis begins
  double top = 0;
  double bottom = 0;
  double RowY(size_t i) const { return top + (static_cast<double>(i) + 0.5) * plot::kRowHeight; }
};

Fall Layout(const TargetExplanation& explanation, const WaterfallOptions& options) {
  Fall fall;
  fall.rows = Rows(explanation, options.most_rows);
  double largest = 0;
  plot::Extent extent;
  extent.Add(explanation.base);
  extent.Add(explanation.prediction);
  std::vector<std::string> labels;
  std::vector<double> from;
  std::vector<double> to;
  for (const WaterRow& row : fall.rows) {
    if (!std::isnan(row.value)) largest = std::max(largest, std::abs(row.value));
    extent.Add(row.to);
    labels.push_back(row.label);
    from.push_back(row.from);
    to.push_back(row.to);
  }
  std::vector<double> widths;
  for (const WaterRow& row : fall.rows) {
    fall.texts.push_back(plot::SignedText(row.value, plot::Decimals(largest)));
    widths.push_back(plot::TextWidth(fall.texts.back(), plot::kLabelSize) + plot::kGap);
  }
  fall.label_end = plot::kMargin + plot::WidestText(labels, plot::kLabelSize, plot::kMostLabel);
  fall.left = fall.label_end + 2 * plot::kGap;
  fall.x = {extent.span(), {fall.left, plot::kWidth - plot::kMargin}};
  fall.x.pixels = plot::RoomForLabels(fall.x, from, to, widths);
  fall.top = plot::kTop + kEndLabel;
  fall.bottom = fall.top + static_cast<double>(fall.rows.size()) * plot::kRowHeight + 6;
  return fall;
}

void DrawRow(const Fall& fall, size_t i, Sheet* sheet) {
  const WaterRow& row = fall.rows[i];
  const double y = fall.RowY(i);
  const double drop = plot::kTextDrop * plot::kLabelSize;
  const double from = fall.x(row.from);
  const double to = fall.x(row.to);
  if (from != to) {
    sheet->Arrow(from, to, y, plot::kBarHeight, row.value > 0 ? Tone::kUp : Tone::kDown);
  }
  if (i > 0) {
    sheet->Line({to, y - plot::kBarHeight / 2}, {to, fall.RowY(i - 1) + plot::kBarHeight / 2},
                Tone::kAxis);
  }
  const bool left = row.to < row.from;
  sheet->Text({left ? to - 6 : to + 6, y + drop}, fall.texts[i],
              {.anchor = left ? Anchor::kEnd : Anchor::kStart});
}

void DrawLabels(const Fall& fall, Sheet* sheet) {
  for (size_t i = 0; i < fall.rows.size(); ++i) {
    const WaterRow& row = fall.rows[i];
    sheet->Text({fall.label_end, fall.RowY(i) + plot::kTextDrop * plot::kLabelSize}, row.label,
                {.anchor = Anchor::kEnd, .tone = row.muted ? Tone::kMuted : Tone::kInk},
                CleanText(row.full));
  }
}

// Centred on `x`, yet inside the picture.
void DrawEnd(double x, double y, const std::string& text, Sheet* sheet) {
  const double half = plot::TextWidth(text, plot::kLabelSize) / 2;
  const double at = std::clamp(x, plot::kMargin + half, plot::kWidth - plot::kMargin - half);
  sheet->Text({at, y}, text, {.anchor = Anchor::kMiddle, .bold = true});
}

std::string Summarised(const TargetExplanation& explanation, const std::vector<WaterRow>& rows) {
  const std::string text =
      fmt::format("The prediction is {} against {} on average",
                  plot::FigureText(explanation.prediction), plot::FigureText(explanation.base));
  if (rows.empty() || std::isnan(rows[0].value)) return text + ".";
  return text + fmt::format("; {} moves it most, by {}.", rows[0].label,
                            plot::SignedText(rows[0].value, plot::Decimals(rows[0].value)));
}

}  // namespace

std::string WaterfallSvg(const TargetExplanation& explanation, const WaterfallOptions& options) {
  const std::string heading =
      "What makes up the prediction: " + plot::TargetWords(explanation.target, explanation.unit);
  if (explanation.values.empty()) return plot::NothingToShow(heading, "there are no inputs");
  if (!plot::IsDrawable(explanation.base) || !plot::IsDrawable(explanation.prediction)) {
    return plot::NothingToShow(heading, "the prediction is not a number");
  }
  const Fall fall = Layout(explanation, options);
  const std::string note =
      options.subject.empty()
          ? "Each input moves the average campaign toward this one: red up, blue down"
          : options.subject;
  constexpr double kBelow = 46;
  Sheet sheet(fall.bottom + kBelow + plot::kMargin - 6, heading, note,
              Summarised(explanation, fall.rows));
  const double base = fall.x(explanation.base);
  const double end = fall.x(explanation.prediction);
  sheet.BottomTicks(plot::NiceTicks(fall.x, 6), fall.x, fall.top, fall.bottom);
  sheet.Line({fall.left, fall.bottom}, {plot::kWidth - plot::kMargin, fall.bottom}, Tone::kAxis);
  sheet.Line({base, fall.RowY(fall.rows.size() - 1) + plot::kBarHeight / 2},
             {base, fall.bottom + 5}, Tone::kAxis);
  sheet.Line({end, fall.top - 4}, {end, fall.RowY(0) - plot::kBarHeight / 2}, Tone::kAxis);
  DrawLabels(fall, &sheet);
  for (size_t i = 0; i < fall.rows.size(); ++i) DrawRow(fall, i, &sheet);
  DrawEnd(end, fall.top - 10, "f(x) = " + plot::FigureText(explanation.prediction), &sheet);
  DrawEnd(base, fall.bottom + kBelow - 8, "E[f(X)] = " + plot::FigureText(explanation.base),
          &sheet);
  return sheet.Take();
}

}  // namespace pythia
