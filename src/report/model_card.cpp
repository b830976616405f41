#include "report/model_card.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <vector>

#include <fmt/format.h>

#include "base/error.h"
#include "records/model_words.h"

namespace pythia {
namespace {

bool IsWordByte(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
}

// A figure that does not exist is an empty cell.
std::string Figure(double value) {
  return std::isfinite(value) ? fmt::format("{:.4g}", value) : std::string();
}
std::string Signed(double value) {
  return std::isfinite(value) ? fmt::format("{:+.4f}", value) : std::string();
}
std::string Share(double value) {
  return std::isfinite(value) ? fmt::format("{:.1f} %", 100 * value) : std::string();
}

// The cells are Markdown already.
std::string Row(const std::vector<std::string>& cells) {
  return fmt::format("| {} |\n", fmt::join(cells, " | "));
}

// `numbers`: the columns from this one on are set right.
std::string Head(const std::vector<std::string>& cells, size_t numbers) {
  std::string head = Row(cells) + "|";
  for (size_t i = 0; i < cells.size(); ++i) head += i < numbers ? "---|" : "---:|";
  return head + "\n";
}

std::string CountCell(const std::optional<int64_t>& count) {
  return count ? std::to_string(*count) : "unknown";
}

std::string DataPart(const ModelCard& card) {
  const TrainingReport& report = card.info.report;
  std::string text = "## Data\n\n";
  text += fmt::format("{} campaigns of dataset {}, generation {}", report.rows,
                      EscapedMarkdown(card.info.dataset), report.generation);
  if (card.dates) text += fmt::format(", {} to {}", card.dates->first, card.dates->second);
  text += ".\n\n";
  if (card.loads.empty()) {
    return text + "What was loaded into this generation is no longer kept.\n\n";
  }
  text += Head({"file", "rejected because", "campaigns", "rows kept", "rows rejected"}, 2);
  for (const CardLoad& load : card.loads) {
    std::string reasons;
    for (const auto& [reason, rows] : load.rejected) {
      reasons += fmt::format("{}{} {}", reasons.empty() ? "" : ", ", EscapedMarkdown(reason), rows);
    }
    text += Row({EscapedMarkdown(load.load.source), reasons, std::to_string(load.load.rows),
                 CountCell(load.rows_kept), CountCell(load.rows_rejected)});
  }
  text += "\nFeatures: ";
  for (size_t i = 0; i < report.features.size(); ++i) {
    text += (i == 0 ? "" : ", ") + EscapedMarkdown(report.features[i]);
  }
  text += report.planned_spend ? ". Spend is declared as planned.\n\n" : ".\n\n";
  return text;
}

std::string MetricsPart(const ModelReport& report) {
  if (report.metrics.empty()) return {};
  const bool random = std::any_of(report.metrics.begin(), report.metrics.end(),
                                  [](const auto& item) { return item.second.random_split; });
  std::string text = fmt::format(
      "Held out: {}; up to {} campaigns to learn from, {} to judge by.\n\n",
      EscapedMarkdown(report.split.rule), report.split.train_rows, report.split.test_rows);
  std::vector<std::string> head = {"on held-out campaigns", "the baseline is", "model", "baseline"};
  if (random) head.emplace_back("random split");
  text += Head(head, 2);
  for (const MetricWords& words : MetricsForPeople()) {
    const auto found = report.metrics.find(std::string(words.key));
    if (found == report.metrics.end()) continue;
    const Metric& metric = found->second;
    const auto cell = [&](const std::optional<double>& value) {
      if (!value) return std::string();
      return words.is_share ? Share(*value) : Figure(*value);
    };
    std::vector<std::string> row = {std::string(words.label), EscapedMarkdown(metric.baseline_name),
                                    cell(metric.value), cell(metric.baseline)};
    if (random) row.push_back(cell(metric.random_split));
    text += Row(row);
  }
  text += "\n";
  if (const auto& confusion = report.confusion) {
    text += Head({"", "came out positive", "came out negative"}, 1);
    text += Row({"predicted positive", std::to_string(confusion->true_positive),
                 std::to_string(confusion->false_positive)});
    text += Row({"predicted negative", std::to_string(confusion->false_negative),
                 std::to_string(confusion->true_negative)});
    text += "\n";
  }
  return text;
}

std::string IntervalsPart(const ModelReport& report) {
  if (report.intervals.empty()) return {};
  std::string text = Head({"interval of", "how", "level", "held-out campaigns",
                           "inside, on the latest block", "of campaigns"},
                          2);
  for (const auto& [name, interval] : report.intervals) {
    const bool none = interval.method == "none";
    text += Row({name == "ctr" ? "CTR" : EscapedMarkdown(name),
                 (none ? "none: " : "") + EscapedMarkdown(interval.note),
                 none ? "" : Share(interval.level), none ? "" : std::to_string(interval.scores),
                 interval.coverage ? Share(*interval.coverage) : "",
                 interval.coverage ? std::to_string(interval.coverage_rows) : ""});
  }
  return text + "\n";
}

std::string CalibrationPart(const CalibrationReport& calibration) {
  std::string text = fmt::format(
      "Probabilities: miscalibration {}, discrimination {} and uncertainty {} of a Brier score of "
      "{}; log loss {}, normalised entropy {}.\n\n",
      Figure(calibration.miscalibration), Figure(calibration.discrimination),
      Figure(calibration.uncertainty), Figure(calibration.brier), Figure(calibration.log_loss),
      Figure(calibration.normalised_entropy));
  text += Head({"predicted", "happened", "campaigns"}, 0);
  for (const CalibrationBin& bin : calibration.bins) {
    text += Row({Share(bin.probability), Share(bin.rate), std::to_string(bin.rows)});
  }
  return text + "\n";
}

std::string CoefficientsPart(const ModelReport& report) {
  if (report.coefficients.empty()) return {};
  std::string text = Head({"term", "coefficient", "effect", "95 % from", "to"}, 1);
  text += Row({"(intercept)", Signed(report.intercept), "", "", ""});
  for (const Coefficient& coefficient : report.coefficients) {
    std::vector<std::string> row = {EscapedMarkdown(coefficient.term), Signed(coefficient.value)};
    if (const auto& effect = coefficient.effect) {
      row.insert(row.end(), {Signed(effect->value), Signed(effect->lower), Signed(effect->upper)});
    } else {
      row.insert(row.end(), {"none", "", ""});
    }
    text += Row(row);
  }
  return text + "\nEffects are associations in this history, never causes.\n\n";
}

std::string WarningsPart(const std::vector<std::string>& warnings) {
  std::string text;
  for (const std::string& warning : warnings) {
    text += fmt::format("- Warning: {}\n", EscapedMarkdown(warning));
  }
  return text.empty() ? text : text + "\n";
}

std::string ModelPart(std::string_view name, const ModelReport& model,
                      const TrainingReport& report) {
  std::string text = fmt::format("## {}\n\n", EscapedMarkdown(ModelTitle(name, report)));
  if (model.verdict) {
    text += fmt::format("Verdict: **{}**: {}.\n\n",
                        model.verdict->verdict == "signal" ? "signal" : "no signal",
                        EscapedMarkdown(model.verdict->words));
  }
  text += MetricsPart(model);
  if (model.shuffled_gain_share) {
    text += fmt::format(
        "Self-test: on outcomes dealt to other campaigns at random, where there is nothing to "
        "find, "
        "it gains {}.\n\n",
        Share(*model.shuffled_gain_share));
  }
  text += IntervalsPart(model);
  if (model.calibration) text += CalibrationPart(*model.calibration);
  return text + CoefficientsPart(model) + WarningsPart(model.warnings);
}

}  // namespace

std::string EscapedMarkdown(std::string_view text) {
  const std::string line = Printable(text, std::numeric_limits<size_t>::max());
  std::string out;
  for (size_t i = 0; i < line.size(); ++i) {
    const char c = line[i];
    // Inside a word an underscore is only itself.
    const bool plain = c == '_' && i > 0 && i + 1 < line.size() && IsWordByte(line[i - 1]) &&
                       IsWordByte(line[i + 1]);
    if (!plain && std::string_view("\\`*_{}[]<>|&~$#!").find(c) != std::string_view::npos) {
      out += '\\';
    }
    out += c;
  }
  return out;
}

std::string ModelCardMarkdown(const ModelCard& card) {
  const ModelInfo& info = card.info;
  std::string text = fmt::format("# Model {}\n\n", EscapedMarkdown(info.version));
  text += fmt::format("Trained {}{}.\n\n", info.created_at,
                      info.active ? "; it serves the predictions of its dataset" : "");
  text += DataPart(card) + WarningsPart(info.report.warnings);
  for (const std::string_view name : ModelsForPeople()) {
    const auto found = info.report.models.find(std::string(name));
    if (found != info.report.models.end()) text += ModelPart(name, found->second, info.report);
  }
  text += "## Provenance\n\n" + Head({"what", "value"}, 2);
  text += Row({"data SHA-256", card.data_sha256});
  text += Row({"model file", EscapedMarkdown(info.file)});
  text += Row({"model file SHA-256", info.sha256});
  text += Row({"program", card.program.empty() ? "unknown" : EscapedMarkdown(card.program)});
  text += Row({"seed", std::to_string(info.report.seed)});
  text += Row({"threads", std::to_string(info.threads)});
  return text;
}

}  // namespace pythia
