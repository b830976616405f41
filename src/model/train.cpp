#include "model/train.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <set>

#include "base/check.h"
#include "campaign/schema.h"
#include "glm/fit.h"
#include "model/evaluate.h"
#include "model/split.h"

namespace pythia {
namespace {

constexpr double kDefaultLambda = 1e-6;
constexpr double kMinClassShare = 0.05;

// What one model is fitted on.
struct Task {
  glm::Family family = glm::Family::kPoissonLog;
  std::vector<int64_t> rows;
  std::vector<double> y;       // [rows]
  std::vector<double> offset;  // [rows], or empty
};

struct Fitted {
  LinearModel model;
  glm::Fit fit;
  double alpha = 0;
};

class Trainer {
 public:
  Trainer(const Table& campaigns, const TrainOptions& options, std::vector<std::string> features,
          std::stop_token stop)
      : campaigns_(campaigns),
        options_(options),
        features_(std::move(features)),
        stop_(std::move(stop)),
        held_out_(HoldOut(campaigns, options.seed)) {}

  Result<ModelReport> TrainClicks(std::optional<LinearModel>* model);
  Result<ModelReport> TrainRoi(std::optional<LinearModel>* model,
                               std::optional<RoiThreshold>* threshold);

 private:
  // The rows of `rows` on one side of the split.
  std::vector<int64_t> Side(std::span<const int64_t> rows, bool test) const;
  Task ClicksTask(std::vector<int64_t> rows) const;
  Task RoiTask(std::vector<int64_t> rows, double threshold) const;
  Result<Fitted> Fit(const Task& task, std::vector<std::string>* notes) const;
  // exp(eta) or the probability for the task's rows.
  std::vector<double> Means(const LinearModel& model, const Task& task) const;
  RoiThreshold ChooseThreshold(std::span<const int64_t> rows) const;
  void Describe(const Fitted& fitted, const Task& task, ModelReport* report) const;
  double Number(std::string_view name, int64_t row) const;

