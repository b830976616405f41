#include <cmath>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "records/json.h"
#include "records/json_fields.h"
#include "records/json_text.h"

namespace pythia {
namespace {

// To two decimals, or four below one.
std::string Shortly(double value) {
  const double scale = std::fabs(value) < 1 ? 1e4 : 1e2;
  const double rounded = std::fabs(value) < 1e15 ? std::round(value * scale) / scale : value;
  std::string text;
  AppendNumberText(rounded == 0 ? 0.0 : rounded, &text);
  return text;
}

}  // namespace

std::string RoiLabel(const Prediction& prediction) {
  if (!prediction.roi_category) return {};
  const std::string_view side = *prediction.roi_category == 1 ? "ROI above" : "ROI not above";
  if (prediction.roi_threshold_rule == "break_even") return fmt::format("{} break-even", side);
  if (!prediction.roi_threshold) return fmt::format("{} the threshold", side);
  const std::string threshold = Shortly(*prediction.roi_threshold);
  if (prediction.roi_threshold_rule == "median") {
    return fmt::format("{} your own median ({})", side, threshold);
  }
  return fmt::format("{} {}", side, threshold);
}

Json ToJson(const Plan& plan) {
  Json json = Json::object();
  for (const auto& [name, value] : plan.values) {
    json[name] = std::visit([](const auto& held) { return Json(held); }, value);
  }
  return json;
}

Result<Plan> PlanFromJson(const Json& json) {
  if (!json.is_object()) {
    return Fail(Error{ErrorCode::kBadInput, "a plan must be a JSON object", {}, DumpJson(json)});
  }
  Plan plan;
  for (const auto& [name, value] : json.items()) {
    if (value.is_string()) {
      plan.values[name] = value.get<std::string>();
    } else if (value.is_number() && std::isfinite(value.get<double>())) {
      plan.values[name] = value.get<double>();
    } else {
      return Fail(Error{ErrorCode::kBadInput,
                        "must be a number or text",
                        {.column = name},
                        DumpJson(value),
                        "Leave out what is not known."});
    }
  }
  return plan;
}

Json ToJson(const Prediction& prediction) {
  return {{"CTR", NumberOrNullJson(prediction.ctr)},
          {"CTR_Interval", IntervalJson(prediction.ctr_interval)},
          {"Estimated_Clicks", NumberOrNullJson(prediction.clicks)},
          {"Clicks_Interval", IntervalJson(prediction.clicks_interval)},
          {"ROI_Category", prediction.roi_category ? Json(*prediction.roi_category) : Json()},
          {"ROI_Label", TextOrNullJson(RoiLabel(prediction))},
          {"ROI_Probability", NumberOrNullJson(prediction.roi_probability)},
          {"ROI_Probability_Interval", IntervalJson(prediction.roi_probability_interval)},
          {"ROI_Threshold", NumberOrNullJson(prediction.roi_threshold)},
          {"ROI_Threshold_Rule", TextOrNullJson(prediction.roi_threshold_rule)},
          {"SHAP_Explanation", prediction.explanation ? ToJson(*prediction.explanation) : Json()},
          {"Verdict", prediction.verdict},
          {"Model_Version", prediction.model_version},
          {"Warnings", prediction.warnings}};
}

Result<Prediction> PredictionFromJson(const Json& json) {
  FirstError error;
  const Fields fields(json, "", &error);
  Prediction prediction;
  prediction.ctr = fields.NumberOrNull("CTR");
  prediction.clicks = fields.NumberOrNull("Estimated_Clicks");
  if (!fields.IsNull("ROI_Category")) {
    prediction.roi_category = fields.SmallWhole("ROI_Category");
    if (*prediction.roi_category != 0 && *prediction.roi_category != 1) {
      fields.Refuse("ROI_Category", "must be 0 or 1");
    }
  }
  prediction.roi_probability = fields.NumberOrNull("ROI_Probability");
  prediction.ctr_interval = fields.IntervalOrNull("CTR_Interval");
  prediction.clicks_interval = fields.IntervalOrNull("Clicks_Interval");
  prediction.roi_probability_interval = fields.IntervalOrNull("ROI_Probability_Interval");
  prediction.verdict = fields.TextMap("Verdict");
  prediction.roi_threshold = fields.NumberOrNull("ROI_Threshold");
  prediction.roi_threshold_rule = fields.TextOrNull("ROI_Threshold_Rule");
  // Logs of the first versions have none.
  if (fields.Has("SHAP_Explanation")) {
    prediction.explanation = fields.ExplanationOrNull("SHAP_Explanation");
  }
  prediction.model_version = fields.Text("Model_Version");
  prediction.warnings = fields.Texts("Warnings");
  return std::move(error).Or(std::move(prediction));
}

Json ToJson(const PredictionLogEntry& entry) {
  return {{"id", entry.id},
          {"at", entry.at},
          {"dataset", entry.dataset},
          {"plan", ToJson(entry.plan)},
          {"prediction", ToJson(entry.prediction)}};
}

}  // namespace pythia
