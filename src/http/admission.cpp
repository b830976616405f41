#include "http/admission.h"

#include <utility>

#include <fmt/format.h>

#include "http/header_value.h"
#include "http/target.h"

namespace pythia::http {
namespace {

// For whoever watches that the process lives, and has no token.
constexpr std::string_view kOpenPath = "/health/live";

bool IsPreflight(const Request& request) {
  return request.method == "OPTIONS" && request.headers.contains("origin") &&
         request.headers.contains("access-control-request-method");
}

OrRefusal<void> CheckJson(const Request& request) {
  const auto type = ParseHeaderValue(HeaderOf(request, "content-type"));
  if (!type || type->value != "application/json") {
    return Refuse(415, "this path takes Content-Type: application/json");
  }
  const std::string encoding = LowerCase(HeaderOf(request, "content-encoding"));
  if (!encoding.empty() && encoding != "identity") {
    return Refuse(415, "JSON must come without Content-Encoding");
  }
  return {};
}

}  // namespace

OrRefusal<void> CheckFraming(const Request& request, const Arrival& arrival) {
  const auto coding = request.headers.find("transfer-encoding");
  if (coding == request.headers.end()) return {};
  if (!arrival.is_http11 || LowerCase(coding->second) != "chunked") {
    return Refuse(400, "the only Transfer-Encoding is chunked, in HTTP/1.1");
  }
  if (request.headers.contains("content-length")) {
    return Refuse(400, "there is both a Content-Length and a Transfer-Encoding");
  }
  return {};
}

Admission::Admission(const ServerOptions& options, std::vector<Route> routes)
    : limits_(options.limits), gate_(options), router_(std::move(routes)) {}

uint64_t Admission::BodyLimit(BodyKind kind) const {
  switch (kind) {
    case BodyKind::kJson:
      return limits_.json_bytes;
    case BodyKind::kFile:
      return limits_.file_bytes;
    case BodyKind::kNone:
      break;
  }
  return 0;
}

OrRefusal<const Route*> Admission::Check(const Arrival& arrival, Request* request,
                                         std::string* allow_origin) const {
  OrRefusal<Target> target = ParseTarget(arrival.target);
  // Who may not ask is told nothing about paths.
  OrRefusal<void> who =
      CheckWho(arrival, target ? target->authority : std::string(), request, allow_origin);
  if (!who) return Refuse(std::move(who).error());
  if (target) {
    request->path = std::move(target->path);
    request->query = std::move(target->query);
  }
  if (target && IsPreflight(*request)) return Refuse(AnswerOptions(*request));
  OrRefusal<std::string> actor =
      target && IsOpen(*request) ? OrRefusal<std::string>(kNoToken) : gate_.CheckToken(*request);
  if (!actor) return Refuse(std::move(actor).error());
  request->actor = *std::move(actor);
  if (!target) return Refuse(std::move(target).error());
  if (request->method == "OPTIONS") return Refuse(AnswerOptions(*request));
  OrRefusal<Router::Match> match = router_.Find(request->method, request->path);
  if (!match) return Refuse(std::move(match).error());
  request->arguments = std::move(match->arguments);
  OrRefusal<void> body = CheckBody(*match->route, arrival, *request);
  if (!body) return Refuse(std::move(body).error());
  return match->route;
}

bool Admission::IsOpen(const Request& request) const {
  if (request.method != "GET" && request.method != "HEAD") return false;
  if (request.path == kOpenPath) return true;
  const OrRefusal<Router::Match> match = router_.Find(request.method, request.path);
  return match && match->route->open;
}

OrRefusal<void> Admission::CheckWho(const Arrival& arrival, const std::string& authority,
                                    Request* request, std::string* allow_origin) const {
  const bool has_host = request->headers.contains("host");
  if (!has_host && arrival.is_http11) return Refuse(400, "there is no Host header");
  OrRefusal<void> host = {};
  if (has_host) host = gate_.CheckHost(HeaderOf(*request, "host"), arrival.local_address);
  if (host && !authority.empty()) host = gate_.CheckHost(authority, arrival.local_address);
  if (!host) return host;
  OrRefusal<std::string> origin = gate_.CheckOrigin(*request);
  if (!origin) return Refuse(std::move(origin).error());
  *allow_origin = *std::move(origin);
  return {};
}

OrRefusal<void> Admission::CheckBody(const Route& route, const Arrival& arrival,
                                     const Request& request) const {
  const std::string_view expect = HeaderOf(request, "expect");
  if (!expect.empty() && LowerCase(expect) != "100-continue") {
    return Refuse(417, "the only expectation that is met is 100-continue");
  }
  if (route.body == BodyKind::kJson && (arrival.has_body || !route.body_is_optional)) {
    OrRefusal<void> json = CheckJson(request);
    if (!json) return json;
  }
  if (route.body == BodyKind::kNone && arrival.has_body) {
    return Refuse(413, "this path takes no body");
  }
  const uint64_t limit = BodyLimit(route.body);
  if (arrival.body_bytes.value_or(0) > limit) {
    return Refuse(413, fmt::format("the body may have {} bytes", limit));
  }
  return {};
}

Response Admission::AnswerOptions(const Request& request) const {
  const std::string allowed = router_.Allowed(request.path);
  if (allowed.empty()) return Problem(404, StatusText(404), "there is nothing at this path");
  Response response{.status = 204};
  response.headers.emplace_back("Allow", allowed);
  if (IsPreflight(request)) {
    response.headers.emplace_back("Access-Control-Allow-Methods", allowed);
    response.headers.emplace_back("Access-Control-Allow-Headers", "Authorization, Content-Type");
    response.headers.emplace_back("Access-Control-Max-Age", "600");
  }
  return response;
}

}  // namespace pythia::http
