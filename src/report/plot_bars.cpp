#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include "report/plot_rows.h"
#include "report/plot_text.h"
#include "report/plots.h"

namespace pythia {
namespace {

using plot::Anchor;
using plot::Sheet;
using plot::Tone;

struct MeanRow {
  std::string label;
  std::string full;
  double value = 0;
  bool sum = false;  // of the others
};

std::vector<MeanRow> Rows(const TargetSummary& summary) {
  std::vector<MeanRow> all;
  for (const PlayerSummary& player : summary.players) {
    if (!plot::IsDrawable(player.mean_absolute)) continue;
    all.push_back({plot::Shortened(player.player, plot::kLabelSize, plot::kMostLabel),
                   player.player, std::abs(player.mean_absolute)});
  }
  plot::SortLargestFirst(&all, [](const MeanRow& row) { return row.value; });
  const size_t own = plot::OwnRows(all.size(), plot::kMostRows);
  if (own < all.size()) {
    double sum = 0;
    for (size_t i = own; i < all.size(); ++i) sum += all[i].value;
    const std::string label = plot::OtherWords(all.size() - own);
    all.resize(own);
    all.push_back({label, label, sum, true});
  }
  return all;
}

}  // namespace

std::string SummaryBarSvg(const TargetSummary& summary) {
  const std::string heading =
      "What matters on average: " + plot::TargetWords(summary.target, summary.unit);
  const std::vector<MeanRow> rows = Rows(summary);
  if (rows.empty()) return plot::NothingToShow(heading, "no input has been explained yet");

  plot::Extent extent;
  extent.Add(0);
  std::vector<std::string> labels;
  std::vector<std::string> texts;
  std::vector<double> values;
  std::vector<double> widths;
  for (const MeanRow& row : rows) {
    extent.Add(row.value);
    labels.push_back(row.label);
    values.push_back(row.value);
  }
  for (const MeanRow& row : rows) {
    texts.push_back(plot::NumberText(row.value, plot::Decimals(extent.span().to)));
    widths.push_back(plot::TextWidth(texts.back(), plot::kLabelSize) + plot::kGap);
  }
  const double gutter = plot::WidestText(labels, plot::kLabelSize, plot::kMostLabel);
  plot::Scale x = {{0, extent.span().to},
                   {plot::kMargin + gutter + plot::kGap, plot::kWidth - plot::kMargin}};
  x.pixels = plot::RoomForLabels(x, std::vector<double>(rows.size(), 0), values, widths);

  const double bottom = plot::kTop + static_cast<double>(rows.size()) * plot::kRowHeight + 4;
  Sheet sheet(
      bottom + plot::kAxisHeight + plot::kMargin / 2, heading,
      fmt::format("Mean size of each input's contribution over {} campaigns, up or down",
                  plot::CountText(summary.campaigns)),
      fmt::format("{} matters most, with a mean contribution of {}.", rows[0].label, texts[0]));
  sheet.BottomAxis(x, plot::kTop, bottom, fmt::format("mean |contribution| ({})", summary.unit));
  for (size_t i = 0; i < rows.size(); ++i) {
    const double y = plot::kTop + (static_cast<double>(i) + 0.5) * plot::kRowHeight;
    const double drop = plot::kTextDrop * plot::kLabelSize;
    const double end = x(rows[i].value);
    sheet.Text({plot::kMargin + gutter, y + drop}, rows[i].label,
               {.anchor = Anchor::kEnd, .tone = rows[i].sum ? Tone::kMuted : Tone::kInk},
               CleanText(rows[i].full));
    sheet.Rect({x.pixels.from, y - plot::kBarHeight / 2}, end - x.pixels.from, plot::kBarHeight,
               rows[i].sum ? Tone::kGrey : Tone::kNeutral, 1, 2);
    sheet.Text({end + 6, y + drop}, texts[i]);
  }
  return sheet.Take();
}

}  // namespace pythia
