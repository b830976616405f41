// What is particular to a store in a DuckDB file: opening, files of another kind, names, views.
#include <array>
#include <cstdint>
#include <fstream>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "base/random.h"
#include "duckdb/database.h"
#include "store/duckdb/layout.h"
#include "store/duckdb/scan.h"
#include "store/duckdb/store_file.h"
#include "store/names.h"

namespace pythia {
namespace {

// The rows of `sql` in the closed store, all columns as text.
std::vector<std::string> Query(const DuckdbHome& home, const std::string& sql) {
  auto database = duckdb::Database::Open(home.path(), {});
  if (!database) return {database.error().ToString()};
  auto connection = database->Connect();
  auto chunks = connection->Query(sql);
  if (!chunks) return {chunks.error().ToString()};
  const int64_t columns = chunks->num_columns();
  duckdb::RowReader rows(*std::move(chunks));
  std::vector<std::string> lines;
  while (*rows.Next()) {
    std::string line;
    for (int64_t c = 0; c < columns; ++c) line += (rows.IsNull(c) ? "-" : rows.Text(c)) + "|";
    lines.push_back(line);
  }
  return lines;
}

void LoadInto(Store& store, const LoadRequest& request, const Table& table) {
  auto start = store.BeginLoad(request);
  ASSERT_TRUE(start) << start.error().ToString();
  ASSERT_TRUE(start->load->Append(table));
  ASSERT_TRUE(start->load->Commit());
}

Error OpenError(const DuckdbHome& home) {
  const auto store = OpenStore(home.config());
  EXPECT_FALSE(store);
  return store ? Error{} : store.error();
}

// Rows of random numbers, of which none can be kept in fewer bytes.
void LoadNumbers(Store& store, size_t columns, int64_t rows) {
  Schema schema;
  for (size_t c = 0; c < columns; ++c) {
    schema.push_back({"x" + std::to_string(c), ColumnType::kNumber, Role::kOther, ""});
  }
  auto start = store.BeginLoad(Request("d", LoadMode::kCreate, "s", schema));
  ASSERT_TRUE(start) << start.error().ToString();
  Table table(schema);
  uint64_t next = 0;
  for (int64_t done = 0; done < rows; done += kBlockRows) {
    table.Clear();
    for (Column& column : table.columns()) {
      for (int64_t row = 0; row < kBlockRows; ++row) {
        column.AppendNumber(static_cast<double>(Mix64(++next)) * 0x1p-64);
      }
    }
    ASSERT_TRUE(start->load->Append(table));
  }
  ASSERT_TRUE(start->load->Commit());
}

// The columns of the one load that lie in the file.
std::vector<std::string> Kept(const DuckdbHome& home) {
  return Query(home,
               "SELECT string_agg(column_name, ' ' ORDER BY column_index) FROM duckdb_columns() "
               "WHERE table_name = 'load_1'");
}

TEST(DuckdbStore, KeepsNoRatiosThatFollow) {
  const Schema schema = {{"Clicks", ColumnType::kCount, Role::kOutcome, ""},
                         {"CTR", ColumnType::kNumber, Role::kOutcome, ""},
                         {"Impressions", ColumnType::kCount, Role::kOutcome, ""},
                         {"CPC", ColumnType::kMoney, Role::kOutcome, ""}};  // of no cost
  for (const double ctr : {0.125, 0.1250001}) {
    const DuckdbHome home;
    Table table(schema);
    table.columns()[0].AppendNumbers(std::vector<double>{1, 5});
    table.columns()[1].AppendNumbers(std::vector<double>{ctr, 0.5});
    table.columns()[2].AppendNumbers(std::vector<double>{8, 10});
    table.columns()[3].AppendNumbers(std::vector<double>{2, 3});
    LoadInto(**OpenStore(home.config()), Request("d", LoadMode::kCreate, "s", schema), table);
    EXPECT_EQ(Kept(home), std::vector<std::string>{ctr == 0.125 ? "source_row c0 c2 c3|"
                                                                : "source_row c0 c1 c2 c3|"});
    EXPECT_EQ(Query(home, "SELECT COLUMNS(*)::VARCHAR FROM clean_campaigns.d")[0],
              fmt::format("1|{}|8|2.0|", ctr));
  }
}

TEST(DuckdbStore, ALongScanLeavesMemoryAlone) {
  constexpr size_t kColumns = 24;
  constexpr int64_t kRows = int64_t{550} * kBlockRows;
  constexpr int64_t kBytes = kRows * static_cast<int64_t>(kColumns * sizeof(double));
  static_assert(kBytes > duckdb::kAtWorkMb * 3 / 2 * 1'000'000);
  const DuckdbHome home;
  LoadNumbers(**OpenStore(home.config()), kColumns, kRows);
  const auto database = duckdb::Database::Open(home.path(), {.memory_mb = 512});
  ASSERT_TRUE(database);
  auto scan = ScanSource::Open(*database, {.dataset = "d"});
  ASSERT_TRUE(scan) << scan.error().ToString();
  int64_t rows = 0;
  while (const Table* block = (*scan)->Next().value()) rows += block->num_rows();
  EXPECT_EQ(rows, kRows);
  duckdb::RowReader used(*database->Connect()->Query(
      "SELECT (sum(memory_usage_bytes) // 1000000)::VARCHAR FROM duckdb_memory()"));
  ASSERT_TRUE(*used.Next());
  EXPECT_LE(std::stoi(used.Text(0)), duckdb::kAtWorkMb + 16);
}

TEST(DuckdbStore, GivesPeopleTextDatesAndWholeCounts) {
  DuckdbHome home;
  {
    auto store = *home.Open();
    LoadInto(
        *store, Request("spring-2026.v1", LoadMode::kCreate, "s0"),
        TestTable({{.id = "a", .channel = "E'mail", .spend = 1.5, .clicks = 3, .day = 0}, {}}));
    const Schema more = {{"Channel", ColumnType::kCategory, Role::kPlan, ""},
                         {"channel", ColumnType::kCategory, Role::kPlan, ""},
                         {"", ColumnType::kNumber, Role::kOther, ""}};
    Table table(more);
    table.columns()[0].AppendString("Google");
    table.columns()[1].AppendString("lower");
    table.columns()[2].AppendNumber(7);
    LoadInto(*store, Request("spring-2026.v1", LoadMode::kAppend, "s1", more), table);
  }
  EXPECT_EQ(Query(home, "SELECT COLUMNS(*)::VARCHAR FROM clean_campaigns.\"spring-2026.v1\""),
            (std::vector<std::string>{"a|E'mail|1.5|3|-|1970-01-01|-|-|", "-|-|-|-|-|-|-|-|",
                                      "-|Google|-|-|-|-|lower|7.0|"}));
  EXPECT_EQ(Query(home,
                  "SELECT column_name, data_type FROM information_schema.columns "
                  "WHERE table_schema = 'clean_campaigns' ORDER BY ordinal_position"),
            (std::vector<std::string>{"Id|VARCHAR|", "Channel|VARCHAR|", "Spend|DOUBLE|",
                                      "Clicks|BIGINT|", "ROI|DOUBLE|", "Day|DATE|",
                                      "channel_2|VARCHAR|", "_|DOUBLE|"}));
}

TEST(DuckdbStore, TheViewFollowsTheDataset) {
  DuckdbHome home;
  auto store = *home.Open();
  LoadInto(*store, Request("d", LoadMode::kCreate, "s0"), TestTable({{.id = "old"}}));
  LoadInto(*store, Request("d", LoadMode::kReplace, "s1"),
           TestTable({{.id = "new", .clicks = 0.5}}));
  store.reset();
  const std::string sql = "SELECT Id, Clicks::VARCHAR FROM clean_campaigns.d";
  EXPECT_EQ(Query(home, sql), std::vector<std::string>{"new|0.5|"});
  store = *home.Open();
  ASSERT_TRUE(store->RestoreDataset("d"));
  store.reset();
  EXPECT_EQ(Query(home, sql), std::vector<std::string>{"old|-|"});
  store = *home.Open();
  ASSERT_TRUE(store->DeleteDataset("d"));
  store.reset();
  EXPECT_EQ(Query(home,
                  "SELECT table_name FROM information_schema.tables "
                  "WHERE table_schema IN ('clean_campaigns', 'pythia_loads')"),
            std::vector<std::string>{});
  EXPECT_EQ(Query(home, "SELECT level FROM pythia_catalog.levels"), std::vector<std::string>{});
}

TEST(DuckdbStore, LogsAreTables) {
  DuckdbHome home;
  auto store = *home.Open();
  PredictionLogEntry entry;
  entry.at = "2026-01-01T00:00:00.000000Z";
  entry.dataset = "d";
  entry.plan.values["Channel_Used"] = std::string("Email");
  entry.prediction.ctr = 0.125;
  entry.prediction.model_version = "m1";
  ASSERT_TRUE(store->AppendPredictions(std::vector{entry}));
  RecommendationLogEntry recommended;
  recommended.at = "2026-01-02T00:00:00.000000Z";
  recommended.dataset = "d";
  recommended.recommendation.budget = 90;
  recommended.recommendation.objective = "clicks";
  recommended.recommendation.plan = entry.plan;
  recommended.recommendation.expected.ctr = Expected{0.25, {0.125, 0.5, 0.95}};
  recommended.recommendation.model_version = "m1";
  recommended.recommendation.verdict = "better";
  ASSERT_TRUE(store->AppendRecommendation(recommended));
  store.reset();
  EXPECT_EQ(Query(home,
                  "SELECT logged_at, dataset, model_version, objective, verdict, budget::VARCHAR, "
                  "expected_clicks::VARCHAR, estimated_roi::VARCHAR, ctr::VARCHAR, "
                  "recommendation ->> '$.Plan.Channel_Used' FROM recommendations"),
            std::vector<std::string>{"2026-01-02T00:00:00.000000Z|d|m1|clicks|better|90.0|-|-|0.25|"
                                     "Email|"});
  EXPECT_EQ(Query(home,
                  "SELECT logged_at, model_version, ctr::VARCHAR, clicks::VARCHAR, "
                  "plan ->> '$.Channel_Used' FROM predictions_logs"),
            std::vector<std::string>{"2026-01-01T00:00:00.000000Z|m1|0.125|-|Email|"});
}

TEST(DuckdbStore, NamesAreConfigurable) {
  const DuckdbHome home;
  Config config = home.config();
  config.names = {{"clean_campaigns", "cleaned"},
                  {"predictions_logs", "plog"},
                  {"recommendations", "advice"},
                  {"other", "x y"}};
  auto store = *OpenStore(config);
  LoadInto(*store, Request("d", LoadMode::kCreate, "s0"), TestTable({{.id = "a"}}));
  ASSERT_TRUE(store->AppendPredictions(std::vector{PredictionLogEntry{}}));
  ASSERT_TRUE(store->AppendRecommendation(RecommendationLogEntry{}));
  store.reset();
  EXPECT_EQ(Query(home, "SELECT count(*)::VARCHAR FROM advice"), std::vector<std::string>{"1|"});
  EXPECT_EQ(Query(home, "SELECT Id FROM cleaned.d"), std::vector<std::string>{"a|"});
  EXPECT_EQ(Query(home, "SELECT count(*)::VARCHAR FROM plog"), std::vector<std::string>{"1|"});
  // Another name would show an empty store.
  const Error error = OpenError(home);
  EXPECT_EQ(error.code, ErrorCode::kConflict);
  EXPECT_NE(error.ToString().find("cleaned"), std::string::npos);

  for (const std::string& bad : std::vector<std::string>{"", "a b", "\"", "MODELS", "pythia_loads",
                                                         std::string(65, 'a'), "x;y"}) {
    config.names = {{"clean_campaigns", bad}};
    EXPECT_EQ(OpenStore(config).error().code, ErrorCode::kUsage) << bad;
  }
}

// Runs `sql` in the closed store.
void Execute(const DuckdbHome& home, const std::string& sql) {
  auto database = duckdb::Database::Open(home.path(), {});
  ASSERT_TRUE(database);
  const Status done = database->Connect()->Run(sql);
  ASSERT_TRUE(done) << done.error().ToString();
}

// As the first program made it, before there were recommendations and jobs.
void MakeStoreOfBefore(const DuckdbHome& home) {
  Execute(home,
          "DROP TABLE recommendations; DROP SEQUENCE pythia_catalog.recommendation_ids; "
          "DROP TABLE jobs; DROP SEQUENCE pythia_catalog.job_ids; "
          "UPDATE pythia_catalog.schema_version SET version = 1; "
          "DELETE FROM pythia_catalog.names WHERE part IN ('recommendations', 'jobs')");
}

TEST(DuckdbStore, AStoreFromBeforeRecommendationsGetsThem) {
  DuckdbHome home;
  auto store = *home.Open();
  LoadInto(*store, Request("d", LoadMode::kCreate, "s0"), NumberedTable(0, 3));
  ASSERT_TRUE(store->AppendPredictions(std::vector{PredictionLogEntry{}}));
  store.reset();
  MakeStoreOfBefore(home);
  for (size_t round = 0; round < 2; ++round) {
    auto opened = home.Open();
    ASSERT_TRUE(opened) << opened.error().ToString();
    store = *std::move(opened);
    EXPECT_EQ(store->ReadRecommendations({})->size(), round);
    RecommendationLogEntry entry;
    entry.dataset = "d";
    ASSERT_TRUE(store->AppendRecommendation(entry));
    EXPECT_EQ(store->ReadPredictions({})->size(), 1U);
    EXPECT_EQ(store->FindDataset("d")->value_or(DatasetInfo{}).rows, 3);
    store.reset();
  }
  store = *home.Open();
  EXPECT_EQ(store->Prune({.logs_before = "", .max_log_rows = 1, .kept_generations = 2})
                .value_or(PruneReport{})
                .recommendations,
            1);
  ASSERT_TRUE(store->DeleteDataset("d"));
  EXPECT_TRUE(store->ReadRecommendations({})->empty());
}

TEST(DuckdbStore, AStoreFromBeforeKeepsATableOfThatName) {
  DuckdbHome home;
  home.Open()->reset();
  MakeStoreOfBefore(home);
  Execute(home, "CREATE TABLE Recommendations AS SELECT 7 AS mine");
  const Error error = OpenError(home);
  EXPECT_EQ(error.code, ErrorCode::kConflict);
  EXPECT_NE(error.message.find("recommendations"), std::string::npos) << error.ToString();
  EXPECT_FALSE(error.hint.empty());
  EXPECT_EQ(Query(home, "SELECT mine::VARCHAR FROM recommendations"),
            std::vector<std::string>{"7|"});
  // A wrong name elsewhere is told before anything is added.
  Config config = home.config();
  config.names = {{"models", "others"}, {"recommendations", "advice"}};
  EXPECT_EQ(OpenStore(config).error().code, ErrorCode::kConflict);
  EXPECT_EQ(Query(home, "SELECT part FROM pythia_catalog.names WHERE part = 'recommendations'"),
            std::vector<std::string>{});
  config.names = {{"recommendations", "advice"}};
  auto store = OpenStore(config);
  ASSERT_TRUE(store) << store.error().ToString();
  EXPECT_TRUE((*store)->AppendRecommendation(RecommendationLogEntry{}));
  store->reset();
  // From now on it is found under that name only.
  EXPECT_EQ(OpenError(home).code, ErrorCode::kConflict);
}

TEST(DuckdbStore, TakesAFileOfAnyName) {
  const DuckdbHome home;
  for (const char* name :
       {"main.duckdb", "temp.duckdb", "system.db", "memory", "pythia", "a b.c.d", "models.duckdb",
        "clean_campaigns.duckdb", "predictions_logs.duckdb", "recommendations.duckdb",
        "it's \"quoted\"; --.db", "folder/that/is/new/x.duckdb", "loads.db"}) {
    Config config;
    config.store = (home.path().parent_path() / name).string();
    for (int round = 0; round < 2; ++round) {
      auto store = OpenStore(config);
      ASSERT_TRUE(store) << name << ": " << store.error().ToString();
      if (round == 0) {
        LoadInto(**store, Request("d", LoadMode::kCreate, "s0"), NumberedTable(0, 3));
        ASSERT_TRUE((*store)->AppendPredictions(std::vector{PredictionLogEntry{}})) << name;
        ASSERT_TRUE((*store)->AppendRecommendation(RecommendationLogEntry{})) << name;
      }
      EXPECT_EQ((*store)->DistinctValues("d", "Channel")->size(), 3U) << name;
    }
  }
}

TEST(DuckdbStore, RefusesAFileThatIsNoStore) {
  const auto write = [](const DuckdbHome& home, const std::string& bytes) {
    std::ofstream(home.path(), std::ios::binary) << bytes;
  };
  const auto read = [](const DuckdbHome& home) {
    std::ifstream file(home.path(), std::ios::binary);
    return std::string(std::istreambuf_iterator<char>(file), {});
  };
  for (const std::string& bytes :
       {std::string("Campaign_ID,Company\n1,x\n"), std::string(50000, '\0'), std::string("x"),
        std::string(20000, 'x'), "SQLite format 3" + std::string(5000, '\0'),
        std::string("DUCK")}) {
    const DuckdbHome home;
    write(home, bytes);
    const Error error = OpenError(home);
    EXPECT_EQ(error.code, ErrorCode::kBadInput) << bytes.substr(0, 20) << error.ToString();
    EXPECT_NE(error.ToString().find(home.path().string()), std::string::npos);
    EXPECT_FALSE(error.hint.empty());
    EXPECT_EQ(read(home), bytes);
  }
  const DuckdbHome home;
  std::filesystem::create_directory(home.path());
  EXPECT_EQ(OpenError(home).code, ErrorCode::kBadInput);
}

// The first block of a DuckDB file: checksum, "DUCK", the format's version, to 4096 bytes.
struct FileHeader {
  std::array<uint64_t, 512> words = {};

