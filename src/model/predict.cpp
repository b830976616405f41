#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include "base/check.h"
#include "base/sha256.h"
#include "campaign/dates.h"
#include "campaign/schema.h"
#include "glm/fit.h"
#include "model/model.h"

namespace pythia {
namespace {

constexpr double kTwoSided90 = 1.6448536269514722;
constexpr double kFarDays = 366;  // a date this far outside the history is said to be

std::optional<double> NumberOf(const Plan& plan, std::string_view name) {
  const auto found = plan.values.find(std::string(name));
  if (found == plan.values.end()) return std::nullopt;
  const auto* number = std::get_if<double>(&found->second);
  return number == nullptr ? std::nullopt : std::optional(*number);
}

// One plan on its way to a prediction.
class Predicting {
 public:
  Predicting(const Model& model, const Plan& plan) : model_(model), plan_(plan) {}

  void Clicks();
  void Roi();
  void NameIgnoredColumns();
  void NameExtrapolation();
  void Warn(const std::string& warning);

  Prediction prediction;

 private:
  // Says what was not given, not known or outside the history.
  EncodedRow Encoded(const LinearModel& model);
  double Eta(const LinearModel& model) { return model.LinearPredictor(Encoded(model)); }
  // The baseline's rate for the plan times its unit; the spend's mean where none is given.
  double Mean(const Baseline& baseline, std::optional<double> impressions);
  void SayVerdict(const std::string& name, const std::string& what, bool signal);
  // The rule's interval around `mu`; `of_fold` is what a fold's models say in its place.
  template <typename OfFold>
  Interval Around(const IntervalRule& rule, double mu, const OfFold& of_fold) const;
  void ClicksIntervals(std::optional<double> impressions);
  // `error` is of the linear predictor; none where it is not known.
  void RoiInterval(std::optional<double> error);
  void WithImpressions(const Part& clicks, double impressions);
  void WithoutImpressions(const Part& clicks);
  double Ctr(const Part& clicks);
  double Reach();
  bool Uses(std::string_view name) const;

