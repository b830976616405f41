#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include "cli/print.h"
#include "cli/terminal.h"
#include "records/model_words.h"

namespace pythia {
namespace {

constexpr size_t kInputsShown = 5;

constexpr int kRateBarWidth = 20;

void PrintMetrics(const ModelReport& report) {
  const bool random = std::any_of(report.metrics.begin(), report.metrics.end(),
                                  [](const auto& item) { return item.second.random_split; });
  std::vector<std::string> header = {"on held-out campaigns", "model", "baseline"};
  if (random) header.emplace_back("random split");
  header.emplace_back("the baseline is");
  TextTable table(header);
  table.Left(header.size() - 1);
  for (const MetricWords& words : MetricsForPeople()) {
    const auto found = report.metrics.find(std::string(words.key));
    if (found == report.metrics.end()) continue;
    const Metric& metric = found->second;
    const auto text = [&](double value) {
      if (words.is_share) return Percent(value);
      return std::abs(value) >= 1000 ? ShortNumber(value) : fmt::format("{:.4g}", value);
    };
    std::vector<std::string> row = {std::string(words.label), text(metric.value),
                                    metric.baseline ? text(*metric.baseline) : ""};
    if (random) row.push_back(metric.random_split ? text(*metric.random_split) : "");
    row.push_back(metric.baseline_name);
    table.AddRow(row);
  }
  Print(table.ToString());
}

void PrintConfusion(const ConfusionMatrix& confusion) {
  TextTable table({"", "came out positive", "came out negative"});
  table.AddRow({"predicted positive", WithCommas(confusion.true_positive),
                WithCommas(confusion.false_positive)});
  table.AddRow({"predicted negative", WithCommas(confusion.false_negative),
                WithCommas(confusion.true_negative)});
  Print(table.ToString());
}

void PrintVerdict(const Verdict& verdict) {
  Print(fmt::format("  verdict: {}: {}\n", verdict.verdict == "signal" ? "signal" : "no signal",
                    Printable(verdict.words, 400)));
}

void PrintIntervals(const ModelReport& report) {
  for (const auto& [name, interval] : report.intervals) {
    const std::string of = name == "ctr" ? "CTR" : name;
    if (interval.method == "none") {
      Print(fmt::format("  {}: no interval: {}", of, interval.note));
      continue;
    }
    Print(fmt::format("  {}: intervals of {:.0f} % from {} held-out campaigns ({})", of,
                      100 * interval.level, WithCommas(interval.scores),
                      Printable(interval.note, 400)));
    if (interval.coverage) {
      Print(fmt::format("    on the latest {} campaigns, judged by earlier ones alone: {} inside",
                        WithCommas(interval.coverage_rows), Percent(*interval.coverage)));
    }
  }
  if (!report.intervals.empty()) Print("");
}

void PrintSelfTest(double share) {
  Print(
      fmt::format("  self-test: on outcomes dealt to other campaigns at random, where there is "
                  "nothing to find, "
                  "it gains {}\n",
                  Percent(share)));
}

void PrintCalibration(const CalibrationReport& calibration) {
  Print(
      fmt::format("  probabilities: miscalibration {:.2g} of a Brier score of {:.4g}, normalised "
                  "entropy {:.4g}",
                  calibration.miscalibration, calibration.brier, calibration.normalised_entropy));
  TextTable table({"predicted", "happened", "campaigns", ""});
  table.Left(3);
  for (const CalibrationBin& bin : calibration.bins) {
    table.AddRow({Percent(bin.probability), Percent(bin.rate), WithCommas(bin.rows),
                  Bar(bin.rate, kRateBarWidth)});
  }
  Print(table.ToString());
}

void PrintCoefficients(const ModelReport& report) {
  if (report.coefficients.empty()) return;
  TextTable table({"term", "coefficient", "effect", "95 % from", "to", "phi-scaled error"});
  table.AddRow({"(intercept)", fmt::format("{:+.4f}", report.intercept), "", "", "", ""});
  const auto text = [](double value) { return fmt::format("{:+.4f}", value); };
  for (const Coefficient& coefficient : report.coefficients) {
    std::vector<std::string> row = {coefficient.term, text(coefficient.value)};
    if (const auto& effect = coefficient.effect) {
      row.insert(row.end(), {text(effect->value), text(effect->lower), text(effect->upper),
                             fmt::format("{:.4f}", effect->phi_error)});
    } else {
      row.insert(row.end(), {"none", "", "", ""});
    }
    table.AddRow(row);
  }
  Print(table.ToString());
}

void PrintLoads(const ModelCard& card) {
  Print(Bold("Data"));
  Print(fmt::format("  {} campaigns of dataset {}, generation {}{}",
                    WithCommas(card.info.report.rows), card.info.dataset,
                    card.info.report.generation,
                    card.dates ? ", " + card.dates->first + " to " + card.dates->second : ""));
  for (const CardLoad& load : card.loads) {
    std::string line =
        fmt::format("  {}: {} campaigns", Printable(load.load.source), WithCommas(load.load.rows));
    if (load.rows_kept && load.rows_rejected) {
      line += fmt::format("; {} rows kept, {} rejected", WithCommas(*load.rows_kept),
                          WithCommas(*load.rows_rejected));
    }
    Print(line);
    for (const auto& [reason, rows] : load.rejected) {
      Print(fmt::format("    {} {}", WithCommas(rows), Printable(reason)));
    }
  }
  if (card.loads.empty()) Print("  what was loaded into this generation is no longer kept");
  std::string features;
  for (const std::string& feature : card.info.report.features) {
    features += (features.empty() ? "" : ", ") + Printable(feature);
  }
  Print(fmt::format("  features: {}{}\n", features,
                    card.info.report.planned_spend ? "; spend is declared as planned" : ""));
}

}  // namespace

void PrintModel(const ModelInfo& info, bool coefficients) {
  const TrainingReport& report = info.report;
  Print(Bold("model " + info.version) + (info.active ? " (active)" : ""));
  Print(fmt::format("  trained {} on {} campaigns of dataset {} (generation {}), seed {}\n",
                    info.created_at.substr(0, 19), WithCommas(report.rows), info.dataset,
                    report.generation, report.seed));
  for (const std::string_view name : ModelsForPeople()) {
    const auto found = report.models.find(std::string(name));
    if (found == report.models.end()) continue;
    const ModelReport& model = found->second;
    Print(Bold(ModelTitle(name, report)));
    if (!model.metrics.empty()) {
      Print(fmt::format("  held out: {}; up to {} campaigns to learn from, {} to judge by\n",
                        model.split.rule, WithCommas(model.split.train_rows),
                        WithCommas(model.split.test_rows)));
      PrintMetrics(model);
      if (model.confusion) PrintConfusion(*model.confusion);
    }
    if (model.verdict) PrintVerdict(*model.verdict);
    if (coefficients && model.shuffled_gain_share) PrintSelfTest(*model.shuffled_gain_share);
    PrintIntervals(model);
    if (coefficients && model.calibration) PrintCalibration(*model.calibration);
    if (coefficients) PrintCoefficients(model);
    for (const std::string& warning : model.warnings) {
      Print("  warning: " + Printable(warning, 400));
    }
  }
  for (const std::string& warning : report.warnings) Print("  warning: " + Printable(warning, 400));
}

void PrintCard(const ModelCard& card) {
  PrintModel(card.info, true);
  Print("");
  PrintLoads(card);
  Print(Bold("Provenance"));
  TextTable table({"what", "value"});
  table.Left(1);
  table.AddRow({"data SHA-256", card.data_sha256});
  table.AddRow({"model file", card.info.file});
  table.AddRow({"model file SHA-256", card.info.sha256});
  table.AddRow({"program", card.program.empty() ? "unknown" : card.program});
  table.AddRow({"seed", std::to_string(card.info.report.seed)});
  table.AddRow({"threads", std::to_string(card.info.threads)});
  Print(table.ToString());
}

void PrintPrediction(const Predicted& predicted) {
  const Prediction& p = predicted.prediction;
  TextTable table({"prediction", ""});
  table.Left(1);
  const auto add_interval = [&](const std::optional<Interval>& interval, const char* what,
                                const auto& text) {
    if (!interval) return;
    table.AddRow({fmt::format("  {} {:.0f} %", what, 100 * interval->level),
                  text(interval->lower) + " to " + text(interval->upper)});
  };
  if (p.clicks) table.AddRow({"clicks", ShortNumber(std::round(*p.clicks))});
  add_interval(p.clicks_interval, "such campaigns,",
               [](double x) { return WithCommas(std::llround(x)); });
  if (p.ctr) table.AddRow({"CTR", Percent(*p.ctr, 2)});
  add_interval(p.ctr_interval, "such campaigns,", [](double x) { return Percent(x, 2); });
  if (p.roi_probability) {
    table.AddRow({"ROI", RoiLabel(p)});
    table.AddRow({"probability of " + ThresholdWords({*p.roi_threshold, p.roi_threshold_rule}),
                  Percent(*p.roi_probability)});
    add_interval(p.roi_probability_interval, "as the history pins it down,",
                 [](double x) { return Percent(x); });
  }
  table.AddRow({"model", p.model_version});
  Print(table.ToString());
  if (p.explanation) PrintExplanation(*p.explanation, kInputsShown);
  for (const std::string& warning : p.warnings) Print("  note: " + Printable(warning, 400));
}

}  // namespace pythia
