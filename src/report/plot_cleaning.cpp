#include <algorithm>

#include <fmt/format.h>

#include "report/plot_rows.h"
#include "report/plot_text.h"
#include "report/plots.h"

namespace pythia {
namespace {

using plot::Anchor;
using plot::Sheet;
using plot::Tone;

constexpr double kShareBar = 26;
constexpr double kPartsTop = plot::kTop + 78;
constexpr size_t kMostReasons = 12;

struct ReasonRow {
  std::string label;
  int64_t rows = 0;
};

// The most frequent first; the others, never just one, share the last row.
std::vector<ReasonRow> Reasons(const std::map<std::string, int64_t>& counts) {
  std::vector<ReasonRow> rows;
  for (const auto& [reason, count] : counts) {
    if (count <= 0) continue;
    std::string words = reason;
    std::replace(words.begin(), words.end(), '_', ' ');
    rows.push_back({words, count});
  }
  plot::SortLargestFirst(&rows, [](const ReasonRow& row) { return static_cast<double>(row.rows); });
  const size_t own = plot::OwnRows(rows.size(), kMostReasons);
  if (own < rows.size()) {
    ReasonRow others = {fmt::format("{} other reasons", rows.size() - own)};
    for (size_t i = own; i < rows.size(); ++i) others.rows += rows[i].rows;
    rows.resize(own);
    rows.push_back(others);
  }
  return rows;
}

double Share(int64_t part, int64_t whole) {
  return whole > 0 ? static_cast<double>(part) / static_cast<double>(whole) : 0;
}

std::string CountAndShare(int64_t rows, int64_t whole) {
  return fmt::format("{} ({})", plot::CountText(rows), plot::PercentText(Share(rows, whole)));
}

// One bar of the whole file: kept from the left, rejected from the right.
void DrawShares(int64_t kept, int64_t rejected, Sheet* sheet) {
  constexpr double kFull = plot::kWidth - 2 * plot::kMargin;
  const int64_t whole = kept + rejected;
  const double split = kFull * Share(kept, whole);
  const double gap = kept > 0 && rejected > 0 ? 1 : 0;
  const double y = plot::kTop + 22;
  if (kept > 0) {
    sheet->Rect({plot::kMargin, y}, std::max(0.0, split - gap), kShareBar, Tone::kDown, 1, 2);
    sheet->Text({plot::kMargin, y - 8}, "kept " + CountAndShare(kept, whole));
  }
  if (rejected > 0) {
    const double left = std::min(plot::kMargin + split + gap, plot::kMargin + kFull - 1);
    sheet->Rect({left, y}, plot::kMargin + kFull - left, kShareBar, Tone::kUp, 1, 2);
    sheet->Text({plot::kWidth - plot::kMargin, y - 8}, "rejected " + CountAndShare(rejected, whole),
                {.anchor = Anchor::kEnd});
  }
}

struct Part {
  std::string heading;
  std::vector<ReasonRow> rows;
  Tone tone = Tone::kUp;
};

double PartHeight(const Part& part) {
  constexpr double kHead = 28;
  return part.rows.empty() ? 0 : kHead + static_cast<double>(part.rows.size()) * 28 + 14;
}

void DrawPart(const Part& part, const plot::Scale& x, int64_t whole, double top, Sheet* sheet) {
  if (part.rows.empty()) return;
  sheet->Text({plot::kMargin, top + 12}, part.heading, {.bold = true});
  for (size_t i = 0; i < part.rows.size(); ++i) {
    const ReasonRow& row = part.rows[i];
    const double y = top + 28 + (static_cast<double>(i) + 0.5) * 28;
    const double baseline = y + plot::kTextDrop * plot::kLabelSize;
    const double end = x(static_cast<double>(row.rows));
    sheet->Fitted({x.pixels.from - plot::kGap, baseline}, row.label, plot::kMostLabel,
                  {.anchor = Anchor::kEnd});
    sheet->Rect({x.pixels.from, y - plot::kBarHeight / 2}, end - x.pixels.from, plot::kBarHeight,
                part.tone, 1, 2);
    sheet->Text({end + 6, baseline}, CountAndShare(row.rows, whole), {.tone = Tone::kMuted});
  }
}

// One scale for all parts, so that bars compare.
plot::Scale ReasonScale(std::span<const Part> parts, int64_t whole) {
  std::vector<std::string> labels;
  double most = 1;
  double text = 0;
  for (const Part& part : parts) {
    for (const ReasonRow& row : part.rows) {
      labels.push_back(row.label);
      most = std::max(most, static_cast<double>(row.rows));
      text = std::max(text, plot::TextWidth(CountAndShare(row.rows, whole), plot::kLabelSize));
    }
  }
  const double gutter = plot::WidestText(labels, plot::kLabelSize, plot::kMostLabel);
  return {{0, most},
          {plot::kMargin + gutter + plot::kGap, plot::kWidth - plot::kMargin - text - plot::kGap}};
}

}  // namespace

std::string CleaningSvg(const CleaningReport& report) {
  const std::string heading = "What became of the file's rows";
  const int64_t kept = std::max<int64_t>(0, report.rows_kept);
  const int64_t rejected = std::max<int64_t>(0, report.rows_rejected);
  if (kept + rejected == 0) return plot::NothingToShow(heading, "the file has no rows");
  const Part parts[] = {{"Rejected because", Reasons(report.rejected), Tone::kUp},
                        {"Kept with a remark", Reasons(report.flagged), Tone::kGrey}};
  const double end = kPartsTop + PartHeight(parts[0]) + PartHeight(parts[1]);
  Sheet sheet(end, heading, report.file,
              fmt::format("{} rows were kept and {} rejected.", plot::CountText(kept),
                          plot::CountText(rejected)));
  DrawShares(kept, rejected, &sheet);
  const plot::Scale x = ReasonScale(parts, kept + rejected);
  DrawPart(parts[0], x, kept + rejected, kPartsTop, &sheet);
  DrawPart(parts[1], x, kept + rejected, kPartsTop + PartHeight(parts[0]), &sheet);
  return sheet.Take();
}

}  // namespace pythia
