#include "recommend/neighbourhood.h"

#include <gtest/gtest.h>

#include "campaign/schema.h"
#include "recommend/made_world_test.h"

namespace pythia {
namespace {

TEST(SpendSupport, AnswersABudgetThatCampaignsAreNearTo) {
  const SpendSupport support({90, 95, 100, 100, 100, 105, 110, 115, 120, 125});
  EXPECT_EQ(support.Near(100), 10);
  EXPECT_EQ(support.Nearest(100), 100);
}

TEST(SpendSupport, NeverGoesBeyondWhatWasSpent) {
  const SpendSupport support({90, 95, 100, 100, 100, 105, 110, 115, 120, 125});
  EXPECT_EQ(support.Nearest(5000), 125);
  EXPECT_EQ(support.Nearest(1), 90);
}

TEST(SpendSupport, JumpsOverAGap) {
  std::vector<double> spends;
  for (int i = 0; i < 10; ++i) {
    spends.push_back(100 + i);
    spends.push_back(10000 + i);
  }
  const SpendSupport support(spends);
  // From 1,100 the upper campaigns are nearer on the log scale than from 900.
  EXPECT_NEAR(*support.Nearest(1100), 10009 / 1.5, 1e-9);
  EXPECT_NEAR(*support.Nearest(900), 100 * 1.5, 1e-9);
  EXPECT_GE(support.Near(*support.Nearest(1100)), kMinCandidateRows);
  EXPECT_GE(support.Near(*support.Nearest(900)), kMinCandidateRows);
}

TEST(SpendSupport, TooFewCampaignsSupportNothing) {
  EXPECT_FALSE(SpendSupport({100, 100, 100}).Nearest(100));
  EXPECT_TRUE(SpendSupport({100, 100, 100}).Grid(5).empty());
  EXPECT_FALSE(SpendSupport({1, 10, 100, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9}).Nearest(100));
}

TEST(SpendSupport, GridStaysSupported) {
  std::vector<double> spends;
  for (int i = 0; i < 50; ++i) spends.push_back(100 * std::pow(1.05, i));
  const SpendSupport support(spends);
  const std::vector<double> grid = support.Grid(20);
  ASSERT_GE(grid.size(), 10U);
  for (const double budget : grid) EXPECT_GE(support.Near(budget), kMinCandidateRows) << budget;
}

TEST(Decisions, ManyDurationsBecomeFourParts) {
  Table table({*FindCanonical(column::kDuration)});
  for (int i = 1; i <= 80; ++i) table.columns()[0].AppendNumber(i);
  const std::vector<Decision> decisions = DecisionsOf(table);
  ASSERT_EQ(decisions.size(), 1U);
  EXPECT_EQ(decisions[0].values, (std::vector<PlanValue>{10.0, 30.0, 50.0, 70.0}));
  EXPECT_EQ(decisions[0].of_row[0], 0);
  EXPECT_EQ(decisions[0].of_row[79], 3);
  EXPECT_EQ(decisions[0].Find(33.5), 1);
  EXPECT_EQ(decisions[0].Find(0.5), std::nullopt);
}

TEST(Decisions, FewDurationsStayThemselves) {
  Table table({*FindCanonical(column::kDuration)});
  for (const double days : {30, 15, 30, 60}) table.columns()[0].AppendNumber(days);
  table.columns()[0].AppendMissing();
  const std::vector<Decision> decisions = DecisionsOf(table);
  EXPECT_EQ(decisions[0].values, (std::vector<PlanValue>{15.0, 30.0, 60.0}));
  EXPECT_EQ(decisions[0].of_row, (std::vector<int>{1, 0, 1, 2, -1}));
  EXPECT_EQ(decisions[0].Find(45.0), std::nullopt);
}

TEST(Neighbourhood, CountsPlansAndMarksWhatIsFixed) {
  const Table table = HistoryOfWorld({}, 2000, 1);
  Plan fixed;
  fixed.values["Channel_Used"] = "Email";
  const Neighbourhood near = NeighboursOf(table, 10000, DecisionsOf(table), fixed);
  ASSERT_EQ(near.plans.size(), 24U);
  int64_t all = 0;
  int allowed = 0;
  for (size_t p = 0; p < near.plans.size(); ++p) {
    all += near.counts[p];
    allowed += near.allowed[p] ? 1 : 0;
  }
  EXPECT_EQ(all, static_cast<int64_t>(near.rows.size()));
  EXPECT_EQ(allowed, 6);
  for (const int64_t row : near.rows) {
    const double spend = table.Find(column::kAcquisitionCost)->numbers()[static_cast<size_t>(row)];
    EXPECT_GE(spend, 10000 / 1.5);
    EXPECT_LE(spend, 10000 * 1.5);
  }
}

}  // namespace
}  // namespace pythia
