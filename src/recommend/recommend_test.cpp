#include "recommend/recommend.h"

#include <algorithm>
#include <cmath>

#include <gtest/gtest.h>

#include "base/row_memory.h"
#include "recommend/made_world_test.h"

namespace pythia {
namespace {

constexpr double kBudget = 10000;

Recommendation Recommended(const Table& history, const Wish& wish, int threads = 1) {
  NoProgress quiet;
  const Result<ValueModels> values = LearnValues(history, {.threads = threads}, quiet, {});
  EXPECT_TRUE(values) << values.error().ToString();
  Result<Recommendation> said = Recommend(history, *values, {}, "test-1", wish);
  EXPECT_TRUE(said) << said.error().ToString();
  return *said;
}

Error Refused(const Table& history, const Wish& wish) {
  NoProgress quiet;
  const Result<ValueModels> values = LearnValues(history, {}, quiet, {});
  if (!values) return values.error();
  const Result<Recommendation> said = Recommend(history, *values, {}, "test-1", wish);
  EXPECT_FALSE(said);
  return said ? Error{} : said.error();
}

int IndexOf(const auto& names, const std::string& name) {
  return static_cast<int>(std::find(names.begin(), names.end(), name) - names.begin());
}

double TrueWorth(const MadeWorld& world, const Plan& plan) {
  const double days = std::get<double>(plan.values.at("Duration"));
  return world.Worth(
      IndexOf(MadeWorld::kChannels, std::get<std::string>(plan.values.at("Channel_Used"))),
      IndexOf(MadeWorld::kTypes, std::get<std::string>(plan.values.at("Campaign_Type"))),
      days == 15 ? 0 : 1, kBudget);
}

double AverageWorth(const MadeWorld& world) {
  double sum = 0;
  for (int channel = 0; channel < 4; ++channel) {
    for (int type = 0; type < 3; ++type) {
      for (int days = 0; days < 2; ++days) sum += world.Worth(channel, type, days, kBudget);
    }
  }
  return sum / 24;
}

TEST(Recommend, NoRoomForTheRowsIsAnErrorInWords) {
  const Table history = HistoryOfWorld({}, 3000, 1);
  SetRowMemory({.folder = "/nowhere", .in_memory = 0, .smallest_big = 4096});
  NoProgress quiet;
  const Result<ValueModels> values = LearnValues(history, {.threads = 2}, quiet, {});
  SetRowMemory({});
  ASSERT_FALSE(values);
  EXPECT_EQ(values.error().code, ErrorCode::kNotFound);
  EXPECT_EQ(values.error().place.file, "/nowhere");
}

TEST(RecommendSlow, WhereAllPlansAreEqualNothingIsBetter) {
  const MadeWorld world{.strength = 0};
  int covered = 0;
  int no_better = 0;
  double mean = 0;
  constexpr int kHistories = 12;
  for (int seed = 1; seed <= kHistories; ++seed) {
    const Recommendation said =
        Recommended(HistoryOfWorld(world, 2000, seed), {.budget = kBudget, .fixed = {}});
    covered += said.expected.roi->interval.lower <= 1 && said.expected.roi->interval.upper >= 1;
    no_better += said.verdict == "no_better" ? 1 : 0;
    mean += said.expected.roi->value / kHistories;
  }
  EXPECT_GE(covered, 11);
  EXPECT_GE(no_better, 11);
  EXPECT_NEAR(mean, 1, 0.03);  // the luckiest of 24 kinds says about 1.17
}

TEST(RecommendSlow, WherePlansDifferTheBestIsFoundAndItsWorthIsTrue) {
  const MadeWorld world;
  constexpr int kHistories = 8;
  double of_best = 0;
  double stated = 0;
  int covered = 0;
  for (int seed = 1; seed <= kHistories; ++seed) {
    const Recommendation said =
        Recommended(HistoryOfWorld(world, 4000, seed), {.budget = kBudget, .fixed = {}});
    const double truth = TrueWorth(world, said.plan);
    of_best += truth / world.Worth(3, 2, 1, kBudget) / kHistories;
    stated += (1 + said.expected.roi->value) / truth / kHistories;
    EXPECT_EQ(said.verdict, "better");
    const Interval& uplift = said.uplift.difference.interval;
    const double gain = truth - AverageWorth(world);
    covered += uplift.lower <= gain && gain <= uplift.upper ? 1 : 0;
  }
  EXPECT_GE(of_best, 0.95);
  EXPECT_NEAR(stated, 1, 0.03);
  EXPECT_GE(covered, 7);
}

TEST(Recommend, ThreadsChangeNothing) {
  const Table history = HistoryOfWorld({}, 3000, 5);
  const Recommendation one = Recommended(history, {.budget = kBudget, .fixed = {}}, 1);
  const Recommendation two = Recommended(history, {.budget = kBudget, .fixed = {}}, 2);
  EXPECT_EQ(one.plan.values, two.plan.values);
  EXPECT_EQ(one.expected, two.expected);
  EXPECT_EQ(one.uplift, two.uplift);
  EXPECT_EQ(one.average, two.average);
}

TEST(Recommend, CarriesItsEvidenceAndACurve) {
  const Recommendation said = Recommended(HistoryOfWorld({}, 3000, 5), {.budget = kBudget});
  EXPECT_EQ(said.evidence.candidates, 24);
  EXPECT_GE(said.evidence.like_it, 10);
  EXPECT_GT(said.evidence.held_out, 0);
  EXPECT_GE(said.evidence.spend_from, kBudget / 1.5);
  EXPECT_EQ(said.alternatives.size(), 4U);
  EXPECT_EQ(said.decided, (std::vector<std::string>{"Channel_Used", "Campaign_Type", "Duration"}));
  EXPECT_EQ(said.duration, std::get<double>(said.plan.values.at("Duration")));
  ASSERT_GE(said.curve.size(), 10U);
  for (size_t i = 1; i < said.curve.size(); ++i) {
    EXPECT_LT(said.curve[i - 1].budget, said.curve[i].budget);
    EXPECT_LE(said.curve[i - 1].clicks->value, said.curve[i].clicks->value);
    EXPECT_LE(said.curve[i].clicks->interval.lower, said.curve[i].clicks->value);
  }
  // Alone, a plan that no one chose is valued too.
  for (const Alternative& other : said.alternatives) {
    EXPECT_LT(other.expected.interval.lower, other.expected.value);
  }
}

TEST(Recommend, WhatIsFixedIsKept) {
  Wish wish{.budget = kBudget};
  wish.fixed.values["Channel_Used"] = "Email";
  const Recommendation said = Recommended(HistoryOfWorld({}, 3000, 5), wish);
  EXPECT_EQ(std::get<std::string>(said.plan.values.at("Channel_Used")), "Email");
  EXPECT_EQ(said.decided, (std::vector<std::string>{"Campaign_Type", "Duration"}));
  for (const Alternative& other : said.alternatives) {
    EXPECT_EQ(std::get<std::string>(other.plan.values.at("Channel_Used")), "Email");
  }
  // Compared with the average Email campaign, which is worth less than the average one.
  EXPECT_LT(said.average.expected.roi->value, AverageWorth({}) - 1 - 0.2);
}

TEST(Recommend, ClicksAreAnObjectiveToo) {
  const Recommendation said = Recommended(HistoryOfWorld({}, 3000, 5),
                                          {.budget = kBudget, .objective = ValueKind::kClicks});
  EXPECT_EQ(std::get<std::string>(said.plan.values.at("Channel_Used")), "Video");
  EXPECT_NEAR(said.expected.clicks->value, MadeWorld{}.Clicks(3, kBudget), 40);
}

TEST(Recommend, ABudgetOutsideIsAnsweredWithTheNearest) {
  const Table history = HistoryOfWorld({}, 3000, 5);
  const std::vector<double>& spends = history.Find(column::kAcquisitionCost)->numbers();
  const Recommendation said = Recommended(history, {.budget = 1e7});
  EXPECT_LE(said.used_budget, *std::max_element(spends.begin(), spends.end()));
  EXPECT_GT(said.used_budget, kBudget);
  EXPECT_EQ(said.budget, 1e7);
  ASSERT_FALSE(said.warnings.empty());
  EXPECT_NE(said.warnings.front().find("no campaigns support a budget"), std::string::npos);
}

TEST(Recommend, FewCampaignsDecideLess) {
  const Recommendation said = Recommended(HistoryOfWorld({}, 60, 5), {.budget = kBudget});
  EXPECT_LT(said.decided.size(), 3U);
  EXPECT_TRUE(std::any_of(said.warnings.begin(), said.warnings.end(), [](const auto& warning) {
    return warning.find("averaged over") != std::string::npos;
  }));
}

TEST(Recommend, WithoutAnythingToChooseItSaysSo) {
  Table history;
  const Table all = HistoryOfWorld({}, 500, 5);
  for (const Column& column : all.columns()) {
    const bool decision = column.name() == column::kChannelUsed ||
                          column.name() == column::kCampaignType ||
                          column.name() == column::kDuration;
    if (decision) continue;
    Column& copy = history.AddColumn(column.spec());
    for (int64_t row = 0; row < column.size(); ++row) copy.AppendFrom(column, row);
  }
  const Recommendation said = Recommended(history, {.budget = kBudget});
  EXPECT_EQ(said.verdict, "no_better");
  EXPECT_TRUE(said.words.starts_with("there is nothing to choose"));
  EXPECT_TRUE(said.expected.clicks);
}

TEST(Recommend, ARoiBelowMinusOneIsLeftOutAndSaid) {
  Table history = HistoryOfWorld({}, 500, 5);
  history.Find(column::kRoi)->SetNumber(3, -2.5);
  const Recommendation said = Recommended(history, {.budget = kBudget});
  EXPECT_TRUE(std::any_of(said.warnings.begin(), said.warnings.end(), [](const auto& warning) {
    return warning.starts_with("1 campaigns have an ROI below -1");
  }));
}

TEST(Recommend, RefusesWhatCannotBeAnswered) {
  const Table history = HistoryOfWorld({}, 500, 5);
  for (const double budget : {0.0, -5.0, std::nan(""), HUGE_VAL}) {
    EXPECT_EQ(Refused(history, {.budget = budget}).code, ErrorCode::kBadInput) << budget;
  }
  Wish fax{.budget = kBudget};
  fax.fixed.values["Channel_Used"] = "Fax";
  EXPECT_EQ(Refused(history, fax).place.column, "Channel_Used");
  EXPECT_EQ(Refused(HistoryOfWorld({}, 15, 5), {.budget = kBudget}).code, ErrorCode::kBadInput);

  Table no_roi = HistoryOfWorld({}, 500, 5);
  for (int64_t row = 0; row < 500; ++row) no_roi.Find(column::kRoi)->SetNumber(row, -3);
  EXPECT_EQ(Refused(no_roi, {.budget = kBudget}).value, "roi");
}

}  // namespace
}  // namespace pythia
