// What the terms of a model do, and how well the history pins it down, from a fit without penalty
// beside the one that predicts.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "model/learn.h"

namespace pythia {

// More columns than this get no effects: the matrices are dense.
inline constexpr int kMaxEffectColumns = 400;

// Adds effects with 95 % intervals to the coefficients of `report`, and the phi of that fit.
// None, with a warning, where they could not be computed.
Result<std::optional<PlanUncertainty>> AddEffects(const TrainingSetup& setup, const Task& task,
                                                  const Encoder& encoder, ModelReport* report);

// The coefficient of log(Impressions) when it is free, with a warning where its 95 % interval
// excludes 1. `task` has log(Impressions) as offset.
Status AddFreeExposure(const TrainingSetup& setup, const Task& task, const Encoder& encoder,
                       ModelReport* report);

}  // namespace pythia
