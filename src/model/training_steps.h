// How far the training of a bundle has come. One thread.
#pragma once

#include <cstdint>
#include <stop_token>

#include "base/error.h"
#include "base/progress.h"

namespace pythia {

class TrainingSteps {
 public:
  // The work of a model, in parts that take about as long on every history.
  enum class Phase { kRidge, kJudging, kRandomSplit, kSelfTest, kFit, kEffects, kCalibration };

  // Begins the stage "training". `progress` must outlive it.
  TrainingSteps(int models, Progress& progress, std::stop_token stop);

  void BeginModel(int number);  // from 0
  // kCancelled where someone asked for it.
  Status Begin(Phase phase);
  // `done` of `all` folds of the part.
  void DoneFolds(size_t done, size_t all);

 private:
  void Report(double share);

  Progress& progress_;
  const std::stop_token stop_;
  int model_ = 0;
  double from_ = 0;  // of the model's work
  double to_ = 0;
};

}  // namespace pythia
