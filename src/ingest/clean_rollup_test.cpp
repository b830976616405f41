// What becomes of the columns of daily rows, and of a roll-up that cannot be.
#include <cmath>

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "ingest/clean_in_test.h"

namespace pythia {
namespace {

bool AnyNote(const CleaningReport& report, std::string_view part) {
  return std::any_of(report.notes.begin(), report.notes.end(),
                     [&](const std::string& note) { return note.find(part) != std::string::npos; });
}

std::string Numbers(const Table& table, std::string_view name) {
  const Column* column = table.Find(name);
  if (column == nullptr) return "no column";
  std::string text;
  for (int64_t row = 0; row < column->size(); ++row) {
    text += row > 0 ? " " : "";
    text += column->IsMissing(row) ? "-"
                                   : fmt::format("{}", column->numbers()[static_cast<size_t>(row)]);
  }
  return text;
}

std::string Levels(const Table& table, std::string_view name) {
  const Column* column = table.Find(name);
  if (column == nullptr) return "no column";
  std::string text;
  for (int64_t row = 0; row < column->size(); ++row) {
    text += row > 0 ? " " : "";
    text += column->IsMissing(row) ? "-" : column->level(row);
  }
  return text;
}

constexpr std::string_view kPartlyPaid =
    "Campaign,Date,Impressions,Clicks,Spend,Revenue,Conversions\n"
    "a,2026-01-01,1000,10,5,20,1\n"
    "a,2026-01-02,1000,10,5,,\n"
    "b,2026-01-01,1000,10,5,20,2\n"
    "b,2026-01-02,1000,10,5,10,1\n"
    "c,2026-01-01,1000,10,5,,\n"
    "c,2026-01-02,1000,10,5,,\n";

TEST(CleanRollup, LeavesOutcomesEmptyWhereDaysLackThem) {
  const auto cleaned = CleanText(kPartlyPaid);
  ASSERT_TRUE(cleaned) << cleaned.error().ToString();
  const Table& table = cleaned->table;
  EXPECT_EQ(Numbers(table, "Revenue"), "- 30 -");
  EXPECT_EQ(Numbers(table, "ROI"), "- 2 -");
  EXPECT_EQ(Numbers(table, "Conversions"), "- 3 -");
  EXPECT_EQ(Numbers(table, "Acquisition_Cost"), "10 10 10");
  EXPECT_TRUE(AnyNote(cleaned->report,
                      "1 campaign has days without Revenue: its Revenue and ROI are left empty."));
  EXPECT_TRUE(AnyNote(cleaned->report,
                      "1 campaign has days without Conversions: its Conversions are left empty."));
}

TEST(CleanRollup, LeavesGivenRatiosEmptyWhereTheirSumsLackDays) {
  const auto cleaned = CleanText(
      "Campaign,Date,Impressions,Clicks,Spend,Revenue,ROI,Conversions,Conversion_Rate\n"
      "a,2026-01-01,1000,10,5,20,3,1,0.1\n"
      "a,2026-01-02,1000,10,5,,0,,0.3\n"
      "b,2026-01-01,1000,10,5,20,9,1,0.1\n"
      "b,2026-01-02,1000,10,15,20,9,3,0.3\n"
      "c,2026-01-01,1000,10,5,20,9,1,0.1\n"
      "c,2026-01-02,1000,10,5,,3,,0.1\n");
  ASSERT_TRUE(cleaned) << cleaned.error().ToString();
  EXPECT_EQ(Numbers(cleaned->table, "ROI"), "- 1 -");
  EXPECT_EQ(Numbers(cleaned->table, "Conversion_Rate"), "- 0.2 -");
  EXPECT_TRUE(
      AnyNote(cleaned->report,
              "2 campaigns have days without Revenue: their Revenue and ROI are left empty."));
  EXPECT_TRUE(AnyNote(cleaned->report,
                      "2 campaigns have days without Conversions: their Conversions and "
                      "Conversion_Rate are left empty."));
}

TEST(CleanRollup, KeepsNumbersThatAreTheSameEveryDay) {
  const auto cleaned = CleanText(
      "Campaign,Date,Impressions,Clicks,Quality Score,Video Starts,Depth\n"
      "a,2026-01-01,1000,10,7,5,1.5\n"
      "a,2026-01-02,1000,10,7,6,2.5\n"
      "a,2026-01-03,1000,10,7,,\n"
      "b,2026-01-01,1000,10,8,1,1.5\n"
      "b,2026-01-02,1000,10,8,2,1.5\n");
  ASSERT_TRUE(cleaned) << cleaned.error().ToString();
  EXPECT_EQ(Numbers(cleaned->table, "Quality Score"), "7 8");
  EXPECT_EQ(Numbers(cleaned->table, "Video Starts"), "11 3");
  EXPECT_EQ(Numbers(cleaned->table, "Depth"), "2 1.5");
}

TEST(CleanRollup, OtherCategoriesDoNotSplitCampaigns) {
  const auto cleaned = CleanText(
      "Campaign,Date,Impressions,Clicks,Channel,Day of week,Device\n"
      "a,2026-01-01,1000,10,x,Thu,mobile\n"
      "a,2026-01-02,1000,10,x,Fri,mobile\n"
      "a,2026-01-02,1000,10,y,Fri,tablet\n"
      "b,2026-01-01,1000,10,x,Thu,mobile\n"
      "b,2026-01-02,1000,10,x,Fri,\n");
  ASSERT_TRUE(cleaned) << cleaned.error().ToString();
  EXPECT_EQ(cleaned->table.num_rows(), 3);
  EXPECT_EQ(Levels(cleaned->table, "Channel_Used"), "x y x");
  EXPECT_EQ(Levels(cleaned->table, "Day of week"), "- Fri -");
  EXPECT_EQ(Levels(cleaned->table, "Device"), "mobile tablet mobile");
  EXPECT_EQ(Numbers(cleaned->table, "Duration"), "2 1 2");
  EXPECT_TRUE(AnyNote(cleaned->report,
                      "\"Day of week\" changes within 2 campaigns and is left empty there."));
  EXPECT_FALSE(AnyNote(cleaned->report, "\"Device\" changes"));
}

TEST(CleanRollup, SaysWhyItWasNotRolledUp) {
  const CleanOptions campaign{.grain = Grain::kCampaign};
  const auto why = [&](std::string_view text, std::string_view reason) {
    const auto cleaned = CleanText(text, campaign);
    ASSERT_TRUE(cleaned) << cleaned.error().ToString();
    EXPECT_FALSE(cleaned->report.rolled_up);
    EXPECT_TRUE(
        AnyNote(cleaned->report, fmt::format("--grain campaign rolled nothing up: {}.", reason)))
        << reason;
  };
  why("Campaign,Date,Duration,Impressions,Clicks\na,2026-01-01,7,9,1\na,2026-01-08,7,9,1\n",
      "the file has a Duration of its own");
  why("Campaign,Date,Duration,Impressions,Clicks\na,2026-01-01,,9,1\na,2026-01-08,,9,1\n",
      "the file has a Duration of its own");
  why("Campaign,Impressions,Clicks\na,9,1\na,9,1\n", "the file has no Date");
  why("Date,Impressions,Clicks\n2026-01-01,9,1\n2026-01-02,9,1\n",
      "the file has no Campaign_ID and no campaign names");
  why("Campaign,Date,Impressions,Clicks\na,2026-01-01,9,1\nb,2026-01-08,9,1\n",
      "no campaign comes back on another day");
  const auto rolled =
      CleanText("Campaign,Date,Impressions,Clicks\na,2026-01-01,9,1\na,2026-01-08,9,1\n", campaign);
  ASSERT_TRUE(rolled);
  EXPECT_TRUE(rolled->report.rolled_up);
  EXPECT_FALSE(AnyNote(rolled->report, "rolled nothing up"));
}

TEST(CleanRollup, HugeAmountsNeverBecomeInfinite) {
  for (const Grain grain : {Grain::kRow, Grain::kCampaign}) {
    const auto cleaned = CleanText(
        "Campaign,Date,Impressions,Clicks,Spend,Score,Other\n"
        "a,2026-01-01,1000,10,1e308,1.7e308,1.7e308\n"
        "a,2026-01-02,1000,10,1.5e308,1.6e308,-1.7e308\n"
        "b,2026-01-02,1000,10,1e308,1.7e308,1.7e308\n"
        "b,2026-01-03,1000,10,1e307,1.7e308,1.7e308\n",
        {.grain = grain});
    ASSERT_TRUE(cleaned) << cleaned.error().ToString();
    for (const ColumnSummary& column : cleaned->report.columns) {
      EXPECT_TRUE(std::isfinite(column.mean)) << column.name;
      EXPECT_TRUE(std::isfinite(column.min) && std::isfinite(column.max)) << column.name;
      EXPECT_LE(column.mean, column.max) << column.name;
    }
    for (const Column& column : cleaned->table.columns()) {
      for (const double value : column.numbers()) EXPECT_FALSE(std::isinf(value)) << column.name();
    }
    const auto score =
        std::find_if(cleaned->report.columns.begin(), cleaned->report.columns.end(),
                     [](const ColumnSummary& column) { return column.name == "Score"; });
    ASSERT_NE(score, cleaned->report.columns.end());
    if (grain == Grain::kRow) {
      EXPECT_NEAR(score->mean / 1.675e308, 1, 1e-12);
    }
  }
}

}  // namespace
}  // namespace pythia
