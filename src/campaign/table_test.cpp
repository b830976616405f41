// Tables, sources, the canonical columns and dates.
#include "campaign/table.h"

#include <set>

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "campaign/dates.h"
#include "campaign/schema.h"
#include "campaign/source.h"

namespace pythia {
namespace {

Table Rows(int64_t rows) {
  Table table({{"channel", ColumnType::kCategory}, {"n", ColumnType::kNumber}});
  for (int64_t row = 0; row < rows; ++row) {
    table.columns()[0].AppendString("level " + std::to_string(row % 5));
    table.columns()[1].AppendNumber(static_cast<double>(row));
  }
  return table;
}

TEST(Table, FindsColumnsAndAppendsRows) {
  Table table = Rows(3);
  EXPECT_EQ(table.num_rows(), 3);
  EXPECT_EQ(Table().num_rows(), 0);
  ASSERT_NE(table.Find("n"), nullptr);
  EXPECT_EQ(table.Find("N"), nullptr);
  EXPECT_EQ(table.schema()[0].name, "channel");
  table.Append(Rows(2));
  EXPECT_EQ(table.num_rows(), 5);
  EXPECT_EQ(table.Find("n")->numbers()[4], 1);
  EXPECT_EQ(table.Find("channel")->level(4), "level 1");
  table.Clear();
  EXPECT_EQ(table.num_rows(), 0);
  EXPECT_EQ(table.columns().size(), 2U);
}

TEST(TableSource, GivesBlocksAndRewinds) {
  for (const int64_t rows : {int64_t{0}, int64_t{1}, kBlockRows, kBlockRows + 1, 3 * kBlockRows}) {
    const Table table = Rows(rows);
    TableSource source(table);
    EXPECT_EQ(source.schema(), table.schema());
    for (int round = 0; round < 2; ++round) {
      int64_t seen = 0;
      for (;;) {
        const auto block = source.Next();
        ASSERT_TRUE(block.has_value());
        if (*block == nullptr) break;
        ASSERT_LE((*block)->num_rows(), kBlockRows);
        ASSERT_GT((*block)->num_rows(), 0);
        for (int64_t row = 0; row < (*block)->num_rows(); ++row, ++seen) {
          ASSERT_EQ((*block)->columns()[1].numbers()[static_cast<size_t>(row)],
                    static_cast<double>(seen));
        }
      }
      EXPECT_EQ(seen, rows);
      const auto again = source.Next();
      ASSERT_TRUE(again.has_value());
      EXPECT_EQ(*again, nullptr);
      ASSERT_TRUE(source.Rewind().has_value());
    }
    const auto all = ReadAll(source);
    ASSERT_TRUE(all.has_value());
    EXPECT_EQ(all->num_rows(), rows);
    EXPECT_EQ(all->columns()[1].numbers(), table.columns()[1].numbers());
    EXPECT_EQ(all->columns()[0].codes(), table.columns()[0].codes());
  }
}

TEST(Schema, CanonicalColumns) {
  std::set<std::string> names;
  for (const ColumnSpec& spec : CanonicalColumns()) names.insert(spec.name);
  EXPECT_EQ(names.size(), 21U);
  EXPECT_EQ(CanonicalColumns()[0].name, "Campaign_ID");
  EXPECT_EQ(CanonicalColumns()[15].name, "Date");
  EXPECT_EQ(FindCanonical("Acquisition_Cost")->type, ColumnType::kMoney);
  EXPECT_EQ(FindCanonical("Impressions")->role, Role::kOutcome);
  EXPECT_EQ(FindCanonical("impressions"), nullptr);
  EXPECT_TRUE(IsDerived("CTR"));
  EXPECT_FALSE(IsDerived("ROI"));
}

TEST(Dates, KnownDays) {
  EXPECT_EQ(DaysFromCivil({1970, 1, 1}), 0);
  EXPECT_EQ(DaysFromCivil({2021, 1, 1}), 18628);
  EXPECT_EQ(DaysFromCivil({1, 1, 1}), -719162);
  EXPECT_EQ(DaysFromCivil({9999, 12, 31}), 2932896);
  EXPECT_EQ(Weekday(0), 3);  // a Thursday
  EXPECT_EQ(Weekday(DaysFromCivil({2026, 11, 22})), 6);
  EXPECT_EQ(FormatDay(-719162), "0001-01-01");
  EXPECT_TRUE(IsValidDate({2000, 2, 29}));
  EXPECT_TRUE(IsValidDate({2024, 2, 29}));
  EXPECT_FALSE(IsValidDate({1900, 2, 29}));
  EXPECT_FALSE(IsValidDate({2021, 2, 30}));
  EXPECT_FALSE(IsValidDate({2021, 13, 1}));
  EXPECT_FALSE(IsValidDate({2021, 0, 1}));
  EXPECT_FALSE(IsValidDate({2021, 1, 0}));
  EXPECT_FALSE(IsValidDate({10000, 1, 1}));
}

RC_GTEST_PROP(Dates, EveryDayComesBack, ()) {
  const auto day = *rc::gen::inRange(-719162, 2932897);
  RC_ASSERT(DaysFromCivil(CivilFromDays(day)) == day);
  int32_t again = 0;
  RC_ASSERT(ParseIsoDay(FormatDay(day), &again));
  RC_ASSERT(again == day);
  RC_ASSERT((Weekday(day) + 1) % 7 == Weekday(day + 1));
  const CivilDate here = CivilFromDays(day);
  const CivilDate next = CivilFromDays(day + 1);
  RC_ASSERT(std::tuple(here.year, here.month, here.day) <
            std::tuple(next.year, next.month, next.day));
}

TEST(Dates, RefusesWhatIsNoIsoDay) {
  int32_t day = 0;
  EXPECT_TRUE(ParseIsoDay("2021-02-28", &day));
  for (const char* text : {"", "2021-02-30", "2021-2-28", "2021/02/28", "2021-02-28 ", "20210228",
                           "+021-02-28", "0000-01-01", "2021-02-2x", "2021-02-28T00"}) {
    EXPECT_FALSE(ParseIsoDay(text, &day)) << text;
  }
}

}  // namespace
}  // namespace pythia
