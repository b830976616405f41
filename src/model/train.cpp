#include "model/train.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <map>

#include <fmt/format.h>

#include "campaign/schema.h"
#include "model/effects.h"
#include "model/evaluate.h"
#include "model/guard.h"
#include "model/intervals.h"
#include "model/learn.h"
#include "model/served.h"
#include "model/training_history.h"

namespace pythia {
namespace {

constexpr double kMinClassShare = 0.05;
// Display and search stay below it; shops that count visits as impressions do not.
constexpr double kHighCtr = 0.1;
// A history of many small levels must not answer in hundreds of lines.
constexpr int64_t kMostNamedLevels = 5;

RowVector<double> NumbersAt(const TrainingHistory& campaigns, std::string_view name,
                            const RowNumbers& rows) {
  const TrainingColumn& column = *campaigns.Find(name);
  RowVector<double> numbers;
  numbers.reserve(rows.size());
  for (const uint32_t row : rows) numbers.push_back(column.number(row));
  return numbers;
}

double Sum(std::span<const double> values) {
  double sum = 0;
  for (const double value : values) sum += value;
  return sum;
}

// Rows that impressions and clicks can be learned from.
Result<RowNumbers> CountRows(const TrainingHistory& campaigns) {
  const TrainingColumn& clicks = *campaigns.Find(column::kClicks);
  const TrainingColumn& impressions = *campaigns.Find(column::kImpressions);
  RowNumbers rows;
  rows.reserve(campaigns.num_rows());
  bool any_click = false;
  for (size_t row = 0; row < campaigns.num_rows(); ++row) {
    const double shown = impressions.number(row);
    const double clicked = clicks.number(row);
    if (!(shown > 0 && clicked <= shown)) continue;  // nor where one is missing
    rows.push_back(static_cast<uint32_t>(row));
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

struct LevelTally {
  std::vector<int64_t> rows;  // [levels]
  std::vector<double> ones;
};

LevelTally TallyLevels(const CategoryFeature& feature, const TrainingHistory& campaigns,
                       const Task& task) {
  const TrainingColumn& column = *campaigns.Find(feature.column);
  const bool is_date = feature.part != DatePart::kNone;
  // By code or day, the missing ones last.
  std::map<int64_t, std::pair<int64_t, double>> by_value;
  std::vector<std::pair<int64_t, double>> by_code(
      is_date ? 0 : size_t{column.dictionary()->size()} + 1);
  for (size_t i = 0; i < task.rows.size(); ++i) {
    auto& [rows, ones] =
        is_date ? by_value[column.day(task.rows[i])]
                : by_code[std::min<size_t>(column.code(task.rows[i]), column.dictionary()->size())];
    ++rows;
    ones += task.y[i];
  }
  LevelTally tally{.rows = std::vector<int64_t>(feature.levels.size()),
                   .ones = std::vector<double>(feature.levels.size())};
  const auto add = [&](uint16_t level, const std::pair<int64_t, double>& of) {
    tally.rows[level] += of.first;
    tally.ones[level] += of.second;
  };
  const Column& empty = *campaigns.columns().Find(feature.column);
  if (!is_date) {
    const std::vector<uint16_t> levels = Encoder::LevelsOf(feature, empty, 0, 0);
    for (size_t code = 0; code < by_code.size(); ++code) add(levels[code], by_code[code]);
  }
  for (const auto& [day, of] : by_value) {
    const bool missing = day == kMissingDay;
    const std::vector<uint16_t> levels =
        Encoder::LevelsOf(feature, empty, missing ? 0 : static_cast<int32_t>(day), missing ? 0 : 1);
    add(levels.front(), of);
  }
  return tally;
}

// Levels whose rows all have the same outcome: only the ridge keeps their coefficients finite.
void WarnOfOneSidedLevels(const LinearModel& model, const TrainingHistory& campaigns,
                          const Task& task, ModelReport* report) {
  int64_t separated = 0;
  for (const CategoryFeature& feature : model.encoder.categories()) {
    const LevelTally tally = TallyLevels(feature, campaigns, task);
    for (size_t level = 0; level < tally.rows.size(); ++level) {
      const double ones = tally.ones[level];
      const bool all = ones == static_cast<double>(tally.rows[level]);
      if (tally.rows[level] < kMinLevelRows || (ones != 0 && !all)) continue;
      if (++separated > kMostNamedLevels) continue;
      report->warnings.push_back(fmt::format(
          "{} {} campaigns with {} = {} were ROI-positive: the data sets no limit to this effect "
          "(separation), only the ridge does",
          all ? "all" : "none of the", tally.rows[level], feature.column, feature.levels[level]));
    }
  }
  if (separated > kMostNamedLevels) {
    report->warnings.push_back(fmt::format(
        "{} more levels hold ROI-positive campaigns only or none at all: their effects have no "
        "limit either",
        separated - kMostNamedLevels));
  }
}

void WarnOfRealisedSpend(const TrainingHistory& campaigns, std::span<const std::string> features,
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

void FindRanges(const TrainingHistory& campaigns, const RowNumbers& count_rows, Model* model) {
  const auto widen = [](std::optional<Seen>* seen, double value) {
    if (!*seen) *seen = Seen{.least = value, .most = value};
    (*seen)->least = std::min((*seen)->least, value);
    (*seen)->most = std::max((*seen)->most, value);
  };
  const TrainingColumn& impressions = *campaigns.Find(column::kImpressions);
  for (const uint32_t row : count_rows) widen(&model->impressions, impressions.number(row));
  const TrainingColumn* date = campaigns.Find(column::kDate);
  for (size_t row = 0; date != nullptr && row < campaigns.num_rows(); ++row) {
    if (date->day(row) != kMissingDay) widen(&model->days, date->day(row));
  }
}

class Trainer {
 public:
  Trainer(const TrainOptions& options, const TrainingSetup& setup, Model* model)
      : campaigns_(setup.campaigns), options_(options), setup_(setup), model_(*model) {}

  Status TrainReach(const RowNumbers& rows);
  Status TrainClicks(const RowNumbers& rows);
  // Reach times CTR as they are served, against what a user has without them.
  Status JudgeClicksWithoutImpressions();
  Status TrainRoi();

 private:
  Result<Learned> LearnRoi(const RowNumbers& rows, const RoiThreshold& chosen);

  const TrainingHistory& campaigns_;
  const TrainOptions& options_;
  const TrainingSetup& setup_;
  Model& model_;
  std::optional<Learned> reach_;
  std::optional<Learned> clicks_;
};

Status Trainer::TrainReach(const RowNumbers& rows) {
  Task task{.family = glm::Family::kPoissonLog,
            .rows = rows,
            .y = NumbersAt(campaigns_, column::kImpressions, rows)};
  const auto shapes =
      BaselineShapes(campaigns_.columns(), "impressions", std::array{Per::kCampaign, Per::kSpend});
  PYTHIA_ASSIGN(reach_, Learn(setup_, std::move(task), column::kImpressions, shapes, {}));
  PYTHIA_TRY(AddEffects(setup_, reach_->task, reach_->fitted.model.encoder, &reach_->report));
  model_.reach = reach_->part();
  model_.report.models["reach"] = reach_->report;
  return {};
}

Status Trainer::TrainClicks(const RowNumbers& rows) {
  const RowVector<double> impressions = NumbersAt(campaigns_, column::kImpressions, rows);
  Task task{.family = glm::Family::kPoissonLog,
            .rows = rows,
            .y = NumbersAt(campaigns_, column::kClicks, rows),
            .packed = reach_->task.packed};
  task.offset.reserve(impressions.size());
  for (const double shown : impressions) task.offset.push_back(std::log(shown));
  PYTHIA_TRY(CheckFeaturesAlone(campaigns_, task, "clicks given the impressions", options_.allowed,
                                setup_.fit));
  const auto shapes =
      BaselineShapes(campaigns_.columns(), "clicks", std::array{Per::kImpression, Per::kCampaign});
  PYTHIA_ASSIGN(clicks_, Learn(setup_, std::move(task), column::kClicks, shapes, impressions));
  const Task& learned = clicks_->task;
  model_.ctr = FitBaseline(shapes[0], campaigns_, learned.rows, learned.y,
                           Units(campaigns_, learned.rows, Per::kImpression));
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
  PYTHIA_TRY(setup_.fit.steps->Begin(TrainingSteps::Phase::kCalibration));
  ModelReport report{.target = std::string(column::kClicks)};
  const Judgement& reach = reach_->judgement;
  const Judgement& clicks = clicks_->judgement;
  // Constant clicks need no reach.
  const bool from_reach = clicks.signal || clicks.serving.per == Per::kImpression;
  RowVector<double> product(clicks_->task.rows.size(), 0);
  for (size_t i = 0; i < clicks.at.size(); ++i) {
    const double impressions = std::exp(clicks_->task.offset[clicks.at[i]]);
    product[clicks.at[i]] = from_reach && i < reach.at.size() && reach.at[i] == clicks.at[i]
                                ? reach.served[i] * clicks.served[i] / impressions
                                : clicks.served[i];
  }
  const auto shapes =
      BaselineShapes(campaigns_.columns(), "clicks", std::array{Per::kCampaign, Per::kSpend});
  const Judgement judgement = Judge({.history = campaigns_,
                                     .task = clicks_->task,
                                     .cv = clicks_->cv,
                                     .shapes = shapes,
                                     .cap = {},
                                     .model = product,
                                     .threads = setup_.fit.threads,
                                     .stop = setup_.fit.stop});
  if (setup_.fit.stop.stop_requested()) return Fail(ErrorCode::kCancelled, "training was stopped");
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

RoiThreshold ChooseThreshold(const TrainingHistory& campaigns, const TrainOptions& options,
                             std::span<const uint32_t> rows) {
  if (options.roi_rule == RoiThresholdRule::kStated) return {options.roi_threshold, "stated"};
  const TrainingColumn& roi = *campaigns.Find(column::kRoi);
  RowVector<double> values;
  values.reserve(rows.size());
  for (const uint32_t row : rows) values.push_back(roi.number(row));
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

RowVector<double> AboveThreshold(const TrainingHistory& campaigns, const RowNumbers& rows,
                                 double threshold) {
  RowVector<double> y = NumbersAt(campaigns, column::kRoi, rows);
  for (double& value : y) value = value > threshold ? 1 : 0;
  return y;
}

Result<Learned> Trainer::LearnRoi(const RowNumbers& rows, const RoiThreshold& chosen) {
  Task task{.family = glm::Family::kBinomialLogit,
            .rows = rows,
            .y = AboveThreshold(campaigns_, rows, chosen.value)};
  if (rows == reach_->task.rows) task.packed = reach_->task.packed;
  if (chosen.rule == "median") {
    task.y_after = [this, &rows](std::span<const uint32_t> train_rows) {
      return AboveThreshold(campaigns_, rows,
                            ChooseThreshold(campaigns_, options_, train_rows).value);
    };
  }
  PYTHIA_TRY(CheckFeaturesAlone(campaigns_, task, "ROI", options_.allowed, setup_.fit));
  const auto shapes = BaselineShapes(campaigns_.columns(), "success", std::array{Per::kCampaign});
  return Learn(setup_, std::move(task), column::kRoi, shapes, {});
}

Status Trainer::TrainRoi() {
  ModelReport& report = model_.report.models["roi"];
  report.target = column::kRoi;
  const TrainingColumn* roi = campaigns_.Find(column::kRoi);
  RowNumbers rows;
  if (roi != nullptr) rows.reserve(campaigns_.num_rows());
  for (size_t row = 0; roi != nullptr && row < campaigns_.num_rows(); ++row) {
    if (!roi->IsMissing(row)) rows.push_back(static_cast<uint32_t>(row));
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

namespace {

Result<Model> TrainOn(CampaignSource& source, int64_t expected_rows, const std::string& dataset,
                      const TrainOptions& options, Progress& progress, std::stop_token stop) {
  PYTHIA_TRY(CheckOptions(options));
  const Schema& schema = source.schema();
  for (const std::string_view name : {column::kClicks, column::kImpressions}) {
    const auto named = [&](const ColumnSpec& spec) { return spec.name == name; };
    if (std::none_of(schema.begin(), schema.end(), named)) {
      return Fail(Error{.code = ErrorCode::kBadInput,
                        .message = "the dataset lacks a column that training needs",
                        .value = std::string(name)});
    }
  }
  std::vector<std::string> features = options.features;
  if (features.empty()) features = DefaultFeatures(schema);
  PYTHIA_TRY(CheckFeatures(schema, features));
  PYTHIA_ASSIGN(
      const TrainingHistory campaigns,
      TrainingHistory::Read(
          source, {.features = features, .seed = options.seed, .expected_rows = expected_rows},
          progress, stop));
  PYTHIA_TRY(CheckIdentities(campaigns, features, options.allowed));
  PYTHIA_ASSIGN(const RowNumbers count_rows, CountRows(campaigns));

  Model model{.dataset = dataset, .data_sha256 = campaigns.digest(), .seed = options.seed};
  model.report.dataset = dataset;
  model.report.rows = static_cast<int64_t>(campaigns.num_rows());
  model.report.seed = options.seed;
  model.report.features = features;
  model.report.planned_spend = options.planned_spend;
  FindRanges(campaigns, count_rows, &model);
  constexpr int kModels = 3;
  TrainingSteps steps(kModels, progress, stop);
  const TrainingSetup setup{
      .campaigns = campaigns,
      .folds = MakeFolds(campaigns),
      .random = RandomFolds(campaigns),
      .alpha = options.alpha,
      .seed = options.seed,
      .fit = {.features = features, .threads = options.threads, .stop = stop, .steps = &steps}};
  WarnOfRealisedSpend(campaigns, features, options, &model.report);
  Trainer trainer(options, setup, &model);
  PYTHIA_TRY(trainer.TrainReach(count_rows));
  steps.BeginModel(1);
  PYTHIA_TRY(trainer.TrainClicks(count_rows));
  PYTHIA_TRY(trainer.JudgeClicksWithoutImpressions());
  steps.BeginModel(2);
  PYTHIA_TRY(trainer.TrainRoi());
  steps.BeginModel(kModels);
  model.report.roi_threshold = model.roi_threshold;
  DrawBackgrounds(campaigns, options.seed, &model);
  progress.End();
  if (stop.stop_requested()) return Fail(ErrorCode::kCancelled, "training was stopped");
  return model;
}

}  // namespace

Result<Model> Train(CampaignSource& campaigns, int64_t expected_rows, const std::string& dataset,
                    const TrainOptions& options, Progress& progress, std::stop_token stop) {
  return WithRowMemory([&] {
    return TrainOn(campaigns, expected_rows, dataset, options, progress, std::move(stop));
  });
}

Result<Model> Train(const Table& campaigns, const std::string& dataset, const TrainOptions& options,
                    Progress& progress, std::stop_token stop) {
  TableSource source(campaigns);
  return Train(source, campaigns.num_rows(), dataset, options, progress, std::move(stop));
}

}  // namespace pythia
