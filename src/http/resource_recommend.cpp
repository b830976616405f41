#include <nlohmann/json.hpp>

#include "http/service.h"
#include "records/json.h"

namespace pythia::http {
namespace {

Result<RecommendationLogEntry> Recommend(Service& service, const Request& request) {
  RecommendCommand command;
  PYTHIA_ASSIGN(command.dataset, DatasetOf(request));
  const std::optional<std::string> budget = request.Query("budget");
  if (!budget) {
    return Fail(Error{.code = ErrorCode::kBadInput,
                      .message = "a budget is needed",
                      .place = {.column = "budget"},
                      .hint = "As in /recommend?budget=10000"});
  }
  command.budget = *budget;
  PYTHIA_ASSIGN(command.log, FlagOf(request, "log", true));
  command.objective = request.Query("objective").value_or("");
  for (const auto& [name, value] : request.query) {
    const bool ours = name == "budget" || name == "objective" || name == "dataset" || name == "log";
    if (ours) continue;
    if (!command.fixed.values.emplace(name, value).second) {
      return Fail(
          Error{.code = ErrorCode::kBadInput, .message = "given twice", .place = {.column = name}});
    }
  }
  PYTHIA_TRY(ServingOf(service, command.dataset));
  NoProgress quiet;
  return service.EngineFor(request).Recommend(command, quiet, request.stop);
}

}  // namespace

void AddRecommend(Service& service, Endpoints* endpoints) {
  endpoints->push_back(
      {.route = {.method = "GET",
                 .pattern = "/recommend",
                 .slow = true,
                 .handler =
                     [&service](Request& request) {
                       return Answer(Recommend(service, request),
                                     [](const RecommendationLogEntry& entry) {
                                       return DumpJson(ToJson(entry.recommendation));
                                     });
                     }},
       .summary = "Recommend channel, type and duration for a budget; other parameters are plan "
                  "columns that are not to be chosen",
       .parameters = {{.name = "budget",
                       .required = true,
                       .schema = R"({"type":"string","minLength":1})",
                       .description = "10000 or $10,000"},
                      {.name = "objective",
                       .schema = R"({"enum":["clicks","roi","ctr"]})",
                       .description = "What is to be large"},
                      DatasetParameter("Whose history"),
                      FlagParameter("log", "false for a draft that is not kept"),
                      {.name = "Channel_Used",
                       .schema = R"({"type":"string"})",
                       .description = "Not to be chosen"}},
       .takes_columns = true,
       .answers = {{200, "Recommendation"}}});
}

}  // namespace pythia::http
