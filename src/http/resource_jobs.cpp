#include <nlohmann/json.hpp>

#include "http/service.h"
#include "records/json.h"

namespace pythia::http {
namespace {

// What the job is to do, checked; with its dataset, for another instance may have another default.
Result<std::string> TrainRequest(Service& service, const std::string& body) {
  Json json = Json::object();
  if (!body.empty()) {
    PYTHIA_ASSIGN(json, ParseJson(body));
  }
  PYTHIA_ASSIGN(const TrainCommand command, TrainCommandFromJson(json));
  if (command.dataset.empty()) json["dataset"] = service.engine().config().dataset;
  return DumpJson(json);
}

Response Train(Service& service, const Request& request) {
  Result<std::string> wanted = TrainRequest(service, request.body);
  if (!wanted) return Problem(wanted.error());
  return JobResponse(service.jobs().Submit(
      {.kind = "train", .request = *std::move(wanted), .actor = "http:" + request.actor}));
}

Response ListJobs(Service& service, const Request& /*request*/) {
  return Answer(service.jobs().List(), [](const std::vector<Job>& jobs) {
    Json items = Json::array();
    for (const Job& job : jobs) items.push_back(ToJson(job));
    return DumpJson({{"items", std::move(items)}});
  });
}

Response FindJob(Service& service, const Request& request) {
  const std::string& id = request.arguments.at("id");
  const Result<std::optional<Job>> job = service.jobs().Find(id);
  if (!job) return Problem(job.error());
  if (*job) return JsonResponse(DumpJson(ToJson(**job)));
  return Problem(Error{.code = ErrorCode::kNotFound, .message = "no such job", .value = id});
}

Response Cancel(Service& service, const Request& request) {
  return Answer(service.jobs().Cancel(request.arguments.at("id")),
                [](const Job& job) { return DumpJson(ToJson(job)); });
}

}  // namespace

Response JobResponse(const Result<Job>& job) {
  if (!job) return Problem(job.error());
  Response response = JsonResponse(DumpJson(ToJson(*job)), 202);
  response.headers.emplace_back("Location", "/api/jobs/" + job->id);
  return response;
}

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
