#include <cmath>
#include <limits>

#include <nlohmann/json.hpp>

#include "records/json.h"
#include "records/json_fields.h"

namespace pythia {
namespace {

// `name` and `name`_Interval, both null where there is no expectation.
void PutExpected(const std::string& name, const std::optional<Expected>& expected, Json* json) {
  const bool given = expected && std::isfinite(expected->value);
  (*json)[name] = given ? Json(expected->value) : Json();
  (*json)[name + "_Interval"] = given ? IntervalJson(expected->interval) : Json();
}

// What is null beside a value was not finite when it was written.
Interval ReadBounds(const Fields& fields, std::string_view key) {
  constexpr double kUnknown = std::numeric_limits<double>::quiet_NaN();
  return fields.IntervalOrNull(key).value_or(Interval{kUnknown, kUnknown, kUnknown});
}

std::optional<Expected> ReadExpected(const Fields& fields, const std::string& name) {
  const std::string bounds = name + "_Interval";
  if (!fields.IsNull(name)) return Expected{fields.Number(name), ReadBounds(fields, bounds)};
  if (!fields.IsNull(bounds)) fields.Refuse(bounds, "must be null, for there is no " + name);
  return std::nullopt;
}

void PutPerformance(const Performance& performance, Json* json) {
  PutExpected("Expected_Clicks", performance.clicks, json);
  PutExpected("Estimated_ROI", performance.roi, json);
  PutExpected("CTR", performance.ctr, json);
}

Performance ReadPerformance(const Fields& fields) {
  return {.clicks = ReadExpected(fields, "Expected_Clicks"),
          .roi = ReadExpected(fields, "Estimated_ROI"),
          .ctr = ReadExpected(fields, "CTR")};
}

Json AverageJson(const AverageCampaign& average) {
  Json json = {{"ROI_Spend_Weighted", NumberOrNullJson(average.roi_by_spend)}};
  PutPerformance(average.expected, &json);
  return json;
}

AverageCampaign ReadAverage(const Fields& fields) {
  return {.expected = ReadPerformance(fields),
          .roi_by_spend = fields.NumberOrNull("ROI_Spend_Weighted")};
}

Json UpliftJson(const Uplift& uplift) {
  return {{"Value", NumberOrNullJson(uplift.difference.value)},
          {"Interval", IntervalJson(uplift.difference.interval)},
          {"Share", NumberOrNullJson(uplift.share)}};
}

Uplift ReadUplift(const Fields& fields) {
  return {.difference = {fields.NumberOrNan("Value"), ReadBounds(fields, "Interval")},
          .share = fields.NumberOrNan("Share")};
}

Json EvidenceJson(const Evidence& evidence) {
  return {{"Campaigns_Near_Budget", evidence.near_budget},
          {"Campaigns_Like_It", evidence.like_it},
          {"Campaigns_Held_Out", evidence.held_out},
          {"Candidates", evidence.candidates},
          {"Spend_From", NumberOrNullJson(evidence.spend_from)},
          {"Spend_To", NumberOrNullJson(evidence.spend_to)}};
}

Evidence ReadEvidence(const Fields& fields) {
  return {.near_budget = fields.Whole("Campaigns_Near_Budget"),
          .like_it = fields.Whole("Campaigns_Like_It"),
          .held_out = fields.Whole("Campaigns_Held_Out"),
          .candidates = fields.Whole("Candidates"),
          .spend_from = fields.NumberOrNan("Spend_From"),
          .spend_to = fields.NumberOrNan("Spend_To")};
}

Json AlternativeJson(const Alternative& alternative) {
  return {{"Plan", ToJson(alternative.plan)},
          {"Value", NumberOrNullJson(alternative.expected.value)},
          {"Interval", IntervalJson(alternative.expected.interval)},
          {"Campaigns", alternative.campaigns}};
}

Alternative ReadAlternative(const Fields& fields) {
  return {.plan = fields.PlanAt("Plan"),
          .expected = {fields.NumberOrNan("Value"), ReadBounds(fields, "Interval")},
          .campaigns = fields.Whole("Campaigns")};
}

Json CurvePointJson(const CurvePoint& point) {
  Json json = {{"Budget", NumberOrNullJson(point.budget)}, {"Campaigns", point.campaigns}};
  PutExpected("Expected_Clicks", point.clicks, &json);
  PutExpected("Impressions", point.impressions, &json);
  PutExpected("ROI_Probability", point.roi_probability, &json);
  return json;
}

CurvePoint ReadCurvePoint(const Fields& fields) {
  return {.budget = fields.NumberOrNan("Budget"),
          .campaigns = fields.Whole("Campaigns"),
          .clicks = ReadExpected(fields, "Expected_Clicks"),
          .impressions = ReadExpected(fields, "Impressions"),
          .roi_probability = ReadExpected(fields, "ROI_Probability")};
}

}  // namespace

Json ToJson(const Recommendation& recommendation) {
  Json alternatives = Json::array();
  for (const Alternative& alternative : recommendation.alternatives) {
    alternatives.push_back(AlternativeJson(alternative));
  }
  Json curve = Json::array();
  for (const CurvePoint& point : recommendation.curve) curve.push_back(CurvePointJson(point));
  Json json = {{"Recommended_Duration", NumberOrNullJson(recommendation.duration)},
               {"ROI_Probability", NumberOrNullJson(recommendation.roi_probability)},
               {"ROI_Probability_Interval", IntervalJson(recommendation.roi_probability_interval)},
               {"ROI_Threshold", NumberOrNullJson(recommendation.roi_threshold)},
               {"ROI_Threshold_Rule", TextOrNullJson(recommendation.roi_threshold_rule)},
               {"Budget", NumberOrNullJson(recommendation.budget)},
               {"Used_Budget", NumberOrNullJson(recommendation.used_budget)},
               {"Currency", TextOrNullJson(recommendation.currency)},
               {"Objective", recommendation.objective},
               {"Plan", ToJson(recommendation.plan)},
               {"Decided", recommendation.decided},
               {"Baseline", AverageJson(recommendation.average)},
               {"Uplift", UpliftJson(recommendation.uplift)},
               {"Evidence", EvidenceJson(recommendation.evidence)},
               {"Verdict", recommendation.verdict},
               {"Verdict_Words", recommendation.words},
               {"Alternatives", std::move(alternatives)},
               {"Curve", std::move(curve)},
               {"SHAP_Explanation",
                recommendation.explanation ? ToJson(*recommendation.explanation) : Json()},
               {"Model_Version", recommendation.model_version},
               {"Warnings", recommendation.warnings}};
  PutPerformance(recommendation.expected, &json);
  return json;
}

Result<Recommendation> RecommendationFromJson(const Json& json) {
  FirstError error;
  const Fields fields(json, "", &error);
  Recommendation recommendation;
  recommendation.budget = fields.NumberOrNan("Budget");
  recommendation.used_budget = fields.NumberOrNan("Used_Budget");
  recommendation.currency = fields.TextOrNull("Currency");
  recommendation.objective = fields.Text("Objective");
  recommendation.plan = fields.PlanAt("Plan");
  recommendation.decided = fields.Texts("Decided");
  recommendation.duration = fields.NumberOrNull("Recommended_Duration");
  recommendation.expected = ReadPerformance(fields);
  recommendation.roi_probability = fields.NumberOrNull("ROI_Probability");
  recommendation.roi_probability_interval = fields.IntervalOrNull("ROI_Probability_Interval");
  recommendation.roi_threshold = fields.NumberOrNull("ROI_Threshold");
  recommendation.roi_threshold_rule = fields.TextOrNull("ROI_Threshold_Rule");
  recommendation.average = ReadAverage(fields.Object("Baseline"));
  recommendation.uplift = ReadUplift(fields.Object("Uplift"));
  recommendation.evidence = ReadEvidence(fields.Object("Evidence"));
  recommendation.verdict = fields.Text("Verdict");
  recommendation.words = fields.Text("Verdict_Words");
  for (const Fields& alternative : fields.Objects("Alternatives")) {
    recommendation.alternatives.push_back(ReadAlternative(alternative));
  }
  for (const Fields& point : fields.Objects("Curve")) {
    recommendation.curve.push_back(ReadCurvePoint(point));
  }
  recommendation.explanation = fields.ExplanationOrNull("SHAP_Explanation");
  recommendation.model_version = fields.Text("Model_Version");
  recommendation.warnings = fields.Texts("Warnings");
  return std::move(error).Or(std::move(recommendation));
}

Json ToJson(const RecommendationLogEntry& entry) {
  return {{"id", entry.id},
          {"at", entry.at},
          {"dataset", entry.dataset},
          {"recommendation", ToJson(entry.recommendation)}};
}

}  // namespace pythia
