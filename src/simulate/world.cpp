#include "simulate/world.h"

#include <algorithm>
#include <cmath>

#include "campaign/schema.h"
#include "simulate/binomial.h"

namespace pythia {
namespace {

constexpr std::array<Level, 5> kCompanies = {{
    {"Alpha Innovations", 0.06, 0.04, 0.05, 0.04},
    {"DataTech Solutions", -0.04, -0.06, 0.02, 0.00},
    {"Innovate Industries", 0.00, 0.05, -0.04, -0.05},
    {"NexGen Systems", 0.03, -0.02, 0.03, 0.05},
    {"TechCorp", -0.05, -0.01, -0.06, -0.04},
}};
constexpr std::array<Level, 5> kTypes = {{
    {"Display", 0.30, -0.40, -0.15, 0.00},
    {"Email", -0.20, 0.15, 0.15, 0.05},
    {"Influencer", 0.00, 0.05, -0.10, 0.00},
    {"Search", -0.30, 0.35, 0.20, 0.00},
    {"Social Media", 0.20, -0.15, -0.10, -0.05},
}};
constexpr std::array<Level, 5> kAudiences = {{
    {"All Ages", 0.20, -0.08, -0.06, 0.00},
    {"Men 18-24", 0.05, 0.05, -0.10, -0.15},
    {"Men 25-34", 0.00, 0.00, 0.02, 0.05},
    {"Women 25-34", -0.05, 0.08, 0.08, 0.02},
    {"Women 35-44", -0.20, -0.05, 0.06, 0.08},
}};
constexpr std::array<Level, 6> kChannels = {{
    {"Email", -0.50, 0.25, 0.20, 0.02},
    {"Facebook", 0.30, -0.10, -0.05, -0.02},
    {"Google Ads", 0.00, 0.30, 0.15, 0.03},
    {"Instagram", 0.20, 0.05, -0.10, -0.03},
    {"Website", -0.30, -0.15, 0.05, 0.05},
    {"YouTube", 0.30, -0.35, -0.25, -0.05},
}};
constexpr std::array<Level, 5> kLocations = {{
    {"Chicago", -0.05, 0.02, 0.01, 0.00},
    {"Houston", -0.10, -0.03, -0.02, -0.04},
    {"Los Angeles", 0.10, 0.01, 0.00, 0.03},
    {"Miami", -0.10, 0.04, 0.03, -0.03},
    {"New York", 0.15, -0.04, -0.02, 0.04},
}};
constexpr std::array<Level, 5> kLanguages = {{
    {"English", 0.20, 0.00, 0.02, 0.02},
    {"French", -0.05, -0.03, 0.00, 0.01},
    {"German", -0.10, -0.04, -0.02, 0.02},
    {"Mandarin", -0.05, 0.02, 0.01, -0.02},
    {"Spanish", 0.00, 0.05, -0.01, -0.03},
}};
constexpr std::array<Level, 5> kSegments = {{
    {"Fashionistas", 0.08, 0.10, 0.05, -0.05},
    {"Foodies", 0.02, 0.06, 0.08, -0.15},
    {"Health & Wellness", -0.04, -0.02, 0.04, 0.00},
    {"Outdoor Adventurers", -0.06, -0.08, -0.09, 0.08},
    {"Tech Enthusiasts", 0.00, -0.06, -0.08, 0.12},
}};

// The mean of 1/n over n = 1000..10000.
constexpr double kMeanInverseImpressions = 0.00025587547777958;

int64_t Rounded(double value) { return static_cast<int64_t>(std::llround(value)); }

int64_t UniformWhole(int64_t low, int64_t high, Random& random) {
  return low + static_cast<int64_t>(random.Below(static_cast<uint64_t>(high - low + 1)));
}

int64_t DrawClicks(const SimulateOptions& options, double mean, int64_t impressions,
                   Random& random) {
  const double rate = options.dispersion == Dispersion::kLinear
                          ? (kLinearPhi - 1) * random.Gamma(mean / (kLinearPhi - 1))
                          : mean * random.Gamma(kQuadraticK) / kQuadraticK;
  return std::min(impressions, random.Poisson(rate));
}

// Sums of the level effects of a row.
Level EffectsOf(const SimulatedCampaign& campaign) {
  Level sum;
  for (size_t f = 0; f < kNumFactors; ++f) {
    const Level& level = Factors()[f].levels[campaign.levels[f]];
    sum.impressions += level.impressions;
    sum.ctr += level.ctr;
    sum.conversion += level.conversion;
    sum.order_value += level.order_value;
  }
  return sum;
}

void DrawOutcome(const SimulateOptions& options, SimulatedCampaign* campaign, Random& random) {
  const Truth& truth = campaign->truth;
  campaign->impressions = std::max<int64_t>(
      1, Rounded(truth.impressions_mean * random.Gamma(kImpressionsShape) / kImpressionsShape));
  const auto impressions = static_cast<double>(campaign->impressions);
  campaign->clicks = DrawClicks(options, truth.ctr * impressions, campaign->impressions, random);
  const int64_t conversions = Binomial(campaign->clicks, truth.conversion_rate, random);
  const auto clicks = static_cast<double>(campaign->clicks);
  const auto sold = static_cast<double>(conversions);
  campaign->conversion_rate_e4 = campaign->clicks == 0 ? -1 : Rounded(1e4 * sold / clicks);
  const double order_value =
      truth.order_value_mean * random.Gamma(kOrderValueShape) / kOrderValueShape;
  const auto spend = static_cast<double>(campaign->spend);
  campaign->roi_e2 = Rounded(100 * (sold * order_value - spend) / spend);
  const double appeal = std::log(std::max(clicks, 0.5) / impressions / kCtr);
  const double score = 5.5 + 2 * appeal + kEngagementSd * random.Normal();
  campaign->engagement = static_cast<int>(Rounded(std::clamp(score, 1.0, 10.0)));
}

void DrawUnrelated(SimulatedCampaign* campaign, Random& random) {
  campaign->spend = UniformWhole(5000, 20000, random);
  campaign->impressions = UniformWhole(1000, 10000, random);
  campaign->clicks = UniformWhole(100, 1000, random);
  campaign->conversion_rate_e4 = 100 * UniformWhole(1, 15, random);
  campaign->roi_e2 = UniformWhole(200, 800, random);
  campaign->engagement = static_cast<int>(UniformWhole(1, 10, random));
  campaign->truth = {.impressions_mean = 5500,
                     .ctr = 550 * kMeanInverseImpressions,
                     .conversion_rate = 0.08,
                     .order_value_mean = std::nan(""),
                     .roi_mean = 5};
}

}  // namespace

std::span<const Factor, kNumFactors> Factors() {
  static constexpr std::array<Factor, kNumFactors> kFactors = {{
      {column::kCompany, kCompanies},
      {column::kCampaignType, kTypes},
      {column::kTargetAudience, kAudiences},
      {column::kChannelUsed, kChannels},
      {column::kLocation, kLocations},
      {column::kLanguage, kLanguages},
      {column::kCustomerSegment, kSegments},
  }};
  return kFactors;
}

double Strength(Signal signal) {
  switch (signal) {
    case Signal::kNone:
      return 0;
    case Signal::kWeak:
      return kWeakStrength;
    case Signal::kStrong:
      return 1;
  }
  return 0;
}

Truth TruthOf(const SimulatedCampaign& campaign, double strength) {
  const Level effects = EffectsOf(campaign);
  const auto spend = static_cast<double>(campaign.spend);
  const double d = std::log(campaign.duration_days / kDurationCentre);
  const double logit = std::log(kConversionRate / (1 - kConversionRate));
  Truth truth;
  truth.impressions_mean =
      kImpressionsAtMedian * std::exp(kSpendElasticity * std::log(spend / kSpendMedian) +
                                      strength * (effects.impressions + kImpressionsDuration * d));
  truth.ctr = kCtr * std::exp(strength * (effects.ctr + kCtrDuration * d));
  truth.conversion_rate = 1 / (1 + std::exp(-(logit + strength * effects.conversion)));
  truth.order_value_mean = kOrderValue * std::exp(strength * effects.order_value);
  truth.roi_mean =
      truth.impressions_mean * truth.ctr * truth.conversion_rate * truth.order_value_mean / spend -
      1;
  return truth;
}

SimulatedCampaign DrawCampaign(const SimulateOptions& options, int64_t row, Random& random) {
  SimulatedCampaign campaign;
  campaign.id = row + 1;
  for (size_t f = 0; f < kNumFactors; ++f) {
    campaign.levels[f] = static_cast<uint8_t>(random.Below(Factors()[f].levels.size()));
  }
  campaign.duration_days = kDurations[random.Below(kDurations.size())];
  campaign.day = kFirstDay + static_cast<int32_t>(kNumDays * row / options.rows);
  if (options.signal == Signal::kNone) {
    DrawUnrelated(&campaign, random);
    return campaign;
  }
  const double spend = kSpendMedian * std::exp(kSpendLogSd * random.Normal());
  campaign.spend = std::clamp<int64_t>(Rounded(spend), 100, 999999);
  const double time = static_cast<double>(row) / static_cast<double>(options.rows);
  campaign.truth = TruthOf(campaign, Strength(options.signal) * (1 - options.drift * time));
  DrawOutcome(options, &campaign, random);
  return campaign;
}

}  // namespace pythia
