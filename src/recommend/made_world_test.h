// A small world for the tests of this room: what every plan is truly worth is known.
#pragma once

#include <array>
#include <cmath>
#include <string>

#include "base/random.h"
#include "campaign/schema.h"
#include "campaign/table.h"

namespace pythia {

struct MadeWorld {
  double strength = 1;  // 0: every plan is worth the same
  double spread = 0.6;  // SD of the logarithm of 1 + ROI around its mean

  static constexpr std::array kChannels = {"Email", "Search", "Social", "Video"};
  static constexpr std::array kTypes = {"Brand", "Sale", "Launch"};
  static constexpr std::array kDays = {15.0, 30.0};

  // E[1 + ROI | plan], E[clicks | plan] at a spend.
  double Worth(int channel, int type, int days, double spend) const {
    const double effect = 0.25 * (channel - 1.5) + 0.15 * (type - 1) + 0.05 * days;
    return 2 * std::exp(strength * (effect - 0.15 * std::log(spend / 10000)));
  }
  double Clicks(int channel, double spend) const {
    return 400 * std::pow(spend / 10000, 0.8 * strength) * std::exp(strength * 0.2 * channel);
  }
};

inline Table HistoryOfWorld(const MadeWorld& world, int64_t rows, uint64_t seed) {
  Schema schema;
  for (const auto name :
       {column::kCampaignId, column::kChannelUsed, column::kCampaignType, column::kDuration,
        column::kAcquisitionCost, column::kImpressions, column::kClicks, column::kRoi}) {
    schema.push_back(*FindCanonical(name));
  }
  Table table(schema);
  for (int64_t row = 0; row < rows; ++row) {
    Random random(seed, static_cast<uint64_t>(row));
    const auto channel = static_cast<int>(random.Below(MadeWorld::kChannels.size()));
    const auto type = static_cast<int>(random.Below(MadeWorld::kTypes.size()));
    const auto days = static_cast<int>(random.Below(MadeWorld::kDays.size()));
    const double spend = std::round(10000 * std::exp(0.5 * random.Normal()));
    const double noise = std::exp(world.spread * random.Normal() - world.spread * world.spread / 2);
    const double clicks = world.Clicks(channel, spend);
    table.Find(column::kCampaignId)->AppendText(std::to_string(row));
    table.Find(column::kChannelUsed)->AppendString(MadeWorld::kChannels[channel]);
    table.Find(column::kCampaignType)->AppendString(MadeWorld::kTypes[type]);
    table.Find(column::kDuration)->AppendNumber(MadeWorld::kDays[days]);
    table.Find(column::kAcquisitionCost)->AppendNumber(spend);
    table.Find(column::kImpressions)->AppendNumber(std::round(30 * clicks));
    table.Find(column::kClicks)
        ->AppendNumber(static_cast<double>(random.Poisson(clicks * random.Gamma(5) / 5)));
    table.Find(column::kRoi)->AppendNumber(world.Worth(channel, type, days, spend) * noise - 1);
  }
  return table;
}

}  // namespace pythia
