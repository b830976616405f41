// Figures on held-out rows, each beside that of a predictor that a user has without us.
#pragma once

#include <span>
#include <string>

#include "records/training.h"

namespace pythia {

// What is predicted for the judged rows, all [rows].
struct Judged {
  std::span<const double> y;
  std::span<const double> model;
  std::span<const double> baseline;
  std::string baseline_name;
};

// y: counts; means of model and baseline. Fills metrics mae, r2, d2 and deviance (mean unit
// deviance).
void EvaluateCounts(const Judged& judged, ModelReport* report);

// y: 0 or 1; probabilities. Fills metrics accuracy, log_loss, brier and auc, and the confusion
// matrix at p > 0.5.
void EvaluateRoi(const Judged& judged, ModelReport* report);

}  // namespace pythia
