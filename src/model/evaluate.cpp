#include "model/evaluate.h"

#include <cmath>
#include <optional>

#include "metrics/binary.h"
#include "metrics/counts.h"

namespace pythia {
namespace {

// A figure that does not exist on these rows (R² where nothing varies) is left out.
void Add(const char* name, double value, double baseline, const std::string& baseline_name,
         ModelReport* report) {
  if (std::isfinite(value) && std::isfinite(baseline)) {
    report->metrics[name] = {value, baseline, baseline_name, std::nullopt};
  }
}

}  // namespace

void EvaluateCounts(const Judged& judged, ModelReport* report) {
  const auto add = [&](const char* name, auto metric) {
    Add(name, metric(judged.y, judged.model), metric(judged.y, judged.baseline),
        judged.baseline_name, report);
  };
  add("mae", metrics::MeanAbsoluteError);
  add("r2", metrics::RSquared);
  add("d2", metrics::PoissonD2);
  add("deviance", metrics::MeanPoissonDeviance);
}

void EvaluateRoi(const Judged& judged, ModelReport* report) {
  const auto add = [&](const char* name, auto metric) {
    Add(name, metric(judged.y, judged.model), metric(judged.y, judged.baseline),
        judged.baseline_name, report);
  };
  const metrics::ConfusionCounts counts = metrics::Confusion(judged.y, judged.model);
  report->confusion = {counts.true_positive, counts.false_positive, counts.true_negative,
                       counts.false_negative};
  add("accuracy", [](auto y, auto p) { return metrics::Accuracy(metrics::Confusion(y, p)); });
  add("log_loss", metrics::LogLoss);
  add("brier", metrics::BrierScore);
  Add("auc", metrics::Auc(judged.y, judged.model), 0.5, "coin toss", report);
}

}  // namespace pythia
