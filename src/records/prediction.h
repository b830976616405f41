// What the models say of one plan.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "records/plan.h"

namespace pythia {

// A number that is absent could not be given; `warnings` says why.
struct Prediction {
  std::optional<double> ctr;              // clicks per impression
  std::optional<double> clicks;           // expected clicks; needs Impressions in the plan
  std::optional<int> roi_category;        // 1: ROI above the threshold is the likelier outcome
  std::optional<double> roi_probability;  // of ROI above the threshold
  std::optional<double> roi_threshold;
  std::string roi_threshold_rule;  // "stated", "break_even" or "median"
  std::string model_version;
  std::vector<std::string> warnings;
};

// "ROI above break-even", "ROI not above your own median (5.02)" ...; empty without a category.
std::string RoiLabel(const Prediction& prediction);

// One line of predictions_logs.
struct PredictionLogEntry {
  int64_t id = 0;  // given by the store, ascending
  std::string at;  // UTC
  std::string dataset;
  Plan plan;
  Prediction prediction;
};

}  // namespace pythia
