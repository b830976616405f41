// What the models say of one plan.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "records/explanation.h"
#include "records/plan.h"

namespace pythia {

struct Interval {
  double lower = 0;
  double upper = 0;
  double level = 0;  // 0.9: nine in ten

  bool operator==(const Interval&) const = default;
};

// A number that is absent could not be given; `warnings` says why.
struct Prediction {
  std::optional<double> ctr;     // clicks per impression
  std::optional<double> clicks;  // expected clicks; without Impressions in the plan: reach x CTR
  // Where the realised clicks and CTR of such a campaign fall, calibrated on held-out campaigns.
  std::optional<Interval> ctr_interval;
  std::optional<Interval> clicks_interval;
  std::optional<int> roi_category;        // 1: ROI above the threshold is the likelier outcome
  std::optional<double> roi_probability;  // of ROI above the threshold
  // How well the history pins the probability down (parameter uncertainty).
  std::optional<Interval> roi_probability_interval;
  std::optional<double> roi_threshold;
  std::string roi_threshold_rule;              // "stated", "break_even" or "median"
  std::map<std::string, std::string> verdict;  // "clicks", "roi", "reach" if used: "signal" ...
  std::optional<Explanation> explanation;      // of the numbers that are served
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
  // Plan and prediction as JSON where they were made already, else empty: a store writes these
  // then, and needs no more of the two than the prediction's version and numbers.
  std::string plan_json;
  std::string json;
};

}  // namespace pythia
