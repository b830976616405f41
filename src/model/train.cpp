#include "model/train.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <set>

#include <fmt/format.h>

#include "campaign/schema.h"
#include "model/digest.h"
#include "model/effects.h"
#include "model/evaluate.h"
#include "model/guard.h"
#include "model/intervals.h"
#include "model/learn.h"
#include "model/served.h"

namespace pythia {
namespace {

constexpr double kMinClassShare = 0.05;
// Display and search stay below it; shops that count visits as impressions do not.
constexpr double kHighCtr = 0.1;
// A history of many small levels must not answer in hundreds of lines.
constexpr int64_t kMostNamedLevels = 5;

double NumberAt(const Table& campaigns, std::string_view name, int64_t row) {
  return campaigns.Find(name)->numbers()[static_cast<size_t>(row)];
}

std::vector<double> NumbersAt(const Table& campaigns, std::string_view name,
                              std::span<const int64_t> rows) {
  std::vector<double> numbers;
  numbers.reserve(rows.size());
  for (const int64_t row : rows) numbers.push_back(NumberAt(campaigns, name, row));
  return numbers;
}

double Sum(std::span<const double> values) {
  double sum = 0;
  for (const double value : values) sum += value;
  return sum;
}

// Rows that impressions and clicks can be learned from.
Result<std::vector<int64_t>> CountRows(const Table& campaigns) {
  const Column& clicks = *campaigns.Find(column::kClicks);
  const Column& impressions = *campaigns.Find(column::kImpressions);
  std::vector<int64_t> rows;
  bool any_click = false;
  for (int64_t row = 0; row < campaigns.num_rows(); ++row) {
    if (clicks.IsMissing(row) || impressions.IsMissing(row)) continue;
    const double shown = impressions.numbers()[static_cast<size_t>(row)];
    const double clicked = clicks.numbers()[static_cast<size_t>(row)];
    if (!(shown > 0 && clicked <= shown)) continue;
    rows.push_back(row);
    any_click = any_click || clicked > 0;
  }
  if (std::cmp_less(rows.size(), kMinTrainingRows)) {
    return Fail(
        Error{.code = ErrorCode::kBadInput,
              .message = fmt::format("only {} campaigns have impressions above 0 and clicks "
                                     "not above them; {} are needed to train",
                                     rows.size(), kMinTrainingRows),
              .hint = "Load more history: pythia clean FILE --append"});
  }
  if (!any_click) {
    return Fail(Error{.code = ErrorCode::kBadInput,
                      .message = "no campaign has a click: there is nothing to learn",
                      .hint = "Check which column became Clicks: pythia clean FILE --dry-run"});
  }
  return rows;
}

// Levels whose rows all have the same outcome: only the ridge keeps their coefficients finite.
void WarnOfOneSidedLevels(const LinearModel& model, const Table& campaigns, const Task& task,
                          ModelReport* report) {
  glm::MemoryDesign design(model.encoder.shape());
  model.encoder.Encode(campaigns, task.rows, &design);
  int64_t separated = 0;
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
      if (++separated > kMostNamedLevels) continue;
      report->warnings.push_back(fmt::format(
          "{} {} campaigns with {} = {} were ROI-positive: the data sets no limit to this effect "
          "(separation), only the ridge does",
          all ? "all" : "none of the", rows[level], feature.column, feature.levels[level]));
    }
  }
  if (separated > kMostNamedLevels) {
    report->warnings.push_back(fmt::format(
        "{} more levels hold ROI-positive campaigns only or none at all: their effects have no "
        "limit either",
        separated - kMostNamedLevels));
  }
}

void WarnOfRealisedSpend(const Table& campaigns, std::span<const std::string> features,
                         const TrainOptions& options, TrainingReport* report) {
  const bool is_feature =
      std::find(features.begin(), features.end(), column::kAcquisitionCost) != features.end();
  if (!is_feature || options.planned_spend) return;
  constexpr std::string_view kAdvice =
      "What rests on it may not hold for a plan; --features trains without it, --planned-spend "
      "says that it was set before launch";
  const double r = SpendFollowsClicks(campaigns);
  if (r >= kRealisedSpend) {
    report->warnings.push_back(fmt::format(
        "{} follows the clicks (correlation {:.3f} of the logarithms): it looks like the bill of "
        "pay-per-click, which is known only after. {}",
        column::kAcquisitionCost, r, kAdvice));
  } else if (!options.realised_spend.empty()) {
    report->warnings.push_back(
        fmt::format("{} comes from the column '{}', a name for what was spent in the end, which is "
                    "known only after. {}",
                    column::kAcquisitionCost, options.realised_spend, kAdvice));
  }
}

