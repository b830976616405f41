#include "model/read_ahead.h"

#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "model/made_history_test.h"

namespace pythia {
namespace {

// Levels come as the rows do, others in every block.
Table ManyLevels(int64_t rows) {
  Table table = EmptyHistory();
  Random random(7);
  for (int64_t i = 0; i < rows; ++i) {
    MadeRow row = RandomRow(random, i);
    row.channel = "level " + std::to_string(i / 500);
    if (i % 13 == 5) row = {.id = "none", .day = kMissingDay};
    Append(row, &table);
  }
  return table;
}

// As a store's: levels are added while it is read.
class GrowingSource final : public CampaignSource {
 public:
  explicit GrowingSource(const Table& table, int64_t failing_block = -1)
      : table_(table), schema_(EmptyHistory().schema()), failing_(failing_block), block_(schema_) {}
  const Schema& schema() const override { return schema_; }
  Result<const Table*> Next() override {
    if (blocks_++ == failing_) return Fail(ErrorCode::kIo, "the disk is away");
    block_.Clear();
    for (; next_ < table_.num_rows() && block_.num_rows() < kBlockRows; ++next_) {
      for (size_t c = 0; c < schema_.size(); ++c) {
        block_.columns()[c].AppendFrom(table_.columns()[c], next_);
      }
    }
    return block_.num_rows() == 0 ? nullptr : &block_;
  }
  Status Rewind() override {
    next_ = 0;
    return {};
  }

 private:
  const Table& table_;
  Schema schema_;
  int64_t failing_;
  Table block_;
  int64_t next_ = 0;
  int64_t blocks_ = 0;
};

void ExpectSame(const Table& found, const Table& expected) {
  ASSERT_EQ(found.num_rows(), expected.num_rows());
  for (size_t c = 0; c < expected.columns().size(); ++c) {
    const Column& column = expected.columns()[c];
    ASSERT_EQ(found.columns()[c].num_missing(), column.num_missing());
    for (int64_t row = 0; row < expected.num_rows(); ++row) {
      ASSERT_EQ(found.columns()[c].IsMissing(row), column.IsMissing(row));
      if (column.IsMissing(row)) continue;
      if (column.type() == ColumnType::kText) {
        ASSERT_EQ(found.columns()[c].text(row), column.text(row));
      } else if (column.type() == ColumnType::kCategory) {
        ASSERT_EQ(found.columns()[c].level(row), column.level(row));
      } else if (column.type() == ColumnType::kDate) {
        ASSERT_EQ(found.columns()[c].days()[static_cast<size_t>(row)],
                  column.days()[static_cast<size_t>(row)]);
      } else {
        ASSERT_EQ(found.columns()[c].numbers()[static_cast<size_t>(row)],
                  column.numbers()[static_cast<size_t>(row)]);
      }
    }
  }
}

TEST(ReadAhead, GivesTheRowsOfTheSourceTwice) {
  const Table table = ManyLevels(20'001);
  GrowingSource source(table);
  ReadAhead ahead(source);
  EXPECT_EQ(ahead.schema().size(), table.columns().size());
  ExpectSame(*ReadAll(ahead), table);
  EXPECT_EQ(*ahead.Next(), nullptr) << "the end stays the end";
  ASSERT_TRUE(ahead.Rewind());
  ExpectSame(*ReadAll(ahead), table);
}

TEST(ReadAhead, AnErrorStays) {
  const Table table = ManyLevels(10'000);
  GrowingSource source(table, 2);
  ReadAhead ahead(source);
  EXPECT_TRUE(ahead.Next());
  EXPECT_TRUE(ahead.Next());
  EXPECT_EQ(ahead.Next().error().message, "the disk is away");
  EXPECT_EQ(ahead.Next().error().message, "the disk is away");
}

TEST(ReadAhead, MayEndBeforeTheSource) {
  const Table table = ManyLevels(10'000);
  for (int blocks = 0; blocks < 3; ++blocks) {
    GrowingSource source(table);
    ReadAhead ahead(source);
    for (int i = 0; i < blocks; ++i) EXPECT_TRUE(ahead.Next());
  }
}

}  // namespace
}  // namespace pythia
