// Cleaning options from the words of a command or a request.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/error.h"
#include "ingest/clean.h"

namespace pythia {

struct CleanWords {
  std::vector<std::string> map;           // "Their header=Column"
  std::vector<std::string> set;           // "Column=Value"
  std::optional<std::string> grain;       // "campaign", "row"
  std::optional<std::string> date_order;  // "dmy", "mdy"
  std::optional<std::string> decimal;     // ",", "."
  bool strict = false;
  bool keep_personal = false;
};

// kUsage, naming the word.
Result<CleanOptions> CleanOptionsFrom(const CleanWords& words);

}  // namespace pythia
