#include "store/load_rules.h"

#include <algorithm>
#include <set>

#include <fmt/format.h>

#include "store/column_merge.h"
#include "store/names.h"

namespace pythia {
namespace {

bool SameLoad(const LoadInfo& load, const LoadRequest& request) {
  return load.sha256 == request.sha256 && load.options == request.options;
}

Error Mismatch(std::string_view what, std::string_view have, std::string_view given,
               std::string_view dataset) {
  return Error{ErrorCode::kConflict,
               fmt::format("the dataset {} is {} {}, this file {}; they are never mixed", dataset,
                           what, have, given),
               {},
               {},
               "Load the file into a dataset of its own (--dataset), or use --replace."};
}

Status CheckAppend(const DatasetInfo& current, const LoadRequest& request) {
  if (current.grain != request.grain) {
    return Fail(Mismatch("of grain", current.grain, request.grain, current.name));
  }
  if (!current.currency.empty() && !request.currency.empty() &&
      current.currency != request.currency) {
    return Fail(Mismatch("in", current.currency, request.currency, current.name));
  }
  PYTHIA_TRY(MergeColumns(current.schema, request.schema,
                          [](const std::string&) -> Result<bool> { return true; }));
  return {};
}

}  // namespace

Status CheckRequest(const LoadRequest& request) {
  PYTHIA_TRY(CheckDatasetName(request.dataset));
  std::set<std::string_view> names;
  for (const ColumnSpec& spec : request.schema) {
    if (names.insert(spec.name).second) continue;
    return Fail(Error{ErrorCode::kBadInput, "a column that is there twice", {}, spec.name});
  }
  if (request.schema.empty()) return Fail(ErrorCode::kBadInput, "no columns");
  return {};
}

bool IsUnchanged(const DatasetInfo& current, const LoadRequest& request) {
  if (request.mode == LoadMode::kAppend) {
    return std::ranges::any_of(current.loads,
                               [&](const LoadInfo& load) { return SameLoad(load, request); });
  }
  return current.loads.size() == 1 && SameLoad(current.loads.front(), request);
}

Status CheckAgainst(const DatasetInfo& current, const LoadRequest& request) {
  switch (request.mode) {
    case LoadMode::kCreate:
      return Fail(Error{
          ErrorCode::kConflict,
          fmt::format("the dataset {} exists already and holds other campaigns", current.name),
          {},
          {},
          "Say --append to add to it, or --replace to put this in its place."});
    case LoadMode::kAppend:
      return CheckAppend(current, request);
    case LoadMode::kReplace:
      return {};
  }
  return {};
}

Error NumberTaken(int64_t number, std::string_view dataset) {
  return Error{ErrorCode::kConflict,
               fmt::format("the dataset {} has had a generation {} already", dataset, number)};
}

Error OnlyCaseDiffers(std::string_view taken, std::string_view dataset) {
  return Error{
      ErrorCode::kConflict,
      fmt::format("there is a dataset {}, whose name differs only in upper and lower case", taken),
      {},
      std::string(dataset),
      "Use its name, or another one."};
}

}  // namespace pythia
