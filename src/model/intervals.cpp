#include "model/intervals.h"

#include <cmath>

#include "campaign/dates.h"
#include "campaign/schema.h"
#include "metrics/binary.h"
#include "metrics/calibration.h"

namespace pythia {
namespace {

// Served means beside what happened, row by row.
struct Served {
  std::vector<int64_t> rows;  // of the table
  std::vector<int> fold;
  std::vector<double> y;
  std::vector<double> clicks;     // given the impressions
  std::vector<double> unplanned;  // without them
  std::vector<double> observed_ctr;
  std::vector<double> ctr;  // without them
};

std::vector<std::string> ChannelsOf(const Table& table, std::span<const int64_t> rows) {
  std::vector<std::string> channels(rows.size());
  const Column* column = table.Find(column::kChannelUsed);
  if (column == nullptr || column->type() != ColumnType::kCategory) return channels;
  for (size_t i = 0; i < rows.size(); ++i) {
    if (!column->IsMissing(rows[i])) channels[i] = column->level(rows[i]);
  }
  return channels;
}

// Clicks per impression of all campaigns that a row's fold learned from. [rows of the task]
std::vector<double> OverallCtr(const Learned& clicks) {
  std::vector<double> ctr(clicks.task.rows.size(), 0);
  for (const FoldFit& fold : clicks.cv.folds) {
    double clicked = 0;
    double shown = 0;
    for (const uint32_t at : fold.train) {
      clicked += clicks.task.y[at];
      shown += std::exp(clicks.task.offset[at]);
    }
    for (const uint32_t at : fold.test) ctr[at] = clicked / shown;
  }
  return ctr;
}

Served OutOfFold(const Learned& clicks, const Judgement& unplanned) {
  const Judgement& judgement = clicks.judgement;
  Served served{.fold = judgement.fold,
                .y = judgement.y,
                .clicks = judgement.served,
                .unplanned = unplanned.served};
  const bool has_rate = judgement.signal || judgement.serving.per == Per::kImpression;
  const std::vector<double> overall = OverallCtr(clicks);
  for (size_t i = 0; i < judgement.at.size(); ++i) {
    const size_t at = judgement.at[i];
    const double impressions = std::exp(clicks.task.offset[at]);
    served.rows.push_back(clicks.task.rows[at]);
    served.observed_ctr.push_back(judgement.y[i] / impressions);
    served.ctr.push_back(has_rate ? judgement.served[i] / impressions : overall[at]);
  }
  return served;
}

// The plan that a row of history was.
Plan PlanOf(const Table& table, int64_t row) {
  Plan plan;
  for (const Column& column : table.columns()) {
    const bool known = column.spec().role == Role::kPlan || column.spec().role == Role::kOther ||
                       column.name() == column::kImpressions;
    if (!known || column.IsMissing(row)) continue;
    const auto at = static_cast<size_t>(row);
    if (IsNumeric(column.type())) {
      plan.values[column.name()] = column.numbers()[at];
    } else if (column.type() == ColumnType::kCategory) {
      plan.values[column.name()] = std::string(column.level(row));
    } else if (column.type() == ColumnType::kDate) {
      plan.values[column.name()] = FormatDay(column.days()[at]);
    }
  }
  return plan;
}

std::vector<double> At(const std::vector<double>& values, const std::vector<uint32_t>& positions) {
  std::vector<double> taken;
  for (const uint32_t at : positions) taken.push_back(values[at]);
  return taken;
}

// The bundle as each random fold would have fitted it.
Result<std::vector<FoldModels>> RandomFoldModels(const TrainingSetup& setup, const Learned& reach,
                                                 const Learned& clicks, const Model& model,
                                                 std::vector<FoldFit>* folds) {
  const auto chosen = [&](const Learned& learned) {
    const std::optional<double> lambda = learned.report.lambda;
    return Penalties{.lambdas = {lambda.value_or(kInterceptOnly)}, .alpha = setup.alpha};
  };
  PYTHIA_ASSIGN(const CrossValidation of_reach,
                CrossValidate(setup.campaigns, reach.task, setup.random, chosen(reach), setup.fit));
  PYTHIA_ASSIGN(CrossValidation of_clicks, CrossValidate(setup.campaigns, clicks.task, setup.random,
                                                         chosen(clicks), setup.fit));
  std::vector<FoldModels> models;
  // A fold without a click to learn from is missing among those of clicks.
  if (of_reach.folds.size() != of_clicks.folds.size()) return models;
  for (size_t k = 0; k < of_clicks.folds.size(); ++k) {
    const FoldFit& fold = of_clicks.folds[k];
    std::vector<int64_t> rows;
    for (const uint32_t at : fold.train) rows.push_back(clicks.task.rows[at]);
    const auto fitted = [&](const Baseline& shape, const Task& task) {
      const std::vector<double> units = UnitsOf(setup.campaigns, task.rows, shape.per);
      return FitBaseline(shape, setup.campaigns, rows, At(task.y, fold.train),
                         At(units, fold.train));
    };
    models.push_back(
        {.reach = {of_reach.folds[k].model, model.reach->signal,
                   fitted(model.reach->baseline, reach.task)},
         .clicks = {fold.model, model.clicks->signal, fitted(model.clicks->baseline, clicks.task)},
         .unplanned = {model.unplanned->signal, fitted(model.unplanned->baseline, clicks.task)},
         .ctr = fitted(model.ctr, clicks.task)});
  }
  *folds = std::move(of_clicks.folds);
  return models;
}

Served OfRandomFolds(const TrainingSetup& setup, const Learned& clicks,
                     const std::vector<FoldModels>& models, const std::vector<FoldFit>& folds) {
  Served served;
  for (size_t k = 0; k < folds.size(); ++k) {
    for (const uint32_t at : folds[k].test) {
      Plan plan = PlanOf(setup.campaigns, clicks.task.rows[at]);
      const double clicks_given = *PredictCounts(models[k], plan).clicks;
      plan.values.erase(std::string(column::kImpressions));
      const Prediction without = PredictCounts(models[k], plan);
      served.rows.push_back(clicks.task.rows[at]);
      served.fold.push_back(static_cast<int>(k));
      served.y.push_back(clicks.task.y[at]);
      served.clicks.push_back(clicks_given);
      served.unplanned.push_back(*without.clicks);
      served.observed_ctr.push_back(clicks.task.y[at] / std::exp(clicks.task.offset[at]));
      served.ctr.push_back(*without.ctr);
    }
  }
  return served;
}

}  // namespace

Status CalibrateCounts(const TrainingSetup& setup, const Learned& reach, const Learned& clicks,
                       const Judgement& unplanned, Model* model) {
  Served served = OutOfFold(clicks, unplanned);
  if (std::ssize(clicks.task.rows) < kCvPlusRows && model->unplanned) {
    std::vector<FoldFit> folds;
    PYTHIA_ASSIGN(model->folds, RandomFoldModels(setup, reach, clicks, *model, &folds));
    if (!model->folds.empty()) served = OfRandomFolds(setup, clicks, model->folds, folds);
  }
  const std::vector<std::string> channels = ChannelsOf(setup.campaigns, served.rows);
  const auto rule = [&](std::span<const double> y, std::span<const double> mu,
                        IntervalReport* report) {
    const Errors errors{.y = y,
                        .mu = mu,
                        .groups = channels,
                        .fold = served.fold,
                        .forward = setup.folds.forward && model->folds.empty()};
    return model->folds.empty()
               ? Calibrate(errors, report)
               : CalibrateCvPlus(errors, static_cast<int>(model->folds.size()), report);
  };
  auto& given = model->report.models["clicks"].intervals;
  auto& without = model->report.models["clicks_without_impressions"].intervals;
  model->clicks_interval = rule(served.y, served.clicks, &given["clicks"]);
  model->unplanned_interval = rule(served.y, served.unplanned, &without["clicks"]);
  model->ctr_interval = rule(served.observed_ctr, served.ctr, &without["ctr"]);
  return {};
}

CalibrationReport CalibrationOf(const Judgement& roi) {
  const metrics::Reliability reliability = metrics::Corp(roi.y, roi.served);
  CalibrationReport report{.log_loss = metrics::LogLoss(roi.y, roi.served),
                           .brier = metrics::BrierScore(roi.y, roi.served),
                           .normalised_entropy = metrics::NormalisedEntropy(roi.y, roi.served),
                           .miscalibration = reliability.miscalibration,
                           .discrimination = reliability.discrimination,
                           .uncertainty = reliability.uncertainty};
  for (const metrics::ReliabilityBin& bin : reliability.bins) {
    report.bins.push_back({bin.probability, bin.rate, bin.rows});
  }
  return report;
}

}  // namespace pythia
