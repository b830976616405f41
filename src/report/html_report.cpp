#include "report/html_report.h"

#include <algorithm>

#include <fmt/format.h>

#include "records/model_words.h"
#include "report/html_parts.h"
#include "report/html_style.h"
#include "report/html_writer.h"
#include "report/plot_text.h"
#include "report/svg.h"

namespace pythia {
namespace {

constexpr size_t kDriversNamed = 3;

struct Headline {
  bool good = false;
  std::string what;
  std::string head;
  std::string words;
};

// "Most of it goes with Impressions, Channel Used and Duration."
std::string Drivers(const ReportContents& contents, std::string_view target) {
  if (!contents.summary) return {};
  for (const TargetSummary& summary : contents.summary->targets) {
    if (summary.target != target) continue;
    std::vector<std::string> names;
    for (const PlayerSummary& player : summary.players) {
      if (player.mean_absolute > 0 && names.size() < kDriversNamed) {
        names.push_back(html::PlainName(player.player));
      }
    }
    if (names.empty()) return {};
    std::string text = names.front();
    for (size_t i = 1; i < names.size(); ++i) {
      text += (i + 1 < names.size() ? ", " : " and ") + names[i];
    }
    return fmt::format(" What moves the prediction most: {}.", text);
  }
  return {};
}

std::optional<Headline> ModelHeadline(const ReportContents& contents, std::string_view name) {
  const TrainingReport& report = contents.card.info.report;
  const auto found = report.models.find(std::string(name));
  if (found == report.models.end()) return std::nullopt;
  const ModelReport& model = found->second;
  Headline line{.good = html::HasSignal(model), .what = ModelTitle(name, report)};
  const std::string_view it = name == "roi" ? "ROI" : "Clicks";
  if (!model.verdict) {
    line.head = fmt::format("{}: too few campaigns to judge the model by", it);
    return line;
  }
  line.head = line.good ? fmt::format("{} can be predicted better than by an average", it)
                        : fmt::format("{}: no model beats a simple figure of the past", it);
  line.words = html::Sentence(model.verdict->words);
  if (line.good) line.words += Drivers(contents, name);
  return line;
}

std::optional<Headline> BudgetHeadline(const ReportContents& contents) {
  if (!contents.recommendation) {
    if (contents.no_recommendation.empty()) return std::nullopt;
    return Headline{.what = "Budget",
                    .head = "There is no recommendation",
                    .words = html::Sentence(contents.no_recommendation)};
  }
  const Recommendation& r = *contents.recommendation;
  const bool better = r.verdict == "better";
  return Headline{
      .good = better,
      .what = fmt::format("A budget of {}{}", html::MoneyWords(r.used_budget, r.currency),
                          contents.median_budget ? " (the median spend)" : ""),
      .head = better ? "Recommended: " + html::PlanWords(r.plan)
                     : "No plan stands out from your average campaign",
      .words = html::Sentence(r.words)};
}

void WriteHeadlines(const ReportContents& contents, HtmlWriter* page) {
  const auto list = page->In("ul", "verdicts");
  for (const auto& line : {ModelHeadline(contents, "clicks"), ModelHeadline(contents, "roi"),
                           BudgetHeadline(contents)}) {
    if (!line) continue;
    const auto item = page->In("li", line->good ? "good" : "");
    page->Leaf("p", line->what, "what");
    page->Leaf("p", line->head, "head");
    if (!line->words.empty()) page->Leaf("p", line->words);
  }
}

std::string Title(const ReportContents& contents) {
  const auto& models = contents.card.info.report.models;
  const bool clicks = models.contains("clicks");
  const bool roi = models.contains("roi");
  const int64_t rows = contents.card.info.report.rows;
  return fmt::format("What {} {} about {}", html::Counted(rows, "campaign", "campaigns"),
                     rows == 1 ? "says" : "say",
                     clicks && roi ? "clicks and ROI"
                     : roi         ? "ROI"
                     : clicks      ? "clicks"
                                   : "what comes next");
}

void WriteHeader(const ReportContents& contents, HtmlWriter* page) {
  const auto header = page->In("header");
  page->Leaf("p", "Campaign report \xC2\xB7 " + contents.card.info.dataset, "eyebrow");
  page->Leaf("h1", Title(contents));
  std::string dates;
  if (const auto& days = contents.card.dates) {
    dates = fmt::format("Campaigns from {} to {}. ", html::DayWords(days->first),
                        html::DayWords(days->second));
  }
  page->Leaf("p", dates + "Report of " + html::DayWords(contents.made_at) + ".", "quiet");
  WriteHeadlines(contents, page);
}

std::vector<std::string> AllWarnings(const ReportContents& contents) {
  std::vector<std::string> all;
  const auto add = [&](const std::string& warning, const std::string& of = {}) {
    std::string text = of.empty() ? html::Sentence(warning) : of + ": " + html::Sentence(warning);
    if (std::find(all.begin(), all.end(), text) == all.end()) all.push_back(std::move(text));
  };
  const TrainingReport& report = contents.card.info.report;
  for (const std::string& warning : contents.warnings) add(warning);
  for (const std::string& warning : report.warnings) add(warning);
  for (const std::string_view name : ModelsForPeople()) {
    const auto found = report.models.find(std::string(name));
    if (found == report.models.end()) continue;
    for (const std::string& warning : found->second.warnings) {
      add(warning, ModelTitle(name, report));
    }
  }
  if (contents.recommendation) {
    for (const std::string& warning : contents.recommendation->warnings) add(warning);
  }
  return all;
}

void WriteWarnings(const ReportContents& contents, HtmlWriter* page) {
  const std::vector<std::string> warnings = AllWarnings(contents);
  if (warnings.empty()) return;
  const auto section = page->In("section");
  page->Leaf("h2", "What to be careful about");
  const auto list = page->In("ul", "notes");
  for (const std::string& warning : warnings) page->Leaf("li", warning);
}

void WriteProvenance(const ReportContents& contents, HtmlWriter* page) {
  const ModelInfo& info = contents.card.info;
  const auto section = page->In("section");
  page->Leaf("h2", "Where this comes from");
  page->Leaf("p",
             "The same rows and the same seed give the same model, to the last bit. A SHA-256 is a "
             "fingerprint: another one means other data or another file.");
  const auto wide = page->In("div", "wide");
  const auto table = page->In("table");
  const auto body = page->In("tbody");
  const auto add = [&](std::string_view what, std::string_view value, std::string_view look = {}) {
    const auto row = page->In("tr");
    page->Leaf("th", what);
    page->Leaf("td", value.empty() ? "unknown" : value, look);
  };
  add("Dataset", fmt::format("{}, generation {}", info.dataset, info.report.generation));
  add("Data, SHA-256", contents.card.data_sha256, "code");
  add("Model", info.version, "code");
  add("Trained", html::TimeWords(info.created_at));
  add("Model file", info.file, "code");
  add("Model file, SHA-256", info.sha256, "code");
  add("Random seed", std::to_string(info.report.seed));
  add("Trained by", contents.card.program);
  add("Report by", contents.program);
  add("Report of", html::TimeWords(contents.made_at));
}

}  // namespace

std::string HtmlReport(const ReportContents& contents) {
  HtmlWriter page;
  page.Raw("<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\"/>\n");
  page.Raw(fmt::format("<meta http-equiv=\"Content-Security-Policy\" content=\"{}\"/>\n",
                       EscapedXml(kReportPolicy)));
  page.Raw(
      "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\"/>\n"
      "<meta name=\"color-scheme\" content=\"light dark\"/>\n"
      "<meta name=\"referrer\" content=\"no-referrer\"/>\n");
  page.Leaf("title", Title(contents) + " \xC2\xB7 " + contents.card.info.dataset);
  page.Raw(fmt::format("<style>{}</style>\n</head>\n<body>\n", kReportStyle));
  page.Open("main");
  WriteHeader(contents, &page);
  html::WriteData(contents.card, &page);
  html::WriteQuality(contents.card.info.report, &page);
  if (contents.summary) html::WriteWhatMatters(*contents.summary, &page);
  html::WriteEffects(contents.card.info.report, &page);
  html::WriteBudget(contents, &page);
  WriteWarnings(contents, &page);
  WriteProvenance(contents, &page);
  page.Close();
  page.Raw("</body>\n</html>\n");
  return page.Take();
}

}  // namespace pythia
