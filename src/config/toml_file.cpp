#include "config/toml_file.h"

#include <algorithm>

#include <toml++/toml.h>

#include "base/file.h"

namespace pythia {
namespace {

constexpr int64_t kMaxBytes = 1 << 20;

Status Flatten(const toml::table& table, const std::string& prefix,
               const std::filesystem::path& path, std::vector<TomlValue>* values) {
  for (const auto& [name, node] : table) {
    const std::string key = prefix + std::string(name.str());
    const auto line = static_cast<int64_t>(node.source().begin.line);
    if (const toml::table* inner = node.as_table()) {
      PYTHIA_TRY(Flatten(*inner, key + ".", path, values));
    } else if (const auto* text = node.as_string()) {
      values->push_back({key, text->get(), line});
    } else if (const auto* number = node.as_integer()) {
      values->push_back({key, std::to_string(number->get()), line});
    } else {
      return Fail(Error{.code = ErrorCode::kUsage,
                        .message = "a setting is a text in quotes or a whole number",
                        .place = {.file = path.string(), .line = line},
                        .value = key});
    }
  }
  return {};
}

}  // namespace

Result<std::vector<TomlValue>> ReadTomlFile(const std::filesystem::path& path) {
  PYTHIA_ASSIGN(const std::string text, ReadFile(path, kMaxBytes));
  toml::table table;
  try {
    table = toml::parse(text);
  } catch (const toml::parse_error& error) {
    return Fail(Error{
        .code = ErrorCode::kUsage,
        .message = std::string(error.description()),
        .place = {.file = path.string(), .line = static_cast<int64_t>(error.source().begin.line)}});
  }
  std::vector<TomlValue> values;
  PYTHIA_TRY(Flatten(table, "", path, &values));
  std::sort(values.begin(), values.end(),
            [](const TomlValue& a, const TomlValue& b) { return a.line < b.line; });
  return values;
}

}  // namespace pythia
