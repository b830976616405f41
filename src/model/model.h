// What training makes and prediction uses: immutable, safe to use from several threads.
//
// reach:  quasi-Poisson regression, log link: impressions given the plan.
// clicks: Poisson regression, log link, log(Impressions) as offset, so that exp(eta) is the CTR.
// ROI:    logistic regression of "ROI is strictly above the threshold".
// Where a model knows no more than a baseline (no signal), the baseline is served in its place.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "model/baseline.h"
#include "model/calibrate.h"
#include "model/encoder.h"
#include "records/prediction.h"
#include "records/training.h"

namespace pythia {

struct LinearModel {
  Encoder encoder;
  double intercept = 0;
  std::vector<double> beta;  // [encoder.shape().num_columns()]

  // intercept + x beta, without an offset.
  double LinearPredictor(const EncodedRow& row) const;
};

// One model of the bundle, and what is served in its place without signal.
struct Part {
  LinearModel model;
  bool signal = false;
  Baseline baseline;
};

// Clicks of a plan without Impressions: reach times CTR where that has signal, else a baseline.
struct Unplanned {
  bool signal = false;
  Baseline baseline;
};

// The uncertainty of the linear predictor of any plan: x' V x, V the sandwich matrix.
struct PlanUncertainty {
  std::vector<double> covariance;  // upper triangle of [width x width], row after row
  std::vector<int> separated;      // columns without a limit; the intercept is width - 1

  // The standard error of the row's linear predictor; none where a separated level is in it.
  std::optional<double> ErrorOf(const Encoder& encoder, const EncodedRow& row) const;
};

// A fold's own models, for CV+ intervals.
struct FoldModels {
  Part reach;
  Part clicks;
  Unplanned unplanned;
  Baseline ctr;
};

// From where to where the training rows go.
struct Seen {
  double least = 0;
  double most = 0;
};

struct Model {
  std::string dataset;
  std::string data_sha256;  // DataDigest of the campaigns
  uint64_t seed = 0;
  std::optional<Part> reach;
  std::optional<Part> clicks;
  std::optional<Part> roi;
  std::optional<Unplanned> unplanned;
  Baseline ctr;  // clicks per impression, overall: the CTR where clicks' own baseline has none
  std::optional<RoiThreshold> roi_threshold;
  // Intervals of clicks given Impressions, of clicks without them, and of the CTR without them.
  std::optional<IntervalRule> clicks_interval;
  std::optional<IntervalRule> unplanned_interval;
  std::optional<IntervalRule> ctr_interval;
  std::vector<FoldModels> folds;  // where the rules are CV+
  std::optional<PlanUncertainty> roi_uncertainty;
  std::optional<Seen> impressions;  // of the campaigns that clicks were learned from
  std::optional<Seen> days;         // of the dates, in days since 1970
  // What explanations compare with, by ServedName: contributions of the players of that number
  // (served.h), [rows x players], row after row.
  std::map<std::string, std::vector<double>> backgrounds;
  // Everything that training came to, without version and generation, which the registry knows.
  TrainingReport report;
};

// The plan's values have the types of their columns (ParsePlanValue); dates exist. Outcome columns
// in it are ignored and named in the warnings. Never fails: what cannot be said is absent, and the
// warnings say why.
Prediction Predict(const Model& model, std::string_view version, const Plan& plan);

// Clicks and CTR alone, without intervals and warnings, from a fold's models.
Prediction PredictCounts(const FoldModels& models, const Plan& plan);

// The model as the bytes of its file: canonical JSON behind a header with its length and SHA-256.
// The same model gives the same bytes.
std::string SerializeModel(const Model& model);

// kBadInput where the bytes are no model file, are damaged, or were written by a newer version.
Result<Model> ParseModel(std::string_view bytes);

inline constexpr size_t kMaxModelBytes = 64U << 20;

// "<dataset>-<first 12 hexadecimal digits of the SHA-256 of the bytes>": equal models have equal
// versions.
std::string ModelVersion(const Model& model, std::string_view bytes);

}  // namespace pythia
