#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include "cli/print.h"
#include "cli/terminal.h"

namespace pythia {
namespace {

struct MetricName {
  const char* key;
  const char* label;
  bool is_share;
};

// In reading order; a metric that is not here is not for people.
constexpr MetricName kMetricNames[] = {
    {"mae", "mean absolute error", false},
    {"d2", "D² (share of deviance explained)", false},
    {"r2", "R²", false},
    {"deviance", "mean Poisson deviance", false},
    {"accuracy", "accuracy", true},
    {"auc", "AUC", false},
    {"log_loss", "log loss", false},
    {"brier", "Brier score", false},
};

void PrintMetrics(const ModelReport& report) {
  const bool random = std::any_of(report.metrics.begin(), report.metrics.end(),
                                  [](const auto& item) { return item.second.random_split; });
  std::vector<std::string> header = {"on held-out campaigns", "model", "baseline"};
  if (random) header.emplace_back("random split");
  header.emplace_back("the baseline is");
  TextTable table(header);
  table.Left(header.size() - 1);
  for (const MetricName& name : kMetricNames) {
    const auto found = report.metrics.find(name.key);
    if (found == report.metrics.end()) continue;
    const Metric& metric = found->second;
    const auto text = [&](double value) {
      if (name.is_share) return Percent(value);
      return std::abs(value) >= 1000 ? ShortNumber(value) : fmt::format("{:.4g}", value);
    };
    std::vector<std::string> row = {name.label, text(metric.value),
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

void PrintCalibration(const CalibrationReport& calibration) {
  Print(
      fmt::format("  probabilities: miscalibration {:.2g} of a Brier score of {:.4g}, normalised "
                  "entropy {:.4g}",
                  calibration.miscalibration, calibration.brier, calibration.normalised_entropy));
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

std::string ThresholdText(const RoiThreshold& threshold) {
  if (threshold.rule == "break_even") return "ROI above break-even (0)";
  if (threshold.rule == "median") {
    return fmt::format("ROI above your own median ({})", ShortNumber(threshold.value));
  }
  return fmt::format("ROI above {}", ShortNumber(threshold.value));
}

std::string Title(const std::string& name, const TrainingReport& report) {
  if (name == "reach") return "Reach (impressions, given the plan)";
  if (name == "clicks") return "Clicks (given the impressions: CTR)";
  if (name == "roi") return report.roi_threshold ? ThresholdText(*report.roi_threshold) : "ROI";
  return "Clicks without planned impressions (reach x CTR)";
}

}  // namespace

void PrintModel(const ModelInfo& info, bool coefficients) {
  const TrainingReport& report = info.report;
  Print(Bold("model " + info.version) + (info.active ? " (active)" : ""));
  Print(fmt::format("  trained {} on {} campaigns of dataset {} (generation {}), seed {}\n",
                    info.created_at.substr(0, 19), WithCommas(report.rows), info.dataset,
                    report.generation, report.seed));
  for (const std::string name : {"reach", "clicks", "clicks_without_impressions", "roi"}) {
    const auto found = report.models.find(name);
    if (found == report.models.end()) continue;
    const ModelReport& model = found->second;
    Print(Bold(Title(name, report)));
    if (!model.metrics.empty()) {
      Print(fmt::format("  held out: {}; up to {} campaigns to learn from, {} to judge by\n",
                        model.split.rule, WithCommas(model.split.train_rows),
                        WithCommas(model.split.test_rows)));
      PrintMetrics(model);
      if (model.confusion) PrintConfusion(*model.confusion);
    }
    if (model.verdict) PrintVerdict(*model.verdict);
    PrintIntervals(model);
    if (coefficients && model.calibration) PrintCalibration(*model.calibration);
    if (coefficients) PrintCoefficients(model);
    for (const std::string& warning : model.warnings) {
      Print("  warning: " + Printable(warning, 400));
    }
  }
  for (const std::string& warning : report.warnings) Print("  warning: " + Printable(warning, 400));
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
    table.AddRow({"probability of " + ThresholdText({*p.roi_threshold, p.roi_threshold_rule}),
                  Percent(*p.roi_probability)});
    add_interval(p.roi_probability_interval, "as the history pins it down,",
                 [](double x) { return Percent(x); });
  }
  table.AddRow({"model", p.model_version});
  Print(table.ToString());
  for (const std::string& warning : p.warnings) Print("  note: " + Printable(warning, 400));
}

}  // namespace pythia
