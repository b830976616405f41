// Prediction intervals from the errors of what is served, on campaigns that it has not seen.
//
// Scores s = (y - mu) / sqrt(c1 mu + c2 mu^2), c1, c2 >= 0 fitted to the squared out-of-fold
// residuals by least squares with weights 1/mu^2. For level 1 - a the upper bound uses the
// ceil((n + 1)(1 - a/2))-th smallest score, the lower one the same from below; per group from
// kGroupScores scores on. With scores from independent campaigns each tail is missed by at most
// a/2 (split conformal prediction: Vovk, Gammerman and Shafer, "Algorithmic Learning in a Random
// World" (2005), section 2.2); scores of several folds with a final fit on all rows have no such
// finite-sample guarantee, so the intervals are called empirically calibrated.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "base/row_memory.h"
#include "campaign/column.h"
#include "records/prediction.h"
#include "records/training.h"

namespace pythia {

inline constexpr double kIntervalLevel = 0.9;
inline constexpr size_t kGroupScores = 200;
inline constexpr int64_t kCvPlusRows = 200;

// The standard deviation of a campaign around its mean.
struct Spread {
  double c1 = 0;
  double c2 = 0;

  double Of(double mu) const;
};

// y and mu of the same length; rows with mu = 0 say nothing.
Spread FitSpread(std::span<const double> y, std::span<const double> mu);

struct Tails {
  double lower = 0;
  double upper = 0;
};

// None where there are fewer than 2/a - 1 scores.
std::optional<Tails> TailsOf(RowVector<double> scores, double level);

// How an interval is made from a mean. Immutable; safe to use from several threads.
struct IntervalRule {
  double level = kIntervalLevel;
  Spread spread;
  Tails tails;
  std::map<std::string, Tails> groups;  // by Channel_Used
  // CV+ (under kCvPlusRows rows): per fold the scores of its test rows. Barber, Candes, Ramdas and
  // Tibshirani, "Predictive inference with the jackknife+", Ann. Statist. 49 (2021): coverage of at
  // least 1 - 2a for exchangeable campaigns.
  std::vector<std::vector<double>> fold_scores = {};

  // lower and upper bound, unclipped; `group` as in `groups`.
  Interval Around(double mu, const std::string& group) const;
  // The CV+ bounds from the folds' means for the same plan; fold_mu: [folds].
  Interval AroundFolds(std::span<const double> fold_mu) const;
};

// The served predictor on the judged rows; all [rows].
struct Errors {
  std::span<const double> y;
  std::span<const double> mu;
  std::span<const uint32_t> groups;  // levels of `names`; kMissingCode: in none
  const Dictionary* names = nullptr;
  std::span<const uint8_t> fold;
  bool forward = false;  // the folds are blocks of time
};

// None where there are too few scores; `report` says which and why.
std::optional<IntervalRule> Calibrate(const Errors& errors, IntervalReport* report);

// CV+ from random folds. None where there are too few scores.
std::optional<IntervalRule> CalibrateCvPlus(const Errors& errors, int num_folds,
                                            IntervalReport* report);

}  // namespace pythia