  const Model& model_;
  const Plan& plan_;
};

void Predicting::Warn(const std::string& warning) {
  std::vector<std::string>& warnings = prediction.warnings;
  if (std::find(warnings.begin(), warnings.end(), warning) == warnings.end()) {
    warnings.push_back(warning);
  }
}

EncodedRow Predicting::Encoded(const LinearModel& model) {
  std::vector<std::string> warnings;
  EncodedRow row = model.encoder.Encode(plan_, &warnings);
  for (const std::string& warning : warnings) Warn(warning);
  return row;
}

double Predicting::Mean(const Baseline& baseline, std::optional<double> impressions) {
  if (!baseline.column.empty() && !plan_.values.contains(baseline.column)) {
    Warn(baseline.column + " is not given: the figure of all campaigns is used");
  } else if (!baseline.column.empty() && &baseline.GroupOf(plan_) == &baseline.overall) {
    Warn(baseline.column + " is not in the history: the figure of all campaigns is used");
  }
  const double rate = baseline.GroupOf(plan_).rate;
  if (baseline.per == Per::kCampaign) return rate;
  if (baseline.per == Per::kImpression) return rate * impressions.value_or(baseline.mean_unit);
  const std::optional<double> spend = NumberOf(plan_, column::kAcquisitionCost);
  if (!spend) {
    Warn(fmt::format("{} is not given: the history's average is used", column::kAcquisitionCost));
  }
  return rate * spend.value_or(baseline.mean_unit);
}

void Predicting::SayVerdict(const std::string& name, const std::string& what, bool signal) {
  prediction.verdict[name] = signal ? "signal" : "no_signal";
  const auto report = model_.report.models.find(name);
  if (signal || report == model_.report.models.end() || !report->second.verdict) return;
  Warn(fmt::format("{}: {}", what, report->second.verdict->words));
}

double Predicting::Ctr(const Part& clicks) {
  if (!clicks.signal) {
    const Baseline& rate = clicks.baseline.per == Per::kImpression ? clicks.baseline : model_.ctr;
    return std::min(1.0, Mean(rate, 1.0));
  }
  const double ctr = glm::InverseLink(glm::Family::kPoissonLog, Eta(clicks.model));
  if (ctr <= 1) return ctr;
  Warn(fmt::format("the model's CTR of {:.3f} is above 1 and was capped", ctr));
  return 1;
}

double Predicting::Reach() {
  const Part& reach = *model_.reach;
  SayVerdict("reach", "impressions", reach.signal);
  if (!reach.signal) return Mean(reach.baseline, std::nullopt);
  return glm::InverseLink(glm::Family::kPoissonLog, Eta(reach.model));
}

void Predicting::WithImpressions(const Part& clicks, double impressions) {
  if (clicks.signal || clicks.baseline.per == Per::kImpression || !(impressions > 0)) {
    prediction.ctr = Ctr(clicks);
    prediction.clicks = *prediction.ctr * impressions;
    return;
  }
  prediction.clicks = std::min(Mean(clicks.baseline, impressions), impressions);
  prediction.ctr = *prediction.clicks / impressions;
}

void Predicting::WithoutImpressions(const Part& clicks) {
  prediction.ctr = Ctr(clicks);
  if (!model_.unplanned) {
    Warn(
        "Impressions is not given: clicks cannot be estimated without the planned reach, only "
        "the CTR");
    return;
  }
  if (!model_.unplanned->signal) {
    const Baseline& baseline = model_.unplanned->baseline;
    prediction.clicks = Mean(baseline, std::nullopt);
    Warn(
        fmt::format("Impressions is not given: clicks are the {}, which a model of the reach "
                    "does not beat",
                    baseline.Name()));
    return;
  }
  if (!clicks.signal && clicks.baseline.per == Per::kCampaign) {
    prediction.clicks = Mean(clicks.baseline, std::nullopt);
    Warn("Impressions is not given: clicks are the " + clicks.baseline.Name());
    return;
  }
  const double reach = Reach();
  prediction.clicks = reach * *prediction.ctr;
  Warn(
      fmt::format("Impressions is not given: clicks come from an estimated reach of {:.0f} "
                  "impressions times the CTR",
                  reach));
}

void Predicting::Clicks() {
  const Part& clicks = *model_.clicks;
  SayVerdict("clicks", "clicks", clicks.signal);
  if (const auto impressions = NumberOf(plan_, column::kImpressions)) {
    WithImpressions(clicks, *impressions);
  } else {
    WithoutImpressions(clicks);
  }
  ClicksIntervals(NumberOf(plan_, column::kImpressions));
}

template <typename OfFold>
Interval Predicting::Around(const IntervalRule& rule, double mu, const OfFold& of_fold) const {
  if (!rule.fold_scores.empty() && rule.fold_scores.size() == model_.folds.size()) {
    std::vector<double> means;
    for (const FoldModels& fold : model_.folds) {
      means.push_back(of_fold(PredictCounts(fold, plan_)).value_or(mu));
    }
    return rule.AroundFolds(means);
  }
  const auto channel = plan_.values.find(std::string(column::kChannelUsed));
  const auto* text =
      channel == plan_.values.end() ? nullptr : std::get_if<std::string>(&channel->second);
  return rule.Around(mu, text == nullptr ? std::string() : *text);
}

void Predicting::ClicksIntervals(std::optional<double> impressions) {
  const auto& clicks_rule = impressions ? model_.clicks_interval : model_.unplanned_interval;
  const double most = impressions.value_or(HUGE_VAL);
  if (prediction.clicks && clicks_rule) {
    Interval clicks = Around(*clicks_rule, *prediction.clicks,
                             [](const Prediction& fold) { return fold.clicks; });
    clicks.lower = std::clamp(clicks.lower, 0.0, most);
    clicks.upper = std::clamp(clicks.upper, 0.0, most);
    if (impressions && *impressions > 0) {
      prediction.ctr_interval =
          Interval{clicks.lower / *impressions, clicks.upper / *impressions, clicks.level};
    }
    clicks.lower = std::floor(clicks.lower);
    clicks.upper = std::ceil(clicks.upper);
    if (std::isfinite(clicks.upper)) prediction.clicks_interval = clicks;
  } else if (prediction.clicks && model_.clicks) {
    Warn("too few held-out campaigns for an interval");
  }
  if (!impressions && model_.ctr_interval) {
    Interval ctr = Around(*model_.ctr_interval, *prediction.ctr,
                          [](const Prediction& fold) { return fold.ctr; });
    ctr.lower = std::clamp(ctr.lower, 0.0, 1.0);
    ctr.upper = std::clamp(ctr.upper, 0.0, 1.0);
    prediction.ctr_interval = ctr;
  }
}

// On the logit scale, where the error of a rate is nearly normal.
void Predicting::RoiInterval(std::optional<double> error) {
  if (!error || !std::isfinite(*error)) {
    Warn("the history does not say how sure the probability is: no interval");
    return;
  }
  const double p = std::clamp(*prediction.roi_probability, 1e-12, 1 - 1e-12);
  const double eta = std::log(p) - std::log1p(-p);
  const auto bound = [&](double side) {
    return glm::InverseLink(glm::Family::kBinomialLogit, eta + side * kTwoSided90 * *error);
  };
  prediction.roi_probability_interval = Interval{bound(-1), bound(1), kIntervalLevel};
}

void Predicting::Roi() {
  const Part& roi = *model_.roi;
  SayVerdict("roi", "ROI", roi.signal);
  std::optional<double> error;
  if (roi.signal) {
    const EncodedRow row = Encoded(roi.model);
    prediction.roi_probability =
        glm::InverseLink(glm::Family::kBinomialLogit, roi.model.LinearPredictor(row));
    if (model_.roi_uncertainty) error = model_.roi_uncertainty->ErrorOf(roi.model.encoder, row);
  } else {
    prediction.roi_probability = Mean(roi.baseline, std::nullopt);
    const double p = std::clamp(*prediction.roi_probability, 1e-12, 1 - 1e-12);
    error = 1 / std::sqrt(roi.baseline.GroupOf(plan_).rows * p * (1 - p));
  }
  prediction.roi_category = *prediction.roi_probability > 0.5 ? 1 : 0;
  prediction.roi_threshold = model_.roi_threshold->value;
  prediction.roi_threshold_rule = model_.roi_threshold->rule;
  RoiInterval(error);
}

bool Predicting::Uses(std::string_view name) const {
  for (const std::optional<Part>* part : {&model_.reach, &model_.clicks, &model_.roi}) {
    if (!*part) continue;
    if ((*part)->model.encoder.Uses(name) || (*part)->baseline.column == name) return true;
  }
  return false;
}

void Predicting::NameIgnoredColumns() {
  for (const auto& [name, value] : plan_.values) {
    if (name == column::kImpressions && model_.clicks) continue;
    if (Uses(name)) continue;
    const ColumnSpec* spec = FindCanonical(name);
    const bool outcome = spec != nullptr && spec->role == Role::kOutcome;
    Warn(outcome ? name + " is known only after a campaign: ignored"
                 : name + " is not a feature of this model: ignored");
  }
}

void Predicting::NameExtrapolation() {
  const auto impressions = NumberOf(plan_, column::kImpressions);
  if (impressions && model_.impressions &&
      (*impressions < model_.impressions->least || *impressions > model_.impressions->most)) {
    Warn(fmt::format("{} = {} is outside the history ({} to {}): extrapolated",
                     column::kImpressions, *impressions, model_.impressions->least,
                     model_.impressions->most));
  }
  const auto date = plan_.values.find(std::string(column::kDate));
  if (!model_.days || date == plan_.values.end()) return;
  const auto* text = std::get_if<std::string>(&date->second);
  int32_t day = 0;
  if (text == nullptr || !ParseIsoDay(*text, &day)) return;
  if (day < model_.days->least - kFarDays || day > model_.days->most + kFarDays) {
    Warn(fmt::format(
        "{} = {} is more than a year outside the history ({} to {}): what held then may not hold "
        "now",
        column::kDate, *text, FormatDay(static_cast<int32_t>(model_.days->least)),
        FormatDay(static_cast<int32_t>(model_.days->most))));
  }
}

}  // namespace

double LinearModel::LinearPredictor(const EncodedRow& row) const {
  double eta = intercept;
  size_t column = 0;
  for (const double x : row.dense) eta += beta[column++] * x;
  for (size_t c = 0; c < row.codes.size(); ++c) {
    const CategoryFeature& feature = encoder.categories()[c];
    if (row.codes[c] == kAverageLevel) {
      eta += feature.AverageOf(std::span(beta).subspan(column, feature.levels.size()));
    } else {
      eta += beta[column + row.codes[c]];
    }
    column += feature.levels.size();
  }
  PYTHIA_CHECK(column == beta.size());
  return eta;
}

Prediction Predict(const Model& model, std::string_view version, const Plan& plan) {
  Predicting predicting(model, plan);
  predicting.prediction.model_version = version;
  if (model.clicks) {
    predicting.Clicks();
  } else {
    predicting.Warn("this model has no clicks model: see pythia models show");
  }
  if (model.roi && model.roi_threshold) {
    predicting.Roi();
  } else {
    predicting.Warn("this model has no ROI model: its history has no usable ROI or Revenue");
  }
  predicting.NameExtrapolation();
  predicting.NameIgnoredColumns();
  return std::move(predicting.prediction);
}

Prediction PredictCounts(const FoldModels& models, const Plan& plan) {
  const Model fold{.reach = models.reach,
                   .clicks = models.clicks,
                   .unplanned = models.unplanned,
                   .ctr = models.ctr};
  Predicting predicting(fold, plan);
  predicting.Clicks();
  return std::move(predicting.prediction);
}

std::string ModelVersion(const Model& model, std::string_view bytes) {
  return model.dataset + "-" + HexSha256(bytes).substr(0, 12);
}

}  // namespace pythia