// Written so that NaN is refused too.
Status CheckOptions(const TrainOptions& options) {
  const auto refuse = [](std::string_view what, double value) {
    return Fail(Error{.code = ErrorCode::kUsage,
                      .message = std::string(what),
                      .value = fmt::format("{}", value)});
  };
  if (options.alpha && !(*options.alpha >= 0 && std::isfinite(*options.alpha))) {
    return refuse("alpha is a number from 0", *options.alpha);
  }
  if (options.roi_rule == RoiThresholdRule::kStated && !std::isfinite(options.roi_threshold)) {
    return refuse("the ROI threshold is a number", options.roi_threshold);
  }
  return {};
}

void FindRanges(const Table& campaigns, std::span<const int64_t> count_rows, Model* model) {
  const auto widen = [](std::optional<Seen>* seen, double value) {
    if (!*seen) *seen = Seen{.least = value, .most = value};
    (*seen)->least = std::min((*seen)->least, value);
    (*seen)->most = std::max((*seen)->most, value);
  };
  for (const int64_t row : count_rows) {
    widen(&model->impressions, NumberAt(campaigns, column::kImpressions, row));
  }
  const Column* date = campaigns.Find(column::kDate);
  if (date == nullptr) return;
  for (int64_t row = 0; row < date->size(); ++row) {
    if (!date->IsMissing(row)) widen(&model->days, date->days()[static_cast<size_t>(row)]);
  }
}

// Columns that only the digest and the folds look at: half of the memory of a long history.
void DropUnneeded(std::span<const std::string> features, Table* campaigns) {
  if (campaigns->num_rows() <= kCvPlusRows) return;
  constexpr std::array kNeeded = {
      column::kClicks,          column::kImpressions, column::kRoi,         column::kDate,
      column::kAcquisitionCost, column::kChannelUsed, column::kCampaignType};
  std::erase_if(campaigns->columns(), [&](const Column& one) {
    return std::find(features.begin(), features.end(), one.name()) == features.end() &&
           std::find(kNeeded.begin(), kNeeded.end(), one.name()) == kNeeded.end();
  });
}

class Trainer {
 public:
  Trainer(const TrainOptions& options, const TrainingSetup& setup, Model* model)
      : campaigns_(setup.campaigns), options_(options), setup_(setup), model_(*model) {}

  Status TrainReach(const std::vector<int64_t>& rows);
  Status TrainClicks(const std::vector<int64_t>& rows);
  // Reach times CTR as they are served, against what a user has without them.
  Status JudgeClicksWithoutImpressions();
  Status TrainRoi();

 private:
  Result<Learned> LearnRoi(const std::vector<int64_t>& rows, const RoiThreshold& chosen);

  const Table& campaigns_;
  const TrainOptions& options_;
  const TrainingSetup& setup_;
  Model& model_;
  std::optional<Learned> reach_;
  std::optional<Learned> clicks_;
};

Status Trainer::TrainReach(const std::vector<int64_t>& rows) {
  Task task{.family = glm::Family::kPoissonLog,
            .rows = rows,
            .y = NumbersAt(campaigns_, column::kImpressions, rows)};
  const auto shapes =
      BaselineShapes(campaigns_, "impressions", std::array{Per::kCampaign, Per::kSpend});
  PYTHIA_ASSIGN(reach_, Learn(setup_, std::move(task), column::kImpressions, shapes, {}));
  PYTHIA_TRY(AddEffects(setup_, reach_->task, reach_->fitted.model.encoder, &reach_->report));
  for (FoldFit& fold : reach_->cv.folds) fold.train = fold.test = {};  // judged already
  model_.reach = reach_->part();
  model_.report.models["reach"] = reach_->report;
  return {};
}

