#include <nlohmann/json.hpp>

#include "http/service.h"
#include "records/json.h"

namespace pythia::http {
namespace {

Json ParameterJson(const ParameterDoc& parameter) {
  return {{"name", parameter.name},
          {"in", parameter.in},
          {"required", parameter.required},
          {"description", parameter.description},
          {"schema", Json::parse(parameter.schema)}};
}

Json Reference(const std::string& schema) { return {{"$ref", "#/components/schemas/" + schema}}; }

Json AnswerJson(const Endpoint& endpoint, int status, const std::string& schema) {
  Json answer = {{"description", std::string(StatusText(status))}};
  if (schema.empty()) return answer;
  Json& content = answer["content"][endpoint.content_type]["schema"];
  // A file may be JSON of any kind.
  content = schema == "File"   ? Json::object()
            : schema == "Text" ? Json{{"type", "string"}}
                               : Reference(schema);
  return answer;
}

Json RequestJson(const Endpoint& endpoint) {
  if (endpoint.route.body == BodyKind::kFile) {
    return {{"required", true},
            {"content",
             {{"multipart/form-data", {{"schema", Reference(endpoint.request)}}},
              {"text/csv", {{"schema", {{"type", "string"}}}}},
              {"application/octet-stream", {{"schema", {{"type", "string"}}}}}}}};
  }
  return {{"required", !endpoint.route.body_is_optional},
          {"content", {{"application/json", {{"schema", Reference(endpoint.request)}}}}}};
}

// What can go wrong anywhere, and with a body.
std::vector<int> ErrorsOf(const Endpoint& endpoint) {
  std::vector<int> errors = {400, 401, 403, 404, 405, 409, 414, 421, 431, 500, 503, 507};
  if (endpoint.route.body != BodyKind::kNone) {
    errors.insert(errors.end(), {408, 413, 415});
  }
  return errors;
}

Json OperationJson(const Endpoint& endpoint) {
  Json operation = {{"summary", endpoint.summary}, {"responses", Json::object()}};
  std::string id = endpoint.route.method + endpoint.route.pattern;
  for (char& c : id) {
    const bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
    if (!letter) c = '_';
  }
  operation["operationId"] = id;
  for (const ParameterDoc& parameter : endpoint.parameters) {
    operation["parameters"].push_back(ParameterJson(parameter));
  }
  if (!endpoint.request.empty()) operation["requestBody"] = RequestJson(endpoint);
  for (const int status : ErrorsOf(endpoint)) {
    operation["responses"][std::to_string(status)] = {
        {"description", std::string(StatusText(status))},
        {"content", {{"application/problem+json", {{"schema", Reference("Problem")}}}}}};
  }
  for (const auto& [status, schema] : endpoint.answers) {
    operation["responses"][std::to_string(status)] = AnswerJson(endpoint, status, schema);
  }
  return operation;
}

}  // namespace

std::string OpenApiOf(const Endpoints& endpoints) {
  Json document = {{"openapi", "3.1.0"},
                   {"info",
                    {{"title", "P.Y.T.H.I.A."},
                     {"version", "1"},
                     {"description",
                      "Cleans a history of marketing campaigns, learns what drives clicks and "
                      "ROI, predicts a planned campaign and recommends one for a budget."}}},
                   {"paths", Json::object()},
                   {"components",
                    {{"schemas", Json::object()},
                     {"securitySchemes", {{"token", {{"type", "http"}, {"scheme", "bearer"}}}}}}},
                   {"security", {Json::object(), {{"token", Json::array()}}}}};
  for (const Endpoint& endpoint : endpoints) {
    std::string method = endpoint.route.method;
    for (char& c : method) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
    document["paths"][endpoint.route.pattern][method] = OperationJson(endpoint);
  }
  document["components"]["schemas"] = Json::parse(SchemasText());
  return DumpJson(document);
}

}  // namespace pythia::http