  const Table& campaigns_;
  const TrainOptions& options_;
  std::vector<std::string> features_;
  std::stop_token stop_;
  HeldOut held_out_;
};

double Trainer::Number(std::string_view name, int64_t row) const {
  return campaigns_.Find(name)->numbers()[static_cast<size_t>(row)];
}

std::vector<int64_t> Trainer::Side(std::span<const int64_t> rows, bool test) const {
  std::vector<int64_t> side;
  for (const int64_t row : rows) {
    if ((held_out_.test[static_cast<size_t>(row)] != 0) == test) side.push_back(row);
  }
  return side;
}

Task Trainer::ClicksTask(std::vector<int64_t> rows) const {
  Task task{.family = glm::Family::kPoissonLog, .rows = std::move(rows), .y = {}, .offset = {}};
  for (const int64_t row : task.rows) {
    task.y.push_back(Number(column::kClicks, row));
    task.offset.push_back(std::log(Number(column::kImpressions, row)));
  }
  return task;
}

Task Trainer::RoiTask(std::vector<int64_t> rows, double threshold) const {
  Task task{.family = glm::Family::kBinomialLogit, .rows = std::move(rows), .y = {}, .offset = {}};
  for (const int64_t row : task.rows) {
    task.y.push_back(Number(column::kRoi, row) > threshold ? 1 : 0);
  }
  return task;
}

// The mean working weight of the intercept-only fit: the scale on which a ridge is strong or weak.
double MeanWorkingWeight(const Task& task) {
  double sum = 0;
  for (const double y : task.y) sum += y;
  const double mean = sum / static_cast<double>(task.y.size());
  return task.family == glm::Family::kPoissonLog ? mean : mean * (1 - mean);
}

Result<Fitted> Trainer::Fit(const Task& task, std::vector<std::string>* notes) const {
  Fitted fitted;
  fitted.model.encoder = Encoder::Fit(campaigns_, task.rows, features_, notes);
  glm::MemoryDesign design(fitted.model.encoder.shape());
  fitted.model.encoder.Encode(campaigns_, task.rows, &design);
  design.y = task.y;
  design.offset = task.offset;
  fitted.alpha = options_.alpha.value_or(kDefaultLambda * MeanWorkingWeight(task));
  PYTHIA_ASSIGN(fitted.fit, glm::FitGlm(design, {.family = task.family,
                                                 .alpha = fitted.alpha,
                                                 .threads = options_.threads,
                                                 .standard_errors = false,
                                                 .stop = stop_}));
  if (fitted.fit.cancelled) return Fail(ErrorCode::kCancelled, "training was stopped");
  fitted.model.intercept = fitted.fit.intercept;
  fitted.model.beta = fitted.fit.beta;
  return fitted;
}

std::vector<double> Trainer::Means(const LinearModel& model, const Task& task) const {
  glm::MemoryDesign design(model.encoder.shape());
  model.encoder.Encode(campaigns_, task.rows, &design);
  design.y = task.y;
  design.offset = task.offset;
  std::vector<double> mu(task.rows.size());
  glm::DesignBlock block;
  size_t at = 0;
  while (design.Next(0, &block).value_or(false)) {
    const auto eta = std::span(mu).subspan(at, static_cast<size_t>(block.rows));
    glm::LinearPredictor(design.shape(), block, model.intercept, model.beta, eta);
    for (double& value : eta) value = glm::InverseLink(task.family, value);
    at += eta.size();
  }
  return mu;
}

void Trainer::Describe(const Fitted& fitted, const Task& task, ModelReport* report) const {
  report->rows = static_cast<int64_t>(task.rows.size());
  report->alpha = fitted.alpha;
  report->iterations = fitted.fit.iterations;
  report->converged = fitted.fit.converged;
  report->gradient = fitted.fit.gradient;
  report->deviance = fitted.fit.deviance;
  report->null_deviance = fitted.fit.null_deviance;
  report->phi = fitted.fit.phi;
  report->intercept = fitted.model.intercept;
  const std::vector<std::string> terms = fitted.model.encoder.terms();
  for (size_t j = 0; j < terms.size(); ++j) {
    report->coefficients.push_back({terms[j], fitted.model.beta[j]});
  }
  if (!fitted.fit.converged) {
    report->warnings.push_back(fmt::format(
        "the fit did not converge in {} steps: do not rely on this model", fitted.fit.iterations));
  }
}

// Levels whose rows all have the same outcome: only the ridge keeps their coefficients finite.
void WarnOfOneSidedLevels(const LinearModel& model, const Table& campaigns, const Task& task,
                          ModelReport* report) {
  glm::MemoryDesign design(model.encoder.shape());
  model.encoder.Encode(campaigns, task.rows, &design);
  for (size_t c = 0; c < design.codes.size(); ++c) {
    const CategoryFeature& feature = model.encoder.categories()[c];
    std::vector<int64_t> rows(feature.levels.size());
    std::vector<double> ones(feature.levels.size());
    for (size_t i = 0; i < task.y.size(); ++i) {
      ++rows[design.codes[c][i]];
      ones[design.codes[c][i]] += task.y[i];
    }
    for (size_t level = 0; level < rows.size(); ++level) {
      const bool all = ones[level] == static_cast<double>(rows[level]);
      if (rows[level] < kMinLevelRows || (ones[level] != 0 && !all)) continue;
      report->warnings.push_back(fmt::format(
          "{} {} campaigns with {} = {} were ROI-positive: the data sets no limit to this effect "
          "(separation), only the ridge does",
          all ? "all" : "none of the", rows[level], feature.column, feature.levels[level]));
    }
  }
}

Result<ModelReport> Trainer::TrainClicks(std::optional<LinearModel>* model) {
  const Column& clicks = *campaigns_.Find(column::kClicks);
  const Column& impressions = *campaigns_.Find(column::kImpressions);
  std::vector<int64_t> rows;
  for (int64_t row = 0; row < campaigns_.num_rows(); ++row) {
    if (clicks.IsMissing(row) || impressions.IsMissing(row)) continue;
    const double shown = impressions.numbers()[static_cast<size_t>(row)];
    if (shown > 0 && clicks.numbers()[static_cast<size_t>(row)] <= shown) rows.push_back(row);
  }
  if (std::cmp_less(rows.size(), kMinTrainingRows)) {
    return Fail(
        Error{.code = ErrorCode::kBadInput,
              .message = fmt::format("only {} campaigns have impressions above 0 and clicks "
                                     "not above them; {} are needed to train",
                                     rows.size(), kMinTrainingRows),
              .hint = "Load more history: pythia clean FILE --append"});
  }
  ModelReport report{.target = std::string(column::kClicks)};
  const Task train = ClicksTask(Side(rows, false));
  const Task test = ClicksTask(Side(rows, true));
  report.split = {held_out_.rule, static_cast<int64_t>(train.rows.size()),
                  static_cast<int64_t>(test.rows.size())};
  double clicked = 0;
  double shown = 0;
  for (size_t i = 0; i < train.rows.size(); ++i) {
    clicked += train.y[i];
    shown += std::exp(train.offset[i]);
  }
  std::vector<std::string> ignored;
  if (!test.rows.empty() && clicked > 0) {
    PYTHIA_ASSIGN(const Fitted judged, Fit(train, &ignored));
    std::vector<double> baseline;
    for (const double offset : test.offset) baseline.push_back(clicked / shown * std::exp(offset));
    EvaluateClicks(test.y, Means(judged.model, test), baseline, &report);
  } else {
    report.warnings.emplace_back("too little history to hold rows out: nothing was evaluated");
  }
  const Task all = ClicksTask(rows);
  PYTHIA_ASSIGN(Fitted fitted, Fit(all, &report.warnings));
  Describe(fitted, all, &report);
  *model = std::move(fitted.model);
  return report;
}

RoiThreshold Trainer::ChooseThreshold(std::span<const int64_t> rows) const {
  if (options_.roi_rule == RoiThresholdRule::kStated) return {options_.roi_threshold, "stated"};
  std::vector<double> values;
  for (const int64_t row : rows) values.push_back(Number(column::kRoi, row));
  if (options_.roi_rule == RoiThresholdRule::kAuto) {
    const auto above = std::count_if(values.begin(), values.end(), [](double x) { return x > 0; });
    const double share = static_cast<double>(above) / static_cast<double>(values.size());
    if (share >= kMinClassShare && share <= 1 - kMinClassShare) return {0, "break_even"};
  }
  std::sort(values.begin(), values.end());
  const size_t middle = values.size() / 2;
  const double median =
      values.size() % 2 == 1 ? values[middle] : (values[middle - 1] + values[middle]) / 2;
  return {median, "median"};
}

bool HasBothClasses(const Task& task) {
  return std::set<double>(task.y.begin(), task.y.end()).size() == 2;
}

Result<ModelReport> Trainer::TrainRoi(std::optional<LinearModel>* model,
                                      std::optional<RoiThreshold>* threshold) {
  ModelReport report{.target = std::string(column::kRoi)};
  const Column* roi = campaigns_.Find(column::kRoi);
  std::vector<int64_t> rows;
  for (int64_t row = 0; roi != nullptr && row < campaigns_.num_rows(); ++row) {
    if (!roi->IsMissing(row)) rows.push_back(row);
  }
  if (std::cmp_less(rows.size(), kMinTrainingRows)) {
    report.warnings.push_back(fmt::format("no ROI model: {} campaigns have an ROI, {} are needed",
                                          rows.size(), kMinTrainingRows));
    return report;
  }
  const RoiThreshold chosen = ChooseThreshold(rows);
  const Task all = RoiTask(rows, chosen.value);
  if (!HasBothClasses(all)) {
    report.warnings.push_back(fmt::format(
        "no ROI model: every campaign is on the same side of the threshold {}", chosen.value));
    return report;
  }
  const std::vector<int64_t> train_rows = Side(rows, false);
  const double train_threshold =
      train_rows.empty() ? chosen.value : ChooseThreshold(train_rows).value;
  const Task train = RoiTask(train_rows, train_threshold);
  const Task test = RoiTask(Side(rows, true), train_threshold);
  report.split = {held_out_.rule, static_cast<int64_t>(train.rows.size()),
                  static_cast<int64_t>(test.rows.size())};
  std::vector<std::string> ignored;
  if (!test.rows.empty() && HasBothClasses(train)) {
    PYTHIA_ASSIGN(const Fitted judged, Fit(train, &ignored));
    double ones = 0;
    for (const double y : train.y) ones += y;
    EvaluateRoi(test.y, Means(judged.model, test), ones / static_cast<double>(train.y.size()),
                &report);
  } else {
    report.warnings.emplace_back("too little history to hold rows out: nothing was evaluated");
  }
  PYTHIA_ASSIGN(Fitted fitted, Fit(all, &report.warnings));
  Describe(fitted, all, &report);
  WarnOfOneSidedLevels(fitted.model, campaigns_, all, &report);
  *model = std::move(fitted.model);
  *threshold = chosen;
  return report;
}

}  // namespace

Result<Model> Train(const Table& campaigns, const std::string& dataset, const TrainOptions& options,
                    Progress& progress, std::stop_token stop) {
  for (const std::string_view name : {column::kClicks, column::kImpressions}) {
    if (campaigns.Find(name) == nullptr) {
      return Fail(Error{.code = ErrorCode::kBadInput,
                        .message = "the dataset lacks a column that training needs",
                        .value = std::string(name)});
    }
  }
  const Schema schema = campaigns.schema();
  std::vector<std::string> features = options.features;
  if (features.empty()) features = DefaultFeatures(schema);
  PYTHIA_TRY(CheckFeatures(schema, features));

  Model model{.dataset = dataset, .data_sha256 = DataDigest(campaigns), .seed = options.seed};
  model.report.dataset = dataset;
  model.report.rows = campaigns.num_rows();
  model.report.seed = options.seed;
  model.report.features = features;
  Trainer trainer(campaigns, options, std::move(features), std::move(stop));
  progress.Begin("training clicks", 0);
  PYTHIA_ASSIGN(model.report.models["clicks"], trainer.TrainClicks(&model.clicks));
  progress.Begin("training ROI", 0);
  PYTHIA_ASSIGN(model.report.models["roi"], trainer.TrainRoi(&model.roi, &model.roi_threshold));
  progress.End();
  model.report.roi_threshold = model.roi_threshold;
  return model;
}

}  // namespace pythia
