// The log's queue.
#include <atomic>
#include <chrono>
#include <mutex>
#include <thread>

#include <gtest/gtest.h>

#include "engine/log_queue.h"

namespace pythia {
namespace {

using std::chrono_literals::operator""ms;

std::vector<PredictionLogEntry> SomeEntries(size_t count) {
  return std::vector<PredictionLogEntry>(count);
}

TEST(LogQueue, WritesEverythingThatItTook) {
  std::atomic<size_t> written = 0;
  std::atomic<int> calls = 0;
  {
    LogQueue queue(1000, [&](std::span<const PredictionLogEntry> entries) -> Status {
      written += entries.size();
      ++calls;
      return {};
    });
    for (int i = 0; i < 100; ++i) ASSERT_TRUE(queue.Push(SomeEntries(3)));
    ASSERT_TRUE(queue.Flush());
    EXPECT_EQ(written, 300U);
    ASSERT_TRUE(queue.Push(SomeEntries(7)));
  }
  EXPECT_EQ(written, 307U);
  EXPECT_LE(calls, 101);
}

TEST(LogQueue, WhenItIsFullItSaysSo) {
  std::atomic<bool> go = false;
  LogQueue queue(10, [&](std::span<const PredictionLogEntry>) -> Status {
    while (!go) std::this_thread::sleep_for(1ms);
    return {};
  });
  ASSERT_TRUE(queue.Push(SomeEntries(10)));
  const Status refused = queue.Push(SomeEntries(1));
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, ErrorCode::kBusy);
  go = true;
  ASSERT_TRUE(queue.Flush());
  EXPECT_TRUE(queue.Push(SomeEntries(1)));
}

TEST(LogQueue, SlowsDownWhoAsksTooFast) {
  std::atomic<size_t> written = 0;
  LogQueue queue(10, [&](std::span<const PredictionLogEntry> entries) -> Status {
    std::this_thread::sleep_for(5ms);
    written += entries.size();
    return {};
  });
  ASSERT_TRUE(queue.Push(SomeEntries(1)));
  ASSERT_TRUE(queue.Flush());  // it works
  for (int i = 0; i < 100; ++i) ASSERT_TRUE(queue.Push(SomeEntries(5)));
  ASSERT_TRUE(queue.Flush());
  EXPECT_EQ(written, 501U);
}

TEST(LogQueue, LeavesTheStoreToOthersBetweenBatches) {
  std::mutex store;
  std::atomic<size_t> largest = 0;
  std::atomic<size_t> written = 0;
  LogQueue queue(100000, [&](std::span<const PredictionLogEntry> entries) -> Status {
    const std::scoped_lock lock(store);
    largest = std::max<size_t>(largest, entries.size());
    std::this_thread::sleep_for(20ms);
    written += entries.size();
    return {};
  });
  ASSERT_TRUE(queue.Push(SomeEntries(90000)));
  while (largest == 0) std::this_thread::sleep_for(1ms);
  const std::scoped_lock lock(store);  // would else wait for all of it
  EXPECT_LE(largest, 20000U);
  EXPECT_LT(written, 90000U);
}

TEST(LogQueue, ManyEntriesAreWrittenInOrder) {
  constexpr size_t kMany = 50000;
  std::vector<std::string> written;
  LogQueue queue(kMany, [&](std::span<const PredictionLogEntry> entries) -> Status {
    for (const PredictionLogEntry& entry : entries) written.push_back(entry.at);
    return {};
  });
  std::vector<PredictionLogEntry> entries = SomeEntries(kMany);
  for (size_t i = 0; i < kMany; ++i) entries[i].at = std::to_string(i);
  ASSERT_TRUE(queue.Push(std::move(entries)));
  ASSERT_TRUE(queue.Flush());
  ASSERT_TRUE(queue.Push(SomeEntries(1)));
  ASSERT_TRUE(queue.Flush());
  ASSERT_EQ(written.size(), kMany + 1);
  for (size_t i = 0; i < kMany; ++i) ASSERT_EQ(written[i], std::to_string(i));
}

TEST(LogQueue, WhileTheStoreIsAwayEntriesWaitInOrder) {
  std::atomic<bool> away = true;
  std::vector<std::string> written;
  LogQueue queue(50, [&](std::span<const PredictionLogEntry> entries) -> Status {
    if (away) return Fail(ErrorCode::kBusy, "away");
    for (const PredictionLogEntry& entry : entries) written.push_back(entry.at);
    return {};
  });
  const auto push = [&](int number) {
    std::vector<PredictionLogEntry> entries = SomeEntries(1);
    entries[0].at = std::to_string(number);
    return queue.Push(std::move(entries));
  };
  ASSERT_TRUE(push(0));
  for (int i = 0; i < 2000 && !queue.stuck(); ++i) std::this_thread::sleep_for(1ms);
  ASSERT_TRUE(queue.stuck());
  for (int number = 1; number < 50; ++number) ASSERT_TRUE(push(number));
  EXPECT_EQ(queue.lost(), 0);
  EXPECT_EQ(queue.waiting(), 50U);
  // Beyond the bound a prediction is still answered; its line is lost, and that is counted.
  EXPECT_TRUE(push(50));
  EXPECT_TRUE(queue.Push(SomeEntries(2)));
  EXPECT_EQ(queue.lost(), 3);
  const Status flushed = queue.Flush();
  ASSERT_FALSE(flushed) << "what is not written is not said to be";
  EXPECT_EQ(flushed.error().code, ErrorCode::kBusy);
  std::this_thread::sleep_for(700ms);  // longer than three tries
  EXPECT_EQ(queue.lost(), 3);
  away = false;
  for (int i = 0; i < 5000 && queue.waiting() > 0; ++i) std::this_thread::sleep_for(1ms);
  ASSERT_TRUE(queue.Flush());
  EXPECT_FALSE(queue.stuck());
  ASSERT_EQ(written.size(), 50U);
  for (int number = 0; number < 50; ++number) {
    EXPECT_EQ(written[static_cast<size_t>(number)], std::to_string(number));
  }
  EXPECT_EQ(queue.lost(), 3);
}

TEST(LogQueue, EndsAlthoughTheStoreIsAway) {
  const auto begun = std::chrono::steady_clock::now();
  {
    LogQueue queue(100000, [&](std::span<const PredictionLogEntry>) -> Status {
      return Fail(ErrorCode::kIo, "away");
    });
    for (int i = 0; i < 10; ++i) ASSERT_TRUE(queue.Push(SomeEntries(10000)));
    for (int i = 0; i < 2000 && !queue.stuck(); ++i) std::this_thread::sleep_for(1ms);
  }
  EXPECT_LT(std::chrono::steady_clock::now() - begun, std::chrono::seconds(5));
}

TEST(LogQueue, TriesAgainAndCountsWhatIsLost) {
  std::atomic<int> calls = 0;
  LogQueue queue(10, [&](std::span<const PredictionLogEntry>) -> Status {
    if (++calls != 2) return Fail(ErrorCode::kBadInput, "no");
    return {};
  });
  ASSERT_TRUE(queue.Push(SomeEntries(1)));
  EXPECT_TRUE(queue.Flush());  // the second try went well
  ASSERT_TRUE(queue.Push(SomeEntries(2)));
  EXPECT_FALSE(queue.Flush());
  EXPECT_EQ(queue.lost(), 2);
}

}  // namespace
}  // namespace pythia
