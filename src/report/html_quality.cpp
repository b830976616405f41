#include <array>
#include <cmath>

#include <fmt/format.h>

#include "records/model_words.h"
#include "report/html_parts.h"
#include "report/plot_text.h"
#include "report/plots.h"

namespace pythia::html {
namespace {

struct MetricNote {
  std::string_view key;
  std::string_view words;
  bool larger_is_better = false;
};

constexpr std::array<MetricNote, 8> kMetricNotes = {{
    {"mae", "how far off a prediction is on average; smaller is better", false},
    {"d2", "how much of the differences between campaigns it explains; 1 is all, 0 none", true},
    {"r2", "the same, by squared misses; 1 is all, 0 none", true},
    {"deviance", "how badly the counts fit; smaller is better", false},
    {"accuracy", "campaigns put on the right side; larger is better", true},
    {"auc", "how often the better of two campaigns is ranked first; 0.5 is a coin toss", true},
    {"log_loss", "the penalty for confident mistakes; smaller is better", false},
    {"brier", "the squared miss of a probability; smaller is better", false},
}};

const MetricNote* NoteOf(std::string_view key) {
  for (const MetricNote& note : kMetricNotes) {
    if (note.key == key) return &note;
  }
  return nullptr;
}

std::string UnitOf(std::string_view key, const ModelReport& model) {
  if (key != "mae") return {};
  return model.target == "Impressions" ? " impressions" : " clicks";
}

// Most figures have the same one; the first in reading order that has any.
std::string MainBaseline(const ModelReport& model) {
  for (const MetricWords& words : MetricsForPeople()) {
    const auto found = model.metrics.find(std::string(words.key));
    if (found != model.metrics.end() && found->second.baseline) return found->second.baseline_name;
  }
  return {};
}

void WriteMetric(const MetricWords& words, const Metric& metric, const ModelReport& model,
                 HtmlWriter* page) {
  const MetricNote* const note = NoteOf(words.key);
  const std::string unit = UnitOf(words.key, model);
  const auto text = [&](double value) {
    if (!std::isfinite(value)) return std::string("unknown");
    return words.is_share ? plot::PercentText(value) : plot::FigureText(value) + unit;
  };
  const std::string model_text = text(metric.value);
  const std::string baseline_text = metric.baseline ? text(*metric.baseline) : "none";
  const bool comparable = note != nullptr && metric.baseline && model_text != baseline_text;
  const double sign = note != nullptr && note->larger_is_better ? 1 : -1;
  const bool better = comparable && sign * metric.value > sign * *metric.baseline;
  const bool worse = comparable && sign * metric.value < sign * *metric.baseline;
  const auto row = page->In("tr");
  {
    const auto head = page->In("th");
    page->Text(words.label);
    if (note != nullptr) page->Leaf("span", note->words, "small");
  }
  page->Leaf("td", model_text, better ? "n best" : "n");
  const auto cell = page->In("td", worse ? "n best" : "n");
  page->Text(baseline_text);
  if (metric.baseline && metric.baseline_name != MainBaseline(model)) {
    page->Leaf("span", metric.baseline_name, "small");
  }
}

void WriteMetrics(const ModelReport& model, HtmlWriter* page) {
  if (model.metrics.empty()) return;
  {
    const auto wide = page->In("div", "wide");
    const auto table = page->In("table");
    WriteHead({"On campaigns not seen before", "Model", "Baseline"}, 1, page);
    const auto body = page->In("tbody");
    for (const MetricWords& words : MetricsForPeople()) {
      const auto found = model.metrics.find(std::string(words.key));
      if (found != model.metrics.end()) WriteMetric(words, found->second, model, page);
    }
  }
  const std::string baseline = MainBaseline(model);
  if (!baseline.empty()) page->Leaf("p", fmt::format("The baseline is: {}.", baseline), "small");
}

void WriteIntervals(const ModelReport& model, HtmlWriter* page) {
  for (const auto& [name, interval] : model.intervals) {
    const std::string of = name == "ctr" ? "CTR" : name;
    if (interval.method == "none") {
      page->Leaf("p", fmt::format("No range is given for the {}: {}", of, Sentence(interval.note)),
                 "small");
      continue;
    }
    std::string text =
        fmt::format("The range given with the predicted {} should hold {} % of such campaigns", of,
                    plot::NumberText(100 * interval.level, 0));
    text += interval.coverage
                ? fmt::format("; of the latest {}, judged by earlier ones alone, it held {}.",
                              Counted(interval.coverage_rows, "campaign", "campaigns"),
                              plot::PercentText(*interval.coverage))
                : ".";
    page->Leaf("p", text, "small");
  }
}

void WriteModel(std::string_view name, const ModelReport& model, const TrainingReport& report,
                bool with_rule, HtmlWriter* page) {
  page->Leaf("h3", ModelTitle(name, report));
  if (model.verdict) {
    const auto words = page->In("p");
    page->Leaf("strong",
               HasSignal(model) ? "Better than the baseline. " : "No better than the baseline. ");
    page->Text(Sentence(model.verdict->words));
  } else {
    page->Leaf("p", "Too few campaigns to hold some back and judge by them.");
  }
  WriteMetrics(model, page);
  if (!model.metrics.empty()) {
    page->Leaf("p",
               fmt::format("Learned from up to {}, judged on {}{}.",
                           Counted(model.split.train_rows, "campaign", "campaigns"),
                           Counted(model.split.test_rows, "campaign", "campaigns"),
                           with_rule ? fmt::format(" (held back {})", model.split.rule) : ""),
               "small");
  }
  if (model.shuffled_gain_share) {
    page->Leaf("p",
               fmt::format("Self-test: with outcomes dealt to other campaigns at random, where "
                           "there is nothing to find, it gains {} over the baseline.",
                           plot::PercentText(*model.shuffled_gain_share)),
               "small");
  }
  WriteIntervals(model, page);
  if (model.calibration && !model.calibration->bins.empty()) {
    page->Plot(CalibrationSvg(*model.calibration));
  }
}

// How campaigns were held back, where all models did it alike; else empty.
std::string CommonRule(const TrainingReport& report) {
  std::string rule;
  for (const auto& [name, model] : report.models) {
    if (model.metrics.empty()) continue;
    if (!rule.empty() && model.split.rule != rule) return {};
    rule = model.split.rule;
  }
  return rule;
}

}  // namespace

void WriteQuality(const TrainingReport& report, HtmlWriter* page) {
  const auto section = page->In("section");
  page->Leaf("h2", "How good the predictions are");
  page->Leaf("p",
             "A model is worth something only where it beats the simple figure that one has "
             "without it, such as an average: its baseline. Both are judged on campaigns that "
             "neither had seen. The better of the two is bold.");
  const std::string rule = CommonRule(report);
  if (!rule.empty()) page->Leaf("p", fmt::format("Campaigns were held back {}.", rule));
  // What was asked first, then what it is made of.
  for (const std::string_view name : {"clicks", "roi", "clicks_without_impressions", "reach"}) {
    const auto found = report.models.find(std::string(name));
    if (found != report.models.end()) WriteModel(name, found->second, report, rule.empty(), page);
  }
}

}  // namespace pythia::html
