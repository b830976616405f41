#include <algorithm>
#include <cmath>

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

constexpr double kSide = 380;
constexpr double kLeft = plot::kMargin + 52;
constexpr double kSquareTop = plot::kTop + 18;  // below the name of the axis
constexpr double kLeastRadius = 3.5;
constexpr double kMostRadius = 11;

std::vector<CalibrationBin> Drawable(const CalibrationReport& report) {
  const auto is_share = [](double value) { return value >= 0 && value <= 1; };
  std::vector<CalibrationBin> bins;
  for (const CalibrationBin& bin : report.bins) {
    if (is_share(bin.probability) && is_share(bin.rate) && bin.rows > 0) bins.push_back(bin);
  }
  return bins;
}

plot::Ticks ShareTicks() {
  plot::Ticks ticks;
  for (int i = 0; i <= 5; ++i) {
    ticks.at.push_back(0.2 * i);
    ticks.text.push_back(fmt::format("{} %", 20 * i));
  }
  return ticks;
}

void DrawBins(const std::vector<CalibrationBin>& bins, const plot::Scale& x, const plot::Scale& y,
              Sheet* sheet) {
  int64_t most = 1;
  for (const CalibrationBin& bin : bins) most = std::max(most, bin.rows);
  std::vector<Point> line;
  for (const CalibrationBin& bin : bins) line.push_back({x(bin.probability), y(bin.rate)});
  if (line.size() > 1) sheet->Path(line, Tone::kDown, 2);
  for (size_t i = 0; i < bins.size(); ++i) {
    const double share = std::sqrt(static_cast<double>(bins[i].rows) / static_cast<double>(most));
    sheet->Dot(line[i], std::max(kLeastRadius, kMostRadius * share), Tone::kDown,
               fmt::format("predicted {}, happened {}, {} campaigns",
                           plot::PercentText(bins[i].probability), plot::PercentText(bins[i].rate),
                           plot::CountText(bins[i].rows)));
  }
}

struct Figure {
  std::string_view name;
  double value = 0;
};

// The parts that the Brier score is made of, as a small table.
void DrawFigures(const CalibrationReport& report, double x, double y, Sheet* sheet) {
  constexpr double kWide = plot::kWidth - plot::kMargin;
  constexpr double kLineHeight = 22;
  const Figure figures[] = {{"log loss", report.log_loss},
                            {"Brier score", report.brier},
                            {"= miscalibration (0: perfect)", report.miscalibration},
                            {"\xE2\x88\x92 discrimination", report.discrimination},
                            {"+ uncertainty", report.uncertainty}};
  for (const Figure& figure : figures) {
    sheet->Text({x, y}, figure.name, {.tone = Tone::kMuted});
    sheet->Text({kWide, y}, plot::FigureText(figure.value), {.anchor = Anchor::kEnd});
    sheet->Line({x, y + 7}, {kWide, y + 7}, Tone::kGrid);
    y += kLineHeight;
  }
}

}  // namespace

std::string CalibrationSvg(const CalibrationReport& report) {
  const std::string heading = "Are the predicted probabilities right?";
  const std::vector<CalibrationBin> bins = Drawable(report);
  if (bins.empty()) {
    return plot::NothingToShow(heading, "no probability was held against an outcome");
  }
  int64_t rows = 0;
  double off = 0;
  for (const CalibrationBin& bin : bins) {
    rows += bin.rows;
    off = std::max(off, std::abs(bin.probability - bin.rate));
  }
  const double bottom = kSquareTop + kSide;
  Sheet sheet(bottom + plot::kAxisHeight + plot::kMargin / 2, heading,
              fmt::format("{} held-out campaigns, pooled; the area of a dot is its campaigns, "
                          "dashed would be perfect",
                          plot::CountText(rows)),
              fmt::format("Predicted and observed shares differ by at most {} points.",
                          plot::NumberText(100 * off, 1)));
  const plot::Scale x = {{0, 1}, {kLeft, kLeft + kSide}};
  const plot::Scale y = {{0, 1}, {bottom, kSquareTop}};
  sheet.LeftTicks(ShareTicks(), y, kLeft, kLeft + kSide);
  sheet.BottomTicks(ShareTicks(), x, kSquareTop, bottom);
  const plot::Look look = {.size = plot::kSmallSize, .tone = Tone::kMuted};
  sheet.Text({plot::kMargin, kSquareTop - 16}, "share that came true", look);
  plot::Look middle = look;
  middle.anchor = Anchor::kMiddle;
  sheet.Text({kLeft + kSide / 2, bottom + 37}, "predicted probability", middle);
  sheet.Line({x(0), y(0)}, {x(1), y(1)}, Tone::kAxis, 1.2, "4 4");
  DrawBins(bins, x, y, &sheet);
  DrawFigures(report, kLeft + kSide + 36, kSquareTop + 12, &sheet);
  return sheet.Take();
}

}  // namespace pythia
