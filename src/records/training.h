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
};

struct ConfusionMatrix {
  int64_t true_positive = 0;
  int64_t false_positive = 0;
  int64_t true_negative = 0;
  int64_t false_negative = 0;
};

// Held-out rows and how they were chosen.
struct Split {
  std::string rule;  // "forward in time from 2021-10-19", "by content hash"
  int64_t train_rows = 0;
  int64_t test_rows = 0;
};

struct Coefficient {
  std::string term;  // "Channel_Used=Email", "log(Acquisition_Cost)"
  double value = 0;
};

// One of the models of the bundle.
struct ModelReport {
  std::string target;  // "Clicks", "ROI"
  int64_t rows = 0;    // the final fit's
  double alpha = 0;
  int iterations = 0;
  bool converged = false;
  double gradient = 0;
  double deviance = 0;  // of the final fit, on its own rows
  double null_deviance = 0;
  double phi = 0;
  Split split;
  std::map<std::string, Metric> metrics;  // on the held-out rows
  std::optional<ConfusionMatrix> confusion;
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
  std::optional<RoiThreshold> roi_threshold;
  std::map<std::string, ModelReport> models;  // "clicks", "roi"
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
