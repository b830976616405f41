#include "http/problem.h"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "http/message.h"
#include "records/json.h"

namespace pythia::http {
namespace {

std::string TextOf(const Json& json, const char* key) {
  const auto found = json.find(key);
  return found != json.end() && found->is_string() ? found->get<std::string>() : "";
}

ErrorCode CodeOfStatus(int status) {
  if (status == 401 || status == 403) return ErrorCode::kUsage;
  if (status == 404) return ErrorCode::kNotFound;
  if (status == 409) return ErrorCode::kConflict;
  if (status == 503) return ErrorCode::kBusy;
  if (status >= 500) return ErrorCode::kIo;
  return ErrorCode::kBadInput;
}

}  // namespace

Error ErrorOfProblem(int status, std::string_view body) {
  const Result<Json> json = ParseJson(body);
  if (!json || !json->is_object() || TextOf(*json, "title").empty()) {
    return {.code = CodeOfStatus(status),
            .message = fmt::format("the service answers {} {}", status, StatusText(status)),
            .hint = status == 401 || status == 403 ? "" : "Is that a pythia service?"};
  }
  const std::string code = TextOf(*json, "code");
  Error error{.code = code.empty() ? CodeOfStatus(status) : CodeOfName(code),
              .message = TextOf(*json, "detail"),
              .value = TextOf(*json, "value"),
              .hint = TextOf(*json, "hint")};
  if (error.message.empty()) error.message = TextOf(*json, "title");
  if (status == 401 && error.hint.empty()) error.hint = "Put a token into PYTHIA_TOKEN.";
  const auto errors = json->find("errors");
  if (errors != json->end() && errors->is_array() && !errors->empty() &&
      errors->front().is_object()) {
    const Json& first = errors->front();
    error.place.column = TextOf(first, "field");
    if (error.value.empty()) error.value = TextOf(first, "value");
    if (first.contains("line") && first["line"].is_number_integer()) {
      error.place.line = first["line"].get<int64_t>();
    }
  }
  return error;
}

}  // namespace pythia::http
