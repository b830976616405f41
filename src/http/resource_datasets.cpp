#include <nlohmann/json.hpp>

#include "http/service.h"
#include "records/json.h"

namespace pythia::http {
namespace {

constexpr int64_t kExampleRows = 5000;

Response ListDatasets(Service& service, const Request& request) {
  return Answer(service.EngineFor(request).ListDatasets(),
                [](const std::vector<DatasetInfo>& datasets) {
                  Json items = Json::array();
                  for (const DatasetInfo& info : datasets) items.push_back(ToJson(info));
                  return DumpJson({{"items", std::move(items)}});
                });
}

Response ShowDataset(Service& service, const Request& request) {
  return Answer(service.EngineFor(request).ShowDataset(request.arguments.at("name")),
                [](const DatasetDetails& details) { return DumpJson(ToJson(details)); });
}

Response Restore(Service& service, const Request& request) {
  return Answer(service.EngineFor(request).RestoreDataset(request.arguments.at("name")),
                [](const DatasetInfo& info) { return DumpJson(ToJson(info)); });
}

Response Delete(Service& service, const Request& request) {
  const Status deleted = service.EngineFor(request).DeleteDataset(request.arguments.at("name"));
  if (!deleted) return Problem(deleted.error());
  return {.status = 204, .content_type = "", .body = ""};
}

// A made-up history with much to learn, under the name "example".
Result<CleaningReport> LoadExample(Service& service, const Request& request) {
  Engine engine = service.EngineFor(request);
  const std::filesystem::path file = service.TemporaryFile(".csv");
  NoProgress quiet;
  PYTHIA_ASSIGN(const SimulateSummary summary,
                engine.Simulate({.options = {.rows = kExampleRows, .seed = 2026, .dirty = 0.02},
                                 .file = file.string(),
                                 .truth = {}},
                                quiet, request.stop));
  Result<CleaningReport> report = engine.Clean({.file = file.string(),
                                                .name = "simulated_history.csv",
                                                .dataset = "example",
                                                .mode = LoadMode::kReplace},
                                               quiet, request.stop);
  std::error_code ignored;
  std::filesystem::remove(file, ignored);
  return report;
}

Response GetOptions(Service& service, const Request& request) {
  const Result<std::string> dataset = DatasetOf(request);
  if (!dataset) return Problem(dataset.error());
  return Answer(service.EngineFor(request).GetOptions(*dataset),
                [](const Options& options) { return DumpJson(ToJson(options)); });
}

}  // namespace

void AddDatasets(Service& service, Endpoints* endpoints) {
  const ParameterDoc name{.name = "name",
                          .in = "path",
                          .required = true,
                          .schema = R"({"type":"string","pattern":"^[A-Za-z0-9_.-]{1,64}$"})",
                          .description = "The dataset"};
  const auto add = [&](std::string method, std::string pattern, auto handler, std::string summary,
                       std::vector<ParameterDoc> parameters, std::map<int, std::string> answers) {
    endpoints->push_back(
        {.route = {.method = std::move(method),
                   .pattern = std::move(pattern),
                   .slow = true,
                   .handler = [&service, handler](Request& r) { return handler(service, r); }},
         .summary = std::move(summary),
         .parameters = std::move(parameters),
         .answers = std::move(answers)});
  };
  add("GET", "/api/dataset/options", GetOptions, "What a plan can hold",
      {DatasetParameter("Of which dataset")}, {{200, "Options"}});
  add("GET", "/api/datasets", ListDatasets, "Datasets and their current generations", {},
      {{200, "Datasets"}});
  add("GET", "/api/datasets/{name}", ShowDataset, "The generations of a dataset, and its channels",
      {name}, {{200, "Generations"}});
  add("POST", "/api/datasets/{name}/restore", Restore, "Back to the generation before", {name},
      {{200, "Dataset"}});
  add("DELETE", "/api/datasets/{name}", Delete, "Delete a dataset with its models and logs", {name},
      {{204, ""}});
  add("POST", "/api/datasets/example",
      [](Service& s, const Request& r) {
        return Answer(LoadExample(s, r),
                      [](const CleaningReport& report) { return DumpJson(ToJson(report)); });
      },
      "Load the example history", {}, {{200, "CleaningReport"}});
}

}  // namespace pythia::http
