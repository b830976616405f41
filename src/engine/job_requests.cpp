#include "engine/job_requests.h"

#include <nlohmann/json.hpp>

#include "records/json.h"

namespace pythia {
namespace {

const char* NameOf(LoadMode mode) {
  switch (mode) {
    case LoadMode::kCreate:
      return "create";
    case LoadMode::kAppend:
      return "append";
    case LoadMode::kReplace:
      return "replace";
  }
  return "";
}

CleanCommand ReadCommand(const Json& json) {
  CleanCommand command{.file = json.at("file"), .name = json.at("name")};
  command.dataset = json.at("dataset");
  const std::string mode = json.at("mode");
  command.mode = mode == "append"    ? LoadMode::kAppend
                 : mode == "replace" ? LoadMode::kReplace
                                     : LoadMode::kCreate;
  CleanOptions& options = command.options;
  json.at("map").get_to(options.map);
  json.at("set").get_to(options.set);
  if (const Json& grain = json.at("grain"); !grain.is_null()) {
    options.grain = grain == "row" ? Grain::kRow : Grain::kCampaign;
  }
  if (const Json& order = json.at("date_order"); !order.is_null()) {
    options.date_order = order == "dmy" ? DateOrder::kDmy : DateOrder::kMdy;
  }
  if (const Json& mark = json.at("decimal"); !mark.is_null()) {
    options.decimal = mark == "," ? ',' : '.';
  }
  options.strict = json.at("strict");
  options.keep_personal = json.at("keep_personal");
  return command;
}

}  // namespace

std::string CleanRequestText(const CleanCommand& command) {
  const CleanOptions& options = command.options;
  Json json = {{"file", command.file},
               {"name", command.name},
               {"dataset", command.dataset},
               {"mode", NameOf(command.mode)},
               {"map", options.map},
               {"set", options.set},
               {"grain", nullptr},
               {"date_order", nullptr},
               {"decimal", nullptr},
               {"strict", options.strict},
               {"keep_personal", options.keep_personal}};
  if (options.grain) json["grain"] = *options.grain == Grain::kRow ? "row" : "campaign";
  if (options.date_order)
    json["date_order"] = *options.date_order == DateOrder::kDmy ? "dmy" : "mdy";
  if (options.decimal) json["decimal"] = std::string(1, *options.decimal);
  return DumpJson(json);
}

Result<CleanCommand> CleanCommandFromJson(const Json& json) {
  try {
    return ReadCommand(json);
  } catch (const Json::exception&) {
    return Fail(ErrorCode::kBadInput, "this is no request to clean a file");
  }
}

Result<std::string> Engine::RunJob(const StoredJob& job, Progress& progress, std::stop_token stop) {
  PYTHIA_ASSIGN(const Json request, ParseJson(job.request));
  Engine engine = For({.actor = job.actor});
  if (job.job.kind == "train") {
    PYTHIA_ASSIGN(const TrainCommand command, TrainCommandFromJson(request));
    PYTHIA_ASSIGN(const ModelInfo info, engine.Train(command, progress, std::move(stop)));
    return DumpJson(ToJson(info.report));
  }
  if (job.job.kind == "clean") {
    PYTHIA_ASSIGN(const CleanCommand command, CleanCommandFromJson(request));
    PYTHIA_ASSIGN(const CleaningReport report, engine.Clean(command, progress, std::move(stop)));
    return DumpJson(ToJson(report));
  }
  return Fail(Error{.code = ErrorCode::kBadInput,
                    .message = "this program does not know this kind of job",
                    .value = job.job.kind});
}

std::unique_ptr<JobQueue> Engine::Jobs(const JobTimes& times) {
  const auto engine = std::make_shared<Engine>(For(context_));
  return std::make_unique<JobQueue>(
      [engine] { return engine->OpenedStore(); },
      [engine](const StoredJob& job, Progress& progress, std::stop_token stop) {
        return engine->RunJob(job, progress, std::move(stop));
      },
      times);
}

}  // namespace pythia
