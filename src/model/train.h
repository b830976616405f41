// Training of the bundle: reach, clicks and ROI, each with its ridge chosen and its verdict found
// on held-out rows, then fitted on all.
#pragma once

#include <cstdint>
#include <optional>
#include <stop_token>
#include <string>
#include <vector>

#include "base/error.h"
#include "base/progress.h"
#include "campaign/source.h"
#include "campaign/table.h"
#include "model/model.h"

namespace pythia {

enum class RoiThresholdRule {
  kAuto,    // break-even where both classes hold at least 5 % of the rows, else the median
  kMedian,  // the median of the training rows
  kStated
};

struct TrainOptions {
  RoiThresholdRule roi_rule = RoiThresholdRule::kAuto;
  double roi_threshold = 0;           // for kStated
  std::optional<double> alpha;        // ridge; absent: chosen by cross-validation
  std::vector<std::string> features;  // empty: DefaultFeatures
  std::vector<std::string> allowed;   // features that the leakage guard lets pass
  bool planned_spend = false;         // Acquisition_Cost was set before launch: no warning
  std::string realised_spend;         // the header that it came from, where that means money spent
  uint64_t seed = 1;
  int threads = 1;
};

// Fewer usable campaigns than this are refused.
inline constexpr int64_t kMinTrainingRows = 20;

// `campaigns` gives the whole history, every column but near-unique text (Campaign_ID excepted); it
// is read once. `expected_rows`: how many there are, 0 where that is unknown. Memory beyond
// RowMemory() is temporary files (base/row_memory.h): the values in the model do not depend on it.
// Reach and clicks are learned from rows with Impressions > 0 and Clicks <= Impressions, ROI from
// rows with an ROI. Without an ROI column, or with one class only, there is no ROI model and a
// warning says so. Same rows, options and seed give the same model at any thread count. kBadInput
// where there are too few usable rows, kIo where a temporary file gets no room, kUsage for unusable
// features and options, kCancelled, kInternal where the self-test fails (shuffle.h).
Result<Model> Train(CampaignSource& campaigns, int64_t expected_rows, const std::string& dataset,
                    const TrainOptions& options, Progress& progress, std::stop_token stop);
// The same of a table.
Result<Model> Train(const Table& campaigns, const std::string& dataset, const TrainOptions& options,
                    Progress& progress, std::stop_token stop);

}  // namespace pythia
