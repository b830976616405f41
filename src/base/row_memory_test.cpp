#include "base/row_memory.h"

#include <pthread.h>
#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <csignal>
#include <cstdint>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <numeric>
#include <string>
#include <thread>

#include <gtest/gtest.h>

namespace pythia {
namespace {

constexpr size_t kMb = size_t{1} << 20;

class RowMemoryTest : public ::testing::Test {
 protected:
  void SetUp() override {
    folder_ =
        std::filesystem::temp_directory_path() / ("pythia-rows-test-" + std::to_string(::getpid()));
    std::filesystem::create_directories(folder_);
  }
  void TearDown() override {
    SetRowMemory({});
    std::filesystem::remove_all(folder_);
  }
  std::filesystem::path folder_;
};

// Of files: a sanitizer's own memory is none.
size_t ResidentBytes() {
  std::ifstream file("/proc/self/statm");
  size_t all = 0;
  size_t resident = 0;
  size_t of_files = 0;
  EXPECT_TRUE(file >> all >> resident >> of_files);
  return of_files * static_cast<size_t>(::sysconf(_SC_PAGESIZE));
}

TEST_F(RowMemoryTest, WhatIsBeyondTheBudgetLivesInAFileThatNobodySees) {
  SetRowMemory({.folder = folder_, .in_memory = 2 * kMb, .resident = kMb});
  const RowVector<double> small(1000, 1.0);
  EXPECT_EQ(UsedRowMemory().in_memory, 0U);
  RowVector<double> first(kMb / 8);
  EXPECT_EQ(UsedRowMemory().in_memory, kMb);
  EXPECT_EQ(UsedRowMemory().in_files, 0U);
  RowVector<double> second(kMb);
  EXPECT_EQ(UsedRowMemory().in_files, 8 * kMb);
  std::iota(second.begin(), second.end(), 0.0);
  EXPECT_TRUE(std::filesystem::is_empty(folder_));
  RowVector<double> copy = second;
  copy.push_back(-1);
  EXPECT_TRUE(std::equal(second.begin(), second.end(), copy.begin()));
  Release(&second);
  Release(&copy);
  EXPECT_EQ(UsedRowMemory().in_files, 0U);
  EXPECT_GE(UsedRowMemory().most_in_files, 16 * kMb);
  Release(&first);
  EXPECT_EQ(UsedRowMemory().in_memory, 0U);
}

// 400 MB are written and read twice by two threads; little of it may be resident after a moment.
TEST_F(RowMemoryTest, FilesDoNotStayResidentAndKeepTheirValues) {
  SetRowMemory({.folder = folder_, .in_memory = 0, .resident = 8 * kMb});
  RowVector<uint64_t> values(50 * kMb);
  const size_t half = values.size() / 2;
  const auto each = [&](const auto& visit) {
    const std::jthread other([&] {
      for (size_t i = half; i < values.size(); ++i) visit(i);
    });
    for (size_t i = 0; i < half; ++i) visit(i);
  };
  each([&](size_t i) { values[i] = i * 0x9e3779b97f4a7c15ULL; });
  for (int round = 0; round < 2; ++round) {
    each([&](size_t i) { ASSERT_EQ(values[i], i * 0x9e3779b97f4a7c15ULL); });
  }
  std::this_thread::sleep_for(std::chrono::milliseconds(200));
  EXPECT_LT(ResidentBytes(), 200 * kMb);
}

TEST_F(RowMemoryTest, AFullDiskIsAnErrorWithAPlaceAndLeavesNothing) {
  SetRowMemory({.folder = folder_, .in_memory = 0});
  const auto before = std::signal(SIGXFSZ, SIG_IGN);
  rlimit limit{};
  ASSERT_EQ(::getrlimit(RLIMIT_FSIZE, &limit), 0);
  const rlimit small{.rlim_cur = 4 * kMb, .rlim_max = limit.rlim_max};
  ASSERT_EQ(::setrlimit(RLIMIT_FSIZE, &small), 0);
  const Result<size_t> made = WithRowMemory([]() -> Result<size_t> {
    const RowVector<double> fits(kMb / 8);
    const RowVector<double> does_not(8 * kMb);
    return does_not.size();
  });
  ASSERT_EQ(::setrlimit(RLIMIT_FSIZE, &limit), 0);
  (void)std::signal(SIGXFSZ, before);
  ASSERT_FALSE(made);
  EXPECT_EQ(made.error().code, ErrorCode::kIo);
  EXPECT_NE(made.error().message.find("make room for the rows"), std::string::npos);
  EXPECT_EQ(made.error().place.file, folder_.string());
  EXPECT_EQ(UsedRowMemory().in_files, 0U);
  EXPECT_TRUE(std::filesystem::is_empty(folder_));
}

TEST_F(RowMemoryTest, AFolderThatIsNotThereIsAnError) {
  SetRowMemory({.folder = folder_ / "gone", .in_memory = 0});
  const Result<size_t> made =
      WithRowMemory([]() -> Result<size_t> { return RowVector<double>(kMb).size(); });
  ASSERT_FALSE(made);
  EXPECT_EQ(made.error().code, ErrorCode::kNotFound);
}

TEST_F(RowMemoryTest, AddressesThatRunOutAreAnError) {
  for (const size_t in_memory : {size_t{0}, size_t{1} << 60}) {
    SetRowMemory({.folder = folder_, .in_memory = in_memory});
    const Result<size_t> made = WithRowMemory([]() -> Result<size_t> {
      RowVector<double> rows;
      rows.reserve(size_t{1} << 50);
      return rows.size();
    });
    ASSERT_FALSE(made);
    EXPECT_EQ(made.error().code, ErrorCode::kIo);
    EXPECT_EQ(UsedRowMemory().in_memory + UsedRowMemory().in_files, 0U);
  }
}

// Where no thread can be had, rows are kept all the same; the system alone sees to what is
// resident.
TEST_F(RowMemoryTest, ThreadsThatRunOutAreNoError) {
  SetRowMemory({.folder = folder_, .in_memory = 0});
  pthread_attr_t before;
  pthread_attr_t huge;
  ASSERT_EQ(::pthread_getattr_default_np(&before), 0);
  ASSERT_EQ(::pthread_getattr_default_np(&huge), 0);
  ASSERT_EQ(::pthread_attr_setstacksize(&huge, size_t{1} << 60), 0);
  ASSERT_EQ(::pthread_setattr_default_np(&huge), 0);
  const Result<double> made = WithRowMemory([]() -> Result<double> {
    const RowVector<double> rows(kMb, 1.5);
    return rows.back();
  });
  ASSERT_EQ(::pthread_setattr_default_np(&before), 0);
  ASSERT_TRUE(made);
  EXPECT_EQ(*made, 1.5);
  EXPECT_EQ(UsedRowMemory().in_files, 0U);
}

}  // namespace
}  // namespace pythia
