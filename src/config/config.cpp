#include "config/config.h"

#include <array>
#include <charconv>
#include <cstdlib>

#include <fmt/format.h>

#include "base/check.h"
#include "config/store_uri.h"
#include "config/toml_file.h"

namespace pythia {
namespace {

struct KnownKey {
  std::string_view key;
  std::string_view environment;
  std::string_view flag;
  std::string_view fallback;
  bool is_number = false;
};

constexpr std::array<KnownKey, 18> kKeys = {{
    {"store", "PYTHIA_STORE", "--store", "pythia.duckdb"},
    {"store.database", "PYTHIA_STORE_DATABASE", "", ""},
    {"store.password", "PYTHIA_STORE_PASSWORD", "", ""},
    {"dataset", "PYTHIA_DATASET", "--dataset", "campaigns"},
    {"models", "PYTHIA_MODELS", "--models", "models"},
    {"exports", "PYTHIA_EXPORTS", "--exports", "exports"},
    {"threads", "PYTHIA_THREADS", "--threads", "0", true},
    {"logs.retention_days", "PYTHIA_LOGS_RETENTION_DAYS", "", "90", true},
    {"logs.max_rows", "PYTHIA_LOGS_MAX_ROWS", "", "10000000", true},
    {"logs.durability", "PYTHIA_LOGS_DURABILITY", "", "async"},
    {"names.clean_campaigns", "PYTHIA_NAMES_CLEAN_CAMPAIGNS", "", "clean_campaigns"},
    {"names.models", "PYTHIA_NAMES_MODELS", "", "models"},
    {"names.predictions_logs", "PYTHIA_NAMES_PREDICTIONS_LOGS", "", "predictions_logs"},
    {"names.model_performance", "PYTHIA_NAMES_MODEL_PERFORMANCE", "", "model_performance"},
    {"names.experiment_results", "PYTHIA_NAMES_EXPERIMENT_RESULTS", "", "experiment_results"},
    {"names.audit_log", "PYTHIA_NAMES_AUDIT_LOG", "", "audit_log"},
    {"names.recommendations", "PYTHIA_NAMES_RECOMMENDATIONS", "", "recommendations"},
    {"names.jobs", "PYTHIA_NAMES_JOBS", "", "jobs"},
}};

constexpr int64_t kMaxRetentionDays = 36500;
// [store] is a table where the store needs more than one word.
constexpr std::string_view kStoreUri = "store.uri";
constexpr std::string_view kDefaultFile = "pythia.toml";

std::string KnownKeyList() {
  std::string list;
  for (const KnownKey& known : kKeys) list += (list.empty() ? "" : ", ") + std::string(known.key);
  return list;
}

Result<int64_t> Number(const Setting& setting) {
  int64_t number = 0;
  const char* end = setting.value.data() + setting.value.size();
  const auto [stop, failed] = std::from_chars(setting.value.data(), end, number);
  if (failed != std::errc() || stop != end || number < 0) {
    return Fail(Error{.code = ErrorCode::kUsage,
                      .message = fmt::format("{} (from {}) takes a whole number from 0",
                                             setting.key, setting.origin),
                      .value = setting.value});
  }
  return number;
}

// Letters, digits and underscores: these become names of tables and collections.
bool IsPlainName(std::string_view name) {
  if (name.empty() || name.size() > 63 || (name[0] >= '0' && name[0] <= '9')) return false;
  for (const char c : name) {
    const bool plain =
        (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
    if (!plain) return false;
  }
  return true;
}

Status AssignDatabase(const Setting& setting, Config* config) {
  if (!setting.value.empty() && !IsPlainName(setting.value)) {
    return Fail(Error{.code = ErrorCode::kUsage,
                      .message = fmt::format("{} (from {}) takes letters, digits and _ only",
                                             setting.key, setting.origin),
                      .value = setting.value});
  }
  config->store_database = setting.value;
  return {};
}

// As `pythia config` prints it.
Setting Shown(Setting setting) {
  if (setting.key == "store") setting.value = WithoutSecrets(setting.value);
  if (setting.key == "store.password" && !setting.value.empty()) setting.value = "***";
  return setting;
}

Status Assign(const Setting& setting, Config* config) {
  const std::string& key = setting.key;
  if (key == "store") config->store = setting.value;
  if (key == "store.password") config->store_password = setting.value;
  if (key == "store.database") return AssignDatabase(setting, config);
  if (key == "dataset") config->dataset = setting.value;
  if (key == "models") config->models = setting.value;
  if (key == "exports") config->exports = setting.value;
  if (key == "logs.durability") {
    if (setting.value != "async" && setting.value != "sync") {
      return Fail(
          Error{.code = ErrorCode::kUsage,
                .message = fmt::format("{} (from {}) is async or sync", key, setting.origin),
                .value = setting.value});
    }
    config->log_durability = setting.value;
  } else if (key == "threads" || key.starts_with("logs.")) {
    PYTHIA_ASSIGN(const int64_t number, Number(setting));
    if (key == "logs.retention_days" && number > kMaxRetentionDays) {
      return Fail(Error{.code = ErrorCode::kUsage,
                        .message = fmt::format("{} (from {}) is at most {}: a hundred years", key,
                                               setting.origin, kMaxRetentionDays),
                        .value = setting.value});
    }
    if (key == "threads") config->threads = static_cast<int>(std::min<int64_t>(number, 1024));
    if (key == "logs.retention_days") config->log_retention_days = number;
    if (key == "logs.max_rows") config->log_max_rows = number;
  }
  if (key.starts_with("names.")) {
    if (!IsPlainName(setting.value)) {
      return Fail(Error{.code = ErrorCode::kUsage,
                        .message = fmt::format("{} (from {}) takes letters, digits and _ only", key,
                                               setting.origin),
                        .value = setting.value});
    }
    config->names[key.substr(6)] = setting.value;
  }
  return {};
}

Status MergeFile(const std::filesystem::path& path, std::map<std::string, Setting>* settings) {
  PYTHIA_ASSIGN(const std::vector<TomlValue> values, ReadTomlFile(path));
  for (const TomlValue& value : values) {
    const auto found = settings->find(value.key == kStoreUri ? "store" : value.key);
    if (found == settings->end()) {
      return Fail(Error{.code = ErrorCode::kUsage,
                        .message = "no such setting",
                        .place = {.file = path.string(), .line = value.line},
                        .value = value.key,
                        .hint = "Known: " + KnownKeyList() + "."});
    }
    found->second.value = value.text;
    found->second.origin = fmt::format("{}:{}", path.filename().string(), value.line);
  }
  return {};
}

}  // namespace

Result<Config> LoadConfig(const std::optional<std::filesystem::path>& file, Environment environment,
                          const std::map<std::string, std::string>& flags) {
  std::map<std::string, Setting> settings;
  for (const KnownKey& known : kKeys) {
    settings[std::string(known.key)] = {std::string(known.key), std::string(known.fallback),
                                        "default"};
  }
  std::error_code ignored;
  if (file) {
    PYTHIA_TRY(MergeFile(*file, &settings));
  } else if (std::filesystem::exists(kDefaultFile, ignored)) {
    PYTHIA_TRY(MergeFile(kDefaultFile, &settings));
  }
  for (const KnownKey& known : kKeys) {
    Setting& setting = settings[std::string(known.key)];
    if (const char* value = environment(std::string(known.environment).c_str()); value != nullptr) {
      setting.value = value;
      setting.origin = known.environment;
    }
    if (const auto flag = flags.find(setting.key); flag != flags.end()) {
      PYTHIA_CHECK(!known.flag.empty());
      PYTHIA_TRY(RefuseSecretFlag(known.flag, flag->second));
      setting.value = flag->second;
      setting.origin = known.flag;
    }
  }
  Config config;
  for (const KnownKey& known : kKeys) {
    const Setting& setting = settings[std::string(known.key)];
    PYTHIA_TRY(Assign(setting, &config));
    config.settings.push_back(Shown(setting));
  }
  return config;
}

}  // namespace pythia
