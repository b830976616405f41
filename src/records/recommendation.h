// What a budget can buy: the plan that the history supports best, what to expect of it, and how
// sure that is.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "records/plan.h"
#include "records/prediction.h"

namespace pythia {

// An expected value, and where it lies as far as the history pins it down (0.95). The mean over
// campaigns, not where a single one falls.
struct Expected {
  double value = 0;
  Interval interval;

  bool operator==(const Expected&) const = default;
};

// Absent where the history has no such outcome.
struct Performance {
  std::optional<Expected> clicks;
  std::optional<Expected> roi;  // (revenue - spend) / spend, mean over campaigns
  std::optional<Expected> ctr;

  bool operator==(const Performance&) const = default;
};

// Past campaigns with spend near the budget (within a factor 1.5), moved to it along the spend's
// own effect.
struct AverageCampaign {
  Performance expected;
  std::optional<double> roi_by_spend;  // the spend-weighted ROI, beside the mean over campaigns

  bool operator==(const AverageCampaign&) const = default;
};

// The recommended plan's expected value of the objective, less that of the average campaign. Never
// the effect of switching: past campaigns were not assigned at random.
struct Uplift {
  Expected difference;
  double share = 0;  // of the average campaign's; of 1 + ROI for the ROI

  bool operator==(const Uplift&) const = default;
};

struct Evidence {
  int64_t near_budget = 0;  // campaigns with spend near the budget
  int64_t like_it = 0;      // of those, the ones of the recommended plan
  int64_t held_out = 0;     // campaigns that valued a choice which was made without them
  int64_t candidates = 0;   // plans with enough campaigns to be compared
  double spend_from = 0;    // of the campaigns near the budget
  double spend_to = 0;

  bool operator==(const Evidence&) const = default;
};

struct Alternative {
  Plan plan;          // the decision columns
  Expected expected;  // of the objective; shrunk, but not corrected for a choice
  int64_t campaigns = 0;
};

// The recommended plan at another spend.
struct CurvePoint {
  double budget = 0;
  int64_t campaigns = 0;  // near that budget
  std::optional<Expected> clicks;
  std::optional<Expected> impressions;
  std::optional<Expected> roi_probability;
};

struct Recommendation {
  double budget = 0;                 // as asked for
  double used_budget = 0;            // the nearest one that the history supports
  std::string currency;              // ISO code, or empty
  std::string objective;             // "clicks", "roi", "ctr"
  Plan plan;                         // decision columns, what the user fixed, and the spend
  std::vector<std::string> decided;  // the columns that were chosen
  std::optional<double> duration;
  Performance expected;
  std::optional<double> roi_probability;
  std::optional<Interval> roi_probability_interval;
  std::optional<double> roi_threshold;
  std::string roi_threshold_rule;
  AverageCampaign average;
  Uplift uplift;
  Evidence evidence;
  std::string verdict;  // "better", "no_better": than the average campaign near the budget
  std::string words;    // the verdict for people
  std::vector<Alternative> alternatives;
  std::vector<CurvePoint> curve;
  // Of the models' prediction for the plan: its clicks without planned impressions, and its ROI
  // probability.
  std::optional<Explanation> explanation;
  std::string model_version;
  std::vector<std::string> warnings;
};

// One line of recommendations.
struct RecommendationLogEntry {
  int64_t id = 0;  // given by the store, ascending
  std::string at;  // UTC
  std::string dataset;
  Recommendation recommendation;
};

}  // namespace pythia
