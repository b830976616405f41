#include "records/model_words.h"

#include <array>

#include <fmt/format.h>

namespace pythia {
namespace {

constexpr std::array<MetricWords, 8> kMetrics = {{
    {"mae", "mean absolute error", false},
    {"d2", "D² (share of deviance explained)", false},
    {"r2", "R²", false},
    {"deviance", "mean Poisson deviance", false},
    {"accuracy", "accuracy", true},
    {"auc", "AUC", false},
    {"log_loss", "log loss", false},
    {"brier", "Brier score", false},
}};

constexpr std::array<std::string_view, 4> kModels = {"reach", "clicks",
                                                     "clicks_without_impressions", "roi"};

}  // namespace

std::span<const MetricWords> MetricsForPeople() { return kMetrics; }

std::span<const std::string_view> ModelsForPeople() { return kModels; }

std::string ModelTitle(std::string_view name, const TrainingReport& report) {
  if (name == "reach") return "Reach (impressions, given the plan)";
  if (name == "clicks") return "Clicks (given the impressions: CTR)";
  if (name == "roi") return report.roi_threshold ? ThresholdWords(*report.roi_threshold) : "ROI";
  return "Clicks without planned impressions (reach x CTR)";
}

std::string ThresholdWords(const RoiThreshold& threshold) {
  if (threshold.rule == "break_even") return "ROI above break-even (0)";
  if (threshold.rule == "median") {
    return fmt::format("ROI above your own median ({:.4g})", threshold.value);
  }
  return fmt::format("ROI above {:.4g}", threshold.value);
}

}  // namespace pythia
