#include <nlohmann/json.hpp>

#include "records/json.h"
#include "records/json_fields.h"

namespace pythia {
namespace {

Json MetricsJson(const std::map<std::string, Metric>& metrics) {
  Json json = Json::object();
  for (const auto& [name, metric] : metrics) {
    json[name] = {{"value", NumberOrNullJson(metric.value)},
                  {"baseline", NumberOrNullJson(metric.baseline)},
                  {"baseline_name", TextOrNullJson(metric.baseline_name)},
                  {"random_split", NumberOrNullJson(metric.random_split)}};
  }
  return json;
}

Json ConfusionJson(const std::optional<ConfusionMatrix>& confusion) {
  if (!confusion) return nullptr;
  return {{"true_positive", confusion->true_positive},
          {"false_positive", confusion->false_positive},
          {"true_negative", confusion->true_negative},
          {"false_negative", confusion->false_negative}};
}

Json EffectJson(const std::optional<Effect>& effect) {
  if (!effect) return nullptr;
  return {{"value", NumberOrNullJson(effect->value)},
          {"lower", NumberOrNullJson(effect->lower)},
          {"upper", NumberOrNullJson(effect->upper)},
          {"error", NumberOrNullJson(effect->error)},
          {"phi_error", NumberOrNullJson(effect->phi_error)}};
}

Json CoefficientsJson(const std::vector<Coefficient>& coefficients) {
  Json json = Json::array();
  for (const Coefficient& coefficient : coefficients) {
    json.push_back({{"term", coefficient.term},
                    {"value", NumberOrNullJson(coefficient.value)},
                    {"effect", EffectJson(coefficient.effect)}});
  }
  return json;
}

Json PathJson(const std::vector<PathPoint>& path) {
  Json json = Json::array();
  for (const PathPoint& point : path) {
    json.push_back({{"lambda", NumberOrNullJson(point.lambda)},
                    {"deviance", NumberOrNullJson(point.deviance)}});
  }
  return json;
}

Json VerdictJson(const std::optional<Verdict>& verdict) {
  if (!verdict) return nullptr;
  return {{"verdict", verdict->verdict},
          {"serves", verdict->serves},
          {"words", verdict->words},
          {"gain", NumberOrNullJson(verdict->gain)},
          {"gain_error", NumberOrNullJson(verdict->gain_error)},
          {"gain_share", NumberOrNullJson(verdict->gain_share)},
          {"against", verdict->against}};
}

Json IntervalsJson(const std::map<std::string, IntervalReport>& intervals) {
  Json json = Json::object();
  for (const auto& [name, report] : intervals) {
    json[name] = {{"level", report.level},
                  {"method", report.method},
                  {"c1", NumberOrNullJson(report.c1)},
                  {"c2", NumberOrNullJson(report.c2)},
                  {"scores", report.scores},
                  {"groups", report.groups},
                  {"coverage", NumberOrNullJson(report.coverage)},
                  {"coverage_rows", report.coverage_rows},
                  {"note", TextOrNullJson(report.note)}};
  }
  return json;
}

Json EstimateJson(const std::optional<Estimate>& estimate) {
  if (!estimate) return nullptr;
  return {{"value", NumberOrNullJson(estimate->value)},
          {"lower", NumberOrNullJson(estimate->lower)},
          {"upper", NumberOrNullJson(estimate->upper)}};
}

Json CalibrationJson(const std::optional<CalibrationReport>& calibration) {
  if (!calibration) return nullptr;
  Json bins = Json::array();
  for (const CalibrationBin& bin : calibration->bins) {
    bins.push_back({{"probability", bin.probability}, {"rate", bin.rate}, {"rows", bin.rows}});
  }
  return {{"bins", std::move(bins)},
          {"log_loss", NumberOrNullJson(calibration->log_loss)},
          {"brier", NumberOrNullJson(calibration->brier)},
          {"normalised_entropy", NumberOrNullJson(calibration->normalised_entropy)},
          {"miscalibration", NumberOrNullJson(calibration->miscalibration)},
          {"discrimination", NumberOrNullJson(calibration->discrimination)},
          {"uncertainty", NumberOrNullJson(calibration->uncertainty)}};
}

Json ModelReportJson(const ModelReport& report) {
  return {{"target", report.target},
          {"rows", report.rows},
          {"alpha", NumberOrNullJson(report.alpha)},
          {"lambda", NumberOrNullJson(report.lambda)},
          {"path", PathJson(report.path)},
          {"verdict", VerdictJson(report.verdict)},
          {"shuffled_gain_share", NumberOrNullJson(report.shuffled_gain_share)},
          {"iterations", report.iterations},
          {"converged", report.converged},
          {"gradient", NumberOrNullJson(report.gradient)},
          {"deviance", NumberOrNullJson(report.deviance)},
          {"null_deviance", NumberOrNullJson(report.null_deviance)},
          {"phi", NumberOrNullJson(report.phi)},
          {"split",
           {{"rule", report.split.rule},
            {"folds", report.split.folds},
            {"gap_days", report.split.gap_days},
            {"train_rows", report.split.train_rows},
            {"test_rows", report.split.test_rows}}},
          {"metrics", MetricsJson(report.metrics)},
          {"confusion", ConfusionJson(report.confusion)},
          {"intervals", IntervalsJson(report.intervals)},
          {"free_exposure", EstimateJson(report.free_exposure)},
          {"calibration", CalibrationJson(report.calibration)},
          {"intercept", NumberOrNullJson(report.intercept)},
          {"coefficients", CoefficientsJson(report.coefficients)},
          {"warnings", report.warnings}};
}

std::optional<ConfusionMatrix> ReadConfusion(const Fields& model) {
  if (model.IsNull("confusion")) return std::nullopt;
  const Fields fields = model.Object("confusion");
  ConfusionMatrix confusion;
  confusion.true_positive = fields.Whole("true_positive");
  confusion.false_positive = fields.Whole("false_positive");
  confusion.true_negative = fields.Whole("true_negative");
  confusion.false_negative = fields.Whole("false_negative");
  return confusion;
}

Metric ReadMetric(const Fields& fields) {
  Metric metric;
  metric.value = fields.NumberOrNan("value");
  metric.baseline = fields.NumberOrNull("baseline");
  metric.baseline_name = fields.TextOrNull("baseline_name");
  metric.random_split = fields.NumberOrNull("random_split");
  return metric;
}

Coefficient ReadCoefficient(const Fields& fields) {
  Coefficient coefficient{
      .term = fields.Text("term"), .value = fields.NumberOrNan("value"), .effect = std::nullopt};
  if (!fields.IsNull("effect")) {
    const Fields effect = fields.Object("effect");
    coefficient.effect = {.value = effect.NumberOrNan("value"),
                          .lower = effect.NumberOrNan("lower"),
                          .upper = effect.NumberOrNan("upper"),
                          .error = effect.NumberOrNan("error"),
                          .phi_error = effect.NumberOrNan("phi_error")};
  }
  return coefficient;
}

std::optional<Verdict> ReadVerdict(const Fields& model) {
  if (model.IsNull("verdict")) return std::nullopt;
  const Fields fields = model.Object("verdict");
  return Verdict{.verdict = fields.Text("verdict"),
                 .serves = fields.Text("serves"),
                 .words = fields.Text("words"),
                 .gain = fields.NumberOrNan("gain"),
                 .gain_error = fields.NumberOrNan("gain_error"),
                 .gain_share = fields.NumberOrNan("gain_share"),
                 .against = fields.Text("against")};
}

IntervalReport ReadInterval(const Fields& fields) {
  return {.level = fields.Number("level"),
          .method = fields.Text("method"),
          .c1 = fields.NumberOrNan("c1"),
          .c2 = fields.NumberOrNan("c2"),
          .scores = fields.Whole("scores"),
          .groups = fields.SmallWhole("groups"),
          .coverage = fields.NumberOrNull("coverage"),
          .coverage_rows = fields.Whole("coverage_rows"),
          .note = fields.TextOrNull("note")};
}

std::optional<Estimate> ReadEstimate(const Fields& model, std::string_view key) {
  if (model.IsNull(key)) return std::nullopt;
  const Fields fields = model.Object(key);
  return Estimate{.value = fields.NumberOrNan("value"),
                  .lower = fields.NumberOrNan("lower"),
                  .upper = fields.NumberOrNan("upper")};
}

std::optional<CalibrationReport> ReadCalibration(const Fields& model) {
  if (model.IsNull("calibration")) return std::nullopt;
  const Fields fields = model.Object("calibration");
  CalibrationReport report;
  for (const Fields& bin : fields.Objects("bins")) {
    report.bins.push_back({bin.Number("probability"), bin.Number("rate"), bin.Whole("rows")});
  }
  report.log_loss = fields.NumberOrNan("log_loss");
  report.brier = fields.NumberOrNan("brier");
  report.normalised_entropy = fields.NumberOrNan("normalised_entropy");
  report.miscalibration = fields.NumberOrNan("miscalibration");
  report.discrimination = fields.NumberOrNan("discrimination");
  report.uncertainty = fields.NumberOrNan("uncertainty");
  return report;
}

ModelReport ReadModelReport(const Fields& fields) {
  ModelReport report;
  report.target = fields.Text("target");
  report.rows = fields.Whole("rows");
  report.alpha = fields.NumberOrNan("alpha");
  report.lambda = fields.NumberOrNull("lambda");
  for (const Fields& point : fields.Objects("path")) {
    report.path.push_back({point.NumberOrNull("lambda"), point.NumberOrNan("deviance")});
  }
  report.verdict = ReadVerdict(fields);
  if (fields.Has("shuffled_gain_share")) {  // older reports have it not
    report.shuffled_gain_share = fields.NumberOrNull("shuffled_gain_share");
  }
  report.iterations = fields.SmallWhole("iterations");
  report.converged = fields.Flag("converged");
  report.gradient = fields.NumberOrNan("gradient");
  report.deviance = fields.NumberOrNan("deviance");
  report.null_deviance = fields.NumberOrNan("null_deviance");
  report.phi = fields.NumberOrNan("phi");
  const Fields split = fields.Object("split");
  report.split.rule = split.Text("rule");
  report.split.folds = split.SmallWhole("folds");
  report.split.gap_days = split.SmallWhole("gap_days");
  report.split.train_rows = split.Whole("train_rows");
  report.split.test_rows = split.Whole("test_rows");
  for (const auto& [name, metric] : fields.Members("metrics")) {
    report.metrics[name] = ReadMetric(metric);
  }
  report.confusion = ReadConfusion(fields);
  for (const auto& [name, interval] : fields.Members("intervals")) {
    report.intervals[name] = ReadInterval(interval);
  }
  report.free_exposure = ReadEstimate(fields, "free_exposure");
  report.calibration = ReadCalibration(fields);
  report.intercept = fields.NumberOrNan("intercept");
  for (const Fields& coefficient : fields.Objects("coefficients")) {
    report.coefficients.push_back(ReadCoefficient(coefficient));
  }
  report.warnings = fields.Texts("warnings");
  return report;
}

}  // namespace

Json ToJson(const TrainingReport& report) {
  Json json = {{"version", report.version},
               {"dataset", report.dataset},
               {"generation", report.generation},
               {"rows", report.rows},
               {"seed", report.seed},
               {"features", report.features},
               {"planned_spend", report.planned_spend},
               {"roi_threshold", nullptr},
               {"models", Json::object()},
               {"warnings", report.warnings}};
  if (report.roi_threshold) {
    json["roi_threshold"] = {{"value", NumberOrNullJson(report.roi_threshold->value)},
                             {"rule", report.roi_threshold->rule}};
  }
  for (const auto& [name, model] : report.models) json["models"][name] = ModelReportJson(model);
  return json;
}

Result<TrainingReport> TrainingReportFromJson(const Json& json) {
  FirstError error;
  const Fields fields(json, "", &error);
  TrainingReport report;
  report.version = fields.Text("version");
  report.dataset = fields.Text("dataset");
  report.generation = fields.Whole("generation");
  report.rows = fields.Whole("rows");
  report.seed = fields.Unsigned("seed");
  report.features = fields.Texts("features");
  report.planned_spend = fields.Has("planned_spend") && fields.Flag("planned_spend");
  if (!fields.IsNull("roi_threshold")) {
    const Fields threshold = fields.Object("roi_threshold");
    report.roi_threshold = RoiThreshold{threshold.Number("value"), threshold.Text("rule")};
  }
  for (const auto& [name, model] : fields.Members("models")) {
    report.models[name] = ReadModelReport(model);
  }
  report.warnings = fields.Texts("warnings");
  return std::move(error).Or(std::move(report));
}

Json ToJson(const ModelInfo& info) {
  return {{"version", info.version},       {"dataset", info.dataset},
          {"created_at", info.created_at}, {"file", info.file},
          {"sha256", info.sha256},         {"threads", info.threads},
          {"active", info.active},         {"report", ToJson(info.report)}};
}

Result<ModelInfo> ModelInfoFromJson(const Json& json) {
  FirstError error;
  const Fields fields(json, "", &error);
  ModelInfo info;
  info.version = fields.Text("version");
  info.dataset = fields.Text("dataset");
  info.created_at = fields.Text("created_at");
  info.file = fields.Text("file");
  info.sha256 = fields.Text("sha256");
  info.threads = fields.SmallWhole("threads");
  info.active = fields.Flag("active");
  if (fields.Has("report")) {
    PYTHIA_ASSIGN(info.report, TrainingReportFromJson(json.at("report")));
  } else {
    fields.Refuse("report", "is missing");
  }
  return std::move(error).Or(std::move(info));
}

}  // namespace pythia
