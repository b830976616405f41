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
  RowNumbers rows;  // of the history
  RowVector<uint8_t> fold;
  RowVector<double> y;
  RowVector<double> clicks;     // given the impressions
  RowVector<double> unplanned;  // without them
  RowVector<double> observed_ctr;
  RowVector<double> ctr;  // without them
};

// Null: there are none.
const TrainingColumn* Channels(const TrainingHistory& history) {
  const TrainingColumn* column = history.Find(column::kChannelUsed);
  return column != nullptr && column->type() == ColumnType::kCategory ? column : nullptr;
}

RowVector<uint32_t> ChannelsOf(const TrainingColumn* column, std::span<const uint32_t> rows) {
  RowVector<uint32_t> channels(rows.size(), kMissingCode);
  for (size_t i = 0; column != nullptr && i < rows.size(); ++i) channels[i] = column->code(rows[i]);
  return channels;
}

// Clicks per impression of all campaigns that a fold learned from. [folds]
std::vector<double> OverallCtr(const Learned& clicks) {
  const Folds& folds = *clicks.cv.of;
  std::vector<double> clicked(folds.kinds.size());
  std::vector<double> shown(folds.kinds.size());
  for (size_t i = 0; i < clicks.task.rows.size(); ++i) {
    const uint8_t kind = folds.kind[clicks.task.rows[i]];
    clicked[kind] += clicks.task.y[i];
    shown[kind] += std::exp(clicks.task.offset[i]);
  }
  std::vector<double> ctr;
  for (const FoldFit& fold : clicks.cv.folds) {
    double sum = 0;
    double of = 0;
    for (size_t kind = 0; kind < folds.kinds.size(); ++kind) {
      if ((folds.kinds[kind].trains >> fold.number & 1) == 0) continue;
      sum += clicked[kind];
      of += shown[kind];
    }
    ctr.push_back(sum / of);
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
  const size_t judged = judgement.at.size();
  served.rows.reserve(judged);
  served.observed_ctr.reserve(judged);
  served.ctr.reserve(judged);
  for (size_t i = 0; i < judged; ++i) {
    const size_t at = judgement.at[i];
    const double impressions = std::exp(clicks.task.offset[at]);
    served.rows.push_back(clicks.task.rows[at]);
    served.observed_ctr.push_back(judgement.y[i] / impressions);
    served.ctr.push_back(has_rate ? judgement.served[i] / impressions : overall[judgement.fold[i]]);
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
    const RowNumbers train = TrainRows(clicks.task, setup.random, fold.number);
    RowNumbers rows;
    for (const uint32_t at : train) rows.push_back(clicks.task.rows[at]);
    const auto fitted = [&](const Baseline& shape, const Task& task) {
      std::vector<double> y;
      for (const uint32_t at : train) y.push_back(task.y[at]);
      return FitBaseline(shape, setup.campaigns, rows, y,
                         Units(setup.campaigns, task.rows, shape.per));
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
  const Table table = setup.campaigns.Gather(clicks.task.rows);
  for (size_t k = 0; k < folds.size(); ++k) {
    for (const uint32_t at : TestRows(clicks.task, setup.random, folds[k].number)) {
      Plan plan = PlanOf(table, at);
      const double clicks_given = *PredictCounts(models[k], plan).clicks;
      plan.values.erase(std::string(column::kImpressions));
      const Prediction without = PredictCounts(models[k], plan);
      served.rows.push_back(clicks.task.rows[at]);
      served.fold.push_back(static_cast<uint8_t>(k));
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
  const TrainingColumn* column = Channels(setup.campaigns);
  const RowVector<uint32_t> channels = ChannelsOf(column, served.rows);
  const auto rule = [&](std::span<const double> y, std::span<const double> mu,
                        IntervalReport* report) {
    const Errors errors{.y = y,
                        .mu = mu,
                        .groups = channels,
                        .names = column == nullptr ? nullptr : column->dictionary().get(),
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
