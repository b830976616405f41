// The JSON form of every record: what --json prints, what HTTP answers, what logs and models keep.
// Keys are a contract (docs/formats.md). Column names are the API's names, the rest snake_case.
// FromJson checks shape and types and fails with kBadInput and the field as the place's column.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include <nlohmann/json_fwd.hpp>

#include "base/error.h"
#include "records/cleaning_report.h"
#include "records/dataset.h"
#include "records/experiment.h"
#include "records/explanation.h"
#include "records/job.h"
#include "records/model_card.h"
#include "records/plan.h"
#include "records/prediction.h"
#include "records/recommendation.h"
#include "records/training.h"

namespace pythia {

using Json = nlohmann::json;

Json ToJson(const CleaningReport& report);
Json ToJson(const DatasetInfo& info);
Json ToJson(const Options& options);
Json ToJson(const Plan& plan);
Json ToJson(const Explanation& explanation);
Json ToJson(const ExplanationSummary& summary);
// The same with up to `rows` of the kept campaigns, evenly spread, for plots: per player "values",
// and its "inputs" or "labels".
Json ToJson(const ExplanationSummary& summary, int64_t rows);
Json ToJson(const Prediction& prediction);
Json ToJson(const PredictionLogEntry& entry);
Json ToJson(const Recommendation& recommendation);
Json ToJson(const RecommendationLogEntry& entry);
Json ToJson(const TrainingReport& report);
Json ToJson(const ModelInfo& info);
Json ToJson(const ModelCard& card);
Json ToJson(const DatasetDetails& details);
Json ToJson(const Error& error);
Json ToJson(const Job& job);
Json ToJson(const Experiment& experiment);
Json ToJson(const Evaluation& evaluation);
Json ToJson(const AuditEvent& event);
Json ToJson(const Schema& schema);

// The same bytes as DumpJson(ToJson(...)), faster.
void AppendPredictionText(const Prediction& prediction, std::string* out);
void AppendPlanText(const Plan& plan, std::string* out);

Result<Plan> PlanFromJson(const Json& json);
Result<Explanation> ExplanationFromJson(const Json& json);
Result<Prediction> PredictionFromJson(const Json& json);
Result<Recommendation> RecommendationFromJson(const Json& json);
Result<TrainingReport> TrainingReportFromJson(const Json& json);
Result<ModelInfo> ModelInfoFromJson(const Json& json);
Result<ModelCard> ModelCardFromJson(const Json& json);
Result<CleaningReport> CleaningReportFromJson(const Json& json);
Result<DatasetInfo> DatasetInfoFromJson(const Json& json);
Result<DatasetDetails> DatasetDetailsFromJson(const Json& json);
Result<Options> OptionsFromJson(const Json& json);
Result<Job> JobFromJson(const Json& json);
Result<Experiment> ExperimentFromJson(const Json& json);
// What a user logs: {"model_type", "metrics"} and, if wanted, "dataset", "note", "seed",
// "model_version", "data_sha256". kBadInput also for another field, and for no metric at all.
Result<Experiment> NewExperimentFromJson(const Json& json);
Result<Schema> SchemaFromJson(const Json& json);

// Text to JSON, strictly: one document, no duplicate keys, depth up to 64, no NaN or Infinity, no
// number that overflows a double.
Result<Json> ParseJson(std::string_view text);

// Compact, keys sorted, doubles in their shortest round-trip form.
std::string DumpJson(const Json& json);
// The same with two spaces of indentation and a final newline.
std::string PrettyJson(const Json& json);

}  // namespace pythia