Status Trainer::TrainClicks(const std::vector<int64_t>& rows) {
  const std::vector<double> impressions = NumbersAt(campaigns_, column::kImpressions, rows);
  Task task{.family = glm::Family::kPoissonLog,
            .rows = rows,
            .y = NumbersAt(campaigns_, column::kClicks, rows),
            .packed = reach_->task.packed};
  for (const double shown : impressions) task.offset.push_back(std::log(shown));
  PYTHIA_TRY(CheckFeaturesAlone(campaigns_, task, "clicks given the impressions", options_.allowed,
                                setup_.fit));
  const auto shapes =
      BaselineShapes(campaigns_, "clicks", std::array{Per::kImpression, Per::kCampaign});
  PYTHIA_ASSIGN(clicks_, Learn(setup_, std::move(task), column::kClicks, shapes, impressions));
  const Task& learned = clicks_->task;
  model_.ctr = FitBaseline(shapes[0], campaigns_, learned.rows, learned.y, impressions);
  if (model_.ctr.overall.rate >= kHighCtr) {
    clicks_->report.warnings.push_back(fmt::format(
        "of 100 impressions {:.0f} led to a click, far more than advertisements reach: check that "
        "Impressions counts impressions and not visits; the model does not know that clicks end "
        "at the impressions, so its predictions are capped there",
        100 * model_.ctr.overall.rate));
  }
  const Encoder& encoder = clicks_->fitted.model.encoder;
  PYTHIA_TRY(AddEffects(setup_, learned, encoder, &clicks_->report));
  PYTHIA_TRY(AddFreeExposure(setup_, learned, encoder, &clicks_->report));
  model_.clicks = clicks_->part();
  model_.report.models["clicks"] = clicks_->report;
  return {};
}

Status Trainer::JudgeClicksWithoutImpressions() {
  ModelReport report{.target = std::string(column::kClicks)};
  const Judgement& reach = reach_->judgement;
  const Judgement& clicks = clicks_->judgement;
  // Constant clicks need no reach.
  const bool from_reach = clicks.signal || clicks.serving.per == Per::kImpression;
  std::vector<double> product(clicks_->task.rows.size(), 0);
  for (size_t i = 0; i < clicks.at.size(); ++i) {
    const double impressions = std::exp(clicks_->task.offset[clicks.at[i]]);
    product[clicks.at[i]] = from_reach && i < reach.at.size() && reach.at[i] == clicks.at[i]
                                ? reach.served[i] * clicks.served[i] / impressions
                                : clicks.served[i];
  }
  const auto shapes = BaselineShapes(campaigns_, "clicks", std::array{Per::kCampaign, Per::kSpend});
  const Judgement judgement = Judge({.table = campaigns_,
                                     .task = clicks_->task,
                                     .cv = clicks_->cv,
                                     .shapes = shapes,
                                     .clusters = setup_.clusters,
                                     .cap = {},
                                     .model = product});
  report.rows = clicks_->report.rows;
  report.converged = clicks_->report.converged && reach_->report.converged;
  report.split = clicks_->report.split;
  report.verdict = judgement.verdict;
  if (!judgement.at.empty()) {
    EvaluateCounts({.y = judgement.y,
                    .model = judgement.model,
                    .baseline = judgement.baseline,
                    .baseline_name = judgement.best},
                   &report);
  }
  model_.unplanned = Unplanned{judgement.signal, judgement.serving};
  model_.report.models["clicks_without_impressions"] = std::move(report);
  return CalibrateCounts(setup_, *reach_, *clicks_, judgement, &model_);
}

