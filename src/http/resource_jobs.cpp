#include <nlohmann/json.hpp>

#include "http/service.h"
#include "records/json.h"

namespace pythia::http {
namespace {

Result<TrainCommand> TrainCommandFrom(const std::string& body) {
  if (body.empty()) return TrainCommandFromJson(Json::object());
  PYTHIA_ASSIGN(const Json json, ParseJson(body));
  return TrainCommandFromJson(json);
}

Response Train(Service& service, const Request& request) {
  Result<TrainCommand> command = TrainCommandFrom(request.body);
  if (!command) return Problem(command.error());
  const std::string actor = "http:" + request.actor;
  const Result<Job> job = service.jobs().Submit(
      "train",
      [&service, command = *command, actor](Progress& progress,
                                            std::stop_token stop) -> Result<std::string> {
        PYTHIA_ASSIGN(const ModelInfo info,
                      service.engine().For({.actor = actor}).Train(command, progress, stop));
        return DumpJson(ToJson(info.report));
      });
  if (!job) return Problem(job.error());
  Response response = JsonResponse(DumpJson(ToJson(*job)), 202);
  response.headers.emplace_back("Location", "/api/jobs/" + job->id);
  return response;
}

Response ListJobs(Service& service, const Request& /*request*/) {
  Json items = Json::array();
  for (const Job& job : service.jobs().List()) items.push_back(ToJson(job));
  return JsonResponse(DumpJson({{"items", std::move(items)}}));
}

Response FindJob(Service& service, const Request& request) {
  const std::string& id = request.arguments.at("id");
  const std::optional<Job> job = service.jobs().Find(id);
  if (!job) {
    return Problem(Error{.code = ErrorCode::kNotFound, .message = "no such job", .value = id});
  }
  return JsonResponse(DumpJson(ToJson(*job)));
}

Response Cancel(Service& service, const Request& request) {
  return Answer(service.jobs().Cancel(request.arguments.at("id")),
                [](const Job& job) { return DumpJson(ToJson(job)); });
}

}  // namespace

void AddJobs(Service& service, Endpoints* endpoints) {
  const ParameterDoc id{.name = "id",
                        .in = "path",
                        .required = true,
                        .schema = R"({"type":"string"})",
                        .description = "The job"};
  const auto handler = [&service](auto function) {
    return [&service, function](Request& request) { return function(service, request); };
  };
  endpoints->push_back({.route = {.method = "POST",
                                  .pattern = "/api/train",
                                  .body = BodyKind::kJson,
                                  .handler = handler(Train),
                                  .body_is_optional = true},
                        .summary = "Train in the background",
                        .parameters = {},
                        .request = "TrainRequest",
                        .answers = {{202, "Job"}}});
  endpoints->push_back(
      {.route = {.method = "GET", .pattern = "/api/jobs", .handler = handler(ListJobs)},
       .summary = "Jobs, newest first",
       .parameters = {},
       .answers = {{200, "Jobs"}}});
  endpoints->push_back(
      {.route = {.method = "GET", .pattern = "/api/jobs/{id}", .handler = handler(FindJob)},
       .summary = "How far a job is",
       .parameters = {id},
       .answers = {{200, "Job"}}});
  endpoints->push_back(
      {.route = {.method = "DELETE", .pattern = "/api/jobs/{id}", .handler = handler(Cancel)},
       .summary = "Cancel a job",
       .parameters = {id},
       .answers = {{200, "Job"}}});
}

}  // namespace pythia::http
