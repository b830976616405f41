#include "http/service.h"

namespace pythia::http {
namespace {

// A page or picture of ours runs nothing and fetches nothing, whoever opens it.
constexpr std::string_view kPolicy = "default-src 'none'; style-src 'unsafe-inline'; img-src data:";

Response Shown(std::string content_type, std::string body) {
  Response response{.content_type = std::move(content_type), .body = std::move(body)};
  response.headers.emplace_back("Content-Security-Policy", kPolicy);
  response.headers.emplace_back("Cache-Control", "no-store");
  return response;
}

std::optional<PlanValue> BudgetOf(const Request& request) {
  const std::optional<std::string> text = request.Query("budget");
  if (!text) return std::nullopt;
  return *text;
}

Result<Response> Report(Service& service, const Request& request) {
  PYTHIA_ASSIGN(const std::string dataset, DatasetOf(request));
  NoProgress quiet;
  PYTHIA_ASSIGN(std::string html,
                service.EngineFor(request).Report(dataset, BudgetOf(request), quiet, request.stop));
  return Shown("text/html; charset=utf-8", std::move(html));
}

// /api/plots/summary_bar_clicks.svg
Result<Response> Plot(Service& service, const Request& request) {
  const std::string& file = request.arguments.at("file");
  const bool svg = file.ends_with(".svg");
  if (!svg && !file.ends_with(".png")) {
    return Fail(Error{.code = ErrorCode::kNotFound,
                      .message = "a plot's name ends in .svg or .png",
                      .value = file,
                      .hint = "As in /api/plots/summary_bar_clicks.svg."});
  }
  PlotCommand command{.name = file.substr(0, file.rfind('.')),
                      .dataset = {},
                      .budget = BudgetOf(request),
                      .input = request.Query("input").value_or("")};
  PYTHIA_ASSIGN(command.dataset, DatasetOf(request));
  NoProgress quiet;
  Engine engine = service.EngineFor(request);
  PYTHIA_ASSIGN(std::string picture, svg ? engine.PlotSvg(command, quiet, request.stop)
                                         : engine.PlotPng(command, quiet, request.stop));
  return Shown(svg ? "image/svg+xml" : "image/png", std::move(picture));
}

}  // namespace

void AddReport(Service& service, Endpoints* endpoints) {
  const ParameterDoc dataset = DatasetParameter("Of which dataset");
  const ParameterDoc budget{.name = "budget",
                            .schema = R"({"type":"string","minLength":1})",
                            .description = "10000 or $10,000; without it the median spend"};
  const auto add = [&](std::string pattern, auto handler, std::string summary,
                       std::vector<ParameterDoc> parameters, std::string answer, std::string type) {
    Handler answered = [&service, handler](Request& request) {
      Result<Response> response = handler(service, request);
      return response ? std::move(*response) : Problem(response.error());
    };
    Endpoint endpoint{.summary = std::move(summary), .parameters = std::move(parameters)};
    endpoint.route = {.method = "GET", .pattern = std::move(pattern), .slow = true};
    endpoint.route.handler = std::move(answered);
    endpoint.answers = {{200, std::move(answer)}};
    endpoint.content_type = std::move(type);
    endpoints->push_back(std::move(endpoint));
  };
  add("/api/report.html", Report, "All that the history and its model say, as one page",
      {dataset, budget}, "Text", "text/html");
  add("/api/plots/{file}", Plot, "A plot as .svg or .png",
      {{.name = "file",
        .in = "path",
        .required = true,
        .schema = R"({"type":"string","pattern":"^[a-z_]+\\.(svg|png)$"})",
        .description = "summary_bar_clicks.svg; another name's answer lists them"},
       dataset,
       budget,
       {.name = "input",
        .schema = R"({"type":"string"})",
        .description = "Of dependence_clicks and dependence_roi: a column"}},
      "File", "*/*");
}

}  // namespace pythia::http
