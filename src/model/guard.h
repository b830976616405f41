// Features that are outcomes in disguise.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "model/cross_validate.h"

namespace pythia {

// A feature that alone reaches this D² (counts) or AUC (yes or no) is not believed.
inline constexpr double kAloneTooGood = 0.98;
// Logarithms of features that give the logarithm of the target to this R² are an identity.
inline constexpr double kIdentity = 0.9999;
// Spend and clicks that correlate above this on the log scale are a bill, not a plan.
inline constexpr double kRealisedSpend = 0.95;

// kBadInput, naming the feature and how to let it pass, where one of settings.features that is not
// `allowed` tells the task's target alone. Looks at no more than 20,000 rows.
Status CheckFeaturesAlone(const TrainingHistory& history, const Task& task, std::string_view target,
                          std::span<const std::string> allowed, const FitSettings& settings);

// kBadInput where number features give CTR, ROI or 1 + ROI by a product or ratio of powers.
Status CheckIdentities(const TrainingHistory& history, std::span<const std::string> features,
                       std::span<const std::string> allowed);

// The correlation of log spend and log clicks over rows with both above 0; 0 where it cannot be
// computed.
double SpendFollowsClicks(const TrainingHistory& history);
double SpendFollowsClicks(const Table& table);

}  // namespace pythia
