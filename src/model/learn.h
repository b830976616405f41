// One model from its task: ridge, verdict, fit, report.
#pragma once

#include <span>
#include <string>

#include "base/error.h"
#include "model/cross_validate.h"
#include "model/judge.h"

namespace pythia {

// What all models of a bundle share.
struct TrainingSetup {
  const TrainingHistory& campaigns;
  Folds folds;   // that judge
  Folds random;  // beside them where they are forward in time
  std::optional<double> alpha;
  uint64_t seed = 1;
  FitSettings fit;
};

struct Learned {
  Task task;
  CrossValidation cv;
  Judgement judgement;  // without `model` and `baseline`
  Fitted fitted;
  ModelReport report;

  Part part() const { return {fitted.model, judgement.signal, judgement.serving}; }
};

// A task without packed rows gets them. `cap`: [rows], no mean is above it, or empty. kCancelled,
// what FitGlm fails with, or kInternal where the self-test (shuffle.h) of a model with signal
// fails.
Result<Learned> Learn(const TrainingSetup& setup, Task task, std::string_view target,
                      std::span<const Baseline> shapes, std::span<const double> cap);

}  // namespace pythia
