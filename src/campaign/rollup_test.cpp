#include "campaign/rollup.h"

#include <cmath>

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "campaign/dates.h"
#include "campaign/derive.h"
#include "campaign/schema.h"

namespace pythia {
namespace {

int32_t Day(std::string_view text) {
  int32_t day = 0;
  EXPECT_TRUE(ParseIsoDay(text, &day));
  return day;
}

struct Row {
  std::string campaign;
  std::string channel;
  std::string day;
  double impressions;
  double clicks;
  double spend;
  double roi;
  double frequency;
};

Table DailyRows(const std::vector<Row>& rows) {
  Table table({*FindCanonical("Channel_Used"),
               *FindCanonical("Acquisition_Cost"),
               *FindCanonical("ROI"),
               *FindCanonical("Clicks"),
               *FindCanonical("Impressions"),
               *FindCanonical("Date"),
               *FindCanonical("CTR"),
               {"Campaign_Name", ColumnType::kText, Role::kId},
               {"Frequency", ColumnType::kNumber, Role::kOther}});
  for (const Row& row : rows) {
    table.columns()[0].AppendString(row.channel);
    table.columns()[1].AppendNumber(row.spend);
    table.columns()[2].AppendNumber(row.roi);
    table.columns()[3].AppendNumber(row.clicks);
    table.columns()[4].AppendNumber(row.impressions);
    table.columns()[5].AppendDay(row.day.empty() ? kMissingDay : Day(row.day));
    if (row.campaign.empty()) {
      table.columns()[7].AppendMissing();
    } else {
      table.columns()[7].AppendString(row.campaign);
    }
    table.columns()[8].AppendNumber(row.frequency);
  }
  return table;
}

TEST(Rollup, SumsDaysIntoCampaigns) {
  const Table rows = DailyRows({{"a", "x", "2026-01-05", 1000, 10, 5, 1, 1.5},
                                {"b", "x", "2026-01-01", 500, 5, 2, 3, 1},
                                {"a", "x", "2026-01-01", 3000, 20, 15, 2, 2.5},
                                {"a", "y", "2026-01-09", 100, 1, 1, 0, 1}});
  Rollup rollup(rows.schema(), false);
  rollup.Add(rows);
  EXPECT_EQ(rollup.num_campaigns(), 3);
  Table table = rollup.Finish();
  FillDerived(&table);
  EXPECT_EQ(table.columns()[0].name(), "Duration");
  ASSERT_EQ(table.num_rows(), 3);
  EXPECT_EQ(table.Find("Campaign_Name")->text(0), "a");
  EXPECT_EQ(table.Find("Channel_Used")->level(2), "y");
  EXPECT_EQ(table.Find("Duration")->numbers(), (std::vector<double>{5, 1, 1}));
  EXPECT_EQ(table.Find("Date")->days()[0], Day("2026-01-01"));
  EXPECT_EQ(table.Find("Impressions")->numbers()[0], 4000);
  EXPECT_EQ(table.Find("Acquisition_Cost")->numbers()[0], 20);
  EXPECT_DOUBLE_EQ(table.Find("CTR")->numbers()[0], 30.0 / 4000);
  EXPECT_DOUBLE_EQ(table.Find("ROI")->numbers()[0], (1 * 5 + 2 * 15) / 20.0);
  EXPECT_DOUBLE_EQ(table.Find("Frequency")->numbers()[0], 2);
}

TEST(Rollup, KeepsRowsWithoutANameOrADay) {
  const Table rows = DailyRows({{"", "x", "2026-01-05", 1, 1, 1, 1, 1},
                                {"", "x", "2026-01-06", 1, 1, 1, 1, 1},
                                {"a", "x", "", 1, 1, 1, 1, 1}});
  Rollup rollup(rows.schema(), false);
  rollup.Add(rows);
  const Table table = rollup.Finish();
  EXPECT_EQ(table.num_rows(), 3);
  EXPECT_TRUE(table.Find("Duration")->IsMissing(2));
  EXPECT_TRUE(table.Find("Date")->IsMissing(2));
}

TEST(Rollup, EndsWithTheLastPeriod) {
  const Schema schema = {*FindCanonical("Campaign_ID"), *FindCanonical("Duration"),
                         *FindCanonical("Clicks"), *FindCanonical("Impressions"),
                         *FindCanonical("Date")};
  Table rows(schema);
  for (const auto& [day, days] : {std::pair{"2026-01-01", 7.0}, std::pair{"2026-01-08", 7.0}}) {
    rows.columns()[0].AppendString("7");
    rows.columns()[1].AppendNumber(days);
    rows.columns()[2].AppendNumber(1);
    rows.columns()[3].AppendNumber(10);
    rows.columns()[4].AppendDay(Day(day));
  }
  Rollup rollup(schema, false);
  rollup.Add(rows);
  EXPECT_EQ(rollup.Finish().Find("Duration")->numbers(), std::vector<double>{14});
}

RC_GTEST_PROP(Rollup, KeepsSumsWhateverTheBlocks, ()) {
  const auto picks = *rc::gen::container<std::vector<std::tuple<int, int, int>>>(
      rc::gen::tuple(rc::gen::inRange(0, 4), rc::gen::inRange(1, 29), rc::gen::inRange(0, 1000)));
  std::vector<Row> rows;
  double clicks = 0;
  for (const auto& [name, day, count] : picks) {
    rows.push_back({std::string(1, static_cast<char>('a' + name)), "x",
                    FormatDay(Day("2026-01-01") + day), 1000, static_cast<double>(count), 1.5, 1,
                    1});
    clicks += count;
  }
  const Table table = DailyRows(rows);
  Rollup whole(table.schema(), false);
  whole.Add(table);
  Rollup single(table.schema(), false);
  for (const Row& row : rows) single.Add(DailyRows({row}));
  const Table a = whole.Finish();
  const Table b = single.Finish();
  RC_ASSERT(a.num_rows() == b.num_rows());
  RC_ASSERT(a.Find("Clicks")->numbers() == b.Find("Clicks")->numbers());
  RC_ASSERT(a.Find("Duration")->numbers() == b.Find("Duration")->numbers());
  double sum = 0;
  for (const double value : a.Find("Clicks")->numbers()) sum += value;
  RC_ASSERT(sum == clicks);
}

}  // namespace
}  // namespace pythia