RoiThreshold ChooseThreshold(const Table& campaigns, const TrainOptions& options,
                             std::span<const int64_t> rows) {
  if (options.roi_rule == RoiThresholdRule::kStated) return {options.roi_threshold, "stated"};
  std::vector<double> values;
  for (const int64_t row : rows) values.push_back(NumberAt(campaigns, column::kRoi, row));
  if (options.roi_rule == RoiThresholdRule::kAuto) {
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

std::vector<double> AboveThreshold(const Table& campaigns, std::span<const int64_t> rows,
                                   double threshold) {
  std::vector<double> y = NumbersAt(campaigns, column::kRoi, rows);
  for (double& value : y) value = value > threshold ? 1 : 0;
  return y;
}

Result<Learned> Trainer::LearnRoi(const std::vector<int64_t>& rows, const RoiThreshold& chosen) {
  Task task{.family = glm::Family::kBinomialLogit,
            .rows = rows,
            .y = AboveThreshold(campaigns_, rows, chosen.value)};
  if (rows == reach_->task.rows) task.packed = reach_->task.packed;
  if (chosen.rule == "median") {
    task.y_after = [this, rows](std::span<const int64_t> train_rows) {
      return AboveThreshold(campaigns_, rows,
                            ChooseThreshold(campaigns_, options_, train_rows).value);
    };
  }
  PYTHIA_TRY(CheckFeaturesAlone(campaigns_, task, "ROI", options_.allowed, setup_.fit));
  const auto shapes = BaselineShapes(campaigns_, "success", std::array{Per::kCampaign});
  return Learn(setup_, std::move(task), column::kRoi, shapes, {});
}

Status Trainer::TrainRoi() {
  ModelReport& report = model_.report.models["roi"];
  report.target = column::kRoi;
  const Column* roi = campaigns_.Find(column::kRoi);
  std::vector<int64_t> rows;
  for (int64_t row = 0; roi != nullptr && row < campaigns_.num_rows(); ++row) {
    if (!roi->IsMissing(row)) rows.push_back(row);
  }
  if (std::cmp_less(rows.size(), kMinTrainingRows)) {
    report.warnings.push_back(fmt::format("no ROI model: {} campaigns have an ROI, {} are needed",
                                          rows.size(), kMinTrainingRows));
    return {};
  }
  const RoiThreshold chosen = ChooseThreshold(campaigns_, options_, rows);
  const double positive = Sum(AboveThreshold(campaigns_, rows, chosen.value));
  if (positive == 0 || positive == static_cast<double>(rows.size())) {
    report.warnings.push_back(fmt::format(
        "no ROI model: every campaign is on the same side of the threshold {}", chosen.value));
    return {};
  }
  PYTHIA_ASSIGN(Learned learned, LearnRoi(rows, chosen));
  WarnOfOneSidedLevels(learned.fitted.model, campaigns_, learned.task, &learned.report);
  PYTHIA_ASSIGN(model_.roi_uncertainty,
                AddEffects(setup_, learned.task, learned.fitted.model.encoder, &learned.report));
  if (!learned.judgement.at.empty()) {
    learned.report.calibration = CalibrationOf(learned.judgement);
  }
  model_.roi = learned.part();
  model_.roi_threshold = chosen;
  report = std::move(learned.report);
  return {};
}

}  // namespace

Result<Model> Train(Table campaigns, const std::string& dataset, const TrainOptions& options,
                    Progress& progress, std::stop_token stop) {
  PYTHIA_TRY(CheckOptions(options));
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
  PYTHIA_TRY(CheckIdentities(campaigns, features, options.allowed));
  PYTHIA_ASSIGN(const std::vector<int64_t> count_rows, CountRows(campaigns));

  Model model{.dataset = dataset, .data_sha256 = DataDigest(campaigns), .seed = options.seed};
  model.report.dataset = dataset;
  model.report.rows = campaigns.num_rows();
  model.report.seed = options.seed;
  model.report.features = features;
  model.report.planned_spend = options.planned_spend;
  FindRanges(campaigns, count_rows, &model);
  Folds folds = MakeFolds(campaigns, options.seed);
  Folds random = RandomFolds(campaigns, options.seed);
  std::vector<int64_t> clusters = Clusters(campaigns);
  DropUnneeded(features, &campaigns);
  const TrainingSetup setup{
      .campaigns = campaigns,
      .folds = std::move(folds),
      .random = std::move(random),
      .clusters = std::move(clusters),
      .alpha = options.alpha,
      .seed = options.seed,
      .fit = {.features = features, .threads = options.threads, .stop = std::move(stop)}};
  WarnOfRealisedSpend(campaigns, features, options, &model.report);
  Trainer trainer(options, setup, &model);
  progress.Begin("training reach", 0);
  PYTHIA_TRY(trainer.TrainReach(count_rows));
  progress.Begin("training clicks", 0);
  PYTHIA_TRY(trainer.TrainClicks(count_rows));
  PYTHIA_TRY(trainer.JudgeClicksWithoutImpressions());
  progress.Begin("training ROI", 0);
  PYTHIA_TRY(trainer.TrainRoi());
  progress.End();
  model.report.roi_threshold = model.roi_threshold;
  DrawBackgrounds(campaigns, options.seed, &model);
  return model;
}

}  // namespace pythia
