#include "study_worlds.h"

#include <algorithm>
#include <thread>

#include "campaign/schema.h"
#include "model/train.h"
#include "simulate/world.h"

namespace pythia::study {

Table HistoryOf(const SimulateOptions& options) {
  Schema schema;
  for (const Factor& factor : Factors()) schema.push_back(*FindCanonical(factor.column));
  for (const auto name : {column::kDuration, column::kAcquisitionCost, column::kDate,
                          column::kImpressions, column::kClicks, column::kRoi}) {
    schema.push_back(*FindCanonical(name));
  }
  Table table(schema);
  for (int64_t row = 0; row < options.rows; ++row) {
    Random random(options.seed, static_cast<uint64_t>(row));
    const SimulatedCampaign campaign = DrawCampaign(options, row, random);
    for (size_t f = 0; f < kNumFactors; ++f) {
      const Factor& factor = Factors()[f];
      table.Find(factor.column)->AppendString(factor.levels[campaign.levels[f]].name);
    }
    table.Find(column::kDuration)->AppendNumber(campaign.duration_days);
    table.Find(column::kAcquisitionCost)->AppendNumber(static_cast<double>(campaign.spend));
    table.Find(column::kDate)->AppendDay(campaign.day);
    table.Find(column::kImpressions)->AppendNumber(static_cast<double>(campaign.impressions));
    table.Find(column::kClicks)->AppendNumber(static_cast<double>(campaign.clicks));
    table.Find(column::kRoi)->AppendNumber(static_cast<double>(campaign.roi_e2) / 100);
  }
  return table;
}

int Threads() { return static_cast<int>(std::max(1U, std::thread::hardware_concurrency())); }

Model Trained(const Table& history) {
  NoProgress quiet;
  return OrDie(Train(history, "study", {.threads = Threads()}, quiet, {}));
}

}  // namespace pythia::study
