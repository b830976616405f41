#include "model/split.h"

#include <gtest/gtest.h>

#include <map>

#include "model/made_history_test.h"

namespace pythia {
namespace {

int64_t TestRows(const HeldOut& held_out) {
  int64_t rows = 0;
  for (const uint8_t test : held_out.test) rows += test;
  return rows;
}

TEST(HoldOut, ForwardInTimeNeverCutsADay) {
  const Table table = MadeHistory(1000, 1);
  const HeldOut held_out = HoldOut(table, 1);
  EXPECT_TRUE(held_out.rule.starts_with("forward in time, from 20")) << held_out.rule;
  EXPECT_NEAR(static_cast<double>(TestRows(held_out)), 200, 3);
  std::map<int32_t, uint8_t> side;
  int32_t last_train = 0;
  int32_t first_test = 1 << 30;
  for (size_t row = 0; row < 1000; ++row) {
    const int32_t day = table.Find("Date")->days()[row];
    EXPECT_EQ(side.emplace(day, held_out.test[row]).first->second, held_out.test[row]);
    if (held_out.test[row] != 0)
      first_test = std::min(first_test, day);
    else
      last_train = std::max(last_train, day);
  }
  EXPECT_LT(last_train, first_test);
}

Table WithoutDates(const Table& table) {
  Table without;
  for (const Column& column : table.columns()) {
    if (column.type() == ColumnType::kDate) continue;
    Column& copy = without.AddColumn(column.spec(), column.dictionary());
    for (int64_t row = 0; row < column.size(); ++row) copy.AppendFrom(column, row);
  }
  return without;
}

TEST(HoldOut, EqualRowsFallOnOneSide) {
  Table table = EmptyHistory();
  for (int i = 0; i < 400; ++i) {
    MadeRow row{.id = std::to_string(i), .clicks = static_cast<double>(i / 4)};
    row.id = std::to_string(i / 4 + 1000);
    Append(row, &table);
  }
  const HeldOut held_out = HoldOut(WithoutDates(table), 5);
  for (size_t row = 0; row < 400; row += 4) {
    for (size_t k = 1; k < 4; ++k) EXPECT_EQ(held_out.test[row], held_out.test[row + k]);
  }
  EXPECT_NE(HoldOut(WithoutDates(table), 6).test, held_out.test);
}

TEST(HoldOut, ARepeatedCampaignIsNotSplit) {
  Table table = EmptyHistory();
  for (int i = 0; i < 300; ++i) {
    Append({.id = std::to_string(i % 60), .clicks = static_cast<double>(i)}, &table);
  }
  const HeldOut held_out = HoldOut(WithoutDates(table), 5);
  EXPECT_NE(held_out.rule.find("Campaign_ID"), std::string::npos);
  for (size_t row = 60; row < 300; ++row) {
    EXPECT_EQ(held_out.test[row], held_out.test[row - 60]);
  }
}

TEST(DataDigest, SeesEveryValueAndNotTheDictionary) {
  const Table table = MadeHistory(50, 1);
  EXPECT_EQ(DataDigest(table), DataDigest(MadeHistory(50, 1)));
  EXPECT_NE(DataDigest(table), DataDigest(MadeHistory(50, 2)));
  Table changed = MadeHistory(50, 1);
  changed.Find("ROI")->SetNumber(49, 0.5);
  EXPECT_NE(DataDigest(table), DataDigest(changed));
}

}  // namespace
}  // namespace pythia
