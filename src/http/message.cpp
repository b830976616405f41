#include "http/message.h"

#include <array>

#include <fmt/format.h>

#include "records/json_text.h"

namespace pythia::http {
namespace {

constexpr size_t kLongestMessage = 4096;

struct StatusRow {
  int status;
  std::string_view text;
};

constexpr std::array kStatusRows = {
    StatusRow{200, "OK"},
    StatusRow{201, "Created"},
    StatusRow{202, "Accepted"},
    StatusRow{204, "No Content"},
    StatusRow{301, "Moved Permanently"},
    StatusRow{302, "Found"},
    StatusRow{303, "See Other"},
    StatusRow{304, "Not Modified"},
    StatusRow{307, "Temporary Redirect"},
    StatusRow{308, "Permanent Redirect"},
    StatusRow{400, "Bad Request"},
    StatusRow{401, "Unauthorized"},
    StatusRow{403, "Forbidden"},
    StatusRow{404, "Not Found"},
    StatusRow{405, "Method Not Allowed"},
    StatusRow{406, "Not Acceptable"},
    StatusRow{408, "Request Timeout"},
    StatusRow{409, "Conflict"},
    StatusRow{412, "Precondition Failed"},
    StatusRow{413, "Content Too Large"},
    StatusRow{414, "URI Too Long"},
    StatusRow{415, "Unsupported Media Type"},
    StatusRow{417, "Expectation Failed"},
    StatusRow{421, "Misdirected Request"},
    StatusRow{422, "Unprocessable Content"},
    StatusRow{429, "Too Many Requests"},
    StatusRow{431, "Request Header Fields Too Large"},
    StatusRow{499, "Request Cancelled"},
    StatusRow{500, "Internal Server Error"},
    StatusRow{501, "Not Implemented"},
    StatusRow{503, "Service Unavailable"},
    StatusRow{507, "Insufficient Storage"},
};

// Writes `"key":"text"`.
void AppendMember(std::string_view key, std::string_view text, std::string* out) {
  if (out->back() != '{') *out += ',';
  AppendJsonText(key, out);
  *out += ':';
  AppendJsonText(text, out);
}

std::string BeginProblem(int status, std::string_view title, std::string_view detail) {
  std::string json = "{";
  AppendMember("type", "about:blank", &json);
  AppendMember("title", title, &json);
  json += fmt::format(",\"status\":{}", status);
  if (!detail.empty()) AppendMember("detail", detail, &json);
  return json;
}

Response FinishProblem(int status, std::string json) {
  json += '}';
  return {.status = status, .content_type = "application/problem+json", .body = std::move(json)};
}

}  // namespace

std::optional<std::string> Request::Query(std::string_view name) const {
  for (const auto& [key, value] : query) {
    if (key == name) return value;
  }
  return std::nullopt;
}

std::string_view StatusText(int status) {
  for (const StatusRow& row : kStatusRows) {
    if (row.status == status) return row.text;
  }
  return {};
}

Response Problem(int status, std::string_view title, std::string_view detail) {
  return FinishProblem(status, BeginProblem(status, title, detail));
}

// The place's file stays out: it is a path on this machine.
Response Problem(const Error& error) {
  const int status = HttpStatus(error.code);
  const std::string message = Printable(error.message, kLongestMessage);
  std::string json = BeginProblem(status, StatusText(status), message);
  AppendMember("code", CodeName(error.code), &json);
  if (!error.value.empty()) AppendMember("value", Printable(error.value), &json);
  if (!error.place.column.empty() || error.place.line > 0) {
    json += R"(,"errors":[{)";
    AppendMember("field", Printable(error.place.column), &json);
    AppendMember("message", message, &json);
    AppendMember("value", Printable(error.value), &json);
    if (error.place.line > 0) json += fmt::format(",\"line\":{}", error.place.line);
    json += "}]";
  }
  if (!error.hint.empty()) AppendMember("hint", error.hint, &json);
  return FinishProblem(status, std::move(json));
}

Response JsonResponse(std::string json, int status) {
  return {.status = status, .body = std::move(json)};
}

}  // namespace pythia::http
