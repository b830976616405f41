// Does a model know more than the predictors that a user has without it?
//
// On rows that each fit has not seen, d is the row-wise gain of deviance over the baseline of least
// deviance. The model has `signal` where mean(d) - 1.96 SE(d) > 0 and mean(d) is at least 0.001 of
// the baseline's deviance; the error is clustered by Campaign_ID where it repeats. (Without that
// floor, a history without signal passes in 1 to 4 of 100.) Else the simplest baseline serves that
// no richer one beats by the same rule: one overall figure before one per group.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "model/baseline.h"
#include "model/cross_validate.h"
#include "records/training.h"

namespace pythia {

inline constexpr double kGainErrors = 1.96;
inline constexpr double kLeastGainShare = 0.001;
inline constexpr int64_t kMinVerdictRows = 50;
inline constexpr int64_t kMinVerdictEvents = 10;  // rows with a count, or of the rarer class

struct Gain {
  double mean = 0;
  double error = 0;
  double share = 0;  // of the mean of `from`
  bool holds = false;
};

// The gain of unit deviances `to` over `from`, [rows]. clusters: [rows], or empty.
Gain DevianceGain(std::span<const double> from, std::span<const double> to,
                  std::span<const uint32_t> clusters);

// 2 (y log(y/mu) - (y - mu)), or twice the log loss of a row.
RowVector<double> UnitDeviances(glm::Family family, std::span<const double> y,
                                std::span<const double> mu);

// A model and its rivals on the rows that were predicted out of fold; all vectors are [judged].
struct Judgement {
  RowNumbers at;            // positions in the task
  RowVector<uint8_t> fold;  // ascending blocks of time where forward
  RowVector<double> y;
  RowVector<double> model;     // means
  RowVector<double> baseline;  // of the best one
  RowVector<double> served;
  std::string best;                     // its name
  Baseline serving;                     // fitted on all rows; of use where there is no signal
  std::vector<Baseline> serving_folds;  // `serving` as each fold fitted it
  bool signal = false;
  Verdict verdict;
};

struct Rivalry {
  const TrainingHistory& history;
  const Task& task;
  const CrossValidation& cv;
  std::span<const Baseline> shapes;
  std::span<const double> cap;         // [rows of the task]: no mean above it; or empty
  std::span<const double> model = {};  // [rows of the task]: instead of cv.mu
  int threads = 1;
  std::stop_token stop = {};
};

// Means nothing after a stop.
Judgement Judge(const Rivalry& rivalry);

}  // namespace pythia
