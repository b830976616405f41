#include <nlohmann/json.hpp>

#include "campaign/dates.h"
#include "http/service.h"
#include "records/json.h"

namespace pythia::http {
namespace {

constexpr int64_t kMostItems = 1000;
constexpr int64_t kUsualItems = 100;
constexpr const char* kFileSchema =
    R"({"type":"string",)"
    R"("pattern":"^(predictions|recommendations|experiments|campaigns)\\.(csv|json|parquet)$"})";

Result<std::string> DayOf(const Request& request, const std::string& name) {
  std::string day = request.Query(name).value_or("");
  int32_t days = 0;
  if (day.empty() || ParseIsoDay(day, &days)) return day;
  return Fail(Error{.code = ErrorCode::kBadInput,
                    .message = "takes a day, as in 2024-05-02",
                    .place = {.column = name},
                    .value = day});
}

Result<Page> PageOf(const Request& request) {
  Page page;
  PYTHIA_ASSIGN(page.after, WholeNumber(request, "after", 0, 0, INT64_MAX));
  PYTHIA_ASSIGN(page.before, WholeNumber(request, "before", INT64_MAX, 0, INT64_MAX));
  PYTHIA_ASSIGN(page.limit, WholeNumber(request, "limit", kUsualItems, 1, kMostItems));
  PYTHIA_ASSIGN(page.newest_first, FlagOf(request, "newest_first", false));
  PYTHIA_ASSIGN(page.dataset, DatasetOf(request));
  PYTHIA_ASSIGN(page.from, DayOf(request, "from"));
  PYTHIA_ASSIGN(page.to, DayOf(request, "to"));
  return page;
}

template <typename Record>
Response Paged(const Request& request, const auto& read) {
  const Result<Page> page = PageOf(request);
  if (!page) return Problem(page.error());
  return Answer(read(*page), [](const std::vector<Record>& records) {
    Json items = Json::array();
    for (const Record& record : records) items.push_back(ToJson(record));
    return DumpJson({{"items", std::move(items)},
                     {"next", records.empty() ? Json() : Json(records.back().id)}});
  });
}

Response Predictions(Service& service, const Request& request) {
  return Paged<PredictionLogEntry>(
      request, [&](const Page& page) { return service.EngineFor(request).ListPredictions(page); });
}

Response Recommendations(Service& service, const Request& request) {
  return Paged<RecommendationLogEntry>(request, [&](const Page& page) {
    return service.EngineFor(request).ListRecommendations(page);
  });
}

Response Experiments(Service& service, const Request& request) {
  return Paged<Experiment>(
      request, [&](const Page& page) { return service.EngineFor(request).ListExperiments(page); });
}

Result<Experiment> LogExperiment(Service& service, const Request& request) {
  PYTHIA_ASSIGN(const Json json, ParseJson(request.body));
  PYTHIA_ASSIGN(Experiment experiment, NewExperimentFromJson(json));
  return service.EngineFor(request).LogExperiment(std::move(experiment));
}

// /api/export/predictions.csv
Result<Response> Export(Service& service, const Request& request) {
  const std::string& file = request.arguments.at("file");
  const size_t dot = file.rfind('.');
  ExportCommand command{.what = file.substr(0, dot),
                        .dataset = {},
                        .formats = {ExportFormat::kCsv},
                        .folder = service.TemporaryFile("")};
  const bool known_format =
      dot != std::string::npos && ParseFormat(file.substr(dot + 1), &command.formats.front());
  const bool known_what = command.what == "predictions" || command.what == "recommendations" ||
                          command.what == "experiments" || command.what == "campaigns";
  if (!known_format || !known_what) {
    return Fail(Error{.code = ErrorCode::kNotFound,
                      .message = "no such export",
                      .value = file,
                      .hint = "As in /api/export/predictions.csv (.json, .parquet), "
                              "recommendations, experiments, campaigns."});
  }
  PYTHIA_ASSIGN(command.dataset, DatasetOf(request));
  NoProgress quiet;
  PYTHIA_TRY(service.engine().FlushLog());
  PYTHIA_ASSIGN(const std::vector<ExportedFile> files,
                service.EngineFor(request).Export(command, quiet, request.stop));
  const std::filesystem::path moved = service.TemporaryFile("." + file.substr(dot + 1));
  std::error_code failed;
  std::filesystem::rename(files.front().path, moved, failed);
  if (failed) return Fail(ErrorCode::kIo, "cannot keep the export");
  std::filesystem::remove(command.folder, failed);
  Response response{.content_type = command.formats.front() == ExportFormat::kCsv
                                        ? "text/csv; charset=utf-8"
                                    : command.formats.front() == ExportFormat::kJson
                                        ? "application/json"
                                        : "application/vnd.apache.parquet",
                    .file = moved};
  response.headers.emplace_back("Pythia-Rows", std::to_string(files.front().rows));
  response.headers.emplace_back("Content-Disposition", "attachment; filename=\"" + file + "\"");
  return response;
}

}  // namespace

void AddHistory(Service& service, Endpoints* endpoints) {
  const std::vector<ParameterDoc> page = {
      {.name = "after",
       .schema = R"({"type":"integer","minimum":0,"maximum":9223372036854775807})",
       .description = "Entries with an id above this"},
      {.name = "before",
       .schema = R"({"type":"integer","minimum":0,"maximum":9223372036854775807})",
       .description = "And below this"},
      {.name = "limit",
       .schema = R"({"type":"integer","minimum":1,"maximum":1000})",
       .description = "At most so many"},
      FlagParameter("newest_first", "The other way round; next is then a before"),
      DatasetParameter("Of that dataset alone"),
      {.name = "from",
       .schema = R"({"type":"string","format":"date"})",
       .description = "From that day on, in UTC"},
      {.name = "to",
       .schema = R"({"type":"string","format":"date"})",
       .description = "Up to that day, itself included"}};
  const auto add = [&](std::string pattern, auto handler, std::string summary, std::string answer) {
    endpoints->push_back(
        {.route = {.method = "GET",
                   .pattern = std::move(pattern),
                   .slow = true,
                   .handler = [&service, handler](Request& r) { return handler(service, r); }},
         .summary = std::move(summary),
         .parameters = page,
         .answers = {{200, std::move(answer)}}});
  };
  add("/api/predictions", Predictions, "Logged predictions, oldest first unless told otherwise",
      "Predictions");
  add("/api/recommendations", Recommendations, "Logged recommendations, the same way",
      "Recommendations");
  add("/api/experiments", Experiments, "Evaluations, the same way", "Experiments");
  endpoints->push_back(
      {.route = {.method = "POST",
                 .pattern = "/api/experiments",
                 .body = BodyKind::kJson,
                 .slow = true,
                 .handler =
                     [&service](Request& request) {
                       return Answer(LogExperiment(service, request),
                                     [](const Experiment& e) { return DumpJson(ToJson(e)); });
                     }},
       .summary = "Log an evaluation of your own",
       .parameters = {},
       .request = "NewExperiment",
       .answers = {{200, "Experiment"}}});
  endpoints->push_back(
      {.route = {.method = "GET",
                 .pattern = "/api/export/{file}",
                 .slow = true,
                 .handler =
                     [&service](Request& request) {
                       Result<Response> response = Export(service, request);
                       return response ? std::move(*response) : Problem(response.error());
                     }},
       .summary = "predictions, recommendations, experiments or campaigns as .csv, .json, .parquet",
       .parameters = {{.name = "file",
                       .in = "path",
                       .required = true,
                       .schema = kFileSchema,
                       .description = "predictions.csv"},
                      DatasetParameter("Of which dataset")},
       .answers = {{200, "File"}},
       .content_type = "*/*"});
}

}  // namespace pythia::http
