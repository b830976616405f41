#include <cmath>

#include <nlohmann/json.hpp>

#include "engine/engine.h"
#include "records/json.h"

namespace pythia {
namespace {

tl::unexpected<Error> Wrong(const std::string& field, std::string message, const Json& value) {
  return Fail(Error{.code = ErrorCode::kBadInput,
                    .message = std::move(message),
                    .place = {.column = field},
                    .value = DumpJson(value)});
}

Result<std::vector<std::string>> Names(const std::string& field, const Json& value) {
  std::vector<std::string> names;
  if (!value.is_array()) return Wrong(field, "must be an array of column names", value);
  for (const Json& one : value) {
    if (!one.is_string()) return Wrong(field, "must be an array of column names", value);
    names.push_back(one.get<std::string>());
  }
  return names;
}

Status ReadThreshold(const Json& value, TrainOptions* options) {
  if (value == "auto") return {};
  if (value == "median") {
    options->roi_rule = RoiThresholdRule::kMedian;
    return {};
  }
  if (!value.is_number()) return Wrong("roi_threshold", "must be auto, median or a number", value);
  options->roi_rule = RoiThresholdRule::kStated;
  options->roi_threshold = value.get<double>();
  return {};
}

// 7 and 7.0 alike, as in JSON Schema.
std::optional<uint64_t> WholeOf(const Json& value) {
  constexpr double kMostExact = 9007199254740992;  // 2^53
  if (value.is_number_unsigned()) return value.get<uint64_t>();
  if (!value.is_number_float()) return std::nullopt;
  const double number = value.get<double>();
  if (number < 0 || number > kMostExact || number != std::floor(number)) return std::nullopt;
  return static_cast<uint64_t>(number);
}

Status ReadField(const std::string& field, const Json& value, TrainCommand* command) {
  TrainOptions& options = command->options;
  if (field == "dataset") {
    if (!value.is_string()) return Wrong(field, "must be text", value);
    command->dataset = value.get<std::string>();
  } else if (field == "features") {
    PYTHIA_ASSIGN(options.features, Names(field, value));
  } else if (field == "allow_features") {
    PYTHIA_ASSIGN(options.allowed, Names(field, value));
  } else if (field == "alpha") {
    if (!value.is_number()) return Wrong(field, "must be a number", value);
    options.alpha = value.get<double>();
  } else if (field == "roi_threshold") {
    return ReadThreshold(value, &options);
  } else if (field == "seed") {
    const std::optional<uint64_t> seed = WholeOf(value);
    if (!seed) return Wrong(field, "must be a whole number from 0", value);
    options.seed = *seed;
  } else if (field == "threads") {
    const std::optional<uint64_t> threads = WholeOf(value);
    if (!threads || *threads > 256) {
      return Wrong(field, "must be a whole number from 0 to 256", value);
    }
    options.threads = static_cast<int>(*threads);
  } else if (field == "planned_spend") {
    if (!value.is_boolean()) return Wrong(field, "must be true or false", value);
    options.planned_spend = value.get<bool>();
  } else {
    return Wrong(field, "no such field", value);
  }
  return {};
}

}  // namespace

Result<TrainCommand> TrainCommandFromJson(const Json& json) {
  if (!json.is_object()) return Wrong("", "must be a JSON object", json);
  TrainCommand command;
  command.options.threads = 0;
  for (const auto& [field, value] : json.items()) PYTHIA_TRY(ReadField(field, value, &command));
  return command;
}

}  // namespace pythia
