// Which errors calibrate the intervals of a bundle: those of what it serves.
#pragma once

#include <span>

#include "model/learn.h"

namespace pythia {

// Fills the model's interval rules and, in its report, how they were made. The judgements and the
// model's parts are there already. kCancelled, or what FitGlm fails with.
Status CalibrateCounts(const TrainingSetup& setup, const Learned& reach, const Learned& clicks,
                       const Judgement& unplanned, Model* model);

// Reliability and its parts for the served probabilities.
CalibrationReport CalibrationOf(const Judgement& roi);

}  // namespace pythia
