#include <algorithm>
#include <cmath>

#include <nlohmann/json.hpp>

#include "records/json.h"
#include "records/json_fields.h"

namespace pythia {
namespace {

Json TargetJson(const std::optional<TargetExplanation>& target) {
  if (!target) return nullptr;
  Json values = Json::object();
  for (const PlayerValue& player : target->values) {
    values[player.player] = NumberOrNullJson(player.value);
  }
  return {{"scale", target->scale},
          {"unit", target->unit},
          {"base", NumberOrNullJson(target->base)},
          {"prediction", NumberOrNullJson(target->prediction)},
          {"values", std::move(values)}};
}

std::optional<TargetExplanation> ReadTarget(const Fields& fields, std::string_view key,
                                            std::string name) {
  if (fields.IsNull(key)) return std::nullopt;
  const Fields target = fields.Object(key);
  TargetExplanation read{.target = std::move(name),
                         .scale = target.Text("scale"),
                         .unit = target.Text("unit"),
                         .base = target.NumberOrNan("base"),
                         .prediction = target.NumberOrNan("prediction"),
                         .values = {}};
  if (read.scale != "response" && read.scale != "link") {
    target.Refuse("scale", "must be response or link");
  }
  const Fields values = target.Object("values");
  for (const std::string& player : values.Keys()) {
    read.values.push_back({player, values.NumberOrNan(player), {}});
  }
  LargestFirst(&read);
  return read;
}

// Up to `wanted` of the row numbers below `rows`, evenly spread.
std::vector<size_t> Spread(int64_t rows, int64_t wanted) {
  const int64_t count = std::min(rows, wanted);
  std::vector<size_t> spread;
  for (int64_t i = 0; i < count; ++i) spread.push_back(static_cast<size_t>(i * rows / count));
  return spread;
}

Json PlayerJson(const PlayerSummary& player, const std::vector<size_t>& rows) {
  Json json = {{"player", player.player},
               {"mean_absolute", NumberOrNullJson(player.mean_absolute)}};
  if (rows.empty()) return json;
  Json& values = json["values"] = Json::array();
  Json& given = json[player.numeric ? "inputs" : "labels"] = Json::array();
  for (const size_t row : rows) {
    values.push_back(NumberOrNullJson(player.values.at(row)));
    given.push_back(player.numeric ? NumberOrNullJson(player.inputs.at(row))
                                   : Json(player.labels.at(row)));
  }
  return json;
}

}  // namespace

void LargestFirst(TargetExplanation* target) {
  std::stable_sort(target->values.begin(), target->values.end(),
                   [](const PlayerValue& a, const PlayerValue& b) {
                     return std::fabs(a.value) > std::fabs(b.value);
                   });
}

Json ToJson(const Explanation& explanation) {
  return {{"Clicks", TargetJson(explanation.clicks)}, {"ROI", TargetJson(explanation.roi)}};
}

Result<Explanation> ExplanationFromJson(const Json& json) {
  FirstError error;
  const Fields fields(json, "", &error);
  Explanation explanation{.clicks = ReadTarget(fields, "Clicks", "clicks"),
                          .roi = ReadTarget(fields, "ROI", "roi")};
  return std::move(error).Or(std::move(explanation));
}

Json ToJson(const ExplanationSummary& summary) { return ToJson(summary, 0); }

Json ToJson(const ExplanationSummary& summary, int64_t rows) {
  Json targets = Json::object();
  for (const TargetSummary& target : summary.targets) {
    Json players = Json::array();
    for (const PlayerSummary& player : target.players) {
      players.push_back(PlayerJson(player, Spread(target.rows, rows)));
    }
    targets[target.target == "roi" ? "ROI" : "Clicks"] = {{"scale", target.scale},
                                                          {"unit", target.unit},
                                                          {"base", NumberOrNullJson(target.base)},
                                                          {"campaigns", target.campaigns},
                                                          {"players", std::move(players)}};
  }
  return {{"dataset", summary.dataset},
          {"model_version", summary.model_version},
          {"targets", std::move(targets)}};
}

}  // namespace pythia
