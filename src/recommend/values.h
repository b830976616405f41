// Value models: the expected outcome of a campaign given its plan and spend, for every outcome that
// a recommendation speaks of.
//
// Ridge quasi-Poisson regressions on log link, of clicks, impressions, CTR and 1 + ROI (revenue per
// spend); the ridge by five-fold cross-validation with the paired one-standard-error rule, the
// folds' own fits kept, so that a choice can be made without the rows that value it. Errors are
// sandwich (HC1) ones, right for any variance.
#pragma once

#include <cstdint>
#include <map>
#include <stop_token>
#include <string>
#include <vector>

#include "base/error.h"
#include "base/progress.h"
#include "campaign/table.h"
#include "model/model.h"

namespace pythia {

enum class ValueKind { kClicks, kRoi, kCtr, kImpressions };

// "clicks", "roi", "ctr", "impressions".
std::string_view ValueKindName(ValueKind kind);

struct ValueFit {
  LinearModel model;
  // Sandwich matrix of the coefficients, [width x width], the intercept last.
  std::vector<double> covariance;

  size_t width() const { return model.beta.size() + 1; }
};

// One outcome. Its values are y - shift.
struct ValueModel {
  double shift = 0;           // 1 for the ROI
  std::vector<int64_t> rows;  // of the table, ascending
  std::vector<double> y;      // [rows], >= 0
  std::vector<int> fold;      // [rows], the fold that left it out; -1: none did
  ValueFit all;
  std::vector<ValueFit> folds;
};

// Immutable once learned; safe to use from several threads.
struct ValueModels {
  std::map<ValueKind, ValueModel> of;
  std::vector<std::string> warnings;
};

struct ValueOptions {
  uint64_t seed = 1;
  int threads = 1;
};

// From campaigns with a spend above 0. An outcome that the history lacks has no model; without any
// of clicks and ROI, or with fewer than kMinTrainingRows campaigns, kBadInput. Same rows and seed:
// same bits at any thread count. kCancelled.
Result<ValueModels> LearnValues(const Table& campaigns, const ValueOptions& options,
                                Progress& progress, std::stop_token stop);

}  // namespace pythia
