// The true world behind a simulated history: its levels, its effects, and one campaign drawn from
// it. simulate.h has the formulas. Private to simulate/.
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <string_view>

#include "base/random.h"
#include "simulate/simulate.h"

namespace pythia {

// A level and its effects on the log scale (conversion: on the logit scale) at strength 1.
struct Level {
  std::string_view name;
  double impressions = 0;
  double ctr = 0;
  double conversion = 0;
  double order_value = 0;
};

// A category column; over its levels each kind of effect sums to zero.
struct Factor {
  std::string_view column;
  std::span<const Level> levels;
};

inline constexpr size_t kNumFactors = 7;
// In the order Company, Campaign_Type, Target_Audience, Channel_Used, Location, Language,
// Customer_Segment.
std::span<const Factor, kNumFactors> Factors();

inline constexpr std::array<int, 4> kDurations = {15, 30, 45, 60};
inline constexpr double kDurationCentre = 33.2;
inline constexpr double kSpendMedian = 8000;
inline constexpr double kSpendLogSd = 0.7;
inline constexpr double kImpressionsAtMedian = 200000;
inline constexpr double kSpendElasticity = 0.8;
inline constexpr double kImpressionsShape = 8;
inline constexpr double kImpressionsDuration = 0.15;
inline constexpr double kCtr = 0.02;
inline constexpr double kCtrDuration = -0.10;
inline constexpr double kLinearPhi = 160;
inline constexpr double kQuadraticK = 25;
inline constexpr double kConversionRate = 0.05;
inline constexpr double kOrderValue = 47.5;
inline constexpr double kOrderValueShape = 6;
inline constexpr double kEngagementSd = 1.5;
inline constexpr double kWeakStrength = 0.08;
inline constexpr int32_t kFirstDay = 18628;  // 2021-01-01
inline constexpr int kNumDays = 730;

// The strength s of the level effects.
double Strength(Signal signal);

// What is true of a plan.
struct Truth {
  double impressions_mean = 0;
  double ctr = 0;
  double conversion_rate = 0;
  double order_value_mean = 0;
  double roi_mean = 0;
};

struct SimulatedCampaign {
  int64_t id = 0;  // from 1
  std::array<uint8_t, kNumFactors> levels{};
  int duration_days = 0;
  int32_t day = 0;
  int64_t spend = 0;
  int64_t impressions = 0;
  int64_t clicks = 0;
  // Conversions per click in 1/10000, or −1: missing, there were no clicks.
  int64_t conversion_rate_e4 = 0;
  int64_t roi_e2 = 0;  // in 1/100
  int engagement = 0;  // 1..10
  Truth truth;
};

// What is true of the campaign's levels, duration and spend where effects have this strength.
Truth TruthOf(const SimulatedCampaign& campaign, double strength);

// Row `row` of the history. Reads `random` from its start.
SimulatedCampaign DrawCampaign(const SimulateOptions& options, int64_t row, Random& random);

}  // namespace pythia
