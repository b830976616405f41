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
                  {"baseline_name", TextOrNullJson(metric.baseline_name)}};
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

Json CoefficientsJson(const std::vector<Coefficient>& coefficients) {
  Json json = Json::array();
  for (const Coefficient& coefficient : coefficients) {
    json.push_back({{"term", coefficient.term}, {"value", NumberOrNullJson(coefficient.value)}});
  }
  return json;
}

Json ModelReportJson(const ModelReport& report) {
  return {{"target", report.target},
          {"rows", report.rows},
          {"alpha", NumberOrNullJson(report.alpha)},
          {"iterations", report.iterations},
          {"converged", report.converged},
          {"gradient", NumberOrNullJson(report.gradient)},
          {"deviance", NumberOrNullJson(report.deviance)},
          {"null_deviance", NumberOrNullJson(report.null_deviance)},
          {"phi", NumberOrNullJson(report.phi)},
          {"split",
           {{"rule", report.split.rule},
            {"train_rows", report.split.train_rows},
            {"test_rows", report.split.test_rows}}},
          {"metrics", MetricsJson(report.metrics)},
          {"confusion", ConfusionJson(report.confusion)},
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
  return metric;
}

ModelReport ReadModelReport(const Fields& fields) {
  ModelReport report;
  report.target = fields.Text("target");
  report.rows = fields.Whole("rows");
  report.alpha = fields.NumberOrNan("alpha");
  report.iterations = fields.SmallWhole("iterations");
  report.converged = fields.Flag("converged");
  report.gradient = fields.NumberOrNan("gradient");
  report.deviance = fields.NumberOrNan("deviance");
  report.null_deviance = fields.NumberOrNan("null_deviance");
  report.phi = fields.NumberOrNan("phi");
  const Fields split = fields.Object("split");
  report.split.rule = split.Text("rule");
  report.split.train_rows = split.Whole("train_rows");
  report.split.test_rows = split.Whole("test_rows");
  for (const auto& [name, metric] : fields.Members("metrics")) {
    report.metrics[name] = ReadMetric(metric);
  }
  report.confusion = ReadConfusion(fields);
  report.intercept = fields.NumberOrNan("intercept");
  for (const Fields& coefficient : fields.Objects("coefficients")) {
    report.coefficients.push_back({coefficient.Text("term"), coefficient.NumberOrNan("value")});
  }
  report.warnings = fields.Texts("warnings");
  return report;
}

}  // namespace

Json ToJson(const TrainingReport& report) {
  Json json = {
      {"version", report.version}, {"dataset", report.dataset}, {"generation", report.generation},
      {"rows", report.rows},       {"seed", report.seed},       {"features", report.features},
      {"roi_threshold", nullptr},  {"models", Json::object()},  {"warnings", report.warnings}};
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

}  // namespace pythia
