// The resources of the service: routes over the engine, each with what /openapi.json says of it.
//
// One file per resource (resource_*.cpp); a route is one function and one Endpoint. Handlers are
// called from several threads.
#pragma once

#include <atomic>
#include <chrono>
#include <filesystem>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "engine/engine.h"
#include "engine/jobs.h"
#include "http/server.h"
#include "http/token_use.h"

namespace pythia::http {

struct ParameterDoc {
  std::string name;
  std::string in = "query";  // or "path"
  bool required = false;
  std::string schema;  // JSON Schema as text
  std::string description;
};

struct Endpoint {
  Route route;
  std::string summary;
  std::vector<ParameterDoc> parameters;           // of a query no others are taken,
  bool takes_columns = false;                     // but for columns of a plan where this is set
  std::string request;                            // a schema's name, or empty
  std::map<int, std::string> answers;             // status -> schema's name; the errors come on top
  std::string content_type = "application/json";  // of the good answers
};

struct ServiceOptions {
  std::filesystem::path work_folder;    // for uploads and exports under way; it exists
  bool wait_for_log = false;            // a prediction is in the store before it is answered
  uint64_t background_bytes = 8 << 20;  // an upload beyond this is cleaned as a job
};

// What all handlers share. Safe to use from several threads.
class Service {
 public:
  Service(Engine& engine, ServiceOptions options);

  Engine& engine() { return engine_; }
  // The engine in the name of who asks.
  Engine EngineFor(const Request& request) {
    return engine_.For({.actor = "http:" + request.actor});
  }
  JobQueue& jobs() { return *jobs_; }
  const ServiceOptions& options() const { return options_; }
  std::chrono::seconds uptime() const;
  // A name in the work folder that no one has.
  std::filesystem::path TemporaryFile(const std::string& ending);

  const std::vector<Endpoint>& endpoints() const { return endpoints_; }
  std::vector<Route> Routes() const;
  // The whole of /openapi.json.
  const std::string& openapi() const { return openapi_; }

  // For /metrics and the audit trail: one more answer. Matches ServerOptions::log.
  void Count(const Request& request, int status, std::chrono::microseconds took);
  std::string Metrics();
  // From now on /health/ready says no.
  void Drain() { draining_ = true; }
  bool draining() const { return draining_; }

 private:
  struct RouteCounts;

  Engine& engine_;
  const ServiceOptions options_;
  const std::chrono::steady_clock::time_point started_ = std::chrono::steady_clock::now();
  std::vector<Endpoint> endpoints_;
  std::string openapi_;
  std::atomic<bool> draining_ = false;
  std::atomic<uint64_t> next_file_ = 0;
  std::mutex counts_mutex_;
  std::map<int, uint64_t> answers_;  // by status
  uint64_t took_count_ = 0;
  double took_seconds_ = 0;
  TokenUse token_use_;
  const std::unique_ptr<JobQueue> jobs_;
};

// Each resource adds its endpoints.
using Endpoints = std::vector<Endpoint>;
void AddPredict(Service& service, Endpoints* endpoints);
void AddUpload(Service& service, Endpoints* endpoints);
void AddRecommend(Service& service, Endpoints* endpoints);
void AddDatasets(Service& service, Endpoints* endpoints);
void AddModels(Service& service, Endpoints* endpoints);
void AddJobs(Service& service, Endpoints* endpoints);
void AddHistory(Service& service, Endpoints* endpoints);
void AddReport(Service& service, Endpoints* endpoints);
void AddHealth(Service& service, Endpoints* endpoints);
void AddPage(Service& service, Endpoints* endpoints);

// OpenAPI 3.1 of the endpoints.
std::string OpenApiOf(const Endpoints& endpoints);
// openapi_schemas.json: the JSON Schemas that endpoints name, by the keys of the codecs in
// records/.
std::string_view SchemasText();

// What resources share.
template <typename T>
Response Answer(const Result<T>& result, const auto& to_json) {
  if (!result) return Problem(result.error());
  return JsonResponse(to_json(*result));
}
// 202, and where the job is found.
Response JobResponse(const Result<Job>& job);
// A whole number of a query, from `least` to `most`.
Result<int64_t> WholeNumber(const Request& request, std::string_view name, int64_t otherwise,
                            int64_t least, int64_t most);
// "true" or "false" of a query. Anything else must not count as false: dry_run=yes would load.
Result<bool> FlagOf(const Request& request, std::string_view name, bool otherwise);
// The dataset that a request names; empty: the configured one. kBadInput for what is no name.
Result<std::string> DatasetOf(const Request& request);
// The model that predicts for a dataset. A named dataset that does not exist is kNotFound.
Result<std::shared_ptr<const ServingModel>> ServingOf(Service& service, const std::string& dataset);
// What /openapi.json says of such parameters.
ParameterDoc DatasetParameter(std::string description);
ParameterDoc FlagParameter(std::string name, std::string description);

}  // namespace pythia::http
