// The model's file:
//   {"_pythia_model":{"body_bytes":N,"format_version":1,"sha256":"..."},"body":{...}}\n
// The header is read by position and its length and hash are checked before any of the body is
// parsed.
#include <algorithm>
#include <array>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "base/sha256.h"
#include "model/model.h"
#include "model/served.h"
#include "records/json.h"

namespace pythia {
namespace {

constexpr int kFormatVersion = 1;
constexpr size_t kMaxHeaderBytes = 256;
constexpr double kLeastDay = -719162;  // 0001-01-01
constexpr double kMostDay = 2932896;   // 9999-12-31
constexpr std::string_view kHeaderStart = R"({"_pythia_model":)";
constexpr std::string_view kBodyStart = R"(,"body":)";
constexpr std::string_view kEnd = "}\n";
constexpr std::array<const char*, 3> kPerNames = {"campaign", "impression", "spend"};

Json EncoderToJson(const Encoder& encoder) {
  Json numbers = Json::array();
  for (const NumericFeature& feature : encoder.numbers()) {
    numbers.push_back({{"column", feature.column},
                       {"log", feature.log},
                       {"mean", feature.mean},
                       {"sd", feature.sd},
                       {"min", feature.min},
                       {"max", feature.max}});
  }
  Json categories = Json::array();
  for (const CategoryFeature& feature : encoder.categories()) {
    categories.push_back({{"column", feature.column},
                          {"part", feature.part == DatePart::kMonth     ? "month"
                                   : feature.part == DatePart::kWeekday ? "weekday"
                                                                        : ""},
                          {"levels", feature.levels},
                          {"rows", feature.rows},
                          {"pooled", feature.pooled}});
  }
  return {{"numbers", std::move(numbers)}, {"categories", std::move(categories)}};
}

Json ToJson(const LinearModel& model) {
  return {{"encoder", EncoderToJson(model.encoder)},
          {"intercept", model.intercept},
          {"beta", model.beta}};
}

Json ToJson(const Baseline& baseline) {
  Json groups = Json::object();
  for (const auto& [level, group] : baseline.groups) groups[level] = {group.rate, group.rows};
  return {
      {"target", baseline.target},   {"per", kPerNames[static_cast<size_t>(baseline.per)]},
      {"column", baseline.column},   {"overall", {baseline.overall.rate, baseline.overall.rows}},
      {"groups", std::move(groups)}, {"mean_unit", baseline.mean_unit}};
}

Json ToJson(const std::optional<Part>& part) {
  if (!part) return nullptr;
  return {{"model", ToJson(part->model)},
          {"signal", part->signal},
          {"baseline", ToJson(part->baseline)}};
}

Json ToJson(const std::optional<Unplanned>& unplanned) {
  if (!unplanned) return nullptr;
  return {{"signal", unplanned->signal}, {"baseline", ToJson(unplanned->baseline)}};
}

Json ToJson(const std::optional<IntervalRule>& rule) {
  if (!rule) return nullptr;
  Json groups = Json::object();
  for (const auto& [group, tails] : rule->groups) groups[group] = {tails.lower, tails.upper};
  return {{"level", rule->level},        {"c1", rule->spread.c1},
          {"c2", rule->spread.c2},       {"tails", {rule->tails.lower, rule->tails.upper}},
          {"groups", std::move(groups)}, {"fold_scores", rule->fold_scores}};
}

Json ToJson(const std::vector<FoldModels>& folds) {
  Json json = Json::array();
  for (const FoldModels& fold : folds) {
    json.push_back({{"reach", ToJson(std::optional(fold.reach))},
                    {"clicks", ToJson(std::optional(fold.clicks))},
                    {"clicks_without_impressions", ToJson(std::optional(fold.unplanned))},
                    {"ctr", ToJson(fold.ctr)}});
  }
  return json;
}

Json ToJson(const std::optional<PlanUncertainty>& uncertainty) {
  if (!uncertainty) return nullptr;
  return {{"covariance", uncertainty->covariance}, {"separated", uncertainty->separated}};
}

Json ToJson(const std::optional<Seen>& seen) {
  if (!seen) return nullptr;
  return {seen->least, seen->most};
}

Error Damaged(std::string_view what) {
  return {.code = ErrorCode::kBadInput,
          .message = fmt::format("not a usable model file: {}", what),
          .hint = "Train again (pythia train), or activate another model (pythia models list)."};
}

// nlohmann's accessors throw on a wrong type; ParseModel catches that in one place.
Encoder EncoderFromJson(const Json& json) {
  std::vector<NumericFeature> numbers;
  for (const Json& feature : json.at("numbers")) {
    numbers.push_back({.column = feature.at("column").get<std::string>(),
                       .log = feature.at("log").get<bool>(),
                       .mean = feature.at("mean").get<double>(),
                       .sd = feature.at("sd").get<double>(),
                       .min = feature.at("min").get<double>(),
                       .max = feature.at("max").get<double>()});
  }
  std::vector<CategoryFeature> categories;
  for (const Json& feature : json.at("categories")) {
    const auto part = feature.at("part").get<std::string>();
    categories.push_back({.column = feature.at("column").get<std::string>(),
                          .part = part == "month"     ? DatePart::kMonth
                                  : part == "weekday" ? DatePart::kWeekday
                                                      : DatePart::kNone,
                          .levels = feature.at("levels").get<std::vector<std::string>>(),
                          .rows = feature.at("rows").get<std::vector<int64_t>>(),
                          .pooled = feature.at("pooled").get<std::vector<std::string>>()});
  }
  return {std::move(numbers), std::move(categories)};
}

bool IsSound(const LinearModel& model) {
  for (const NumericFeature& feature : model.encoder.numbers()) {
    if (!(feature.sd > 0)) return false;
  }
  for (const CategoryFeature& feature : model.encoder.categories()) {
    if (feature.levels.empty() || feature.levels.back() != kOtherLevel) return false;
    if (feature.levels.size() >= kAverageLevel) return false;
    if (feature.rows.size() != feature.levels.size()) return false;
    const auto [fewest, most] = std::minmax_element(feature.rows.begin(), feature.rows.end());
    if (*fewest < 0 || *most == 0) return false;
  }
  return std::cmp_equal(model.beta.size(), model.encoder.shape().num_columns());
}

BaselineGroup GroupFromJson(const Json& json) {
  return {.rate = json.at(0).get<double>(), .rows = json.at(1).get<double>()};
}

Baseline BaselineFromJson(const Json& json) {
  Baseline baseline{.target = json.at("target").get<std::string>(),
                    .column = json.at("column").get<std::string>(),
                    .overall = GroupFromJson(json.at("overall")),
                    .mean_unit = json.at("mean_unit").get<double>()};
  const auto per = json.at("per").get<std::string>();
  baseline.per = per == kPerNames[1]   ? Per::kImpression
                 : per == kPerNames[2] ? Per::kSpend
                                       : Per::kCampaign;
  for (const auto& [level, group] : json.at("groups").items()) {
    baseline.groups[level] = GroupFromJson(group);
  }
  return baseline;
}

LinearModel LinearFromJson(const Json& json) {
  return {.encoder = EncoderFromJson(json.at("encoder")),
          .intercept = json.at("intercept").get<double>(),
          .beta = json.at("beta").get<std::vector<double>>()};
}

Result<std::optional<Part>> PartFromJson(const Json& json) {
  if (json.is_null()) return std::optional<Part>();
  Part part{.model = LinearFromJson(json.at("model")),
            .signal = json.at("signal").get<bool>(),
            .baseline = BaselineFromJson(json.at("baseline"))};
  if (!IsSound(part.model)) return Fail(Damaged("its parts do not fit together"));
  return std::optional<Part>(std::move(part));
}

std::optional<Unplanned> UnplannedFromJson(const Json& json) {
  if (json.is_null()) return std::nullopt;
  return Unplanned{.signal = json.at("signal").get<bool>(),
                   .baseline = BaselineFromJson(json.at("baseline"))};
}

Tails TailsFromJson(const Json& json) {
  return {.lower = json.at(0).get<double>(), .upper = json.at(1).get<double>()};
}

std::optional<IntervalRule> RuleFromJson(const Json& json) {
  if (json.is_null()) return std::nullopt;
  IntervalRule rule{.level = json.at("level").get<double>(),
                    .spread = {json.at("c1").get<double>(), json.at("c2").get<double>()},
                    .tails = TailsFromJson(json.at("tails")),
                    .fold_scores = json.at("fold_scores").get<std::vector<std::vector<double>>>()};
  for (const auto& [group, tails] : json.at("groups").items()) {
    rule.groups[group] = TailsFromJson(tails);
  }
  return rule;
}

std::optional<Seen> SeenFromJson(const Json& json) {
  if (json.is_null()) return std::nullopt;
  return Seen{.least = json.at(0).get<double>(), .most = json.at(1).get<double>()};
}

Result<std::vector<FoldModels>> FoldsFromJson(const Json& json) {
  std::vector<FoldModels> folds;
  for (const Json& fold : json) {
    PYTHIA_ASSIGN(const std::optional<Part> reach, PartFromJson(fold.at("reach")));
    PYTHIA_ASSIGN(const std::optional<Part> clicks, PartFromJson(fold.at("clicks")));
    const auto unplanned = UnplannedFromJson(fold.at("clicks_without_impressions"));
    if (!reach || !clicks || !unplanned) return Fail(Damaged("a fold's model is missing"));
    folds.push_back({*reach, *clicks, *unplanned, BaselineFromJson(fold.at("ctr"))});
  }
  return folds;
}

Result<std::optional<PlanUncertainty>> UncertaintyFromJson(const Json& json,
                                                           const std::optional<Part>& roi) {
  if (json.is_null()) return std::optional<PlanUncertainty>();
  PlanUncertainty uncertainty{.covariance = json.at("covariance").get<std::vector<double>>(),
                              .separated = json.at("separated").get<std::vector<int>>()};
  const size_t width = roi ? roi->model.beta.size() + 1 : 0;
  if (uncertainty.covariance.size() != width * (width + 1) / 2) {
    return Fail(Damaged("its parts do not fit together"));
  }
  return std::optional<PlanUncertainty>(std::move(uncertainty));
}

Result<Model> ModelFromJson(const Json& body) {
  Model model;
  model.dataset = body.at("dataset").get<std::string>();
  model.data_sha256 = body.at("data_sha256").get<std::string>();
  model.seed = body.at("seed").get<uint64_t>();
  PYTHIA_ASSIGN(model.reach, PartFromJson(body.at("reach")));
  PYTHIA_ASSIGN(model.clicks, PartFromJson(body.at("clicks")));
  PYTHIA_ASSIGN(model.roi, PartFromJson(body.at("roi")));
  model.unplanned = UnplannedFromJson(body.at("clicks_without_impressions"));
  model.ctr = BaselineFromJson(body.at("ctr"));
  model.clicks_interval = RuleFromJson(body.at("clicks_interval"));
  model.unplanned_interval = RuleFromJson(body.at("clicks_without_impressions_interval"));
  model.ctr_interval = RuleFromJson(body.at("ctr_interval"));
  PYTHIA_ASSIGN(model.folds, FoldsFromJson(body.at("folds")));
  PYTHIA_ASSIGN(model.roi_uncertainty, UncertaintyFromJson(body.at("roi_uncertainty"), model.roi));
  PYTHIA_ASSIGN(model.report, TrainingReportFromJson(body.at("report")));
  model.impressions = SeenFromJson(body.at("impressions"));
  model.days = SeenFromJson(body.at("days"));
  if (model.days && !(model.days->least >= kLeastDay && model.days->most <= kMostDay)) {
    return Fail(Damaged("its dates are none"));
  }
  model.roi_threshold = model.report.roi_threshold;
  if (model.roi && !model.roi_threshold) return Fail(Damaged("the ROI threshold is missing"));
  if (model.unplanned && !(model.reach && model.clicks)) {
    return Fail(Damaged("the reach model is missing"));
  }
  // Files of the first versions have none.
  if (!body.contains("backgrounds")) return model;
  model.backgrounds = body.at("backgrounds").get<std::map<std::string, std::vector<double>>>();
  for (const ServedKind kind : kServedKinds) {
    const auto kept = model.backgrounds.find(std::string(ServedName(kind)));
    const std::optional<Served> served = Served::Of(model, kind);
    if (kept == model.backgrounds.end()) continue;
    const size_t players = served ? served->players().size() : 0;
    if (players == 0 || kept->second.empty() || kept->second.size() % players != 0) {
      return Fail(Damaged("its background does not fit"));
    }
  }
  return model;
}

// The body's text, once header, length and hash are found right.
Result<std::string_view> CheckedBody(std::string_view bytes) {
  if (bytes.size() > kMaxModelBytes) return Fail(Damaged("too long"));
  if (!bytes.starts_with(kHeaderStart)) return Fail(Damaged("it does not begin like one"));
  const size_t body_at = bytes.substr(0, kMaxHeaderBytes).find(kBodyStart);
  if (body_at == std::string_view::npos) return Fail(Damaged("its header does not end"));
  PYTHIA_ASSIGN(const Json header,
                ParseJson(bytes.substr(kHeaderStart.size(), body_at - kHeaderStart.size())));
  if (header.at("format_version").get<int>() > kFormatVersion) {
    return Fail(Error{.code = ErrorCode::kBadInput,
                      .message = "this model was written by a newer version of the program",
                      .hint = "Update pythia, or train again with this version."});
  }
  if (header.at("format_version").get<int>() < 1) return Fail(Damaged("its version is unknown"));
  const size_t from = body_at + kBodyStart.size();
  const auto length = header.at("body_bytes").get<size_t>();
  if (bytes.size() < from + kEnd.size() || bytes.size() - from - kEnd.size() != length ||
      !bytes.ends_with(kEnd)) {
    return Fail(Damaged("it is cut short or too long"));
  }
  const std::string_view body = bytes.substr(from, length);
  if (HexSha256(body) != header.at("sha256").get<std::string>()) {
    return Fail(Damaged("its content does not match its SHA-256"));
  }
  return body;
}

}  // namespace

std::string SerializeModel(const Model& model) {
  TrainingReport report = model.report;
  report.version.clear();
  report.generation = 0;
  const Json body = {{"dataset", model.dataset},
                     {"data_sha256", model.data_sha256},
                     {"seed", model.seed},
                     {"reach", ToJson(model.reach)},
                     {"clicks", ToJson(model.clicks)},
                     {"roi", ToJson(model.roi)},
                     {"clicks_without_impressions", ToJson(model.unplanned)},
                     {"ctr", ToJson(model.ctr)},
                     {"clicks_interval", ToJson(model.clicks_interval)},
                     {"clicks_without_impressions_interval", ToJson(model.unplanned_interval)},
                     {"ctr_interval", ToJson(model.ctr_interval)},
                     {"folds", ToJson(model.folds)},
                     {"roi_uncertainty", ToJson(model.roi_uncertainty)},
                     {"impressions", ToJson(model.impressions)},
                     {"days", ToJson(model.days)},
                     {"backgrounds", model.backgrounds},
                     {"report", pythia::ToJson(report)}};
  const std::string text = DumpJson(body);
  return fmt::format(R"({}{{"body_bytes":{},"format_version":{},"sha256":"{}"}}{}{}{})",
                     kHeaderStart, text.size(), kFormatVersion, HexSha256(text), kBodyStart, text,
                     kEnd);
}

Result<Model> ParseModel(std::string_view bytes) {
  try {
    PYTHIA_ASSIGN(const std::string_view text, CheckedBody(bytes));
    PYTHIA_ASSIGN(const Json body, ParseJson(text));
    return ModelFromJson(body);
  } catch (const Json::exception& error) {
    return Fail(Damaged(error.what()));
  }
}

}  // namespace pythia
