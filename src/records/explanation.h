// Why a prediction is what it is: Shapley values in the units that people read.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace pythia {

// "response": clicks, or a probability. "link": their logarithm, or log-odds.
enum class ExplanationScale { kResponse, kLink };

struct PlayerValue {
  std::string player;  // an input column
  double value = 0;    // what this input adds to the base
  // The input as given, as text for people; absent: not given, an average was used.
  std::optional<std::string> given;

  bool operator==(const PlayerValue&) const = default;
};

// One served number: base + the sum of the values = prediction (before it is capped).
struct TargetExplanation {
  std::string target;  // "clicks", "roi"
  std::string scale;   // "response", "link"
  std::string unit;    // "clicks", "probability", "log clicks", "log-odds"
  double base = 0;     // mean over the background campaigns
  double prediction = 0;
  std::vector<PlayerValue> values;  // largest first by size

  bool operator==(const TargetExplanation&) const = default;
};

// Orders the values by size, as everything that shows them expects.
void LargestFirst(TargetExplanation* target);

struct Explanation {
  std::optional<TargetExplanation> clicks;
  std::optional<TargetExplanation> roi;

  bool operator==(const Explanation&) const = default;
};

// What matters over many campaigns.
struct PlayerSummary {
  std::string player;
  double mean_absolute = 0;  // mean |value|
  bool numeric = false;
  // Of the campaigns that are kept, for plots. [TargetSummary::rows]
  std::vector<double> values;
  // Where numeric, the input itself (NaN: missing); else empty. [rows]
  std::vector<double> inputs;
  // Where not numeric, the input as text (empty: missing); else empty. [rows]
  std::vector<std::string> labels;
};

struct TargetSummary {
  std::string target;
  std::string scale;
  std::string unit;
  double base = 0;
  int64_t campaigns = 0;               // that the means are over
  int64_t rows = 0;                    // that are kept
  std::vector<PlayerSummary> players;  // largest mean first
};

struct ExplanationSummary {
  std::string dataset;
  std::string model_version;
  std::vector<TargetSummary> targets;
};

}  // namespace pythia
