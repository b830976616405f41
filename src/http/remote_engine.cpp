#include "http/remote_engine.h"

#include <algorithm>
#include <charconv>
#include <chrono>
#include <condition_variable>
#include <mutex>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "base/file.h"

namespace pythia::http {
namespace {

constexpr std::chrono::milliseconds kPause(200);  // between two looks at a job
constexpr int kPausesForCancel = 50;
constexpr size_t kPlansAtOnce = 2000;  // a request stays under the service's 8 MiB

// Returns early on a stop.
void Pause(const std::stop_token& stop) {
  std::mutex mutex;
  std::condition_variable_any changed;
  std::unique_lock lock(mutex);
  changed.wait_for(lock, stop, kPause, [] { return false; });
}

Parameters DatasetQuery(const std::string& dataset) {
  return dataset.empty() ? Parameters() : Parameters{{"dataset", dataset}};
}

std::string AsText(const PlanValue& value) {
  if (const auto* text = std::get_if<std::string>(&value)) return *text;
  return fmt::format("{}", std::get<double>(value));
}

// The answer names the inputs; their values are the plan's, which was sent.
void FillGiven(const Plan& plan, std::optional<TargetExplanation>* target) {
  if (!*target) return;
  for (PlayerValue& player : (*target)->values) {
    const auto given = plan.values.find(player.player);
    if (given != plan.values.end()) player.given = AsText(given->second);
  }
}

Error NotUnderstood(const std::string& address, const Error& why) {
  return {.code = ErrorCode::kIo,
          .message = fmt::format("the service's answer is not understood ({})", why.message),
          .place = {.column = why.place.column},
          .value = address,
          .hint = "Is it a pythia service of this version?"};
}

template <typename Record>
Result<Record> Read(const Client& client, const Result<Json>& json,
                    Result<Record> (*from)(const Json&)) {
  if (!json) return Fail(json.error());
  Result<Record> record = from(*json);
  if (!record) return Fail(NotUnderstood(client.address(), record.error()));
  return record;
}

template <typename Record>
Result<std::vector<Record>> ReadItems(const Client& client, const Result<Json>& json,
                                      Result<Record> (*from)(const Json&)) {
  if (!json) return Fail(json.error());
  std::vector<Record> records;
  if (!json->is_object() || !json->contains("items")) {
    return Fail(NotUnderstood(client.address(), {.message = "items are missing"}));
  }
  for (const Json& item : (*json)["items"]) {
    PYTHIA_ASSIGN(Record record, Read(client, Result<Json>(item), from));
    records.push_back(std::move(record));
  }
  return records;
}

Parameters CleanQuery(const CleanCommand& command) {
  Parameters query = DatasetQuery(command.dataset);
  const CleanOptions& options = command.options;
  if (command.mode != LoadMode::kCreate) {
    query.emplace_back("mode", command.mode == LoadMode::kAppend ? "append" : "replace");
  }
  const auto pair = [](const std::string& name, const std::string& value) {
    return fmt::format("{}={}", name, value);
  };
  for (const auto& [header, column] : options.map) query.emplace_back("map", pair(header, column));
  for (const auto& [column, value] : options.set) query.emplace_back("set", pair(column, value));
  if (options.grain)
    query.emplace_back("grain", *options.grain == Grain::kRow ? "row" : "campaign");
  if (options.date_order) {
    query.emplace_back("date_order", *options.date_order == DateOrder::kDmy ? "dmy" : "mdy");
  }
  if (options.decimal) query.emplace_back("decimal", std::string(1, *options.decimal));
  if (options.strict) query.emplace_back("strict", "true");
  if (options.keep_personal) query.emplace_back("keep_personal", "true");
  if (command.dry_run) query.emplace_back("dry_run", "true");
  return query;
}

Json TrainBody(const TrainCommand& command) {
  const TrainOptions& options = command.options;
  Json body = {{"seed", options.seed},
               {"threads", options.threads},
               {"planned_spend", options.planned_spend}};
  if (!command.dataset.empty()) body["dataset"] = command.dataset;
  if (!options.features.empty()) body["features"] = options.features;
  if (!options.allowed.empty()) body["allow_features"] = options.allowed;
  if (options.alpha) body["alpha"] = *options.alpha;
  if (options.roi_rule == RoiThresholdRule::kMedian) {
    body["roi_threshold"] = "median";
  } else if (options.roi_rule == RoiThresholdRule::kStated) {
    body["roi_threshold"] = options.roi_threshold;
  }
  return body;
}

}  // namespace

RemoteEngine::RemoteEngine(Client client, std::filesystem::path exports)
    : client_(std::move(client)), exports_(std::move(exports)) {}

Result<Json> RemoteEngine::Ask(const Call& call, Progress& progress, std::stop_token stop) {
  PYTHIA_ASSIGN(const Reply reply, client_.Send(call, progress, stop));
  if (reply.body.empty()) return Json();
  Result<Json> json = ParseJson(reply.body);
  if (!json) return Fail(NotUnderstood(client_.address(), json.error()));
  return json;
}

Result<Json> RemoteEngine::Get(const std::string& target) {
  NoProgress quiet;
  return Ask({.target = target}, quiet, {});
}

Result<Json> RemoteEngine::Post(const std::string& target, const Json& body) {
  NoProgress quiet;
  return Ask({.method = "POST",
              .target = target,
              .content_type = "application/json",
              .body = body.is_null() ? "" : DumpJson(body)},
             quiet, {});
}

Result<Json> RemoteEngine::CancelJob(const std::string& target) {
  NoProgress quiet;
  // It may be over by now, which is as good.
  (void)Ask({.method = "DELETE", .target = target}, quiet, {}).has_value();
  for (int i = 0; i < kPausesForCancel; ++i) {
    PYTHIA_ASSIGN(const Job job, Read(client_, Get(target), JobFromJson));
    if (!job.finished_at.empty()) break;
    Pause({});
  }
  return Fail(ErrorCode::kCancelled, "the work was stopped");
}

Result<Json> RemoteEngine::Await(const Json& accepted, Progress& progress, std::stop_token stop) {
  PYTHIA_ASSIGN(Job job, Read(client_, Result<Json>(accepted), JobFromJson));
  const std::string target = "/api/jobs/" + EncodePart(job.id);
  std::string stage;
  while (job.finished_at.empty()) {
    const std::string now = job.state == "queued" ? "waiting for other work" : job.stage;
    if (!now.empty() && now != stage) progress.Begin(stage = now, job.total);
    if (!now.empty()) progress.Update(job.done, 0);
    Pause(stop);
    if (stop.stop_requested()) return CancelJob(target);
    PYTHIA_ASSIGN(job, Read(client_, Get(target), JobFromJson));
  }
  progress.End();
  if (job.problem) return Fail(*job.problem);
  if (job.state != "done") return Fail(ErrorCode::kCancelled, "the service cancelled the work");
  Result<Json> result = ParseJson(job.result);
  if (!result) return Fail(NotUnderstood(client_.address(), result.error()));
  return result;
}

Result<CleaningReport> RemoteEngine::Clean(const CleanCommand& command, Progress& progress,
                                           std::stop_token stop) {
  Result<Json> json = Ask(
      {.method = "POST", .target = TargetOf("/upload", CleanQuery(command)), .file = command.file},
      progress, stop);
  if (json && json->is_object() && json->contains("state")) json = Await(*json, progress, stop);
  if (!json &&
      (json.error().code == ErrorCode::kBadInput || json.error().code == ErrorCode::kUsage)) {
    Error error = json.error();  // the service keeps the file's name to itself
    error.place.file = command.file;
    return Fail(std::move(error));
  }
  return Read(client_, json, CleaningReportFromJson);
}

Result<std::vector<DatasetInfo>> RemoteEngine::ListDatasets() {
  return ReadItems(client_, Get("/api/datasets"), DatasetInfoFromJson);
}

Result<DatasetDetails> RemoteEngine::ShowDataset(const std::string& name) {
  return Read(client_, Get("/api/datasets/" + EncodePart(name)), DatasetDetailsFromJson);
}

Result<DatasetInfo> RemoteEngine::RestoreDataset(const std::string& name) {
  return Read(client_, Post("/api/datasets/" + EncodePart(name) + "/restore", {}),
              DatasetInfoFromJson);
}

Status RemoteEngine::DeleteDataset(const std::string& name) {
  NoProgress quiet;
  PYTHIA_TRY(Ask({.method = "DELETE", .target = "/api/datasets/" + EncodePart(name)}, quiet, {}));
  return {};
}

Result<Options> RemoteEngine::GetOptions(const std::string& dataset) {
  return Read(client_, Get(TargetOf("/api/dataset/options", DatasetQuery(dataset))),
              OptionsFromJson);
}

Result<ModelInfo> RemoteEngine::Train(const TrainCommand& command, Progress& progress,
                                      std::stop_token stop) {
  PYTHIA_ASSIGN(const Json accepted, Post("/api/train", TrainBody(command)));
  PYTHIA_ASSIGN(const TrainingReport report,
                Read(client_, Await(accepted, progress, stop), TrainingReportFromJson));
  return ShowModel(report.version);
}

Result<std::vector<ModelInfo>> RemoteEngine::ListModels(const std::string& dataset) {
  return ReadItems(client_, Get(TargetOf("/api/models", DatasetQuery(dataset))), ModelInfoFromJson);
}

Result<ModelInfo> RemoteEngine::ActiveModel(const std::string& dataset) {
  PYTHIA_ASSIGN(const std::vector<ModelInfo> models, ListModels(dataset));
  for (const ModelInfo& info : models) {
    if (info.active) return info;
  }
  return Fail(Error{.code = ErrorCode::kNoModel, .message = "no model yet: pythia train"});
}

Result<ModelInfo> RemoteEngine::ShowModel(const std::string& version) {
  if (version.empty()) return ActiveModel("");
  return Read(client_, Get("/api/models/" + EncodePart(version)), ModelInfoFromJson);
}

Result<ModelCard> RemoteEngine::Evaluate(const std::string& version) {
  std::string wanted = version;
  if (wanted.empty()) {
    PYTHIA_ASSIGN(const ModelInfo info, ActiveModel(""));
    wanted = info.version;
  }
  return Read(client_, Get("/api/models/" + EncodePart(wanted)), ModelCardFromJson);
}

Result<ModelInfo> RemoteEngine::ActivateModel(const std::string& version) {
  return Read(client_, Post("/api/models/" + EncodePart(version) + "/activate", {}),
              ModelInfoFromJson);
}

Result<std::vector<Predicted>> RemoteEngine::Predict(const PredictCommand& command) {
  const std::string target = TargetOf("/predict", DatasetQuery(command.dataset));
  std::vector<Predicted> predicted;
  for (size_t first = 0; first < command.plans.size(); first += kPlansAtOnce) {
    const size_t end = std::min(first + kPlansAtOnce, command.plans.size());
    Json body = Json::array();
    for (size_t i = first; i < end; ++i) body.push_back(ToJson(command.plans[i]));
    // One plan alone is refused by its field's name, without an index.
    const bool alone = command.plans.size() == 1;
    PYTHIA_ASSIGN(Json answer, Post(target, alone ? body.front() : body));
    if (alone) answer = Json::array({std::move(answer)});
    if (!answer.is_array() || answer.size() != end - first) {
      return Fail(NotUnderstood(client_.address(), {.message = "another number of predictions"}));
    }
    for (size_t i = first; i < end; ++i) {
      PYTHIA_ASSIGN(Prediction prediction,
                    Read(client_, Result<Json>(answer[i - first]), PredictionFromJson));
      if (prediction.explanation) {
        FillGiven(command.plans[i], &prediction.explanation->clicks);
        FillGiven(command.plans[i], &prediction.explanation->roi);
      }
      predicted.push_back({.plan = command.plans[i], .prediction = std::move(prediction)});
    }
  }
  return predicted;
}

Result<PredictCommand> RemoteEngine::ReadPlans(const std::string& file,
                                               const std::string& dataset) {
  PYTHIA_ASSIGN(const ModelInfo info, ActiveModel(dataset));
  return Engine::ReadPlansFor(info, file);
}

Result<RecommendationLogEntry> RemoteEngine::Recommend(const RecommendCommand& command,
                                                       Progress& progress, std::stop_token stop) {
  Parameters query = DatasetQuery(command.dataset);
  query.emplace_back("budget", AsText(command.budget));
  if (!command.objective.empty()) query.emplace_back("objective", command.objective);
  for (const auto& [name, value] : command.fixed.values) query.emplace_back(name, AsText(value));
  PYTHIA_ASSIGN(Recommendation recommendation,
                Read(client_, Ask({.target = TargetOf("/recommend", query)}, progress, stop),
                     RecommendationFromJson));
  RecommendationLogEntry entry;
  entry.recommendation = std::move(recommendation);
  return entry;
}

Result<Reply> RemoteEngine::Save(const std::string& target, const std::filesystem::path& file,
                                 Progress& progress, std::stop_token stop) {
  PYTHIA_ASSIGN(AtomicFile saved, AtomicFile::Create(file));
  const Sink sink = [&saved](std::string_view bytes) { return saved.Write(bytes); };
  PYTHIA_ASSIGN(Reply reply, client_.Send({.target = target}, progress, stop, sink));
  PYTHIA_TRY(saved.Commit());
  return reply;
}

Result<std::string> RemoteEngine::SaveSummaryBar(const std::string& dataset, Progress& progress) {
  const std::filesystem::path file = exports_ / "shap_summary_bar.png";
  PYTHIA_TRY(Save(TargetOf("/api/plots/summary_bar_clicks.png", DatasetQuery(dataset)), file,
                  progress, {}));
  return file.string();
}

Result<std::string> RemoteEngine::Report(const std::string& dataset,
                                         const std::optional<PlanValue>& budget, Progress& progress,
                                         std::stop_token stop) {
  Parameters query = DatasetQuery(dataset);
  if (budget) query.emplace_back("budget", AsText(*budget));
  PYTHIA_ASSIGN(Reply reply,
                client_.Send({.target = TargetOf("/api/report.html", query)}, progress, stop));
  return std::move(reply.body);
}

Result<std::vector<ExportedFile>> RemoteEngine::Export(const ExportCommand& command,
                                                       Progress& progress, std::stop_token stop) {
  const std::filesystem::path folder = command.folder.empty() ? exports_ : command.folder;
  std::vector<ExportedFile> files;
  for (const ExportFormat format : command.formats) {
    const std::string ending = "." + std::string(FormatName(format));
    const std::filesystem::path path =
        folder / (Engine::ExportName(command.what, command.dataset) + ending);
    PYTHIA_ASSIGN(const Reply reply,
                  Save(TargetOf("/api/export/" + EncodePart(command.what + ending),
                                DatasetQuery(command.dataset)),
                       path, progress, stop));
    ExportedFile file{.path = path.string()};
    if (const auto rows = reply.headers.find("pythia-rows"); rows != reply.headers.end()) {
      const std::string& text = rows->second;
      std::from_chars(text.data(), text.data() + text.size(), file.rows);
    }
    files.push_back(std::move(file));
  }
  return files;
}

Result<std::vector<Experiment>> RemoteEngine::ListExperiments(const std::string& dataset) {
  std::vector<Experiment> experiments;
  int64_t after = 0;
  for (;;) {
    const Parameters query = {{"after", std::to_string(after)}, {"limit", "1000"}};
    PYTHIA_ASSIGN(std::vector<Experiment> page,
                  ReadItems(client_, Get(TargetOf("/api/experiments", query)), ExperimentFromJson));
    if (page.empty()) return experiments;
    if (page.back().id <= after) {
      return Fail(NotUnderstood(client_.address(), {.message = "pages repeat"}));
    }
    after = page.back().id;
    for (Experiment& experiment : page) {
      if (dataset.empty() || experiment.dataset == dataset) {
        experiments.push_back(std::move(experiment));
      }
    }
  }
}

Result<Experiment> RemoteEngine::FindExperiment(int64_t id) {
  const Parameters query = {{"after", std::to_string(std::max<int64_t>(id, 1) - 1)},
                            {"limit", "1"}};
  PYTHIA_ASSIGN(const std::vector<Experiment> page,
                ReadItems(client_, Get(TargetOf("/api/experiments", query)), ExperimentFromJson));
  if (!page.empty() && page.front().id == id) return page.front();
  return Fail(Error{.code = ErrorCode::kNotFound,
                    .message = "no such experiment",
                    .value = std::to_string(id),
                    .hint = "pythia experiments list names them."});
}

Result<Experiment> RemoteEngine::LogExperiment(const Experiment& experiment) {
  Json body = {{"model_type", experiment.model_type},
               {"metrics", experiment.metrics},
               {"note", experiment.note}};
  if (!experiment.dataset.empty()) body["dataset"] = experiment.dataset;
  return Read(client_, Post("/api/experiments", body), ExperimentFromJson);
}

}  // namespace pythia::http
