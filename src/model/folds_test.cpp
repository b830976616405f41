#include "model/folds.h"

#include <set>

#include <gtest/gtest.h>

#include "model/made_history_test.h"

namespace pythia {
namespace {

Table WithoutDates(const Table& table) {
  Table without;
  for (const Column& column : table.columns()) {
    if (column.type() == ColumnType::kDate) continue;
    Column& copy = without.AddColumn(column.spec(), column.dictionary());
    for (int64_t row = 0; row < column.size(); ++row) copy.AppendFrom(column, row);
  }
  return without;
}

Folds FoldsOf(const Table& table, uint64_t seed) {
  return MakeFolds(TrainingHistory::Of(table, seed));
}

TEST(ModelFolds, ForwardInTimeNeverCutsADayAndKeepsAGap) {
  const Table table = MadeHistory(1000, 1);
  const Folds folds = FoldsOf(table, 1);
  ASSERT_TRUE(folds.forward);
  EXPECT_EQ(folds.count, 5);
  EXPECT_EQ(folds.gap_days, 7);
  for (int fold = 0; fold < folds.count; ++fold) {
    std::set<int32_t> test;
    int64_t train_rows = 0;
    int64_t test_rows = 0;
    int32_t last_train = 0;
    for (int64_t row = 0; row < 1000; ++row) {
      const int32_t day = table.Find("Date")->days()[static_cast<size_t>(row)];
      if (folds.Trains(fold, static_cast<size_t>(row))) last_train = std::max(last_train, day);
      train_rows += folds.Trains(fold, static_cast<size_t>(row)) ? 1 : 0;
      if (folds.TestedBy(static_cast<size_t>(row)) == fold) test.insert(day), ++test_rows;
    }
    EXPECT_NEAR(static_cast<double>(test_rows), 100, 4);
    EXPECT_GT(train_rows, 450);
    EXPECT_LT(last_train, *test.begin() - 7);
    EXPECT_EQ(*test.rbegin() - *test.begin() + 1, std::ssize(test));  // whole days, no overlap
  }
}

TEST(ModelFolds, OneBigDayIsNotSplitInTime) {
  Table table = EmptyHistory();
  for (int i = 0; i < 300; ++i) Append({.id = std::to_string(i), .day = 18000}, &table);
  const Folds folds = FoldsOf(table, 1);
  EXPECT_FALSE(folds.forward);
  EXPECT_EQ(folds.count, 5);
}

TEST(ModelFolds, CampaignsThatOverlapAreNotSplitInTime) {
  Table table = EmptyHistory();
  for (int i = 0; i < 400; ++i) {
    Append({.id = std::to_string(i), .duration = 110, .day = 18000 + i % 11}, &table);
  }
  const Folds folds = FoldsOf(table, 1);
  EXPECT_FALSE(folds.forward);
  EXPECT_EQ(folds.count, 5);
  EXPECT_NE(folds.rule.find("hash of the row"), std::string::npos) << folds.rule;
  EXPECT_NE(folds.rule.find("overlap"), std::string::npos) << folds.rule;
  Table brief = EmptyHistory();
  for (int i = 0; i < 400; ++i) {
    Append({.id = std::to_string(i), .duration = 1, .day = 18000 + i % 11}, &brief);
  }
  EXPECT_TRUE(FoldsOf(brief, 1).forward);
}

TEST(ModelFolds, EqualRowsShareAFold) {
  Table table = EmptyHistory();
  for (int i = 0; i < 400; ++i) {
    Append({.id = std::to_string(i / 4 + 1000), .clicks = static_cast<double>(i / 4)}, &table);
  }
  const Folds folds = FoldsOf(WithoutDates(table), 5);
  for (size_t row = 0; row < 400; row += 4) {
    for (size_t k = 1; k < 4; ++k) EXPECT_EQ(folds.TestedBy(row), folds.TestedBy(row + k));
  }
  EXPECT_NE(FoldsOf(WithoutDates(table), 6).kind, folds.kind);
}

TEST(ModelFolds, ARepeatedCampaignIsNotSplit) {
  Table table = EmptyHistory();
  for (int i = 0; i < 300; ++i) {
    Append({.id = std::to_string(i % 60), .clicks = static_cast<double>(i)}, &table);
  }
  const Folds folds = FoldsOf(WithoutDates(table), 5);
  EXPECT_NE(folds.rule.find("Campaign_ID"), std::string::npos);
  const TrainingHistory history = TrainingHistory::Of(table, 5);
  const RowNumbers& clusters = history.clusters();
  for (size_t row = 60; row < 300; ++row) {
    EXPECT_EQ(folds.TestedBy(row), folds.TestedBy(row - 60));
    EXPECT_EQ(clusters[row], clusters[row - 60]);
  }
  EXPECT_FALSE(TrainingHistory::Of(MadeHistory(50, 1), 1).ids_repeat());
}

}  // namespace
}  // namespace pythia
