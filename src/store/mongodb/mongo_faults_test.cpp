// Servers and processes that die: no half load is ever seen, and nothing that was acknowledged is
// lost.
#include <atomic>
#include <chrono>
#include <set>
#include <thread>

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "store/mongodb/mongod_fixture.h"
#include "store/open.h"

namespace pythia {
namespace {

using std::chrono::milliseconds;

constexpr int64_t kRows = 30000;

Config ConfigOf(const std::string& uri) {
  Config config;
  config.store = uri;
  return config;
}

Result<DatasetInfo> LoadOnce(Store& store, int number) {
  auto start = store.BeginLoad(Request("d", LoadMode::kReplace, fmt::format("s{}", number)));
  if (!start) return Fail(start.error());
  if (start->unchanged) return *start->unchanged;
  for (int64_t begin = 0; begin < kRows; begin += 5000) {
    auto appended = start->load->Append(NumberedTable(number * kRows + begin, 5000));
    if (!appended) return Fail(appended.error());
  }
  return start->load->Commit();
}

// The current generation is one load as a whole, and not an older one than `acknowledged`.
void ExpectWhole(Store& store, int64_t acknowledged) {
  const auto found = store.FindDataset("d");
  ASSERT_TRUE(found) << found.error().ToString();
  if (!*found) {
    EXPECT_EQ(acknowledged, 0);
    return;
  }
  EXPECT_GE((*found)->generation, acknowledged);
  EXPECT_EQ((*found)->rows, kRows);
  const int number = std::stoi((*found)->loads.front().sha256.substr(1));
  auto scan = store.Scan({.dataset = "d"});
  ASSERT_TRUE(scan) << scan.error().ToString();
  const auto rows = ReadAll(**scan);
  ASSERT_TRUE(rows) << rows.error().ToString();
  EXPECT_EQ(Lines(*rows), Lines(NumberedTable(number * kRows, kRows)));
}

// Kills the server at another moment of each load, `times` times.
void KillDuringLoads(Mongod& server, int times) {
  auto store = OpenStore(ConfigOf(server.uri()));
  ASSERT_TRUE(store) << store.error().ToString();
  int64_t acknowledged = 0;
  for (int i = 1; i <= times; ++i) {
    Result<DatasetInfo> loaded;
    std::jthread loader([&] { loaded = LoadOnce(**store, i); });
    std::this_thread::sleep_for(milliseconds(40 * i % 700));
    server.Kill();
    std::this_thread::sleep_for(milliseconds(100));
    server.Start();
    loader.join();
    if (loaded) acknowledged = loaded->generation;
    ExpectWhole(**store, acknowledged);
    if (testing::Test::HasFailure()) return;
  }
  EXPECT_GT(acknowledged, 0);
  // The interrupted ones are swept: only loads that a generation names have rows.
  ASSERT_TRUE((*store)->Prune({.logs_before = "", .max_log_rows = 0, .kept_generations = 1}));
  const auto current = (*store)->FindDataset("d");
  ASSERT_TRUE(current && *current);
}

TEST(MongoFaults, AKilledServerLosesNothing) {
  PYTHIA_NEEDS_MONGOD();
  Mongod server;
  KillDuringLoads(server, 3);
}

TEST(MongoFaultsAttack, AServerThatIsKilledTwentyTimesLosesNothing) {
  PYTHIA_NEEDS_MONGOD();
  Mongod server;
  KillDuringLoads(server, 20);
}

TEST(MongoFaultsAttack, AFailoverDuringALoadIsNotNoticed) {
  PYTHIA_NEEDS_MONGOD();
  ReplicaSet set(3);
  auto store = OpenStore(ConfigOf(set.uri()));
  ASSERT_TRUE(store) << store.error().ToString();
  for (int i = 1; i <= 3; ++i) {
    Mongod& leader = set.primary();
    std::jthread killer([&] {
      std::this_thread::sleep_for(milliseconds(150 * i));
      leader.Kill();
    });
    const auto loaded = LoadOnce(**store, i);
    killer.join();
    EXPECT_TRUE(loaded) << loaded.error().ToString();
    ExpectWhole(**store, loaded ? loaded->generation : 0);
    leader.Start();
  }
}

TEST(MongoFaults, LogsOfAReplicaSetAreWrittenTogether) {
  PYTHIA_NEEDS_MONGOD();
  ReplicaSet set(1);
  auto store = OpenStore(ConfigOf(set.uri()));
  ASSERT_TRUE(store) << store.error().ToString();
  std::vector<PredictionLogEntry> entries(2000);
  for (PredictionLogEntry& entry : entries) {
    entry.at = "2026-01-01T00:00:00.000000Z";
    entry.prediction.model_version = "m";
  }
  ASSERT_TRUE((*store)->AppendPredictions(entries));
  // One entry that the server refuses: none of them is there.
  entries[1500].dataset = std::string(17 << 20, 'x');
  EXPECT_FALSE((*store)->AppendPredictions(entries));
  EXPECT_EQ((*store)->ReadPredictions({.after = 0, .limit = 10000})->size(), 2000U);
}

TEST(MongoFaults, ActivationsAreHeardOfWhereThereIsAReplicaSet) {
  PYTHIA_NEEDS_MONGOD();
  ReplicaSet set(1);
  auto mine = OpenStore(ConfigOf(set.uri() + "&serverSelectionTimeoutMS=500"));
  auto theirs = OpenStore(ConfigOf(set.uri() + "&serverSelectionTimeoutMS=500"));
  ASSERT_TRUE(mine && theirs);
  for (const char* version : {"one", "two"}) {
    ModelInfo info;
    info.version = version;
    info.dataset = "d";
    ASSERT_TRUE((*theirs)->PutModel(info, "model"));
  }
  const auto waits = [&](milliseconds time, const std::stop_token& stop = {}) {
    const auto begun = std::chrono::steady_clock::now();
    (*mine)->AwaitActivation(time, stop);
    return std::chrono::steady_clock::now() - begun;
  };
  EXPECT_LT(waits(milliseconds(10000)), milliseconds(5000)) << "the first call";
  EXPECT_GE(waits(milliseconds(300)), milliseconds(300)) << "nothing happens";
  ASSERT_TRUE((*theirs)->ActivateModel("one"));
  EXPECT_LT(waits(milliseconds(10000)), milliseconds(5000)) << "between two calls";
  std::jthread activates([&] {
    std::this_thread::sleep_for(milliseconds(200));
    EXPECT_TRUE((*theirs)->ActivateModel("two"));
  });
  EXPECT_LT(waits(milliseconds(10000)), milliseconds(5000)) << "during a call";
  std::jthread stops([](const std::stop_token&) {});
  stops.request_stop();
  EXPECT_LT(waits(milliseconds(10000), stops.get_stop_token()), milliseconds(5000));
  // Its server goes and comes: it waits, and hears again.
  set.member(0).Kill();
  EXPECT_GE(waits(milliseconds(100)), milliseconds(100));
  set.member(0).Start();
  set.primary();
  EXPECT_LT(waits(milliseconds(10000)), milliseconds(5000)) << "a new stream";
  EXPECT_GE(waits(milliseconds(300)), milliseconds(300));
}

TEST(MongoFaults, AFailedCallLeavesNoLogEntries) {
  PYTHIA_NEEDS_MONGOD();
  MongoHome home(SharedMongod().uri(""));
  auto store = home.Open();
  ASSERT_TRUE(store);
  std::vector<PredictionLogEntry> entries(100);
  for (PredictionLogEntry& entry : entries) entry.prediction.model_version = "m";
  entries[50].dataset = std::string(17 << 20, 'x');
  EXPECT_FALSE((*store)->AppendPredictions(entries));
  EXPECT_TRUE((*store)->ReadPredictions({})->empty());
}

TEST(MongoFaults, IdsOfSeveralInstancesAreNeverGivenTwice) {
  PYTHIA_NEEDS_MONGOD();
  MongoHome home(SharedMongod().uri(""));
  std::vector<std::jthread> instances;
  for (int i = 0; i < 3; ++i) {
    instances.emplace_back([&] {
      auto store = home.Open();  // the first of them makes the collections, whoever that is
      ASSERT_TRUE(store) << store.error().ToString();
      std::vector<PredictionLogEntry> entries(7);
      for (PredictionLogEntry& entry : entries) entry.prediction.model_version = "m";
      for (int call = 0; call < 20; ++call) ASSERT_TRUE((*store)->AppendPredictions(entries));
    });
  }
  instances.clear();
  auto store = home.Open();
  const auto all = (*store)->ReadPredictions({.after = 0, .limit = 10000});
  ASSERT_TRUE(all);
  std::set<int64_t> ids;
  for (const PredictionLogEntry& entry : *all) ids.insert(entry.id);
  EXPECT_EQ(ids.size(), 3U * 20 * 7);
}

TEST(MongoFaults, WhatAKilledProcessLeftIsSwept) {
  PYTHIA_NEEDS_MONGOD();
  MongoHome home(SharedMongod().uri(""));
  auto store = home.Open();
  ASSERT_TRUE(store && LoadOnce(**store, 1));
  const std::string& server = SharedMongod().uri("");
  // As a process leaves it that was killed two minutes ago.
  RunCommand(server, home.database(),
             R"({"insert":"pythia_loads","documents":[{"_id":{"$numberLong":"999"},"dataset":"d",)"
             R"("state":"open","alive_at":{"$date":"2026-01-01T00:00:00Z"}}]})");
  RunCommand(server, home.database(),
             R"({"insert":"clean_campaigns","documents":[{"_id":{"load":{"$numberLong":"999"},)"
             R"("row":{"$numberLong":"0"},"digest":{"$numberLong":"1"}}}]})");
  ExpectWhole(**store, 1);
  ASSERT_TRUE(LoadOnce(**store, 2));
  ExpectWhole(**store, 2);
  const std::string left = RunCommand(
      server, home.database(),
      R"({"count":"clean_campaigns","query":{"_id":{"$gte":{"load":999},"$lt":{"load":1000}}}})");
  EXPECT_NE(left.find(R"("n" : 0)"), std::string::npos) << left;
}

TEST(MongoFaults, AScanWhoseRowsAnotherProcessRemovesSaysSo) {
  PYTHIA_NEEDS_MONGOD();
  MongoHome home(SharedMongod().uri(""));
  auto mine = home.Open();
  auto theirs = home.Open();  // knows nothing of this one's scans, as another process
  ASSERT_TRUE(mine && theirs && LoadOnce(**mine, 1));
  auto scan = (*mine)->Scan({.dataset = "d"});
  ASSERT_TRUE(scan && (*scan)->Next());
  ASSERT_TRUE((*theirs)->DeleteDataset("d"));
  ASSERT_TRUE((*scan)->Rewind());
  const auto rows = ReadAll(**scan);
  ASSERT_FALSE(rows);
  EXPECT_EQ(rows.error().code, ErrorCode::kConflict) << rows.error().ToString();
}

}  // namespace
}  // namespace pythia
