#include "model/model.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "base/check.h"
#include "base/sha256.h"
#include "campaign/schema.h"
#include "glm/fit.h"

namespace pythia {
namespace {

void AddOnce(const std::string& warning, std::vector<std::string>* warnings) {
  if (std::find(warnings->begin(), warnings->end(), warning) == warnings->end()) {
    warnings->push_back(warning);
  }
}

EncodedRow EncodeOnce(const LinearModel& model, const Plan& plan, Prediction* prediction) {
  std::vector<std::string> warnings;
  EncodedRow row = model.encoder.Encode(plan, &warnings);
  for (const std::string& warning : warnings) AddOnce(warning, &prediction->warnings);
  return row;
}

void PredictClicks(const LinearModel& model, const Plan& plan, Prediction* prediction) {
  const double eta = model.LinearPredictor(EncodeOnce(model, plan, prediction));
  prediction->ctr = glm::InverseLink(glm::Family::kPoissonLog, eta);
  if (*prediction->ctr > 1) {
    AddOnce(fmt::format("the model's CTR of {:.3f} is above 1 and was capped", *prediction->ctr),
            &prediction->warnings);
    prediction->ctr = 1;
  }
  const auto impressions = plan.values.find(std::string(column::kImpressions));
  if (impressions == plan.values.end()) {
    AddOnce(
        "Impressions is not given: clicks cannot be estimated without the planned reach, "
        "only the CTR",
        &prediction->warnings);
    return;
  }
  prediction->clicks = *prediction->ctr * std::get<double>(impressions->second);
}

void PredictRoi(const LinearModel& model, const Plan& plan, Prediction* prediction) {
  const double eta = model.LinearPredictor(EncodeOnce(model, plan, prediction));
  prediction->roi_probability = glm::InverseLink(glm::Family::kBinomialLogit, eta);
  prediction->roi_category = *prediction->roi_probability > 0.5 ? 1 : 0;
}

bool Uses(const std::optional<LinearModel>& model, std::string_view name) {
  if (!model) return false;
  const std::vector<std::string> columns = model->encoder.columns();
  return std::find(columns.begin(), columns.end(), name) != columns.end();
}

void NameIgnoredColumns(const Model& model, const Plan& plan, Prediction* prediction) {
  for (const auto& [name, value] : plan.values) {
    if (name == column::kImpressions && model.clicks) continue;
    if (Uses(model.clicks, name) || Uses(model.roi, name)) continue;
    const ColumnSpec* spec = FindCanonical(name);
    const bool outcome = spec != nullptr && spec->role == Role::kOutcome;
    AddOnce(outcome ? name + " is known only after a campaign: ignored"
                    : name + " is not a feature of this model: ignored",
            &prediction->warnings);
  }
}

}  // namespace

double LinearModel::LinearPredictor(const EncodedRow& row) const {
  double eta = intercept;
  size_t column = 0;
  for (const double x : row.dense) eta += beta[column++] * x;
  for (size_t c = 0; c < row.codes.size(); ++c) {
    eta += beta[column + row.codes[c]];
    column += encoder.categories()[c].levels.size();
  }
  PYTHIA_CHECK(column == beta.size());
  return eta;
}

Prediction Predict(const Model& model, std::string_view version, const Plan& plan) {
  Prediction prediction;
  prediction.model_version = version;
  if (model.clicks) {
    PredictClicks(*model.clicks, plan, &prediction);
  } else {
    prediction.warnings.emplace_back("this model has no clicks model: see pythia models show");
  }
  if (model.roi && model.roi_threshold) {
    PredictRoi(*model.roi, plan, &prediction);
    prediction.roi_threshold = model.roi_threshold->value;
    prediction.roi_threshold_rule = model.roi_threshold->rule;
  } else {
    prediction.warnings.emplace_back(
        "this model has no ROI model: its history has no usable ROI or Revenue");
  }
  NameIgnoredColumns(model, plan, &prediction);
  return prediction;
}

std::string ModelVersion(const Model& model, std::string_view bytes) {
  return model.dataset + "-" + HexSha256(bytes).substr(0, 12);
}

}  // namespace pythia
