#include <nlohmann/json.hpp>

#include "http/service.h"
#include "records/json.h"

namespace pythia::http {
namespace {

constexpr int64_t kMostRows = 2000;

Response ListModels(Service& service, const Request& request) {
  const Result<std::string> dataset = DatasetOf(request);
  if (!dataset) return Problem(dataset.error());
  return Answer(service.EngineFor(request).ListModels(*dataset),
                [](const std::vector<ModelInfo>& models) {
                  Json items = Json::array();
                  for (const ModelInfo& info : models) items.push_back(ToJson(info));
                  return DumpJson({{"items", std::move(items)}});
                });
}

Response ShowModel(Service& service, const Request& request) {
  return Answer(service.EngineFor(request).Evaluate(request.arguments.at("version")),
                [](const ModelCard& card) { return DumpJson(ToJson(card)); });
}

Response Activate(Service& service, const Request& request) {
  return Answer(service.EngineFor(request).ActivateModel(request.arguments.at("version")),
                [](const ModelInfo& info) { return DumpJson(ToJson(info)); });
}

// Over the campaigns that its dataset holds now.
Response Explanation(Service& service, const Request& request) {
  const std::string scale = request.Query("scale").value_or("response");
  if (scale != "response" && scale != "link") {
    return Problem(Error{.code = ErrorCode::kBadInput,
                         .message = "takes response or link",
                         .place = {.column = "scale"},
                         .value = scale});
  }
  const Result<int64_t> rows = WholeNumber(request, "rows", 0, 0, kMostRows);
  if (!rows) return Problem(rows.error());
  NoProgress quiet;
  return Answer(
      service.EngineFor(request).ExplainVersion(
          request.arguments.at("version"),
          scale == "link" ? ExplanationScale::kLink : ExplanationScale::kResponse, quiet),
      [&](const ExplanationSummary& summary) { return DumpJson(ToJson(summary, *rows)); });
}

}  // namespace

void AddModels(Service& service, Endpoints* endpoints) {
  const ParameterDoc version{.name = "version",
                             .in = "path",
                             .required = true,
                             .schema = R"({"type":"string"})",
                             .description = "The model"};
  const auto add = [&](std::string method, std::string pattern, auto handler, std::string summary,
                       std::vector<ParameterDoc> parameters, std::string answer) {
    endpoints->push_back(
        {.route = {.method = std::move(method),
                   .pattern = std::move(pattern),
                   .slow = true,
                   .handler = [&service, handler](Request& r) { return handler(service, r); }},
         .summary = std::move(summary),
         .parameters = std::move(parameters),
         .answers = {{200, std::move(answer)}}});
  };
  add("GET", "/api/models", ListModels, "Trained models, newest first",
      {DatasetParameter("Of which dataset")}, "Models");
  add("GET", "/api/models/{version}", ShowModel, "The card of a model", {version}, "ModelCard");
  add("POST", "/api/models/{version}/activate", Activate, "Let a model serve the predictions",
      {version}, "Model");
  add("GET", "/api/models/{version}/explanation", Explanation, "What matters over the dataset",
      {version,
       {.name = "scale",
        .schema = R"({"enum":["response","link"]})",
        .description = "Of the values"},
       {.name = "rows",
        .schema = R"({"type":"integer","minimum":0,"maximum":2000})",
        .description = "Also the values of so many campaigns"}},
      "ExplanationSummary");
}

}  // namespace pythia::http
