#include "store/names.h"

#include <algorithm>
#include <array>
#include <set>

#include <fmt/format.h>

namespace pythia {
namespace {

constexpr size_t kMaxNameBytes = 64;
// Schemas and tables that are there already.
constexpr std::array<std::string_view, 6> kTaken = {
    "pythia_catalog", "pythia_loads", "main", "temp", "pg_catalog", "information_schema"};

bool IsMadeOf(std::string_view name, std::string_view others) {
  if (name.empty() || name.size() > kMaxNameBytes) return false;
  return std::ranges::all_of(name, [&](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
           others.find(c) != std::string_view::npos;
  });
}

}  // namespace

std::vector<std::pair<std::string, std::string>> TableNames::Parts() const {
  return {{"clean_campaigns", clean_campaigns},       {"models", models},
          {"predictions_logs", predictions_logs},     {"model_performance", model_performance},
          {"experiment_results", experiment_results}, {"audit_log", audit_log},
          {"recommendations", recommendations},       {"jobs", jobs}};
}

std::string LowerAscii(std::string text) {
  for (char& c : text) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  return text;
}

Result<TableNames> TableNamesFrom(const std::map<std::string, std::string>& configured) {
  TableNames names;
  const std::array<std::pair<std::string_view, std::string*>, 8> fields = {{
      {"clean_campaigns", &names.clean_campaigns},
      {"models", &names.models},
      {"predictions_logs", &names.predictions_logs},
      {"model_performance", &names.model_performance},
      {"experiment_results", &names.experiment_results},
      {"audit_log", &names.audit_log},
      {"recommendations", &names.recommendations},
      {"jobs", &names.jobs},
  }};
  std::set<std::string> taken(kTaken.begin(), kTaken.end());
  for (const auto& [part, field] : fields) {
    const auto given = configured.find(std::string(part));
    if (given != configured.end()) *field = given->second;
    if (!IsMadeOf(*field, "_")) {
      return Fail(Error{ErrorCode::kUsage,
                        fmt::format("the name of the table {} must be letters, digits and '_', "
                                    "at most {} of them",
                                    part, kMaxNameBytes),
                        {},
                        *field});
    }
    if (!taken.insert(LowerAscii(*field)).second) {
      return Fail(Error{
          ErrorCode::kUsage, fmt::format("the name of the table {} is taken", part), {}, *field});
    }
  }
  return names;
}

Status CheckDatasetName(std::string_view name) {
  if (IsMadeOf(name, "_.-")) return {};
  return Fail(Error{ErrorCode::kUsage,
                    fmt::format("a dataset's name must be letters, digits, '_', '.' and '-', at "
                                "most {} of them",
                                kMaxNameBytes),
                    {},
                    std::string(name)});
}

}  // namespace pythia
