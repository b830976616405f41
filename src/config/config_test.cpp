#include "config/config.h"

#include <filesystem>
#include <fstream>
#include <map>

#include <gtest/gtest.h>

#include "config/store_uri.h"

namespace pythia {
namespace {

std::map<std::string, std::string> environment_values;

const char* FakeEnvironment(const char* name) {
  const auto found = environment_values.find(name);
  return found == environment_values.end() ? nullptr : found->second.c_str();
}

class ConfigTest : public testing::Test {
 protected:
  void SetUp() override {
    environment_values.clear();
    folder_ = std::filesystem::path(testing::TempDir()) /
              testing::UnitTest::GetInstance()->current_test_info()->name();
    std::filesystem::create_directories(folder_);
  }
  void TearDown() override { std::filesystem::remove_all(folder_); }

  std::filesystem::path Write(const std::string& text) {
    const auto path = folder_ / "pythia.toml";
    std::ofstream(path) << text;
    return path;
  }

  static const Setting& Find(const Config& config, const std::string& key) {
    for (const Setting& setting : config.settings) {
      if (setting.key == key) return setting;
    }
    ADD_FAILURE() << key;
    return config.settings.front();
  }

  std::filesystem::path folder_;
};

TEST_F(ConfigTest, DefaultsSayThatTheyAreDefaults) {
  const auto config = LoadConfig(Write(""), FakeEnvironment, {});
  ASSERT_TRUE(config) << config.error().ToString();
  EXPECT_EQ(config->store, "pythia.duckdb");
  EXPECT_EQ(config->dataset, "campaigns");
  EXPECT_EQ(config->log_retention_days, 90);
  EXPECT_EQ(config->names.at("clean_campaigns"), "clean_campaigns");
  EXPECT_EQ(config->names.at("recommendations"), "recommendations");
  EXPECT_EQ(Find(*config, "store").origin, "default");
}

TEST_F(ConfigTest, TheLaterWins) {
  const auto path = Write(
      "store = 'file.duckdb'\ndataset = 'a'\nthreads = 3\n[logs]\n"
      "retention_days = 7\n");
  environment_values = {{"PYTHIA_DATASET", "b"}, {"PYTHIA_STORE", "env.duckdb"}};
  const auto config = LoadConfig(path, FakeEnvironment, {{"store", "flag.duckdb"}});
  ASSERT_TRUE(config) << config.error().ToString();
  EXPECT_EQ(config->store, "flag.duckdb");
  EXPECT_EQ(Find(*config, "store").origin, "--store");
  EXPECT_EQ(config->dataset, "b");
  EXPECT_EQ(Find(*config, "dataset").origin, "PYTHIA_DATASET");
  EXPECT_EQ(config->threads, 3);
  EXPECT_EQ(config->log_retention_days, 7);
  EXPECT_EQ(Find(*config, "logs.retention_days").origin, "pythia.toml:5");
}

TEST_F(ConfigTest, FaultsNameTheirPlace) {
  const auto unknown = LoadConfig(Write("\nstroe = 'x'\n"), FakeEnvironment, {});
  ASSERT_FALSE(unknown);
  EXPECT_EQ(unknown.error().code, ErrorCode::kUsage);
  EXPECT_EQ(unknown.error().place.line, 2);
  EXPECT_EQ(unknown.error().value, "stroe");
  EXPECT_FALSE(LoadConfig(Write("store = "), FakeEnvironment, {}));
  EXPECT_FALSE(LoadConfig(Write("store = true"), FakeEnvironment, {}));
  EXPECT_FALSE(LoadConfig(Write("threads = 'many'"), FakeEnvironment, {}));
  EXPECT_FALSE(LoadConfig(Write("[names]\nmodels = 'a; drop table b'"), FakeEnvironment, {}));
  EXPECT_FALSE(LoadConfig(Write("[logs]\nretention_days = 200000000"), FakeEnvironment, {}));
  EXPECT_FALSE(LoadConfig(folder_ / "absent.toml", FakeEnvironment, {}));
}

TEST_F(ConfigTest, TheStoreMayBeATable) {
  environment_values = {{"PYTHIA_STORE_PASSWORD", "from the environment"}};
  const auto config = LoadConfig(
      Write("[store]\nuri = 'mongodb://ann:hush@db/team'\ndatabase = 'spring'\npassword = 'x'\n"),
      FakeEnvironment, {});
  ASSERT_TRUE(config) << config.error().ToString();
  EXPECT_EQ(config->store, "mongodb://ann:hush@db/team");
  EXPECT_EQ(config->store_database, "spring");
  EXPECT_EQ(config->store_password, "from the environment");
  EXPECT_EQ(Find(*config, "store").value, "mongodb://ann:***@db/team");
  EXPECT_EQ(Find(*config, "store").origin, "pythia.toml:2");
  EXPECT_EQ(Find(*config, "store.password").value, "***");
  EXPECT_FALSE(LoadConfig(Write("[store]\ndatabase = 'a.b'"), FakeEnvironment, {}));
}

TEST_F(ConfigTest, APasswordInAFlagIsRefused) {
  const auto config =
      LoadConfig(Write(""), FakeEnvironment, {{"store", "mongodb://ann:hush@db/team"}});
  ASSERT_FALSE(config);
  EXPECT_EQ(config.error().code, ErrorCode::kUsage);
  EXPECT_EQ(config.error().ToString().find("hush"), std::string::npos);
  EXPECT_NE(config.error().hint.find("PYTHIA_STORE"), std::string::npos);
  EXPECT_TRUE(LoadConfig(Write(""), FakeEnvironment, {{"store", "mongodb://ann@db:27017/team"}}));
}

TEST(StoreUri, SecretsAreNeverShown) {
  const std::map<std::string, std::string> shown = {
      {"pythia.duckdb", "pythia.duckdb"},
      {"a:b@c?d", "a:b@c?d"},
      {"mongodb://h:1/d", "mongodb://h:1/d"},
      {"mongodb://u@h:1/d", "mongodb://u@h:1/d"},
      {"mongodb://u:hush@h", "mongodb://u:***@h"},
      {"mongodb+srv://u:hush@h/d?w=1", "mongodb+srv://u:***@h/d?w=1"},
      {"mongodb://u:hu@sh:h@h1:1,h2:2/d", "mongodb://u:***@h1:1,h2:2/d"},
      {"mongodb://u:hu/sh@h/d", "mongodb://u:***@h/d"},
      {"mongodb://u:hu?sh@h/d", "mongodb://u:***@h/d"},
      {"mongodb://h/?tlsCertificateKeyFilePassword=hush&w=1",
       "mongodb://h/?tlsCertificateKeyFilePassword=***&w=1"},
      {"mongodb://u:hush@h/?w=1&authMechanismProperties=AWS_SESSION_TOKEN:hush",
       "mongodb://u:***@h/?w=1&authMechanismProperties=***"},
  };
  for (const auto& [uri, safe] : shown) {
    EXPECT_EQ(WithoutSecrets(uri), safe);
    EXPECT_EQ(HoldsSecret(uri), uri != safe) << uri;
  }
}

}  // namespace
}  // namespace pythia
