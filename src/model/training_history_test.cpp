#include "model/training_history.h"

#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <string>
#include <thread>

#include <gtest/gtest.h>

#include "model/campaign_ids.h"
#include "model/made_history_test.h"

namespace pythia {
namespace {

std::string DigestOf(const Table& table) { return TrainingHistory::Of(table, 1).digest(); }

TEST(TrainingHistory, DigestSeesEveryValueAndNotTheDictionary) {
  EXPECT_EQ(DigestOf(MadeHistory(50, 1)), DigestOf(MadeHistory(50, 1)));
  EXPECT_NE(DigestOf(MadeHistory(50, 1)), DigestOf(MadeHistory(50, 2)));
  Table changed = MadeHistory(50, 1);
  changed.Find("ROI")->SetNumber(49, 0.5);
  EXPECT_NE(DigestOf(MadeHistory(50, 1)), DigestOf(changed));
  Table renamed = MadeHistory(1, 1);
  Append({.id = "other"}, &renamed);
  Table other = MadeHistory(1, 1);
  Append({.id = "othes"}, &other);
  EXPECT_NE(DigestOf(renamed), DigestOf(other));
}

// Narrow where that is exact, and the values as they came: whole numbers, fractions that no float
// holds, after blocks of whole ones; few levels, then more than a byte tells apart, then more than
// two bytes do.
TEST(TrainingHistory, KeepsEveryValueAsItIs) {
  Table table = EmptyHistory();
  Random random(1);
  constexpr int64_t kRows = 150'000;
  for (int64_t i = 0; i < kRows; ++i) {
    MadeRow row = RandomRow(random, i);
    row.cost = i < 5000 ? static_cast<double>(i) : static_cast<double>(i) + 0.1;
    row.channel = i < 3000 ? "level " + std::to_string(i % 200)
                           : "level " + std::to_string(i < 100'000 ? i % 1000 : i);
    Append(row, &table);
    if (i % 1000 == 7) {
      Append({.id = "none", .day = kMissingDay}, &table);
      ++i;
    }
  }
  Table with_blanks = EmptyHistory();
  for (int64_t row = 0; row < table.num_rows(); ++row) {
    for (size_t c = 0; c < table.columns().size(); ++c) {
      Column& to = with_blanks.columns()[c];
      if ((row + static_cast<int64_t>(c)) % 11 == 0) {
        to.AppendMissing();
      } else {
        to.AppendFrom(table.columns()[c], row);
      }
    }
  }
  const TrainingHistory history = TrainingHistory::Of(with_blanks, 1);
  ASSERT_EQ(static_cast<int64_t>(history.num_rows()), with_blanks.num_rows());
  for (const Column& column : with_blanks.columns()) {
    if (column.type() == ColumnType::kText) continue;
    const TrainingColumn& kept = *history.Find(column.name());
    EXPECT_EQ(kept.num_missing(), column.num_missing()) << column.name();
    for (size_t row = 0; row < history.num_rows(); ++row) {
      const bool missing = column.IsMissing(static_cast<int64_t>(row));
      ASSERT_EQ(kept.IsMissing(row), missing) << column.name() << ' ' << row;
      if (missing) continue;
      if (IsNumeric(column.type())) {
        ASSERT_EQ(kept.number(row), column.numbers()[row]) << column.name() << ' ' << row;
      } else if (column.type() == ColumnType::kDate) {
        ASSERT_EQ(kept.day(row), column.days()[row]) << row;
      } else {
        ASSERT_EQ(kept.dictionary()->level(kept.code(row)),
                  column.level(static_cast<int64_t>(row)));
      }
    }
  }
  const std::vector<uint32_t> some = {5, 77, 140'000};
  const Table gathered = history.Gather(some);
  for (size_t i = 0; i < some.size(); ++i) {
    const auto row = static_cast<int64_t>(some[i]);
    const Column& channel = *with_blanks.Find(column::kChannelUsed);
    ASSERT_EQ(gathered.Find(column::kChannelUsed)->IsMissing(static_cast<int64_t>(i)),
              channel.IsMissing(row));
    if (channel.IsMissing(row)) continue;
    EXPECT_EQ(gathered.Find(column::kChannelUsed)->level(static_cast<int64_t>(i)),
              channel.level(row));
  }
}

// Ids are looked for part by part: one that comes back far away is found.
TEST(TrainingHistory, FindsTheOneIdThatRepeats) {
  Table table = EmptyHistory();
  constexpr int64_t kRows = 300'000;
  for (int64_t i = 0; i < kRows; ++i) Append({.id = "campaign " + std::to_string(i)}, &table);
  EXPECT_FALSE(TrainingHistory::Of(table, 1).ids_repeat());
  Append({.id = "campaign 7"}, &table);
  Append({.id = "campaign 7"}, &table);
  const TrainingHistory history = TrainingHistory::Of(table, 1);
  ASSERT_TRUE(history.ids_repeat());
  EXPECT_EQ(history.clusters()[kRows], 7U);
  EXPECT_EQ(history.clusters()[kRows + 1], 7U);
  EXPECT_EQ(history.clusters()[8], 8U);
  EXPECT_EQ(history.random_folds()[kRows], history.random_folds()[7]);
}

// Resident and in no file.
size_t OwnBytes() {
  std::FILE* file = std::fopen("/proc/self/statm", "re");
  size_t all = 0;
  size_t resident = 0;
  size_t of_files = 0;
  EXPECT_EQ(std::fscanf(file, "%zu %zu %zu", &all, &resident, &of_files), 3);
  (void)std::fclose(file);
  return (resident - of_files) * static_cast<size_t>(::sysconf(_SC_PAGESIZE));
}

// Where a few campaigns have all rows, a part has many of them; what it needs beside them is not
// more for that.
TEST(TrainingHistory, FewIdsNeedLittleMemory) {
#if defined(__SANITIZE_THREAD__) || defined(__SANITIZE_ADDRESS__)
  GTEST_SKIP() << "a sanitizer keeps notes on memory, in memory";
#endif
  SetRowMemory({.in_memory = 0});
  constexpr size_t kRows = 12'000'000;
  RowVector<IdKey> ids(kRows);
  for (size_t row = 0; row < kRows; ++row) {
    const std::string id = std::to_string(row % 3);
    ids[row] = KeyOf(id, HashText(id));
  }
  RowNumbers first;
  const size_t before = OwnBytes();
  size_t most = before;
  {
    const std::jthread watch([&](const std::stop_token& stop) {
      while (!stop.stop_requested()) most = std::max(most, OwnBytes());
    });
    first = FirstRows(ids);
  }
  for (size_t row = 0; row < kRows; ++row) ASSERT_EQ(first[row], row % 3);
  EXPECT_LT(most - before, size_t{8} << 20);
  SetRowMemory({});
}

// Parts with more ids than are looked for at first.
TEST(TrainingHistory, ManyIdsOfOnePartAreFound) {
  constexpr size_t kRows = 600'000;
  RowVector<IdKey> ids(kRows);
  for (size_t row = 0; row < kRows; ++row) {
    ids[row] = {.first = row % 7, .second = row % (kRows - 1) * 2 + 1};
  }
  ids[kRows - 1] = ids[5];
  const RowNumbers first = FirstRows(ids);
  ASSERT_EQ(first.size(), kRows);
  EXPECT_EQ(first[kRows - 1], 5U);
  for (size_t row = 0; row + 1 < kRows; ++row) ASSERT_EQ(first[row], row);
}

}  // namespace
}  // namespace pythia
