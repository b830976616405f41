// The logs: predictions, recommendations, evaluations, experiments and the audit trail.
#include <charconv>
#include <cmath>
#include <string>
#include <utility>

#include <nlohmann/json.hpp>

#include "records/json.h"
#include "store/mongodb/json_document.h"
#include "store/mongodb/layout.h"
#include "store/mongodb/mongo_store.h"

namespace pythia::mongo {
namespace {

Document IdsBetween(int64_t first, int64_t end) {
  Document range;
  range.Whole("$gte", first).Whole("$lt", end);
  return Of("_id", range);
}

Document EvaluationDocument(const Evaluation& evaluation, int64_t id) {
  Document document;
  document.Whole("_id", id)
      .Text("at", evaluation.at)
      .Text("model_version", evaluation.model_version)
      .Text("dataset", evaluation.dataset)
      .Text("model", evaluation.model)
      .Text("metric", evaluation.metric)
      .Number("value", evaluation.value);
  if (evaluation.baseline) document.Number("baseline", *evaluation.baseline);
  return document.Text("baseline_name", evaluation.baseline_name)
      .Whole("test_rows", evaluation.test_rows);
}

Evaluation EvaluationFrom(const Reader& reader) {
  return {.at = reader.Text("at"),
          .model_version = reader.Text("model_version"),
          .dataset = reader.Text("dataset"),
          .model = reader.Text("model"),
          .metric = reader.Text("metric"),
          .value = reader.Number("value"),
          .baseline = reader.NumberOrNone("baseline"),
          .baseline_name = reader.Text("baseline_name"),
          .test_rows = reader.Whole("test_rows")};
}

// The seed as text, for not every uint64 is a BSON integer.
Document ExperimentDocument(const Experiment& experiment, int64_t id) {
  Document document;
  document.Whole("_id", id)
      .Text("at", experiment.at)
      .Text("dataset", experiment.dataset)
      .Text("model_type", experiment.model_type)
      .Text("model_version", experiment.model_version)
      .Inner("metrics", DocumentFrom(Json(experiment.metrics)));
  if (experiment.seed) document.Text("seed", std::to_string(*experiment.seed));
  return document.Text("data_sha256", experiment.data_sha256).Text("note", experiment.note);
}

Experiment ExperimentFrom(const Reader& reader) {
  Experiment experiment{.id = reader.Whole("_id"),
                        .at = reader.Text("at"),
                        .dataset = reader.Text("dataset"),
                        .model_type = reader.Text("model_type"),
                        .model_version = reader.Text("model_version"),
                        .metrics = {},
                        .seed = {},
                        .data_sha256 = reader.Text("data_sha256"),
                        .note = reader.Text("note")};
  const Json metrics = JsonFrom(reader.Inner("metrics"));
  for (const auto& [name, value] : metrics.items()) {
    experiment.metrics[name] = value.is_number() ? value.get<double>() : std::nan("");
  }
  if (!reader.Has("seed")) return experiment;
  const std::string seed = reader.Text("seed");
  std::from_chars(seed.data(), seed.data() + seed.size(), experiment.seed.emplace());
  return experiment;
}

Document AuditDocument(const AuditEvent& event, int64_t id) {
  Document document;
  document.Whole("_id", id)
      .Text("at", event.at)
      .Text("actor", event.actor)
      .Text("action", event.action)
      .Text("subject", event.subject)
      .Text("detail", event.detail);
  return document;
}

}  // namespace

Status MongoStore::RemoveLeftovers() {
  std::vector<Leftover> leftovers;
  {
    const std::scoped_lock lock(mutex_);
    leftovers.swap(leftovers_);
  }
  for (size_t i = 0; i < leftovers.size(); ++i) {
    const auto removed = shared_.database->Delete(leftovers[i].collection,
                                                  IdsBetween(leftovers[i].first, leftovers[i].end));
    if (removed) continue;
    const std::scoped_lock lock(mutex_);
    leftovers_.insert(leftovers_.end(), leftovers.begin() + static_cast<std::ptrdiff_t>(i),
                      leftovers.end());
    return Fail(removed.error());
  }
  return {};
}

Status MongoStore::AppendLog(const std::string& collection, int64_t first,
                             const std::vector<Document>& entries) {
  std::vector<const bson_t*> pointers;
  pointers.reserve(entries.size());
  for (const Document& entry : entries) pointers.push_back(entry.get());
  Status written = shared_.database->InsertTogether(collection, pointers);
  if (written) return {};
  {
    const std::scoped_lock lock(mutex_);
    leftovers_.push_back({.collection = collection,
                          .first = first,
                          .end = first + static_cast<int64_t>(entries.size())});
  }
  // Where it does not work now, the next call does it first.
  static_cast<void>(RemoveLeftovers());
  return written;
}

Result<std::vector<Document>> MongoStore::ReadLog(const std::string& collection, const Page& page) {
  if (page.limit <= 0) return std::vector<Document>();
  Document options;
  options.Inner("sort", Of("_id", int64_t{page.newest_first ? -1 : 1})).Whole("limit", page.limit);
  Document ids;
  ids.Whole("$gt", page.after).Whole("$lt", page.before);
  Document filter = Of("_id", ids);
  if (!page.dataset.empty()) filter.Text("dataset", page.dataset);
  Document times;
  if (!page.from.empty()) times.Text("$gte", page.from);
  if (!page.to.empty()) times.Text("$lt", page.end());
  if (!page.from.empty() || !page.to.empty()) filter.Inner("at", times);
  return shared_.database->Find(collection, filter, options);
}

Status MongoStore::AppendPredictions(std::span<const PredictionLogEntry> entries) {
  if (entries.empty()) return {};
  PYTHIA_TRY(RemoveLeftovers());
  PYTHIA_ASSIGN(const int64_t first,
                TakeIds(*shared_.database, "prediction_ids", static_cast<int64_t>(entries.size())));
  std::vector<Document> documents;
  documents.reserve(entries.size());
  for (const PredictionLogEntry& entry : entries) {
    Json plan;
    Json prediction;
    if (entry.json.empty()) {
      plan = ToJson(entry.plan);
      prediction = ToJson(entry.prediction);
    } else {
      PYTHIA_ASSIGN(plan, ParseJson(entry.plan_json));
      PYTHIA_ASSIGN(prediction, ParseJson(entry.json));
    }
    Document& document = documents.emplace_back();
    document.Whole("_id", first + static_cast<int64_t>(documents.size()) - 1)
        .Text("at", entry.at)
        .Text("dataset", entry.dataset)
        .Text("model_version", entry.prediction.model_version)
        .Inner("plan", DocumentFrom(plan))
        .Inner("prediction", DocumentFrom(prediction));
  }
  return AppendLog(shared_.names.predictions_logs, first, documents);
}

Result<std::vector<PredictionLogEntry>> MongoStore::ReadPredictions(const Page& page) {
  PYTHIA_ASSIGN(const auto found, ReadLog(shared_.names.predictions_logs, page));
  std::vector<PredictionLogEntry> entries;
  for (const Document& document : found) {
    const Reader reader(document.get());
    PredictionLogEntry& entry = entries.emplace_back();
    entry.id = reader.Whole("_id");
    entry.at = reader.Text("at");
    entry.dataset = reader.Text("dataset");
    PYTHIA_ASSIGN(entry.plan, PlanFromJson(JsonFrom(reader.Inner("plan"))));
    PYTHIA_ASSIGN(entry.prediction, PredictionFromJson(JsonFrom(reader.Inner("prediction"))));
  }
  return entries;
}

Result<int64_t> MongoStore::AppendRecommendation(const RecommendationLogEntry& entry) {
  PYTHIA_ASSIGN(const int64_t id, TakeIds(*shared_.database, "recommendation_ids", 1));
  Document document;
  document.Whole("_id", id)
      .Text("at", entry.at)
      .Text("dataset", entry.dataset)
      .Text("model_version", entry.recommendation.model_version)
      .Inner("recommendation", DocumentFrom(ToJson(entry.recommendation)));
  PYTHIA_TRY(shared_.database->Insert(shared_.names.recommendations, document));
  return id;
}

Result<std::vector<RecommendationLogEntry>> MongoStore::ReadRecommendations(const Page& page) {
  PYTHIA_ASSIGN(const auto found, ReadLog(shared_.names.recommendations, page));
  std::vector<RecommendationLogEntry> entries;
  for (const Document& document : found) {
    const Reader reader(document.get());
    RecommendationLogEntry& entry = entries.emplace_back();
    entry.id = reader.Whole("_id");
    entry.at = reader.Text("at");
    entry.dataset = reader.Text("dataset");
    PYTHIA_ASSIGN(entry.recommendation,
                  RecommendationFromJson(JsonFrom(reader.Inner("recommendation"))));
  }
  return entries;
}

Status MongoStore::AppendEvaluations(std::span<const Evaluation> evaluations) {
  if (evaluations.empty()) return {};
  PYTHIA_TRY(RemoveLeftovers());
  PYTHIA_ASSIGN(const int64_t first, TakeIds(*shared_.database, "evaluation_ids",
                                             static_cast<int64_t>(evaluations.size())));
  std::vector<Document> documents;
  for (const Evaluation& evaluation : evaluations) {
    documents.push_back(
        EvaluationDocument(evaluation, first + static_cast<int64_t>(documents.size())));
  }
  return AppendLog(shared_.names.model_performance, first, documents);
}

Result<std::vector<Evaluation>> MongoStore::ReadEvaluations(std::string_view model_version) {
  PYTHIA_ASSIGN(const auto found, shared_.database->Find(shared_.names.model_performance,
                                                         Of("model_version", model_version),
                                                         Of("sort", Of("_id", int64_t{1}))));
  std::vector<Evaluation> evaluations;
  for (const Document& document : found) {
    evaluations.push_back(EvaluationFrom(Reader(document.get())));
  }
  return evaluations;
}

Result<int64_t> MongoStore::AppendExperiment(const Experiment& experiment) {
  PYTHIA_ASSIGN(const int64_t id, TakeIds(*shared_.database, "experiment_ids", 1));
  PYTHIA_TRY(shared_.database->Insert(shared_.names.experiment_results,
                                      ExperimentDocument(experiment, id)));
  return id;
}

Result<std::vector<Experiment>> MongoStore::ReadExperiments(const Page& page) {
  PYTHIA_ASSIGN(const auto found, ReadLog(shared_.names.experiment_results, page));
  std::vector<Experiment> experiments;
  for (const Document& document : found) {
    experiments.push_back(ExperimentFrom(Reader(document.get())));
  }
  return experiments;
}

Status MongoStore::AppendAudit(const AuditEvent& event) {
  PYTHIA_ASSIGN(const int64_t id, TakeIds(*shared_.database, "audit_ids", 1));
  return shared_.database->Insert(shared_.names.audit_log, AuditDocument(event, id));
}

Result<std::vector<AuditEvent>> MongoStore::ReadAudit(int64_t limit) {
  if (limit <= 0) return std::vector<AuditEvent>();
  Document options;
  options.Inner("sort", Of("_id", int64_t{-1})).Whole("limit", limit);
  PYTHIA_ASSIGN(const auto found, shared_.database->Find(shared_.names.audit_log, {}, options));
  std::vector<AuditEvent> events;
  for (const Document& document : found) {
    const Reader reader(document.get());
    events.push_back({.at = reader.Text("at"),
                      .actor = reader.Text("actor"),
                      .action = reader.Text("action"),
                      .subject = reader.Text("subject"),
                      .detail = reader.Text("detail")});
  }
  return events;
}

}  // namespace pythia::mongo
