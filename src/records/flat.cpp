#include "records/flat.h"

#include <array>
#include <cmath>
#include <string>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "base/check.h"
#include "campaign/dates.h"
#include "campaign/schema.h"
#include "records/json.h"
#include "records/json_text.h"

namespace pythia {
namespace {

// What a plan can hold, in the order of the exported file. Anything else goes, as JSON, into
// other_plan_values: the header never depends on the rows.
constexpr std::array kPlanColumns = {
    column::kCompany,  column::kCampaignType, column::kTargetAudience,
    column::kDuration, column::kChannelUsed,  column::kAcquisitionCost,
    column::kLocation, column::kLanguage,     column::kCustomerSegment,
    column::kDate,     column::kImpressions,
};

Column& At(Table* table, std::string_view name) {
  Column* column = table->Find(name);
  PYTHIA_CHECK(column != nullptr);
  return *column;
}

void AppendText(Table* table, std::string_view name, std::string_view text) {
  Column& column = At(table, name);
  if (text.empty()) {
    column.AppendMissing();
  } else {
    column.AppendString(text);
  }
}

void AppendNumber(Table* table, std::string_view name, const std::optional<double>& number) {
  Column& column = At(table, name);
  if (number && std::isfinite(*number)) {
    column.AppendNumber(*number);
  } else {
    column.AppendMissing();
  }
}

// False, and nothing appended, where the value does not go into the column.
bool AppendPlanValue(const PlanValue& value, Column* column) {
  const std::string* text = std::get_if<std::string>(&value);
  const double number = text == nullptr ? std::get<double>(value) : 0;
  if (IsNumeric(column->type())) {
    if (text != nullptr) return false;
    column->AppendNumber(number);
    return true;
  }
  if (text == nullptr) return false;
  if (column->type() == ColumnType::kDate) {
    int32_t day = 0;
    if (!ParseIsoDay(*text, &day)) return false;
    column->AppendDay(day);
    return true;
  }
  column->AppendString(*text);
  return true;
}

void AppendPlan(const Plan& plan, Table* table) {
  Plan others = plan;
  for (const std::string_view name : kPlanColumns) {
    Column& column = At(table, name);
    const auto found = others.values.find(std::string(name));
    if (found != others.values.end() && AppendPlanValue(found->second, &column)) {
      others.values.erase(found);
    } else {
      column.AppendMissing();
    }
  }
  AppendText(table, "other_plan_values", others.values.empty() ? "" : DumpJson(ToJson(others)));
}

void AppendInterval(Table* table, const std::string& name,
                    const std::optional<Interval>& interval) {
  AppendNumber(table, name + "_Lower", interval ? std::optional(interval->lower) : std::nullopt);
  AppendNumber(table, name + "_Upper", interval ? std::optional(interval->upper) : std::nullopt);
}

void AppendExpected(Table* table, const std::string& name,
                    const std::optional<Expected>& expected) {
  AppendNumber(table, name, expected ? std::optional(expected->value) : std::nullopt);
  AppendInterval(table, name, expected ? std::optional(expected->interval) : std::nullopt);
}

void AppendPerformance(Table* table, const std::string& prefix, const Performance& performance) {
  AppendExpected(table, prefix + "Expected_Clicks", performance.clicks);
  AppendExpected(table, prefix + "Estimated_ROI", performance.roi);
  AppendExpected(table, prefix + "CTR", performance.ctr);
}

void AppendCount(Table* table, std::string_view name, int64_t count) {
  At(table, name).AppendNumber(static_cast<double>(count));
}

// As JSON: the players differ from model to model.
void AppendExplanation(Table* table, const std::optional<Explanation>& explanation) {
  AppendText(table, "SHAP_Explanation", explanation ? DumpJson(ToJson(*explanation)) : "");
}

std::string VerdictText(const std::map<std::string, std::string>& verdict) {
  std::string text;
  for (const auto& [model, word] : verdict) {
    text += fmt::format("{}{}: {}", text.empty() ? "" : "; ", model, word);
  }
  return text;
}

std::string Joined(const std::vector<std::string>& sentences) {
  std::string joined;
  for (const std::string& sentence : sentences) {
    if (!joined.empty()) joined += "; ";
    joined += sentence;
  }
  return joined;
}

ColumnSpec Spec(std::string_view name, ColumnType type, Role role = Role::kOther) {
  return {std::string(name), type, role};
}

}  // namespace

Schema PredictionColumns() {
  using enum ColumnType;
  Schema schema = {Spec("id", kCount, Role::kId), Spec("at", kText), Spec("dataset", kText)};
  for (const std::string_view name : kPlanColumns) schema.push_back(*FindCanonical(name));
  schema.insert(
      schema.end(),
      {Spec("other_plan_values", kText), Spec("CTR", kNumber), Spec("CTR_Lower", kNumber),
       Spec("CTR_Upper", kNumber), Spec("Estimated_Clicks", kNumber), Spec("Clicks_Lower", kNumber),
       Spec("Clicks_Upper", kNumber), Spec("ROI_Category", kCount), Spec("ROI_Label", kText),
       Spec("ROI_Probability", kNumber), Spec("ROI_Probability_Lower", kNumber),
       Spec("ROI_Probability_Upper", kNumber), Spec("ROI_Threshold", kNumber),
       Spec("ROI_Threshold_Rule", kText), Spec("Verdict", kText), Spec("SHAP_Explanation", kText),
       Spec("Model_Version", kText), Spec("Warnings", kText)});
  return schema;
}

void AppendFlat(std::span<const PredictionLogEntry> entries, Table* table) {
  for (const PredictionLogEntry& entry : entries) {
    const Prediction& prediction = entry.prediction;
    At(table, "id").AppendNumber(static_cast<double>(entry.id));
    AppendText(table, "at", entry.at);
    AppendText(table, "dataset", entry.dataset);
    AppendPlan(entry.plan, table);
    AppendNumber(table, "CTR", prediction.ctr);
    AppendInterval(table, "CTR", prediction.ctr_interval);
    AppendNumber(table, "Estimated_Clicks", prediction.clicks);
    AppendInterval(table, "Clicks", prediction.clicks_interval);
    AppendNumber(table, "ROI_Category", prediction.roi_category);
    AppendText(table, "ROI_Label", RoiLabel(prediction));
    AppendNumber(table, "ROI_Probability", prediction.roi_probability);
    AppendInterval(table, "ROI_Probability", prediction.roi_probability_interval);
    AppendNumber(table, "ROI_Threshold", prediction.roi_threshold);
    AppendText(table, "ROI_Threshold_Rule", prediction.roi_threshold_rule);
    AppendText(table, "Verdict", VerdictText(prediction.verdict));
    AppendExplanation(table, prediction.explanation);
    AppendText(table, "Model_Version", prediction.model_version);
    AppendText(table, "Warnings", Joined(prediction.warnings));
  }
}

Schema RecommendationColumns() {
  using enum ColumnType;
  Schema schema = {Spec("id", kCount, Role::kId), Spec("at", kText), Spec("dataset", kText)};
  for (const std::string_view name : kPlanColumns) schema.push_back(*FindCanonical(name));
  schema.insert(schema.end(),
                {Spec("other_plan_values", kText), Spec("Budget", kMoney),
                 Spec("Used_Budget", kMoney), Spec("Currency", kText), Spec("Objective", kText),
                 Spec("Decided", kText), Spec("Recommended_Duration", kNumber)});
  const auto add_with_interval = [&schema](const std::string& name) {
    for (const char* part : {"", "_Lower", "_Upper"}) schema.push_back(Spec(name + part, kNumber));
  };
  for (const char* name : {"Expected_Clicks", "Estimated_ROI", "CTR", "ROI_Probability"}) {
    add_with_interval(name);
  }
  schema.push_back(Spec("ROI_Threshold", kNumber));
  schema.push_back(Spec("ROI_Threshold_Rule", kText));
  for (const char* name : {"Baseline_Expected_Clicks", "Baseline_Estimated_ROI", "Baseline_CTR"}) {
    add_with_interval(name);
  }
  schema.push_back(Spec("Baseline_ROI_Spend_Weighted", kNumber));
  add_with_interval("Uplift");
  schema.insert(
      schema.end(),
      {Spec("Uplift_Share", kNumber), Spec("Campaigns_Near_Budget", kCount),
       Spec("Campaigns_Like_It", kCount), Spec("Campaigns_Held_Out", kCount),
       Spec("Candidates", kCount), Spec("Spend_From", kMoney), Spec("Spend_To", kMoney),
       Spec("Verdict", kText), Spec("Verdict_Words", kText), Spec("SHAP_Explanation", kText),
       Spec("Model_Version", kText), Spec("Warnings", kText)});
  return schema;
}

void AppendFlat(std::span<const RecommendationLogEntry> entries, Table* table) {
  for (const RecommendationLogEntry& entry : entries) {
    const Recommendation& given = entry.recommendation;
    AppendCount(table, "id", entry.id);
    AppendText(table, "at", entry.at);
    AppendText(table, "dataset", entry.dataset);
    AppendPlan(given.plan, table);
    AppendNumber(table, "Budget", given.budget);
    AppendNumber(table, "Used_Budget", given.used_budget);
    AppendText(table, "Currency", given.currency);
    AppendText(table, "Objective", given.objective);
    AppendText(table, "Decided", Joined(given.decided));
    AppendNumber(table, "Recommended_Duration", given.duration);
    AppendPerformance(table, "", given.expected);
    AppendNumber(table, "ROI_Probability", given.roi_probability);
    AppendInterval(table, "ROI_Probability", given.roi_probability_interval);
    AppendNumber(table, "ROI_Threshold", given.roi_threshold);
    AppendText(table, "ROI_Threshold_Rule", given.roi_threshold_rule);
    AppendPerformance(table, "Baseline_", given.average.expected);
    AppendNumber(table, "Baseline_ROI_Spend_Weighted", given.average.roi_by_spend);
    AppendExpected(table, "Uplift", given.uplift.difference);
    AppendNumber(table, "Uplift_Share", given.uplift.share);
    AppendCount(table, "Campaigns_Near_Budget", given.evidence.near_budget);
    AppendCount(table, "Campaigns_Like_It", given.evidence.like_it);
    AppendCount(table, "Campaigns_Held_Out", given.evidence.held_out);
    AppendCount(table, "Candidates", given.evidence.candidates);
    AppendNumber(table, "Spend_From", given.evidence.spend_from);
    AppendNumber(table, "Spend_To", given.evidence.spend_to);
    AppendText(table, "Verdict", given.verdict);
    AppendText(table, "Verdict_Words", given.words);
    AppendExplanation(table, given.explanation);
    AppendText(table, "Model_Version", given.model_version);
    AppendText(table, "Warnings", Joined(given.warnings));
  }
}

Schema ExperimentColumns() {
  using enum ColumnType;
  // A seed may need all 64 bits, which a number column does not have.
  return {Spec("id", kCount, Role::kId), Spec("at", kText),
          Spec("dataset", kText),        Spec("model_type", kText),
          Spec("model_version", kText),  Spec("metric", kText),
          Spec("value", kNumber),        Spec("seed", kText),
          Spec("data_sha256", kText),    Spec("note", kText)};
}

void AppendFlat(std::span<const Experiment> experiments, Table* table) {
  for (const Experiment& experiment : experiments) {
    for (const auto& [metric, value] : experiment.metrics) {
      At(table, "id").AppendNumber(static_cast<double>(experiment.id));
      AppendText(table, "at", experiment.at);
      AppendText(table, "dataset", experiment.dataset);
      AppendText(table, "model_type", experiment.model_type);
      AppendText(table, "model_version", experiment.model_version);
      AppendText(table, "metric", metric);
      At(table, "value").AppendNumber(value);
      AppendText(table, "seed", experiment.seed ? std::to_string(*experiment.seed) : "");
      AppendText(table, "data_sha256", experiment.data_sha256);
      AppendText(table, "note", experiment.note);
    }
  }
}

}  // namespace pythia
