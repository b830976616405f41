#include <nlohmann/json.hpp>

#include "base/clock.h"
#include "http/service.h"
#include "records/json.h"
#include "records/plan_reader.h"

namespace pythia::http {
namespace {

constexpr size_t kUsualAnswerBytes = 2048;

// How an answer is to be explained; none: not at all.
Result<std::optional<ExplanationScale>> ScaleFrom(const Request& request) {
  PYTHIA_ASSIGN(const bool explain, FlagOf(request, "explain", true));
  const std::string scale = request.Query("scale").value_or("response");
  if (scale != "response" && scale != "link") {
    return Fail(Error{.code = ErrorCode::kBadInput,
                      .message = "takes response or link",
                      .place = {.column = "scale"},
                      .value = scale});
  }
  if (!explain) return std::optional<ExplanationScale>();
  return std::optional(scale == "link" ? ExplanationScale::kLink : ExplanationScale::kResponse);
}

// What waits for the store is text: small, and freed at once.
PredictionLogEntry EntryOf(const ServingModel& model, const std::string& at, Predicted predicted,
                           std::string json) {
  PredictionLogEntry entry{.at = at, .dataset = model.info().dataset, .json = std::move(json)};
  AppendPlanText(predicted.plan, &entry.plan_json);
  entry.prediction = std::move(predicted.prediction);
  entry.prediction.explanation.reset();
  entry.prediction.warnings.clear();
  entry.prediction.verdict.clear();
  return entry;
}

Status Log(Service& service, std::vector<PredictionLogEntry> entries) {
  PYTHIA_TRY(service.engine().LogLater(std::move(entries)));
  return service.options().wait_for_log ? service.engine().FlushLog() : Status();
}

Result<std::string> Predict(Service& service, const Request& request) {
  PYTHIA_ASSIGN(const std::string dataset, DatasetOf(request));
  PYTHIA_ASSIGN(const std::optional<ExplanationScale> scale, ScaleFrom(request));
  PYTHIA_ASSIGN(const bool log, FlagOf(request, "log", true));
  PYTHIA_ASSIGN(const PlanList list, ReadPlanText(request.body));
  const auto& [plans, is_array] = list;
  PYTHIA_ASSIGN(const std::shared_ptr<const ServingModel> active, ServingOf(service, dataset));
  std::vector<PredictionLogEntry> entries;
  entries.reserve(log ? plans.size() : 0);
  const std::string at = FormatTimestamp(NowMicros());
  std::string answer(is_array ? "[" : "");
  for (size_t i = 0; i < plans.size(); ++i) {
    Result<Predicted> one = active->Predict(plans[i], scale, true);
    if (!one) {
      Error error = one.error();
      if (is_array) error.place.column = "[" + std::to_string(i) + "]." + error.place.column;
      return Fail(std::move(error));
    }
    std::string json;
    json.reserve(kUsualAnswerBytes);
    AppendPredictionText(one->prediction, &json);
    if (i > 0) answer += ',';
    answer += json;
    if (log) entries.push_back(EntryOf(*active, at, *std::move(one), std::move(json)));
  }
  if (is_array) answer += ']';
  if (log) {
    PYTHIA_TRY(Log(service, std::move(entries)));
  }
  return answer;
}

}  // namespace

void AddPredict(Service& service, Endpoints* endpoints) {
  endpoints->push_back(
      {.route = {.method = "POST",
                 .pattern = "/predict",
                 .body = BodyKind::kJson,
                 .handler =
                     [&service](Request& request) {
                       return Answer(Predict(service, request),
                                     [](const std::string& json) { return json; });
                     }},
       .summary = "Predict clicks, CTR and ROI category of one plan or up to 10,000",
       .parameters = {DatasetParameter("Whose model predicts"),
                      {.name = "scale",
                       .schema = R"({"enum":["response","link"]})",
                       .description = "Of the explanation"},
                      FlagParameter("explain", "Whether to explain"),
                      FlagParameter("log", "false for a draft that is not kept")},
       .request = "PlanOrPlans",
       .answers = {{200, "PredictionOrPredictions"}}});
}

}  // namespace pythia::http
