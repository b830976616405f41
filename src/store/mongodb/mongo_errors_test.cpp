// What goes wrong with a MongoDB store says what to do, and never shows a password.
#include <string>

#include <fmt/format.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "duckdb/database.h"
#include "store/mongodb/failure.h"
#include "store/mongodb/field_names.h"
#include "store/mongodb/json_document.h"
#include "store/mongodb/mongod_fixture.h"
#include "store/open.h"

namespace pythia {
namespace {

Error MustFail(const Config& config) {
  const auto opened = OpenStore(config);
  EXPECT_FALSE(opened) << config.store_database;
  return opened ? Error{} : opened.error();
}

Config ConfigOf(const std::string& store) {
  Config config;
  config.store = store;
  return config;
}

std::string With(const Mongod& server, const std::string& user, const std::string& password,
                 const std::string& database) {
  return fmt::format("mongodb://{}:{}@127.0.0.1:{}/{}?authSource=admin", user, password,
                     server.port(), database);
}

void MakeUser(const std::string& uri, const std::string& name, const std::string& role,
              const std::string& password = "hush") {
  RunCommand(uri, "admin",
             fmt::format(R"({{"createUser":"{}","pwd":"{}","roles":[{{"role":"{}","db":"{}"}}]}})",
                         name, password, role, role == "root" ? "admin" : "team"));
}

TEST(MongoErrors, AWrongConnectionStringIsTheUsersMistake) {
  for (const std::string uri : {"mongodb://", "mongodb://u:hush@", "mongodb://u:hu/sh@h/d",
                                "mongodb://h/?tls=maybe", "mongodb://h:99999/"}) {
    const Error error = MustFail(ConfigOf(uri));
    EXPECT_EQ(error.code, ErrorCode::kUsage) << uri;
    EXPECT_FALSE(error.hint.empty());
    EXPECT_EQ(error.ToString().find("hush"), std::string::npos);
    EXPECT_EQ(error.ToString().find("hu/sh"), std::string::npos);
  }
}

TEST(MongoErrors, NobodyAnswers) {
  PYTHIA_NEEDS_MONGOD();
  for (const std::string& uri :
       {std::string("mongodb://u:hush@127.0.0.1:1/d?serverSelectionTimeoutMS=300"),
        SharedMongod().uri() + "?replicaSet=none&serverSelectionTimeoutMS=300"}) {
    const Error error = MustFail(ConfigOf(uri));
    EXPECT_EQ(error.code, ErrorCode::kBusy);
    EXPECT_NE(error.hint.find("replica set"), std::string::npos);
    EXPECT_EQ(error.ToString().find("hush"), std::string::npos);
  }
}

TEST(MongoErrors, UsersAreToldWhatTheyMayNot) {
  PYTHIA_NEEDS_MONGOD();
  const Mongod server({"--auth"});
  MakeUser(server.uri(""), "admin", "root");
  const std::string admin = With(server, "admin", "hush", "admin");
  MakeUser(admin, "writer", "readWrite");
  MakeUser(admin, "reader", "read");

  const Error wrong = MustFail(ConfigOf(With(server, "writer", "secret1", "team")));
  EXPECT_EQ(wrong.code, ErrorCode::kIo);
  EXPECT_NE(wrong.message.find("user or the password"), std::string::npos) << wrong.ToString();
  EXPECT_EQ(wrong.ToString().find("secret1"), std::string::npos);

  const Error nobody = MustFail(ConfigOf(server.uri("team")));
  EXPECT_NE(nobody.hint.find("readWrite"), std::string::npos) << nobody.ToString();

  // The first use makes the collections.
  const Error reader = MustFail(ConfigOf(With(server, "reader", "hush", "team")));
  EXPECT_EQ(reader.code, ErrorCode::kIo);
  EXPECT_NE(reader.hint.find("readWrite"), std::string::npos) << reader.ToString();

  Config config = ConfigOf(With(server, "writer", "wrong", "team"));
  config.store = fmt::format("mongodb://writer@127.0.0.1:{}/team?authSource=admin", server.port());
  config.store_password = "hush";
  auto store = OpenStore(config);
  ASSERT_TRUE(store) << store.error().ToString();
  auto start = (*store)->BeginLoad(Request("d", LoadMode::kCreate, "s"));
  ASSERT_TRUE(start && start->load->Append(NumberedTable(0, 10)) && start->load->Commit());

  // Who may only read reads, and is told so where it writes.
  auto reading = OpenStore(ConfigOf(With(server, "reader", "hush", "team")));
  ASSERT_TRUE(reading) << reading.error().ToString();
  EXPECT_EQ((*reading)->FindDataset("d")->value_or(DatasetInfo{}).rows, 10);
  auto scan = (*reading)->Scan({.dataset = "d"});
  ASSERT_TRUE(scan);
  EXPECT_EQ(ReadAll(**scan)->num_rows(), 10);
  const auto refused = (*reading)->AppendAudit({.at = "t", .actor = "a", .action = "b"});
  ASSERT_FALSE(refused);
  EXPECT_NE(refused.error().hint.find("readWrite"), std::string::npos);
}

TEST(MongoErrors, APasswordMayHoldAnyCharacter) {
  PYTHIA_NEEDS_MONGOD();
  const Mongod server({"--auth"});
  MakeUser(server.uri(""), "admin", "root");
  // SASLprep maps U+2168 to "IX": the driver asks its ICU, beside DuckDB's, which is loaded too.
  MakeUser(With(server, "admin", "hush", "admin"), "ann", "readWrite", "p\u2168 p:/@%");
  Config config =
      ConfigOf(fmt::format("mongodb://ann@127.0.0.1:{}/team?authSource=admin", server.port()));
  config.store_password = "pIX p:/@%";
  const auto store = OpenStore(config);
  EXPECT_TRUE(store) << store.error().ToString();
  auto database = duckdb::Database::Open(":memory:", {.threads = 1, .memory_mb = 64});
  ASSERT_TRUE(database);
  auto chunks =
      database->Connect()->Query("SELECT icu_sort_key('Ä', 'de') < icu_sort_key('B', 'de')");
  ASSERT_TRUE(chunks) << chunks.error().ToString();
  duckdb::RowReader rows(*std::move(chunks));
  ASSERT_TRUE(rows.Next());
  EXPECT_TRUE(rows.Bool(0));
}

TEST(MongoErrors, CollectionsOfSomethingElseAreLeftAlone) {
  PYTHIA_NEEDS_MONGOD();
  MongoHome home(SharedMongod().uri(""));
  RunCommand(SharedMongod().uri(""), home.database(),
             R"({"insert":"models","documents":[{"of":"something else"}]})");
  const auto opened = home.Open();
  ASSERT_FALSE(opened);
  EXPECT_EQ(opened.error().code, ErrorCode::kBadInput);
  EXPECT_NE(opened.error().message.find("models"), std::string::npos);
  EXPECT_NE(opened.error().hint.find("[names]"), std::string::npos);
  EXPECT_EQ(RunCommand(SharedMongod().uri(""), home.database(),
                       R"({"listCollections":1,"nameOnly":true})")
                .find("pythia_"),
            std::string::npos);
  Config config = home.config();
  config.names["models"] = "pythia_models";
  EXPECT_EQ(MustFail(config).code, ErrorCode::kUsage);
  config.names["models"] = "our_models";
  EXPECT_TRUE(OpenStore(config));
}

TEST(MongoErrors, TheServerRefusesWhatIsNoCampaign) {
  PYTHIA_NEEDS_MONGOD();
  MongoHome home(SharedMongod().uri(""));
  ASSERT_TRUE(home.Open());
  const auto insert = [&](const std::string& document) {
    return RunCommand(SharedMongod().uri(""), home.database(),
                      R"({"insert":"clean_campaigns","documents":[)" + document + "]}");
  };
  const std::string id = R"("_id":{"load":{"$numberLong":"1"},"row":{"$numberLong":"0"},)"
                         R"("digest":{"$numberLong":"5"}})";
  EXPECT_NE(insert(R"({"Clicks":1})").find("writeErrors"), std::string::npos);
  EXPECT_NE(insert("{" + id + R"(,"Clicks":"many"})").find("writeErrors"), std::string::npos);
  EXPECT_EQ(insert("{" + id + R"(,"Clicks":1,"anything":"else"})").find("writeErrors"),
            std::string::npos);
}

TEST(MongoErrors, ANaNOfSomeoneElseSpoilsNoSum) {
  PYTHIA_NEEDS_MONGOD();
  MongoHome home(SharedMongod().uri(""));
  auto store = home.Open();
  ASSERT_TRUE(store);
  auto start = (*store)->BeginLoad(Request("d", LoadMode::kCreate, "s"));
  ASSERT_TRUE(start &&
              start->load->Append(
                  TestTable({{.channel = "a", .spend = 1}, {.channel = "a", .spend = 2}})) &&
              start->load->Commit());
  RunCommand(SharedMongod().uri(""), home.database(),
             R"({"update":"clean_campaigns","updates":[{"q":{"Spend":1},)"
             R"("u":{"$set":{"Spend":{"$numberDouble":"NaN"}}}}]})");
  const std::vector<std::string> columns = {"Spend"};
  const auto sums = (*store)->SumBy("d", "Channel", columns);
  ASSERT_TRUE(sums && sums->size() == 1);
  EXPECT_EQ(sums->front().sums, std::vector<double>{2});
  const auto rows = ReadAll(**(*store)->Scan({.dataset = "d"}));
  ASSERT_FALSE(rows);
  EXPECT_EQ(rows.error().place.column, "Spend");
}

TEST(MongoErrors, ANewerLayoutIsRefused) {
  PYTHIA_NEEDS_MONGOD();
  MongoHome home(SharedMongod().uri(""));
  ASSERT_TRUE(home.Open());
  RunCommand(SharedMongod().uri(""), home.database(),
             R"({"update":"pythia_store","updates":[{"q":{},"u":{"$set":{"schema_version":9}}}]})");
  const auto opened = home.Open();
  ASSERT_FALSE(opened);
  EXPECT_EQ(opened.error().code, ErrorCode::kConflict);
  EXPECT_NE(opened.error().hint.find("newer pythia"), std::string::npos);
}

TEST(MongoErrors, OtherNamesAreRefused) {
  PYTHIA_NEEDS_MONGOD();
  MongoHome home(SharedMongod().uri(""));
  ASSERT_TRUE(home.Open());
  Config config = home.config();
  config.names["models"] = "other";
  const Error error = MustFail(config);
  EXPECT_EQ(error.code, ErrorCode::kConflict);
  EXPECT_NE(error.hint.find("models"), std::string::npos);
}

TEST(MongoErrors, AnOldServerIsRefused) {
  EXPECT_TRUE(mongo::CheckServer(13, "mongodb://h"));
  const Status old = mongo::CheckServer(9, "mongodb://h");
  ASSERT_FALSE(old);
  EXPECT_NE(old.error().message.find("5.0"), std::string::npos);
  EXPECT_FALSE(old.error().hint.empty());
}

TEST(MongoErrors, ACampaignThatIsTooLargeIsNamed) {
  PYTHIA_NEEDS_MONGOD();
  MongoHome home(SharedMongod().uri(""));
  auto store = home.Open();
  ASSERT_TRUE(store);
  auto start = (*store)->BeginLoad(Request("d", LoadMode::kCreate, "s"));
  ASSERT_TRUE(start);
  const Status refused =
      start->load->Append(TestTable({{.id = "small"}, {.id = std::string(17 << 20, 'x')}}));
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, ErrorCode::kBadInput);
  EXPECT_NE(refused.error().message.find("campaign 2"), std::string::npos);
}

TEST(MongoErrors, AModelMayBeLargerThanADocument) {
  PYTHIA_NEEDS_MONGOD();
  MongoHome home(SharedMongod().uri(""));
  auto store = home.Open();
  ASSERT_TRUE(store);
  std::string bytes(20 << 20, 'm');
  for (size_t i = 0; i < bytes.size(); i += 1000) bytes[i] = static_cast<char>(i / 1000);
  ModelInfo info;
  info.version = "large";
  info.dataset = "d";
  info.created_at = "2026-01-01T00:00:00.000000Z";
  ASSERT_TRUE((*store)->PutModel(info, bytes));
  EXPECT_EQ(*(*store)->ModelBytes("large"), bytes);
}

TEST(MongoErrors, FieldNamesAreNeverOperatorsOrPaths) {
  for (const std::string& name :
       {std::string("Clicks"), std::string(""), std::string("$where"), std::string("a.b"),
        std::string("_id"), std::string("100%"), std::string("%24"), std::string("a\0b", 3),
        std::string("%"), std::string("日本"), std::string("a$b_c")}) {
    const std::string field = mongo::FieldName(name);
    EXPECT_EQ(mongo::NameOfField(field), name);
    EXPECT_FALSE(field.empty() || field[0] == '$' || field[0] == '_') << field;
    EXPECT_EQ(field.find('.'), std::string::npos);
    EXPECT_EQ(field.find('\0'), std::string::npos);
  }
  EXPECT_EQ(mongo::FieldName("a$b_c"), "a$b_c");
}

TEST(MongoErrors, RecordsComeBackFromDocuments) {
  const nlohmann::json json = {{"text", std::string("a\0b", 3)},
                               {"$op", {{"a.b", 1}, {"", nullptr}}},
                               {"list", {1, 2.5, "x", true, nlohmann::json::array()}},
                               {"largest", ~uint64_t{0}},
                               {"whole", int64_t{-5}},
                               {"number", 5.0}};
  const mongo::Document document = mongo::DocumentFrom(json);
  EXPECT_EQ(mongo::JsonFrom(mongo::Reader(document.get())).dump(), json.dump());
}

}  // namespace
}  // namespace pythia
