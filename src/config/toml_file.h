// A TOML file as flat settings. Behind a header of its own because toml++ is slow to compile.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "base/error.h"

namespace pythia {

struct TomlValue {
  std::string key;  // dotted: "logs.retention_days"
  std::string text;
  int64_t line = 0;
};

// Strings and whole numbers in tables of any depth, in the file's order. kUsage with file and line
// for anything else and for bad syntax.
Result<std::vector<TomlValue>> ReadTomlFile(const std::filesystem::path& path);

}  // namespace pythia
