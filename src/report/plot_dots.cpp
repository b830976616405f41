// The plots of a dot a campaign: beeswarm and dependence.
#include <algorithm>
#include <cmath>
#include <limits>
#include <map>
#include <optional>

#include <fmt/format.h>

#include "report/plot_rows.h"
#include "report/plot_text.h"
#include "report/plots.h"

namespace pythia {
namespace {

using plot::Anchor;
using plot::Sheet;
using plot::Tone;

constexpr double kNan = std::numeric_limits<double>::quiet_NaN();
constexpr double kSwarmRow = 40;
constexpr size_t kMostDots = 500;   // of a row
constexpr double kManyfold = 1000;  // from here on, inputs go on a logarithmic axis

struct DotRow {
  std::string label;
  std::string full;
  std::vector<double> values;  // NaN: no dot
  std::vector<double> shares;  // colours; NaN: grey
  bool sum = false;            // of the others
};

// Of the campaigns that are kept, the ones that are drawn: evenly spread where they are too many.
std::vector<size_t> Drawn(size_t rows) {
  std::vector<size_t> drawn;
  const size_t count = std::min(rows, kMostDots);
  for (size_t i = 0; i < count; ++i) drawn.push_back(i * rows / count);
  return drawn;
}

std::string CampaignWords(const TargetSummary& summary, size_t rows) {
  const size_t drawn = std::min(rows, kMostDots);
  const auto kept = static_cast<int64_t>(drawn);
  if (kept >= summary.campaigns) {
    return kept == 1 ? "1 campaign" : fmt::format("{} campaigns", plot::CountText(kept));
  }
  return fmt::format("{} of {} campaigns", plot::CountText(kept),
                     plot::CountText(summary.campaigns));
}

double At(const std::vector<double>& values, size_t row) {
  return row < values.size() && plot::IsDrawable(values[row]) ? values[row] : kNan;
}

std::vector<double> Picked(const std::vector<double>& values, const std::vector<size_t>& rows) {
  std::vector<double> picked;
  picked.reserve(rows.size());
  for (const size_t row : rows) picked.push_back(At(values, row));
  return picked;
}

void DrawSwarm(const DotRow& row, const plot::Scale& x, double y, double room, Sheet* sheet) {
  std::vector<double> at;
  std::vector<double> shares;
  for (size_t i = 0; i < row.values.size(); ++i) {
    if (std::isnan(row.values[i])) continue;
    at.push_back(x(row.values[i]));
    shares.push_back(row.shares[i]);
  }
  const std::vector<double> heights = plot::Swarm(at, room);
  for (size_t i = 0; i < at.size(); ++i) sheet->AddDot({at[i], y - heights[i]}, shares[i]);
}

struct SwarmLayout {
  plot::Scale x;
  double gutter = 0;
  double bottom = 0;
};

SwarmLayout LayOut(const std::vector<DotRow>& rows) {
  SwarmLayout layout;
  plot::Extent extent;
  extent.Add(0);
  std::vector<std::string> labels;
  for (const DotRow& row : rows) {
    labels.push_back(row.label);
    extent.Add(row.values);
  }
  layout.gutter = plot::WidestText(labels, plot::kLabelSize, plot::kMostLabel);
  layout.x = {plot::Widened(extent.span(), 0.02),
              {plot::kMargin + layout.gutter + 2 * plot::kGap, plot::kWidth - plot::kMargin}};
  layout.bottom = plot::kTop + static_cast<double>(rows.size()) * kSwarmRow + 4;
  return layout;
}

void DrawRows(const std::vector<DotRow>& rows, const SwarmLayout& layout, Sheet* sheet) {
  sheet->Line({layout.x(0), plot::kTop}, {layout.x(0), layout.bottom}, Tone::kAxis);
  for (size_t i = 0; i < rows.size(); ++i) {
    const double y = plot::kTop + (static_cast<double>(i) + 0.5) * kSwarmRow;
    sheet->Text({plot::kMargin + layout.gutter, y + plot::kTextDrop * plot::kLabelSize},
                rows[i].label,
                {.anchor = Anchor::kEnd, .tone = rows[i].sum ? Tone::kMuted : Tone::kInk},
                CleanText(rows[i].full));
  }
  sheet->OpenDots();
  for (size_t i = 0; i < rows.size(); ++i) {
    const double y = plot::kTop + (static_cast<double>(i) + 0.5) * kSwarmRow;
    DrawSwarm(rows[i], layout.x, y, kSwarmRow / 2 - plot::kDotRadius - 1.5, sheet);
  }
  sheet->CloseDots();
}

bool HasDots(const std::vector<DotRow>& rows) {
  return std::any_of(rows.begin(), rows.end(), [](const DotRow& row) {
    return std::any_of(row.values.begin(), row.values.end(),
                       [](double value) { return !std::isnan(value); });
  });
}

size_t RowsOf(const TargetSummary& summary) {
  size_t rows = 0;
  for (const PlayerSummary& player : summary.players) rows = std::max(rows, player.values.size());
  return rows;
}

std::vector<const PlayerSummary*> LargestFirst(const TargetSummary& summary) {
  std::vector<const PlayerSummary*> order;
  for (const PlayerSummary& player : summary.players) order.push_back(&player);
  plot::SortLargestFirst(&order, [](const PlayerSummary* player) {
    return plot::IsDrawable(player->mean_absolute) ? player->mean_absolute : -1;
  });
  return order;
}

std::vector<DotRow> PlayerRows(const TargetSummary& summary) {
  const std::vector<size_t> drawn = Drawn(RowsOf(summary));
  const std::vector<const PlayerSummary*> order = LargestFirst(summary);
  const size_t own = plot::OwnRows(order.size(), plot::kMostRows);
  std::vector<DotRow> rows;
  for (size_t i = 0; i < own; ++i) {
    const PlayerSummary& player = *order[i];
    rows.push_back({plot::Shortened(player.player, plot::kLabelSize, plot::kMostLabel),
                    player.player, Picked(player.values, drawn),
                    player.numeric ? plot::RankShares(Picked(player.inputs, drawn))
                                   : std::vector<double>(drawn.size(), kNan)});
  }
  if (own < order.size()) {
    const std::string label = plot::OtherWords(order.size() - own);
    DotRow others = {label, label, std::vector<double>(drawn.size(), 0),
                     std::vector<double>(drawn.size(), kNan), true};
    for (size_t i = own; i < order.size(); ++i) {
      for (size_t row = 0; row < drawn.size(); ++row) {
        const double value = At(order[i]->values, drawn[row]);
        if (!std::isnan(value)) others.values[row] += value;
      }
    }
    rows.push_back(std::move(others));
  }
  return rows;
}

// One row per category, the largest mean on top; what is left over shares the last.
std::vector<DotRow> CategoryRows(const PlayerSummary& player) {
  std::map<std::string, DotRow> by_label;
  for (const size_t row : Drawn(player.values.size())) {
    const std::string label = row < player.labels.size() ? player.labels[row] : "";
    DotRow& dots = by_label[label];
    dots.values.push_back(At(player.values, row));
    dots.shares.push_back(kNan);
  }
  std::vector<std::pair<double, DotRow>> order;
  for (auto& [label, row] : by_label) {
    row.full = label.empty() ? "(missing)" : label;
    row.label = plot::Shortened(row.full, plot::kLabelSize, plot::kMostLabel);
    row.sum = label.empty();
    double sum = 0;
    for (const double value : row.values) sum += std::isnan(value) ? 0 : value;
    order.emplace_back(sum / static_cast<double>(row.values.size()), std::move(row));
  }
  plot::SortLargestFirst(&order, [](const auto& row) { return row.first; });
  const size_t own = plot::OwnRows(order.size(), plot::kMostRows);
  std::vector<DotRow> rows;
  DotRow others;
  for (size_t i = 0; i < order.size(); ++i) {
    DotRow& row = order[i].second;
    if (i < own) {
      rows.push_back(std::move(row));
    } else {
      others.values.insert(others.values.end(), row.values.begin(), row.values.end());
      others.shares.insert(others.shares.end(), row.shares.begin(), row.shares.end());
    }
  }
  if (own < order.size()) {
    others.full = others.label = fmt::format("{} other categories", order.size() - own);
    others.sum = true;
    rows.push_back(std::move(others));
  }
  return rows;
}

std::string AxisName(const TargetSummary& summary) {
  return fmt::format("contribution ({})", summary.unit);
}

std::string CategoryDependence(const TargetSummary& summary, const PlayerSummary& player,
                               const std::string& heading) {
  const std::vector<DotRow> rows = CategoryRows(player);
  if (!HasDots(rows)) return plot::NothingToShow(heading, "no campaign has a value");
  const SwarmLayout layout = LayOut(rows);
  Sheet sheet(layout.bottom + plot::kAxisHeight + plot::kMargin / 2, heading,
              CampaignWords(summary, player.values.size()) + ", a dot each; largest mean on top",
              fmt::format("{} has the largest mean contribution of {} categories.", rows[0].label,
                          rows.size()));
  sheet.BottomAxis(layout.x, plot::kTop, layout.bottom, AxisName(summary));
  DrawRows(rows, layout, &sheet);
  return sheet.Take();
}

struct Scatter {
  std::vector<double> inputs;  // NaN: missing
  std::vector<double> values;
  plot::Scale x;
  plot::Scale y;
  bool has_missing = false;
  double missing_x = 0;  // where dots without an input stand
};

constexpr double kPlotHeight = 300;
constexpr double kLeftNumbers = 64;
constexpr double kMissingStrip = 70;

std::optional<Scatter> LayOutScatter(const PlayerSummary& player) {
  Scatter scatter;
  plot::Extent inputs;
  plot::Extent values;
  values.Add(0);
  for (const size_t row : Drawn(player.values.size())) {
    const double value = At(player.values, row);
    if (std::isnan(value)) continue;
    const double input = At(player.inputs, row);
    inputs.Add(input);
    values.Add(value);
    scatter.has_missing = scatter.has_missing || std::isnan(input);
    scatter.inputs.push_back(input);
    scatter.values.push_back(value);
  }
  if (scatter.values.empty() || inputs.empty()) return std::nullopt;
  double left = plot::kMargin + kLeftNumbers;
  if (scatter.has_missing) {
    scatter.missing_x = left + (kMissingStrip - plot::kGap) / 2;
    left += kMissingStrip;
  }
  const plot::Span span = inputs.span();
  scatter.x = {span, {left, plot::kWidth - plot::kMargin}};
  scatter.x.logarithmic = span.from > 0 && span.to / span.from >= kManyfold;
  if (scatter.x.logarithmic) {
    const double room = std::pow(span.to / span.from, 0.03);
    scatter.x.data = {span.from / room, span.to * room};
  } else {
    scatter.x.data = plot::Widened(span, 0.03);
  }
  scatter.y = {plot::Widened(values.span(), 0.05), {plot::kTop + kPlotHeight, plot::kTop}};
  return scatter;
}

void DrawScatter(const Scatter& scatter, Sheet* sheet) {
  if (scatter.has_missing) {
    sheet->Rect({scatter.x.pixels.from - kMissingStrip, plot::kTop}, kMissingStrip - plot::kGap,
                kPlotHeight, Tone::kShade, 1, 3);
    sheet->Text({scatter.missing_x, plot::kTop + kPlotHeight + 17}, "missing",
                {.size = plot::kSmallSize, .anchor = Anchor::kMiddle, .tone = Tone::kMuted});
  }
  sheet->Line({plot::kMargin + kLeftNumbers, scatter.y(0)}, {scatter.x.pixels.to, scatter.y(0)},
              Tone::kAxis);
  const std::vector<double> shares = plot::RankShares(scatter.inputs);
  // Dots without an input are spread over their strip, in turn.
  constexpr double kSpread[] = {0, -12, 12, -6, 6, -18, 18};
  size_t missing = 0;
  sheet->OpenDots();
  for (size_t i = 0; i < scatter.values.size(); ++i) {
    const bool known = !std::isnan(scatter.inputs[i]);
    const double x = known ? scatter.x(scatter.inputs[i])
                           : scatter.missing_x + kSpread[missing++ % std::size(kSpread)];
    sheet->AddDot({x, scatter.y(scatter.values[i])}, shares[i]);
  }
  sheet->CloseDots();
}

std::string NumberDependence(const TargetSummary& summary, const PlayerSummary& player,
                             const std::string& heading) {
  const std::optional<Scatter> scatter = LayOutScatter(player);
  if (!scatter) return plot::NothingToShow(heading, "no campaign has a value of this input");
  Sheet sheet(
      plot::kTop + kPlotHeight + plot::kAxisHeight + plot::kMargin / 2, heading,
      CampaignWords(summary, player.values.size()) + ", a dot each; contribution in " +
          summary.unit,
      fmt::format(
          "Contributions run from {} to {}.",
          plot::FigureText(*std::min_element(scatter->values.begin(), scatter->values.end())),
          plot::FigureText(*std::max_element(scatter->values.begin(), scatter->values.end()))));
  sheet.LeftTicks(plot::NiceTicks(scatter->y, 5), scatter->y, plot::kMargin + kLeftNumbers,
                  scatter->x.pixels.to);
  sheet.BottomAxis(scatter->x, plot::kTop, plot::kTop + kPlotHeight,
                   player.player + (scatter->x.logarithmic ? " (logarithmic)" : ""));
  DrawScatter(*scatter, &sheet);
  return sheet.Take();
}

}  // namespace

std::string BeeswarmSvg(const TargetSummary& summary) {
  const std::string heading =
      "How inputs move predictions: " + plot::TargetWords(summary.target, summary.unit);
  if (summary.players.empty()) {
    return plot::NothingToShow(heading, "no input has been explained yet");
  }
  const std::vector<DotRow> rows = PlayerRows(summary);
  if (!HasDots(rows)) return plot::NothingToShow(heading, "no campaign has a value");
  const SwarmLayout layout = LayOut(rows);
  constexpr double kKeyBelow = 62;
  Sheet sheet(layout.bottom + kKeyBelow + plot::kMargin, heading,
              CampaignWords(summary, RowsOf(summary)) + ", a dot each in every row",
              fmt::format("{} moves predictions most.", rows[0].label));
  sheet.BottomAxis(layout.x, plot::kTop, layout.bottom, AxisName(summary));
  DrawRows(rows, layout, &sheet);
  const bool grey = std::any_of(rows.begin(), rows.end(), [](const DotRow& row) {
    return std::any_of(row.shares.begin(), row.shares.end(),
                       [](double share) { return std::isnan(share); });
  });
  sheet.ColourKey(layout.bottom + kKeyBelow, grey ? "text or missing" : "");
  return sheet.Take();
}

std::string DependenceSvg(const TargetSummary& summary, std::string_view player) {
  const std::string heading =
      fmt::format("Contribution of {}: {}", plot::Shortened(player, plot::kHeadingSize, 300),
                  plot::TargetWords(summary.target, summary.unit));
  for (const PlayerSummary& candidate : summary.players) {
    if (candidate.player != player) continue;
    return candidate.numeric ? NumberDependence(summary, candidate, heading)
                             : CategoryDependence(summary, candidate, heading);
  }
  return plot::NothingToShow(heading, "there is no input of this name");
}

}  // namespace pythia
