// Figures on held-out rows, each beside that of a predictor that a user has without us.
#pragma once

#include <span>

#include "records/training.h"

namespace pythia {

// y: clicks; mu: the model's means; baseline: the baseline's means. Fills metrics mae, r2, d2 and
// deviance (mean unit deviance).
void EvaluateClicks(std::span<const double> y, std::span<const double> mu,
                    std::span<const double> baseline, ModelReport* report);

// y: 0 or 1; p: the model's probabilities; `rate`: the share of ones in the training rows. Fills
// metrics accuracy, log_loss, brier and auc, and the confusion matrix at p > 0.5.
void EvaluateRoi(std::span<const double> y, std::span<const double> p, double rate,
                 ModelReport* report);

}  // namespace pythia
