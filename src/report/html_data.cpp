#include <algorithm>
#include <array>

#include <fmt/format.h>

#include "report/html_parts.h"
#include "report/plot_text.h"
#include "report/plots.h"

namespace pythia::html {
namespace {

constexpr size_t kMostFiles = 40;

struct ReasonNote {
  std::string_view begins;
  std::string_view words;
};

// docs/cleaning.md says the same at length. The first that fits holds.
constexpr std::array<ReasonNote, 15> kReasonNotes = {{
    {"missing_", "the cell is empty"},
    {"bad_date", "a day that does not exist"},
    {"bad_", "text where a number belongs"},
    {"negative_", "a number below 0 that cannot be"},
    {"fractional_", "a count with decimals"},
    {"too_few_fields", "the row ends before its last column"},
    {"too_many_fields", "the row has more cells than there are columns"},
    {"repeated_header", "the column names once more"},
    {"totals_row", "a sum of other rows, no campaign"},
    {"invalid_utf8", "bytes that are no text"},
    {"duplicate", "equal to an earlier row"},
    {"clicks_above_impressions", "more clicks than times the ad was shown"},
    {"empty", "nothing in it"},
    {"comment", "a remark, no campaign"},
    {"", ""},
}};

std::string_view ReasonWords(std::string_view reason) {
  return std::find_if(kReasonNotes.begin(), kReasonNotes.end(),
                      [&](const ReasonNote& note) { return reason.starts_with(note.begins); })
      ->words;
}

// All loads as one; what they do not say is not in it.
CleaningReport Together(const ModelCard& card) {
  CleaningReport all;
  for (const CardLoad& load : card.loads) {
    all.rows_kept += load.rows_kept.value_or(0);
    all.rows_rejected += load.rows_rejected.value_or(0);
    for (const auto& [reason, rows] : load.rejected) all.rejected[reason] += rows;
  }
  all.file = card.loads.size() == 1
                 ? card.loads.front().load.source
                 : Counted(static_cast<int64_t>(card.loads.size()), "file", "files");
  return all;
}

std::string KnownCount(const std::optional<int64_t>& count) {
  return count ? plot::CountText(*count) : "unknown";
}

void WriteFiles(const ModelCard& card, HtmlWriter* page) {
  const auto wide = page->In("div", "wide");
  const auto table = page->In("table");
  WriteHead({"File", "Rows kept", "Rows dropped", "Campaigns"}, 1, page);
  const auto body = page->In("tbody");
  for (size_t i = 0; i < card.loads.size() && i < kMostFiles; ++i) {
    const CardLoad& load = card.loads[i];
    WriteRow({load.load.source, KnownCount(load.rows_kept), KnownCount(load.rows_rejected),
              plot::CountText(load.load.rows)},
             1, page);
  }
  if (card.loads.size() > kMostFiles) {
    const auto others = static_cast<int64_t>(card.loads.size() - kMostFiles);
    WriteRow({fmt::format("and {}", Counted(others, "more file", "more files")), "", "", ""}, 1,
             page);
  }
}

void WriteReasons(const CleaningReport& all, HtmlWriter* page) {
  std::vector<std::pair<int64_t, std::string>> reasons;
  for (const auto& [reason, rows] : all.rejected) reasons.emplace_back(-rows, reason);
  std::sort(reasons.begin(), reasons.end());
  const auto wide = page->In("div", "wide");
  const auto table = page->In("table");
  WriteHead({"Dropped because", "That is", "Rows"}, 2, page);
  const auto body = page->In("tbody");
  for (const auto& [negative, reason] : reasons) {
    WriteRow({PlainName(reason), ReasonWords(reason), plot::CountText(-negative)}, 2, page);
  }
}

void WriteDropped(const ModelCard& card, HtmlWriter* page) {
  page->Leaf("h3", "What was dropped, and why");
  const bool known = std::all_of(card.loads.begin(), card.loads.end(),
                                 [](const CardLoad& load) { return load.rows_rejected; });
  const CleaningReport all = Together(card);
  if (!known) {
    page->Leaf("p",
               "For some files, loaded by an older version of the program, this is not known; "
               "they are not counted here.");
  } else if (all.rows_rejected == 0) {
    page->Leaf("p", "Nothing: every row could be used.");
  }
  if (all.rows_rejected == 0) return;
  page->Leaf("p",
             "A row that cannot be used is set aside with its reason, never repaired by a guess. "
             "The rejects file beside the exports names each.");
  page->Plot(CleaningSvg(all));
  WriteReasons(all, page);
}

}  // namespace

void WriteData(const ModelCard& card, HtmlWriter* page) {
  const TrainingReport& report = card.info.report;
  const auto section = page->In("section");
  page->Leaf("h2", "What the data was");
  page->Leaf("p", "One row is one campaign: what was planned, what it cost and what came of it.");
  {
    const auto facts = page->In("dl", "facts");
    WriteFact("Campaigns", plot::CountText(report.rows), page);
    if (!card.loads.empty()) {
      WriteFact("Files", plot::CountText(static_cast<int64_t>(card.loads.size())), page);
    }
    if (card.dates) {
      WriteFact("First day", DayWords(card.dates->first), page);
      WriteFact("Last day", DayWords(card.dates->second), page);
    }
  }
  std::string inputs;
  for (const std::string& feature : report.features) {
    inputs += (inputs.empty() ? "" : ", ") + PlainName(feature);
  }
  if (!inputs.empty()) {
    page->Leaf("p", fmt::format("Predictions use what is known before a launch: {}.{}", inputs,
                                report.planned_spend ? " Spend is declared as planned." : ""));
  }
  if (card.loads.empty()) {
    page->Leaf("p", "Which files this came from is no longer kept.");
    return;
  }
  WriteFiles(card, page);
  WriteDropped(card, page);
}

}  // namespace pythia::html
