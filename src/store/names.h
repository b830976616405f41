// The tables of the store that people see, by the names that the configuration gives them.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/error.h"

namespace pythia {

// Names as they are in the file. `clean_campaigns` is a schema with one view per dataset, the
// others are tables of the main schema.
struct TableNames {
  std::string clean_campaigns = "clean_campaigns";
  std::string models = "models";
  std::string predictions_logs = "predictions_logs";
  std::string model_performance = "model_performance";
  std::string experiment_results = "experiment_results";
  std::string audit_log = "audit_log";
  std::string recommendations = "recommendations";
  std::string jobs = "jobs";

  // {"models", name of that table} ... in a fixed order.
  std::vector<std::pair<std::string, std::string>> Parts() const;
};

// The defaults with those of `configured` that are known here. kUsage where a name is empty, has
// other characters than letters, digits and "_", or is taken twice.
Result<TableNames> TableNamesFrom(const std::map<std::string, std::string>& configured);

// A to Z as a to z.
std::string LowerAscii(std::string text);

// kUsage unless `name` is [A-Za-z0-9_.-]{1,64}.
Status CheckDatasetName(std::string_view name);

}  // namespace pythia
