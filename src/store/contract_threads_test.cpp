// What several threads do at once is as if they had taken turns.
#include <atomic>
#include <thread>
#include <vector>

#include <fmt/format.h>

#include "store/store_contract.h"

namespace pythia {
namespace {

TEST_P(StoreContract, ThreadsMayLogAndReadWhileALoadRuns) {
  MustLoad(Request("d", LoadMode::kCreate, "first"), NumberedTable(0, 5000));
  constexpr int kEach = 30;
  std::atomic<int> failures = 0;
  const auto expect = [&](const auto& result) {
    if (!result) {
      ++failures;
      ADD_FAILURE() << result.error().ToString();
    }
  };
  std::vector<std::jthread> threads;
  threads.emplace_back([&] {
    for (int i = 0; i < 4; ++i) {
      auto start = store().BeginLoad(Request("d", LoadMode::kReplace, fmt::format("load {}", i)));
      expect(start);
      if (!start) return;
      for (int block = 0; block < 4; ++block) {
        expect(start->load->Append(NumberedTable(block * 1000, 1000)));
      }
      expect(start->load->Commit());
    }
  });
  for (int thread = 0; thread < 2; ++thread) {
    threads.emplace_back([&] {
      PredictionLogEntry entry;
      entry.at = "2026-01-01T00:00:00.000000Z";
      entry.dataset = "d";
      entry.prediction.model_version = "m1";
      for (int i = 0; i < kEach; ++i) expect(store().AppendPredictions({&entry, 1}));
    });
  }
  threads.emplace_back([&] {
    for (int i = 0; i < kEach; ++i) {
      auto found = store().FindDataset("d");
      expect(found);
      auto scan = store().Scan({.dataset = "d"});
      expect(scan);
      if (!scan) return;
      const auto rows = ReadAll(**scan);
      expect(rows);
      // One whole generation, never parts of two.
      if (rows) {
        EXPECT_TRUE(rows->num_rows() == 5000 || rows->num_rows() == 4000);
      }
    }
  });
  threads.clear();
  EXPECT_EQ(failures, 0);
  const auto logged = store().ReadPredictions({.after = 0, .limit = 1000});
  ASSERT_TRUE(logged);
  EXPECT_EQ(logged->size(), 2U * kEach);
}

}  // namespace
}  // namespace pythia
