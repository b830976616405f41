// The program's settings and where each came from: built-in default, pythia.toml, environment
// (PYTHIA_*), flag; the later wins.
#pragma once

#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"

namespace pythia {

// One setting as `pythia config` prints it.
struct Setting {
  std::string key;  // "store.path", as in pythia.toml
  std::string value;
  std::string origin;  // "default", "pythia.toml:3", "PYTHIA_STORE", "--store"
};

// Typed access to the settings. Plain data, safe to copy and to read from several threads.
struct Config {
  // A DuckDB file, or a MongoDB connection string with its secrets: print WithoutSecrets(store).
  std::string store = "pythia.duckdb";
  std::string store_database;  // of MongoDB; empty: the one that the connection string names
  std::string store_password;  // of MongoDB; empty: the one in the connection string
  std::string dataset = "campaigns";
  std::filesystem::path models = "models";
  std::filesystem::path exports = "exports";
  int threads = 0;  // 0: one per core
  int64_t log_retention_days = 90;
  int64_t log_max_rows = 10000000;
  // Of the service: "async" answers before a prediction is in the store, "sync" after.
  std::string log_durability = "async";
  // Names of the collections or tables: "clean_campaigns", "models", "predictions_logs" ...
  std::map<std::string, std::string> names;

  std::vector<Setting> settings;  // all of the above, in a fixed order, secrets as "***"
};

// Reads `file` (or ./pythia.toml where it is absent and exists), then `environment` (a function
// like getenv), then `flags` (key → value, as "store" → "x.duckdb"). Unknown keys and wrong types
// are kUsage with their place, and so is a password in a flag, which everyone on the machine could
// read.
using Environment = const char* (*)(const char* name);
Result<Config> LoadConfig(const std::optional<std::filesystem::path>& file, Environment environment,
                          const std::map<std::string, std::string>& flags);

}  // namespace pythia