  uint64_t Checksum() const {
    uint64_t sum = 5381;
    for (size_t i = 1; i < words.size(); ++i) sum ^= words[i] * 0xbf58476d1ce4e5b9U;
    return sum;
  }
};

TEST(DuckdbStore, RefusesANewerOrDamagedStorageFormat) {
  DuckdbHome home;
  home.Open()->reset();
  const auto io = std::ios::binary | std::ios::in | std::ios::out;
  FileHeader header;
  auto* bytes = reinterpret_cast<char*>(header.words.data());
  std::fstream(home.path(), io).read(bytes, sizeof(header.words));
  ASSERT_EQ(header.Checksum(), header.words[0]);
  bytes[12] = static_cast<char>(200);
  std::fstream(home.path(), io).write(bytes, sizeof(header.words));
  Error error = OpenError(home);
  EXPECT_EQ(error.code, ErrorCode::kBadInput);
  EXPECT_NE(error.message.find("damaged"), std::string::npos) << error.ToString();

  header.words[0] = header.Checksum();
  std::fstream(home.path(), io).write(bytes, sizeof(header.words));
  error = OpenError(home);
  EXPECT_EQ(error.code, ErrorCode::kBadInput);
  EXPECT_NE(error.message.find("version"), std::string::npos) << error.ToString();
}

TEST(DuckdbStore, RefusesADatabaseOfSomethingElse) {
  const DuckdbHome home;
  {
    auto database = duckdb::Database::Open(home.path(), {});
    ASSERT_TRUE(database->Connect()->Run("CREATE TABLE mine(x INTEGER)"));
  }
  EXPECT_EQ(OpenError(home).code, ErrorCode::kBadInput);
  EXPECT_EQ(Query(home, "SELECT table_name FROM duckdb_tables()"),
            std::vector<std::string>{"mine|"});
}

TEST(DuckdbStore, RefusesANewerLayout) {
  DuckdbHome home;
  home.Open()->reset();
  {
    auto database = duckdb::Database::Open(home.path(), {});
    ASSERT_TRUE(database->Connect()->Run("UPDATE pythia_catalog.schema_version SET version = 7"));
  }
  const Error error = OpenError(home);
  EXPECT_EQ(error.code, ErrorCode::kConflict);
  EXPECT_NE(error.message.find("version 7"), std::string::npos);
  EXPECT_NE(error.hint.find("newer"), std::string::npos);
}

// A store of the first layout, as the program of that time left it: the last of it in its log.
void UnpackVersion1(const DuckdbHome& home) {
  for (const std::string ending : {"", ".wal"}) {
    const std::string command = fmt::format("gzip -dc '{}/store/version-1.duckdb{}.gz' > '{}{}'",
                                            PYTHIA_TEST_DATA, ending, home.path().string(), ending);
    ASSERT_EQ(std::system(command.c_str()), 0) << command;  // NOLINT(cert-env33-c): of this test
  }
}

void ExpectVersion1(Store& store) {
  const auto data = store.FindDataset("spring");
  ASSERT_TRUE(data);
  EXPECT_EQ(data->value_or(DatasetInfo{}).rows, 60);
  EXPECT_EQ(ReadAll(**store.Scan({.dataset = "spring"}))->num_rows(), 60);
  EXPECT_TRUE(*store.ActiveModel("spring"));
  EXPECT_EQ(store.ReadPredictions({})->size(), 1U);
  EXPECT_EQ(store.ReadRecommendations({})->size(), 1U);
}

TEST(DuckdbStore, AnOlderStoreIsBroughtForwardAfterACopy) {
  DuckdbHome home;
  UnpackVersion1(home);
  {
    auto store = home.Open();
    ASSERT_TRUE(store) << store.error().ToString();
    ExpectVersion1(**store);
    StoredJob job;
    job.job.kind = "train";
    EXPECT_TRUE((*store)->AddJob(job, 1));
  }
  EXPECT_EQ(Query(home, "SELECT version::VARCHAR FROM pythia_catalog.schema_version"),
            std::vector<std::string>{fmt::format("{}|", kSchemaVersion)});
  EXPECT_EQ((*home.Open())->ListJobs(10)->size(), 1U);
  // The copy is the store as it was.
  const std::filesystem::path copy = home.path().string() + ".version-1";
  std::filesystem::rename(copy, home.path());
  std::filesystem::remove(home.path().string() + ".wal");
  EXPECT_EQ(Query(home, "SELECT version::VARCHAR FROM pythia_catalog.schema_version"),
            std::vector<std::string>{"1|"});
  ExpectVersion1(**home.Open());
}

// The layout of before counts and ids were kept as whole numbers.
TEST(DuckdbStore, AStoreOfVersion2IsReadAndLoadedIntoAsItIs) {
  DuckdbHome home;
  LoadInto(**home.Open(), Request("d", LoadMode::kCreate, "s0"),
           TestTable({{.id = "12", .clicks = 3}, {.id = "13", .clicks = 4}}));
  {
    auto database = duckdb::Database::Open(home.path(), {});
    const Status made = database->Connect()->Run(
        "DROP VIEW clean_campaigns.d; CREATE TABLE pythia_loads.other AS SELECT source_row, "
        "c0::VARCHAR AS c0, c1, c2, c3::DOUBLE AS c3, c4, c5 FROM pythia_loads.load_1; "
        "DROP TABLE pythia_loads.load_1; ALTER TABLE pythia_loads.other RENAME TO load_1; "
        "ALTER TABLE pythia_catalog.load_columns DROP COLUMN derived; "
        "UPDATE pythia_catalog.schema_version SET version = 2");
    ASSERT_TRUE(made) << made.error().ToString();
  }
  LoadInto(**home.Open(), Request("d", LoadMode::kAppend, "s1"),
           TestTable({{.id = "14", .clicks = 5}}));
  EXPECT_EQ(Lines(*ReadAll(**(*home.Open())->Scan({.dataset = "d"}))).size(), 3U);
  EXPECT_EQ(Query(home, "SELECT Id, Clicks::VARCHAR FROM clean_campaigns.d"),
            (std::vector<std::string>{"12|3|", "13|4|", "14|5|"}));
  EXPECT_EQ(Query(home, "SELECT typeof(c0), typeof(c3) FROM pythia_loads.load_2"),
            std::vector<std::string>{"BIGINT|BIGINT|"});
  EXPECT_EQ(Query(home, "SELECT version::VARCHAR FROM pythia_catalog.schema_version"),
            std::vector<std::string>{fmt::format("{}|", kSchemaVersion)});
  EXPECT_TRUE((*home.Open())->DeleteDataset("d"));
  EXPECT_EQ(Query(home,
                  "SELECT count(*)::VARCHAR FROM information_schema.tables WHERE "
                  "table_schema = 'pythia_loads'"),
            std::vector<std::string>{"0|"});
}

TEST(DuckdbStore, AnOlderStoreThatCannotBeBroughtForwardStaysAsItIs) {
  const DuckdbHome home;
  UnpackVersion1(home);
  {
    auto database = duckdb::Database::Open(home.path(), {});
    ASSERT_TRUE(database->Connect()->Run("CREATE TABLE jobs(mine INTEGER)"));
  }
  const Error error = OpenError(home);
  EXPECT_EQ(error.code, ErrorCode::kConflict);
  EXPECT_NE(error.hint.find("names.jobs"), std::string::npos) << error.ToString();
  EXPECT_EQ(Query(home, "SELECT version::VARCHAR FROM pythia_catalog.schema_version"),
            std::vector<std::string>{"1|"});
  Config config = home.config();
  config.names["jobs"] = "pythia_jobs";
  EXPECT_TRUE(OpenStore(config));
}

TEST(DuckdbStore, WithoutRoomForTheCopyAnOlderStoreStaysAsItIs) {
  DuckdbHome home;
  UnpackVersion1(home);
  std::filesystem::create_directories(home.path().string() + ".version-1/in the way");
  EXPECT_FALSE(home.Open());
  EXPECT_EQ(Query(home, "SELECT version::VARCHAR FROM pythia_catalog.schema_version"),
            std::vector<std::string>{"1|"});
}

TEST(DuckdbStore, IsOpenOncePerProcess) {
  DuckdbHome home;
  auto store = *home.Open();
  EXPECT_EQ(OpenError(home).code, ErrorCode::kBusy);
  // A scan holds on to it.
  LoadInto(*store, Request("d", LoadMode::kCreate, "s0"), NumberedTable(0, 5000));
  auto scan = *store->Scan({.dataset = "d", .generation = 0, .columns = {}, .filters = {}});
  store.reset();
  EXPECT_EQ(ReadAll(*scan)->num_rows(), 5000);
  EXPECT_EQ(OpenError(home).code, ErrorCode::kBusy);
  scan.reset();
  EXPECT_TRUE(home.Open());
}

TEST(DuckdbStore, LeavesNoBigLog) {
  DuckdbHome home;
  {
    auto store = *home.Open();
    LoadInto(*store, Request("d", LoadMode::kCreate, "s0"), NumberedTable(0, 20000));
  }
  const std::filesystem::path log = home.path().string() + ".wal";
  EXPECT_TRUE(!std::filesystem::exists(log) || std::filesystem::file_size(log) < (64 << 10));
}

}  // namespace
}  // namespace pythia
