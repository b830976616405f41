// Records for the tests of plots. Include after gtest.
#pragma once

#include <cmath>
#include <limits>
#include <string>
#include <utility>
#include <vector>

#include "base/random.h"
#include "records/cleaning_report.h"
#include "records/explanation.h"
#include "records/recommendation.h"
#include "records/training.h"

namespace pythia::plot_fixture {

inline constexpr double kNan = std::numeric_limits<double>::quiet_NaN();

inline TargetExplanation ClicksExplained() {
  TargetExplanation e{.target = "clicks", .scale = "response", .unit = "clicks", .base = 1180.5};
  e.values = {{"Acquisition_Cost", 312.4, "12000"},  {"Channel_Used", -184.2, "Google Ads"},
              {"Campaign_Type", 96.7, "Influencer"}, {"Duration", 41.3, "30"},
              {"Location", -22.8, std::nullopt},     {"Customer_Segment", 8.1, "Tech Enthusiasts"},
              {"Language", -1.4, "German"}};
  e.prediction = e.base;
  for (const PlayerValue& value : e.values) e.prediction += value.value;
  return e;
}

// `count` players of names that `name` makes.
template <typename Name>
TargetExplanation ManyExplained(int count, const Name& name) {
  TargetExplanation e{.target = "roi", .scale = "response", .unit = "probability", .base = 0.41};
  e.prediction = e.base;
  for (int i = 0; i < count; ++i) {
    const double value = 0.21 * std::pow(0.8, i) * (i % 3 == 1 ? -1 : 1);
    e.values.push_back({name(i), value, std::to_string(i)});
    e.prediction += value;
  }
  return e;
}

inline PlayerSummary NumberPlayer(std::string name, double slope, int64_t rows, uint64_t seed) {
  PlayerSummary player{.player = std::move(name), .numeric = true};
  Random random(seed);
  for (int64_t i = 0; i < rows; ++i) {
    const double input = std::exp(9 + 0.8 * random.Normal());
    player.inputs.push_back(i % 37 == 5 ? kNan : std::round(input));
    const double z = (std::log(input) - 9) / 0.8;
    player.values.push_back(slope * (z + 0.2 * random.Normal()));
    player.mean_absolute += std::abs(player.values.back()) / static_cast<double>(rows);
  }
  return player;
}

inline PlayerSummary TextPlayer(std::string name, std::vector<std::string> levels, double spread,
                                int64_t rows, uint64_t seed) {
  PlayerSummary player{.player = std::move(name), .numeric = false};
  Random random(seed);
  for (int64_t i = 0; i < rows; ++i) {
    const auto level = static_cast<size_t>(random.Uniform() * static_cast<double>(levels.size()));
    player.labels.push_back(levels[level]);
    const double mean = static_cast<double>(level) / static_cast<double>(levels.size()) - 0.4;
    player.values.push_back(spread * (mean + 0.06 * random.Normal()));
    player.mean_absolute += std::abs(player.values.back()) / static_cast<double>(rows);
  }
  return player;
}

inline TargetSummary ClicksSummary(int64_t rows) {
  TargetSummary s{.target = "clicks", .scale = "response", .unit = "clicks", .base = 1180.5};
  s.campaigns = rows * 4;
  s.rows = rows;
  s.players = {NumberPlayer("Acquisition_Cost", 260, rows, 1),
               TextPlayer("Channel_Used",
                          {"Email", "Google Ads", "Instagram", "YouTube", "Website"}, 420, rows, 2),
               NumberPlayer("Duration", -80, rows, 3),
               TextPlayer("Campaign_Type", {"Display", "Search", "Influencer", ""}, 160, rows, 4),
               NumberPlayer("Engagement_Score", 22, rows, 5)};
  return s;
}

inline CalibrationReport Calibrated() {
  CalibrationReport report;
  report.bins = {{0.06, 0.04, 210}, {0.18, 0.21, 420}, {0.32, 0.30, 610}, {0.47, 0.52, 380},
                 {0.63, 0.61, 250}, {0.81, 0.76, 90},  {0.93, 0.97, 30}};
  report.brier = 0.1913;
  report.log_loss = 0.5721;
  report.miscalibration = 0.0021;
  report.discrimination = 0.0312;
  report.uncertainty = 0.2204;
  return report;
}

inline Recommendation Recommended() {
  Recommendation r;
  r.budget = 60000;
  r.used_budget = 24000;
  r.currency = "USD";
  r.objective = "clicks";
  r.verdict = "better";
  r.roi_threshold = 0;
  for (int i = 0; i <= 20; ++i) {
    const double budget = 6000 + 1500 * i;
    const double clicks = 40 * std::pow(budget, 0.45);
    const double wide = 0.05 + 0.012 * std::abs(i - 12);
    const auto band = [&](double value) {
      return Expected{value, {value * (1 - 1.5 * wide), value * (1 + 1.6 * wide), 0.95}};
    };
    r.curve.push_back({.budget = budget,
                       .campaigns = 40,
                       .clicks = band(clicks),
                       .impressions = band(34 * clicks),
                       .roi_probability = band(0.7 - 0.01 * i)});
  }
  return r;
}

inline ModelReport Fitted() {
  ModelReport report;
  report.target = "Clicks";
  const auto add = [&](std::string term, double value, double error) {
    report.coefficients.push_back(
        {std::move(term), value, Effect{value, value - 1.96 * error, value + 1.96 * error, error}});
  };
  add("log(1 + Acquisition_Cost)", 0.412, 0.031);
  add("Channel_Used=Email", -0.204, 0.05);
  add("Channel_Used=Google Ads", 0.118, 0.047);
  add("Channel_Used=Instagram", 0.051, 0.049);
  add("Campaign_Type=Influencer", -0.012, 0.08);
  add("Location=(other)", 0.3, 0.9);
  report.coefficients.push_back({"Language=Klingon", 0.02, std::nullopt});
  return report;
}

inline CleaningReport Cleaned() {
  CleaningReport report;
  report.file = "campaigns_2021.csv";
  report.rows_read = 20000;
  report.rows_kept = 18862;
  report.rows_rejected = 1138;
  report.rejected = {{"bad_date", 640},
                     {"clicks_above_impressions", 302},
                     {"duplicate", 171},
                     {"missing_impressions", 22},
                     {"negative_spend", 3}};
  report.flagged = {{"spend_is_zero", 88}};
  return report;
}

}  // namespace pythia::plot_fixture
