// A small made-up history for the tests of this room.
#pragma once

#include <cmath>
#include <string>

#include "base/random.h"
#include "campaign/schema.h"
#include "campaign/table.h"

namespace pythia {

inline Table EmptyHistory() {
  Schema schema;
  for (const std::string_view name :
       {column::kCampaignId, column::kChannelUsed, column::kDuration, column::kAcquisitionCost,
        column::kRoi, column::kClicks, column::kImpressions, column::kDate}) {
    schema.push_back(*FindCanonical(name));
  }
  return Table(schema);
}

struct MadeRow {
  std::string id;
  std::string channel = "Email";
  double duration = 30;
  double cost = 1000;
  double roi = 0;
  double clicks = 10;
  double impressions = 1000;
  int32_t day = 18000;
};

inline void Append(const MadeRow& row, Table* table) {
  table->Find(column::kCampaignId)->AppendText(row.id);
  table->Find(column::kChannelUsed)->AppendString(row.channel);
  table->Find(column::kDuration)->AppendNumber(row.duration);
  table->Find(column::kAcquisitionCost)->AppendNumber(row.cost);
  table->Find(column::kRoi)->AppendNumber(row.roi);
  table->Find(column::kClicks)->AppendNumber(row.clicks);
  table->Find(column::kImpressions)->AppendNumber(row.impressions);
  table->Find(column::kDate)->AppendDay(row.day);
}

// CTR = exp(-3 + 0.5 [Social] + 0.3 (log cost - 7)); ROI is better for Social.
inline MadeRow RandomRow(Random& random, int64_t i) {
  MadeRow row;
  row.id = std::to_string(i);
  row.channel = random.Below(2) == 0 ? "Email" : "Social";
  row.duration = 15.0 * static_cast<double>(1 + random.Below(4));
  row.cost = std::round(std::exp(7 + 0.5 * random.Normal()));
  row.impressions = 1000 + static_cast<double>(random.Below(9000));
  const double social = row.channel == "Social" ? 1 : 0;
  const double ctr = std::exp(-3 + 0.5 * social + 0.3 * (std::log(row.cost) - 7));
  row.clicks =
      std::min(row.impressions, static_cast<double>(random.Poisson(ctr * row.impressions)));
  row.roi = 0.8 * social - 0.4 + random.Normal();
  row.day = 18000 + static_cast<int32_t>(i / 3);
  return row;
}

inline Table MadeHistory(int64_t rows, uint64_t seed) {
  Random random(seed);
  Table table = EmptyHistory();
  for (int64_t i = 0; i < rows; ++i) Append(RandomRow(random, i), &table);
  return table;
}

}  // namespace pythia
