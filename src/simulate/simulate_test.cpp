#include "simulate/simulate.h"

#include <cmath>
#include <vector>

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "base/sha256.h"
#include "simulate/binomial.h"
#include "simulate/text.h"
#include "simulate/world.h"

namespace pythia {
namespace {

struct Files {
  std::string history;
  std::string truth;
  SimulateSummary summary;
};

Files Simulated(const SimulateOptions& options) {
  Files files;
  const auto into = [](std::string* text) {
    return [text](std::string_view bytes) {
      *text += bytes;
      return Status{};
    };
  };
  NoProgress progress;
  const auto summary =
      Simulate(options, into(&files.history), into(&files.truth), progress, std::stop_token{});
  EXPECT_TRUE(summary.has_value());
  files.summary = *summary;
  return files;
}

std::vector<SimulatedCampaign> Campaigns(const SimulateOptions& options) {
  std::vector<SimulatedCampaign> campaigns;
  for (int64_t row = 0; row < options.rows; ++row) {
    Random random(options.seed, static_cast<uint64_t>(row));
    campaigns.push_back(DrawCampaign(options, row, random));
  }
  return campaigns;
}

template <typename Value>
double MeanOf(const std::vector<SimulatedCampaign>& campaigns, const Value& value) {
  double sum = 0;
  for (const SimulatedCampaign& campaign : campaigns) sum += value(campaign);
  return sum / static_cast<double>(campaigns.size());
}

// The slope of y on x by least squares, and their correlation.
struct Line {
  double slope = 0;
  double correlation = 0;
};
template <typename X, typename Y>
Line LineOf(const std::vector<SimulatedCampaign>& campaigns, const X& x, const Y& y) {
  const double mean_x = MeanOf(campaigns, x);
  const double mean_y = MeanOf(campaigns, y);
  double xx = 0;
  double xy = 0;
  double yy = 0;
  for (const SimulatedCampaign& campaign : campaigns) {
    const double dx = x(campaign) - mean_x;
    const double dy = y(campaign) - mean_y;
    xx += dx * dx;
    xy += dx * dy;
    yy += dy * dy;
  }
  return {xy / xx, xy / std::sqrt(xx * yy)};
}

double Spend(const SimulatedCampaign& c) { return static_cast<double>(c.spend); }
double LogSpend(const SimulatedCampaign& c) { return std::log(Spend(c)); }
double Clicks(const SimulatedCampaign& c) { return static_cast<double>(c.clicks); }
double Impressions(const SimulatedCampaign& c) { return static_cast<double>(c.impressions); }
double Roi(const SimulatedCampaign& c) { return static_cast<double>(c.roi_e2) / 100; }

std::vector<std::string> LinesOf(std::string_view text) {
  std::vector<std::string> lines;
  while (!text.empty()) {
    const size_t end = text.find('\n');
    lines.emplace_back(text.substr(0, end));
    text.remove_prefix(end + 1);
  }
  return lines;
}

TEST(Simulate, EffectsSumToZeroOverTheLevels) {
  for (const Factor& factor : Factors()) {
    Level sum;
    for (const Level& level : factor.levels) {
      sum.impressions += level.impressions;
      sum.ctr += level.ctr;
      sum.conversion += level.conversion;
      sum.order_value += level.order_value;
    }
    EXPECT_NEAR(sum.impressions, 0, 1e-12) << factor.column;
    EXPECT_NEAR(sum.ctr, 0, 1e-12) << factor.column;
    EXPECT_NEAR(sum.conversion, 0, 1e-12) << factor.column;
    EXPECT_NEAR(sum.order_value, 0, 1e-12) << factor.column;
  }
}

TEST(Simulate, WritesTheWellKnownFormat) {
  const Files files = Simulated({.rows = 3, .seed = 1, .signal = Signal::kNone});
  const std::vector<std::string> lines = LinesOf(files.history);
  ASSERT_EQ(lines.size(), 4U);
  EXPECT_EQ(lines[0],
            "Campaign_ID,Company,Campaign_Type,Target_Audience,Duration,Channel_Used,"
            "Conversion_Rate,Acquisition_Cost,ROI,Location,Language,Clicks,Impressions,"
            "Engagement_Score,Customer_Segment,Date");
  SimulatedCampaign campaign;
  campaign.id = 7;
  campaign.duration_days = 30;
  campaign.day = kFirstDay + 58;
  campaign.spend = 16074;
  campaign.impressions = 5000;
  campaign.clicks = 250;
  campaign.conversion_rate_e4 = 1200;
  campaign.roi_e2 = -5;
  campaign.engagement = 9;
  std::string row;
  AppendRow(campaign, Dirt::kNone, "\r\n", &row);
  EXPECT_EQ(row,
            "7,Alpha Innovations,Display,All Ages,30 days,Email,0.12,\"$16,074.00\",-0.05,"
            "Chicago,English,250,5000,9,Fashionistas,2021-02-28\r\n");
}

TEST(Simulate, SameSeedSameBytes) {
  const SimulateOptions options{.rows = 500, .seed = 42, .dirty = 0.1};
  const Files first = Simulated(options);
  const Files second = Simulated(options);
  EXPECT_EQ(first.history, second.history);
  EXPECT_EQ(first.truth, second.truth);
  EXPECT_EQ(first.summary.bytes, static_cast<int64_t>(first.history.size()));
  EXPECT_NE(first.history, Simulated({.rows = 500, .seed = 43, .dirty = 0.1}).history);
}

TEST(Simulate, GoldenBytes) {
  EXPECT_EQ(HexSha256(Simulated({.rows = 100, .seed = 1}).history),
            "7ad5bf14ff3a0a55e8b1f26509831a12ebee4d640e9bade8b4419480d513ffcb");
  EXPECT_EQ(HexSha256(Simulated({.rows = 100, .seed = 1, .signal = Signal::kNone}).history),
            "badeed0ec2af5a3668934ebd0f77e53a2cce9aa225d256b72cd0e932124df429");
}

TEST(Simulate, CrlfEndsEveryLine) {
  const Files unix_file = Simulated({.rows = 50});
  const Files windows_file = Simulated({.rows = 50, .crlf = true});
  std::string stripped;
  for (const char c : windows_file.history) {
    if (c != '\r') stripped += c;
  }
  EXPECT_EQ(stripped, unix_file.history);
  EXPECT_EQ(windows_file.history.size(), unix_file.history.size() + 51);
}

TEST(Simulate, DatesCoverTwoYearsInOrder) {
  const std::vector<SimulatedCampaign> campaigns = Campaigns({.rows = 1460});
  EXPECT_EQ(campaigns.front().day, kFirstDay);
  EXPECT_EQ(campaigns.back().day, kFirstDay + 729);
  for (size_t i = 1; i < campaigns.size(); ++i) {
    EXPECT_GE(campaigns[i].day, campaigns[i - 1].day);
  }
}

TEST(Simulate, AboutHalfIsBelowBreakEven) {
  for (const Signal signal : {Signal::kWeak, Signal::kStrong}) {
    const auto campaigns = Campaigns({.rows = 20000, .seed = 3, .signal = signal});
    const double below = MeanOf(campaigns, [](const auto& c) { return c.roi_e2 <= 0 ? 1.0 : 0.0; });
    EXPECT_GT(below, 0.45) << SignalName(signal);
    EXPECT_LT(below, 0.55) << SignalName(signal);
  }
}

TEST(Simulate, NoneIsUniformAndUncorrelated) {
  const auto campaigns = Campaigns({.rows = 50000, .seed = 5, .signal = Signal::kNone});
  double low = 1e9;
  double high = 0;
  for (const SimulatedCampaign& c : campaigns) {
    ASSERT_TRUE(c.clicks >= 100 && c.clicks <= 1000);
    ASSERT_TRUE(c.impressions >= 1000 && c.impressions <= 10000);
    ASSERT_TRUE(c.spend >= 5000 && c.spend <= 20000);
    ASSERT_TRUE(c.roi_e2 >= 200 && c.roi_e2 <= 800);
    low = std::min(low, Clicks(c));
    high = std::max(high, Clicks(c));
  }
  EXPECT_EQ(low, 100);
  EXPECT_EQ(high, 1000);
  EXPECT_NEAR(MeanOf(campaigns, Clicks), 550, 5);
  EXPECT_NEAR(MeanOf(campaigns, Impressions), 5500, 50);
  EXPECT_NEAR(MeanOf(campaigns, Spend), 12500, 100);
  EXPECT_NEAR(MeanOf(campaigns, Roi), 5, 0.04);
  const auto channel = [](const SimulatedCampaign& c) { return static_cast<double>(c.levels[3]); };
  // 4.5 standard errors of a correlation that is zero.
  const double bound = 4.5 / std::sqrt(50000.0);
  EXPECT_LT(std::fabs(LineOf(campaigns, Clicks, Impressions).correlation), bound);
  EXPECT_LT(std::fabs(LineOf(campaigns, Clicks, Roi).correlation), bound);
  EXPECT_LT(std::fabs(LineOf(campaigns, Spend, Roi).correlation), bound);
  EXPECT_LT(std::fabs(LineOf(campaigns, Spend, Clicks).correlation), bound);
  EXPECT_LT(std::fabs(LineOf(campaigns, channel, Clicks).correlation), bound);
  EXPECT_LT(std::fabs(LineOf(campaigns, channel, Roi).correlation), bound);
}

TEST(Simulate, ImpressionsFollowSpendWithTheStatedElasticity) {
  const auto campaigns = Campaigns({.rows = 40000, .seed = 9});
  const auto log_impressions = [](const auto& c) { return std::log(Impressions(c)); };
  EXPECT_NEAR(LineOf(campaigns, LogSpend, log_impressions).slope, kSpendElasticity, 0.02);
  EXPECT_NEAR(MeanOf(campaigns, LogSpend), std::log(kSpendMedian), 0.02);
}

TEST(Simulate, LevelEffectsAreTheStatedOnes) {
  const auto campaigns = Campaigns({.rows = 60000, .seed = 11});
  // YouTube against Email: the log of the ratio of mean CTRs.
  const auto mean_log_ratio = [&campaigns](uint8_t channel) {
    double sum = 0;
    double rows = 0;
    for (const SimulatedCampaign& c : campaigns) {
      if (c.levels[3] != channel || c.clicks == 0) continue;
      sum += std::log(Clicks(c) / Impressions(c));
      ++rows;
    }
    return sum / rows;
  };
  EXPECT_NEAR(mean_log_ratio(5) - mean_log_ratio(0), -0.35 - 0.25, 0.03);
}

TEST(Simulate, MeansAreTheTrueOnes) {
  for (const Dispersion dispersion : {Dispersion::kLinear, Dispersion::kQuadratic}) {
    const auto campaigns = Campaigns({.rows = 60000, .seed = 13, .dispersion = dispersion});
    const auto share = [](double got, double true_mean) { return got / true_mean; };
    EXPECT_NEAR(
        MeanOf(campaigns,
               [&](const auto& c) { return share(Impressions(c), c.truth.impressions_mean); }),
        1, 0.01);
    EXPECT_NEAR(
        MeanOf(campaigns,
               [&](const auto& c) { return share(Clicks(c), c.truth.ctr * Impressions(c)); }),
        1, 0.01);
    EXPECT_NEAR(
        MeanOf(campaigns, [&](const auto& c) { return share(Roi(c) + 1, c.truth.roi_mean + 1); }),
        1, 0.015);
  }
}

TEST(Simulate, ClicksVaryAsTheDispersionSays) {
  for (const Dispersion dispersion : {Dispersion::kLinear, Dispersion::kQuadratic}) {
    const auto campaigns = Campaigns({.rows = 60000, .seed = 17, .dispersion = dispersion});
    // Standardised by the stated variance, small and large expectations vary alike.
    double sums[2] = {0, 0};
    double rows[2] = {0, 0};
    for (const SimulatedCampaign& c : campaigns) {
      const double mean = c.truth.ctr * Impressions(c);
      const double variance =
          dispersion == Dispersion::kLinear ? kLinearPhi * mean : mean + mean * mean / kQuadraticK;
      const int side = mean > 4000 ? 1 : 0;
      sums[side] += (Clicks(c) - mean) * (Clicks(c) - mean) / variance;
      ++rows[side];
    }
    EXPECT_NEAR(sums[0] / rows[0], 1, 0.05) << DispersionName(dispersion);
    EXPECT_NEAR(sums[1] / rows[1], 1, 0.05) << DispersionName(dispersion);
  }
}

TEST(Simulate, WeakIsBarelyThere) {
  const auto spread = [](Signal signal) {
    const auto campaigns = Campaigns({.rows = 5000, .seed = 19, .signal = signal});
    const auto log_ctr = [](const auto& c) { return std::log(c.truth.ctr); };
    const double mean = MeanOf(campaigns, log_ctr);
    return std::sqrt(MeanOf(
        campaigns, [&](const auto& c) { return (log_ctr(c) - mean) * (log_ctr(c) - mean); }));
  };
  EXPECT_NEAR(spread(Signal::kWeak) / spread(Signal::kStrong), kWeakStrength, 1e-9);
}

TEST(Simulate, DriftTurnsTheEffectsAround) {
  const auto campaigns = Campaigns({.rows = 1000, .seed = 23, .drift = 2});
  const auto still = Campaigns({.rows = 1000, .seed = 23});
  const auto log_ctr = [](const SimulatedCampaign& c) { return std::log(c.truth.ctr / kCtr); };
  EXPECT_DOUBLE_EQ(log_ctr(campaigns[0]), log_ctr(still[0]));
  EXPECT_NEAR(log_ctr(campaigns[500]), 0, 1e-12);
  EXPECT_NEAR(log_ctr(campaigns[999]), -0.998 * log_ctr(still[999]), 1e-9);
}

RC_GTEST_PROP(Simulate, ClicksNeverExceedImpressions, (uint64_t seed)) {
  const SimulateOptions options{.rows = 20,
                                .seed = seed,
                                .signal = *rc::gen::element(Signal::kWeak, Signal::kStrong),
                                .drift = *rc::gen::element(-10.0, 0.0, 10.0)};
  for (const SimulatedCampaign& c : Campaigns(options)) {
    RC_ASSERT(c.clicks >= 0 && c.clicks <= c.impressions);
    RC_ASSERT(c.roi_e2 >= -100);
    RC_ASSERT(c.engagement >= 1 && c.engagement <= 10);
    RC_ASSERT(c.conversion_rate_e4 <= 10000);
  }
}

TEST(Simulate, CountsEveryDirtyRow) {
  const Files files = Simulated({.rows = 20000, .seed = 29, .dirty = 0.1});
  EXPECT_EQ(files.summary.dirty.size(), static_cast<size_t>(kNumDirts));
  int64_t total = 0;
  for (const auto& [kind, count] : files.summary.dirty) {
    EXPECT_TRUE(count > 170 && count < 330) << kind;
    total += count;
  }
  EXPECT_TRUE(total > 1820 && total < 2180) << total;
  const std::vector<std::string> lines = LinesOf(files.history);
  EXPECT_EQ(lines.size(), 20001U);
  std::map<std::string, int64_t> found;
  for (size_t i = 1; i < lines.size(); ++i) {
    found["duplicate_row"] += lines[i] == lines[i - 1] ? 1 : 0;
    found["cost_not_available"] += lines[i].find(",N/A,") != std::string::npos ? 1 : 0;
    found["impossible_date"] += lines[i].ends_with("2021-02-30") ? 1 : 0;
    found["too_many_fields"] += lines[i].ends_with(",one,too many") ? 1 : 0;
    found["text_in_roi"] += lines[i].find(",to be confirmed,") != std::string::npos ? 1 : 0;
  }
  for (const auto& [kind, count] : found) EXPECT_EQ(count, files.summary.dirty.at(kind)) << kind;
}

TEST(Simulate, CleanRowsDoNotDependOnTheDirt) {
  const std::vector<std::string> clean = LinesOf(Simulated({.rows = 300}).history);
  const Files files = Simulated({.rows = 300, .dirty = 0.3});
  const std::vector<std::string> mixed = LinesOf(files.history);
  int64_t total = 0;
  for (const auto& [kind, count] : files.summary.dirty) total += count;
  int64_t differing = 0;
  for (size_t i = 0; i < clean.size(); ++i) differing += clean[i] == mixed[i] ? 0 : 1;
  EXPECT_EQ(differing, total);
}

TEST(Simulate, TheTruthNamesParametersMeansAndDirt) {
  const Files files = Simulated({.rows = 200, .seed = 7, .dirty = 0.2});
  EXPECT_TRUE(files.truth.starts_with(R"({"parameters":{"rows":200,"seed":7,"signal":"strong")"));
  EXPECT_NE(files.truth.find(R"("spend_elasticity":0.8)"), std::string::npos);
  EXPECT_NE(files.truth.find(R"("YouTube":{"impressions":0.3,"CTR":-0.35)"), std::string::npos);
  EXPECT_NE(files.truth.find(R"("Campaign_ID":"1","spend":)"), std::string::npos);
  EXPECT_NE(files.truth.find(R"("dirty":"text_in_roi"})"), std::string::npos);
  EXPECT_TRUE(files.truth.ends_with("}}\n"));
}

TEST(Simulate, RefusesOptionsOutOfRange) {
  NoProgress progress;
  const TextSink nowhere = [](std::string_view) { return Status{}; };
  const auto code = [&](const SimulateOptions& options) {
    const auto summary = Simulate(options, nowhere, nullptr, progress, {});
    return summary ? ErrorCode::kInternal : summary.error().code;
  };
  EXPECT_EQ(code({.rows = 0}), ErrorCode::kUsage);
  EXPECT_EQ(code({.rows = -5}), ErrorCode::kUsage);
  EXPECT_EQ(code({.dirty = 1.01}), ErrorCode::kUsage);
  EXPECT_EQ(code({.dirty = std::nan("")}), ErrorCode::kUsage);
  EXPECT_EQ(code({.drift = std::nan("")}), ErrorCode::kUsage);
}

TEST(Simulate, StopsWhenToldAndPassesTheSinksErrorOn) {
  NoProgress progress;
  const std::stop_source stop;
  stop.request_stop();
  const TextSink nowhere = [](std::string_view) { return Status{}; };
  const auto stopped = Simulate({}, nowhere, nullptr, progress, stop.get_token());
  ASSERT_FALSE(stopped.has_value());
  EXPECT_EQ(stopped.error().code, ErrorCode::kCancelled);
  const TextSink full = [](std::string_view) -> Status { return Fail(ErrorCode::kIo, "full"); };
  const auto failed = Simulate({}, full, nullptr, progress, {});
  ASSERT_FALSE(failed.has_value());
  EXPECT_EQ(failed.error().code, ErrorCode::kIo);
}

TEST(Binomial, HasItsMeanAndVariance) {
  for (const auto& [n, p] :
       {std::pair<int64_t, double>{20, 0.1}, {1000, 0.02}, {5000, 0.05}, {300, 0.9}, {40, 0.5}}) {
    double sum = 0;
    double squares = 0;
    constexpr int kDraws = 100000;
    Random random(31, static_cast<uint64_t>(n));
    for (int i = 0; i < kDraws; ++i) {
      const auto k = static_cast<double>(Binomial(n, p, random));
      sum += k;
      squares += k * k;
    }
    const double mean = sum / kDraws;
    const double variance = squares / kDraws - mean * mean;
    const double true_mean = static_cast<double>(n) * p;
    const double true_variance = true_mean * (1 - p);
    EXPECT_NEAR(mean, true_mean, 5 * std::sqrt(true_variance / kDraws)) << n << ' ' << p;
    EXPECT_NEAR(variance / true_variance, 1, 0.03) << n << ' ' << p;
  }
  Random random(1);
  EXPECT_EQ(Binomial(0, 0.5, random), 0);
  EXPECT_EQ(Binomial(10, 0, random), 0);
  EXPECT_EQ(Binomial(10, 1, random), 10);
  EXPECT_EQ(Binomial(1'000'000, 1, random), 1'000'000);
}

}  // namespace
}  // namespace pythia
