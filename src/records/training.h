// What training came to, and the registry's line for a model.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace pythia {

// A figure on held-out rows beside the figure of a predictor that a user has without us.
struct Metric {
  double value = 0;
  std::optional<double> baseline;
  std::string baseline_name;  // "overall CTR", "most frequent class" ...
  // The model's figure on the same rows when the folds are drawn at random instead of forward in
  // time; worse forward means that the history drifts.
  std::optional<double> random_split;
};

struct ConfusionMatrix {
  int64_t true_positive = 0;
  int64_t false_positive = 0;
  int64_t true_negative = 0;
  int64_t false_negative = 0;
};

// Held-out rows and how they were chosen.
struct Split {
  std::string rule;  // "forward in time: 5 blocks from 2021-10-19 ..."
  int folds = 0;
  int gap_days = 0;        // forward in time: between the rows learned from and those judged
  int64_t train_rows = 0;  // of the fold that learned from most
  int64_t test_rows = 0;   // of all folds
};

// One penalty that was tried. Without lambda: the intercept only.
struct PathPoint {
  std::optional<double> lambda;
  double deviance = 0;  // mean over folds of the mean unit deviance, out of fold
};

// What a term does on the link scale, from a fit without penalty: of a category against the
// unweighted mean of its levels, of a number per standard deviation. Absent where the data set no
// limit to it (separation) or cannot tell it from others.
struct Effect {
  double value = 0;
  double lower = 0;  // 95 %, sandwich (HC1) errors
  double upper = 0;
  double error = 0;      // sandwich (HC1)
  double phi_error = 0;  // of the model with its variance scaled by phi
};

struct Coefficient {
  std::string term;  // "Channel_Used=Email", "log(1 + Acquisition_Cost)"
  double value = 0;  // of the fit that predicts
  std::optional<Effect> effect;
};

// Whether a model beats the best baseline on rows that it has not seen.
struct Verdict {
  std::string verdict;  // "signal", "no_signal"
  std::string serves;   // what predicts: "model" or the name of a baseline
  std::string words;    // for people
  // The row-wise gain of deviance over the best baseline: mean, its standard error (clustered by
  // Campaign_ID where it repeats), and as a share of that baseline's deviance.
  double gain = 0;
  double gain_error = 0;
  double gain_share = 0;
  std::string against;
};

// How intervals were calibrated, on the errors of what is served.
struct IntervalReport {
  double level = 0;
  std::string method;  // "out_of_fold", "cv_plus"; "none": `note` says why
  double c1 = 0;       // variance = c1 mu + c2 mu^2
  double c2 = 0;
  int64_t scores = 0;
  int groups = 0;  // channels with quantiles of their own
  // The share of the latest block's truths inside, with quantiles from strictly earlier ones.
  std::optional<double> coverage;
  int64_t coverage_rows = 0;
  std::string note;
};

// A number with its 95 % interval.
struct Estimate {
  double value = 0;
  double lower = 0;
  double upper = 0;
};

// Probabilities out of fold against what happened: isotonic bins (CORP; Dimitriadis, Gneiting and
// Jordan, PNAS 118(8), 2021) and the parts of the Brier score, which is miscalibration -
// discrimination + uncertainty.
struct CalibrationBin {
  double probability = 0;  // mean of the predicted ones
  double rate = 0;
  int64_t rows = 0;
};
struct CalibrationReport {
  std::vector<CalibrationBin> bins;
  double log_loss = 0;
  double brier = 0;
  double normalised_entropy = 0;  // log loss over that of the rows' own rate
  double miscalibration = 0;
  double discrimination = 0;
  double uncertainty = 0;
};

// One of the models of the bundle.
struct ModelReport {
  std::string target;              // "Impressions", "Clicks", "ROI"
  int64_t rows = 0;                // the final fit's
  double alpha = 0;                // 0 also where only the intercept was chosen
  std::optional<double> lambda;    // of the grid; absent for a stated alpha and the intercept only
  std::vector<PathPoint> path;     // strongest first; empty where alpha was stated
  std::optional<Verdict> verdict;  // absent where nothing could be held out
  // Where there is signal: the gain share that is left when the outcomes are dealt to other
  // campaigns at random (the self-test). Absent too in reports of before it.
  std::optional<double> shuffled_gain_share;
  int iterations = 0;
  bool converged = false;
  double gradient = 0;
  double deviance = 0;  // of the final fit, on its own rows
  double null_deviance = 0;
  double phi = 0;
  Split split;
  std::map<std::string, Metric> metrics;  // on the held-out rows
  std::optional<ConfusionMatrix> confusion;
  std::map<std::string, IntervalReport> intervals;  // "clicks", "ctr"
  // The coefficient of log(Impressions) in the clicks model when it is left free.
  std::optional<Estimate> free_exposure;
  std::optional<CalibrationReport> calibration;  // of probabilities
  double intercept = 0;
  std::vector<Coefficient> coefficients;
  std::vector<std::string> warnings;
};

struct RoiThreshold {
  double value = 0;
  std::string rule;  // "stated", "break_even", "median"
};

struct TrainingReport {
  std::string version;
  std::string dataset;
  int64_t generation = 0;
  int64_t rows = 0;  // of the dataset
  uint64_t seed = 0;
  std::vector<std::string> features;
  bool planned_spend = false;  // the user declared that Acquisition_Cost was set before launch
  std::optional<RoiThreshold> roi_threshold;
  // "reach", "clicks", "roi", and "clicks_without_impressions": reach times CTR.
  std::map<std::string, ModelReport> models;
  std::vector<std::string> warnings;
};

// The registry's line: everything but the model's bytes.
struct ModelInfo {
  std::string version;
  std::string dataset;
  std::string created_at;
  std::string file;    // under the models folder
  std::string sha256;  // of the file
  int threads = 0;
  bool active = false;
  TrainingReport report;
};

}  // namespace pythia
