#include <nlohmann/json.hpp>

#include "http/service.h"
#include "records/json.h"

namespace pythia::http {
namespace {

struct Health {
  StoreState store;
  std::string model;  // version; empty: none yet
  LogCounts log;

  bool degraded() const { return !store.up || log.stuck; }
};

Health HealthOf(Service& service) {
  Engine& engine = service.engine();
  Health health{.store = engine.CheckStore(), .model = {}, .log = engine.LogState()};
  auto serving = engine.ServingNow("");
  if (!serving && health.store.up) serving = engine.Serving("").value_or(nullptr);
  if (serving) health.model = serving->info().version;
  return health;
}

Response Show(Service& service, bool ready_matters) {
  const Health health = HealthOf(service);
  // Without its store the service still predicts, where it holds a model.
  const bool ready = !service.draining() && (health.store.up || !health.model.empty());
  const Json json = {{"status", service.draining()  ? "draining"
                                : health.degraded() ? "degraded"
                                                    : "ok"},
                     {"store", health.store.up ? "ok" : health.store.problem},
                     {"model", health.model.empty() ? Json() : Json(health.model)},
                     {"log", {{"waiting", health.log.waiting}, {"lost", health.log.lost}}},
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
