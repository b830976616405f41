// Requests and responses without any of the transport: what a route sees.
#pragma once

#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/error.h"

namespace pythia::http {

// The actor of requests that used no token.
inline constexpr std::string_view kNoToken = "http";

// Query parameters and form fields in the order they came; names may repeat.
using Parameters = std::vector<std::pair<std::string, std::string>>;

struct Request {
  std::string method;  // "GET"
  std::string path;    // decoded, beginning with "/", no empty or dotted parts
  // What the route's pattern took out of the path: "name" of "/api/datasets/{name}".
  std::map<std::string, std::string> arguments;
  Parameters query;
  std::map<std::string, std::string> headers;  // names in lower case
  std::string body;                            // empty where the route streams it to `file`
  // Of an upload: where the file's bytes lie (removed after the response), and the name that the
  // client gave it, for people only.
  std::filesystem::path file;
  std::string file_name;
  Parameters fields;  // the other parts of a multipart form
  std::string id;     // of this request, for logs
  std::string actor;  // kNoToken, or the name of the token that was used
  std::stop_token stop;

  // The first parameter of that name.
  std::optional<std::string> Query(std::string_view name) const;
};

struct Response {
  int status = 200;
  std::string content_type = "application/json";
  std::vector<std::pair<std::string, std::string>> headers;
  std::string body;
  // Instead of `body`: bytes that live on in memory (the page), or a file that is streamed and then
  // removed.
  std::shared_ptr<const std::string> shared_body;
  std::filesystem::path file;
};

// An answer per RFC 9457: application/problem+json with "type", "title", "status", "detail", the
// error's "code", "value" and "hint", and for bad input "errors" [{"field", "message", "value",
// "line"}].
Response Problem(const Error& error);
Response Problem(int status, std::string_view title, std::string_view detail = {});

Response JsonResponse(std::string json, int status = 200);

// The short phrase that goes with a status: "Not Found"; empty for unknown ones.
std::string_view StatusText(int status);

}  // namespace pythia::http
