// Predictions as JSON without a tree of values in between: every prediction that is served goes
// through here twice, into the answer and into the log.
#include <algorithm>
#include <cmath>

#include <nlohmann/json.hpp>

#include "records/json.h"
#include "records/json_text.h"

namespace pythia {
namespace {

void AppendNumber(const std::optional<double>& value, std::string* out) {
  if (value && std::isfinite(*value)) {
    AppendNumberText(*value, out);
  } else {
    *out += "null";
  }
}

void AppendTextOrNull(std::string_view text, std::string* out) {
  if (text.empty()) {
    *out += "null";
  } else {
    AppendJsonText(text, out);
  }
}

void AppendInterval(const std::optional<Interval>& interval, std::string* out) {
  const bool finite = interval && std::isfinite(interval->lower) &&
                      std::isfinite(interval->upper) && std::isfinite(interval->level);
  if (!finite) {
    *out += "null";
    return;
  }
  *out += R"({"level":)";
  AppendNumberText(interval->level, out);
  *out += R"(,"lower":)";
  AppendNumberText(interval->lower, out);
  *out += R"(,"upper":)";
  AppendNumberText(interval->upper, out);
  *out += '}';
}

void AppendTarget(const std::optional<TargetExplanation>& target, std::string* out) {
  if (!target) {
    *out += "null";
    return;
  }
  *out += R"({"base":)";
  AppendNumber(target->base, out);
  *out += R"(,"prediction":)";
  AppendNumber(target->prediction, out);
  *out += R"(,"scale":)";
  AppendJsonText(target->scale, out);
  *out += R"(,"unit":)";
  AppendJsonText(target->unit, out);
  *out += R"(,"values":{)";
  std::vector<const PlayerValue*> sorted;
  sorted.reserve(target->values.size());
  for (const PlayerValue& player : target->values) sorted.push_back(&player);
  std::sort(sorted.begin(), sorted.end(),
            [](const PlayerValue* a, const PlayerValue* b) { return a->player < b->player; });
  for (size_t i = 0; i < sorted.size(); ++i) {
    if (i > 0) *out += ',';
    AppendJsonText(sorted[i]->player, out);
    *out += ':';
    AppendNumber(sorted[i]->value, out);
  }
  *out += "}}";
}

void AppendVerdict(const std::map<std::string, std::string>& verdict, std::string* out) {
  *out += '{';
  bool first = true;
  for (const auto& [model, word] : verdict) {
    if (!first) *out += ',';
    first = false;
    AppendJsonText(model, out);
    *out += ':';
    AppendJsonText(word, out);
  }
  *out += '}';
}

void AppendTexts(const std::vector<std::string>& texts, std::string* out) {
  *out += '[';
  for (size_t i = 0; i < texts.size(); ++i) {
    if (i > 0) *out += ',';
    AppendJsonText(texts[i], out);
  }
  *out += ']';
}

}  // namespace

void AppendPredictionText(const Prediction& prediction, std::string* out) {
  *out += R"({"CTR":)";
  AppendNumber(prediction.ctr, out);
  *out += R"(,"CTR_Interval":)";
  AppendInterval(prediction.ctr_interval, out);
  *out += R"(,"Clicks_Interval":)";
  AppendInterval(prediction.clicks_interval, out);
  *out += R"(,"Estimated_Clicks":)";
  AppendNumber(prediction.clicks, out);
  *out += R"(,"Model_Version":)";
  AppendJsonText(prediction.model_version, out);
  *out += R"(,"ROI_Category":)";
  *out += prediction.roi_category ? std::to_string(*prediction.roi_category) : "null";
  *out += R"(,"ROI_Label":)";
  AppendTextOrNull(RoiLabel(prediction), out);
  *out += R"(,"ROI_Probability":)";
  AppendNumber(prediction.roi_probability, out);
  *out += R"(,"ROI_Probability_Interval":)";
  AppendInterval(prediction.roi_probability_interval, out);
  *out += R"(,"ROI_Threshold":)";
  AppendNumber(prediction.roi_threshold, out);
  *out += R"(,"ROI_Threshold_Rule":)";
  AppendTextOrNull(prediction.roi_threshold_rule, out);
  *out += R"(,"SHAP_Explanation":)";
  if (prediction.explanation) {
    *out += R"({"Clicks":)";
    AppendTarget(prediction.explanation->clicks, out);
    *out += R"(,"ROI":)";
    AppendTarget(prediction.explanation->roi, out);
    *out += '}';
  } else {
    *out += "null";
  }
  *out += R"(,"Verdict":)";
  AppendVerdict(prediction.verdict, out);
  *out += R"(,"Warnings":)";
  AppendTexts(prediction.warnings, out);
  *out += '}';
}

void AppendPlanText(const Plan& plan, std::string* out) {
  *out += '{';
  bool first = true;
  for (const auto& [name, value] : plan.values) {
    if (!first) *out += ',';
    first = false;
    AppendJsonText(name, out);
    *out += ':';
    if (const auto* text = std::get_if<std::string>(&value)) {
      AppendJsonText(*text, out);
    } else {
      AppendNumber(std::get<double>(value), out);
    }
  }
  *out += '}';
}

}  // namespace pythia
