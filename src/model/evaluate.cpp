#include "model/evaluate.h"

#include <cmath>
#include <vector>

#include "metrics/binary.h"
#include "metrics/counts.h"

namespace pythia {
namespace {

// A figure that does not exist on these rows (R² where nothing varies) is left out.
void Add(const char* name, double value, double baseline, const char* baseline_name,
         ModelReport* report) {
  if (std::isfinite(value) && std::isfinite(baseline)) {
    report->metrics[name] = {value, baseline, baseline_name};
  }
}

}  // namespace

void EvaluateClicks(std::span<const double> y, std::span<const double> mu,
                    std::span<const double> baseline, ModelReport* report) {
  const auto add = [&](const char* name, auto metric) {
    Add(name, metric(y, mu), metric(y, baseline), "overall CTR", report);
  };
  add("mae", metrics::MeanAbsoluteError);
  add("r2", metrics::RSquared);
  add("d2", metrics::PoissonD2);
  add("deviance", metrics::MeanPoissonDeviance);
}

void EvaluateRoi(std::span<const double> y, std::span<const double> p, double rate,
                 ModelReport* report) {
  const std::vector<double> constant(y.size(), rate);
  const metrics::ConfusionCounts counts = metrics::Confusion(y, p);
  report->confusion = {counts.true_positive, counts.false_positive, counts.true_negative,
                       counts.false_negative};
  Add("accuracy", metrics::Accuracy(counts), metrics::Accuracy(metrics::Confusion(y, constant)),
      "most frequent class", report);
  Add("log_loss", metrics::LogLoss(y, p), metrics::LogLoss(y, constant), "overall rate", report);
  Add("brier", metrics::BrierScore(y, p), metrics::BrierScore(y, constant), "overall rate", report);
  Add("auc", metrics::Auc(y, p), 0.5, "coin toss", report);
}

}  // namespace pythia
