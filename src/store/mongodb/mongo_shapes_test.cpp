// What the server is asked of the two collections that grow, as its profiler saw it: a sharded
// cluster must be able to route all of it (docs/mongodb.md lists it).
#include <set>
#include <string>

#include <fmt/format.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "store/mongodb/mongod_fixture.h"

namespace pythia {
namespace {

using Json = nlohmann::json;

// The fields that a filter names; of $or and $and, those inside.
void Fields(const Json& filter, std::set<std::string>* out) {
  for (const auto& [key, value] : filter.items()) {
    if (key != "$or" && key != "$and") {
      out->insert(key);
      continue;
    }
    for (const Json& one : value) Fields(one, out);
  }
}

// "find _id dataset": what is done, and the fields by which.
std::string ShapeOf(const Json& entry) {
  const Json& command = entry["command"];
  const std::string op = entry["op"];
  Json filter = Json::object();
  std::string what = op;
  if (op == "query") {
    what = "find";
    filter = command.value("filter", filter);
  } else if (op == "remove") {
    EXPECT_EQ(command["limit"], 0) << "deleting one takes the shard key";
    filter = command["q"];
  } else if (command.contains("aggregate")) {
    what = "aggregate";
    EXPECT_TRUE(command["pipeline"][0].contains("$match")) << command;
    filter = command["pipeline"][0].value("$match", filter);
  }
  std::set<std::string> fields;
  Fields(filter, &fields);
  for (const std::string& field : fields) what += " " + field;
  return what;
}

// Every method that reads or writes the two.
void UseAll(Store& store) {
  for (const int part : {0, 1}) {
    auto start = store.BeginLoad(
        Request("d", part == 0 ? LoadMode::kCreate : LoadMode::kAppend, fmt::format("s{}", part)));
    ASSERT_TRUE(start && start->load);
    ASSERT_TRUE(start->load->Append(NumberedTable(part * 20000, 20000)) && start->load->Commit());
  }
  for (const std::vector<ColumnFilter>& filters :
       {std::vector<ColumnFilter>{}, {{.column = "Clicks", .levels = {}, .min = 5, .max = {}}}}) {
    auto scan = store.Scan({.dataset = "d", .filters = filters});
    ASSERT_TRUE(scan && ReadAll(**scan));
  }
  const std::vector<std::string> columns = {"Spend"};
  ASSERT_TRUE(store.SumBy("d", "Channel", columns));
  ASSERT_TRUE(store.DistinctValues("d", "Channel") && store.DistinctValues("d", "Id"));
  ASSERT_TRUE(store.ColumnRange("d", "Clicks"));
  std::vector<PredictionLogEntry> entries(10);
  for (PredictionLogEntry& entry : entries) entry.prediction.model_version = "m";
  ASSERT_TRUE(store.AppendPredictions(entries));
  ASSERT_TRUE(store.ReadPredictions({.limit = 3, .newest_first = true, .dataset = "d"}));
  ASSERT_TRUE(store.ReadPredictions({}));
  entries[5].dataset = std::string(17 << 20, 'x');
  ASSERT_FALSE(store.AppendPredictions(entries)) << "what was written of it is removed";
  ASSERT_TRUE(store.Prune({.logs_before = "1999", .max_log_rows = 5, .kept_generations = 1}));
  ASSERT_TRUE(store.DeleteDataset("d"));
}

TEST(MongoShapes, EverythingCanBeRoutedByAShardedCluster) {
  PYTHIA_NEEDS_MONGOD();
  MongoHome home(SharedMongod().uri(""));
  auto store = home.Open();
  ASSERT_TRUE(store);
  const auto ask = [&](const std::string& command) {
    return Json::parse(RunCommand(SharedMongod().uri(""), home.database(), command));
  };
  ask(R"({"profile":2})");
  UseAll(**store);
  ask(R"({"profile":0})");
  // Inserts carry the shard key, _id. The rest is meant for all shards: ranges of _id, which a
  // hashed key cannot route, and what is pruned or deleted by its time or its dataset.
  const std::set<std::string> meant = {
      "insert",     "find _id",  "find _id dataset", "aggregate _id", "find Clicks _id",
      "remove _id", "remove at", "remove dataset",
      "find",  // the oldest entry that stays, when a log is pruned
  };
  std::set<std::string> seen;
  for (const char* collection : {"clean_campaigns", "predictions_logs"}) {
    const Json found = ask(fmt::format(
        R"({{"find":"system.profile","filter":{{"ns":"{}.{}","op":{{"$ne":"getmore"}}}},)"
        R"("batchSize":10000}})",
        home.database(), collection));
    for (const Json& entry : found["cursor"]["firstBatch"]) {
      const std::string shape = ShapeOf(entry);
      EXPECT_TRUE(meant.contains(shape)) << shape << ": " << entry["command"].dump();
      seen.insert(shape);
    }
    // A unique index other than the shard key's cannot be on a sharded collection.
    for (const Json& index :
         ask(fmt::format(R"({{"listIndexes":"{}"}})", collection))["cursor"]["firstBatch"]) {
      EXPECT_TRUE(index["key"].contains("_id") || !index.value("unique", false)) << index;
    }
  }
  EXPECT_EQ(seen, meant);
}

}  // namespace
}  // namespace pythia
