#include <nlohmann/json.hpp>

#include "http/service.h"
#include "records/json.h"

namespace pythia::http {
namespace {

struct Health {
  bool store = false;
  std::string model;  // version; empty: none yet
  std::string problem;
};

Health HealthOf(Service& service) {
  Health health;
  const auto datasets = service.engine().ListDatasets();
  health.store = datasets.has_value();
  if (!datasets) health.problem = datasets.error().message;
  if (const auto serving = service.engine().Serving("")) health.model = (*serving)->info().version;
  return health;
}

Response Show(Service& service, bool ready_matters) {
  const Health health = HealthOf(service);
  const bool ready = health.store && !service.draining();
  const Json json = {{"status", ready                ? "ok"
                                : service.draining() ? "draining"
                                                     : "degraded"},
                     {"store", health.store ? "ok" : health.problem},
                     {"model", health.model.empty() ? Json() : Json(health.model)},
                     {"uptime_seconds", service.uptime().count()}};
  return JsonResponse(DumpJson(json), ready || !ready_matters ? 200 : 503);
}

}  // namespace

void AddHealth(Service& service, Endpoints* endpoints) {
  const auto add = [&](std::string pattern, bool slow, Handler handler, std::string summary,
                       std::map<int, std::string> answers, std::string type) {
    endpoints->push_back({.route = {.method = "GET",
                                    .pattern = std::move(pattern),
                                    .slow = slow,
                                    .handler = std::move(handler)},
                          .summary = std::move(summary),
                          .parameters = {},
                          .answers = std::move(answers),
                          .content_type = std::move(type)});
  };
  const std::string json = "application/json";
  add(
      "/health", true, [&service](Request&) { return Show(service, false); },
      "Store, model and uptime", {{200, "Health"}}, json);
  add(
      "/health/live", false, [](Request&) { return JsonResponse(R"({"status":"ok"})"); },
      "The process answers", {{200, "Alive"}}, json);
  add(
      "/health/ready", true, [&service](Request&) { return Show(service, true); },
      "It can take requests", {{200, "Health"}, {503, "Health"}}, json);
  add(
      "/metrics", false,
      [&service](Request&) {
        return Response{.content_type = "text/plain; version=0.0.4; charset=utf-8",
                        .body = service.Metrics()};
      },
      "Prometheus metrics", {{200, "Text"}}, "text/plain");
  add(
      "/openapi.json", false, [&service](Request&) { return JsonResponse(service.openapi()); },
      "This description", {{200, "OpenApi"}}, json);
}

}  // namespace pythia::http
