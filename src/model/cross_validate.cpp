#include "model/cross_validate.h"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "base/check.h"
#include "glm/held_out.h"
#include "glm/path.h"
#include "metrics/binary.h"
#include "model/task_design.h"

namespace pythia {
namespace {

// Out-of-fold deviances need no more digits than this; the final fit has all.
constexpr double kPathTolerance = 1e-6;
constexpr int64_t kMinFoldRows = 10;

std::vector<double> At(std::span<const double> values, std::span<const uint32_t> positions) {
  std::vector<double> taken;
  if (values.empty()) return taken;
  taken.reserve(positions.size());
  for (const uint32_t at : positions) taken.push_back(values[at]);
  return taken;
}

RowNumbers At(const RowNumbers& rows, std::span<const uint32_t> positions) {
  RowNumbers taken;
  taken.reserve(positions.size());
  for (const uint32_t at : positions) taken.push_back(rows[at]);
  return taken;
}

double Mean(std::span<const double> values) {
  return std::accumulate(values.begin(), values.end(), 0.0) / static_cast<double>(values.size());
}

// The scale on which a ridge is strong or weak.
double MeanWorkingWeight(glm::Family family, std::span<const double> y) {
  const double mean = Mean(y);
  return family == glm::Family::kPoissonLog ? mean : mean * (1 - mean);
}

// What a fold's paths need of its rows beside the designs.
struct FoldSums {
  double train_rows = 0;
  double sum_y = 0;
  double exposure = 0;  // of the training rows: sum of exp(offset)
  double test_rows = 0;
  // Half of what y alone adds to the deviance of the test rows.
  double test_saturated = 0;

  double mean_y() const { return sum_y / train_rows; }
  void AddTrain(double y, double offset) {
    ++train_rows;
    sum_y += y;
    exposure += offset == 0 ? 1 : std::exp(offset);
  }
  void AddTest(glm::Family family, double y) {
    ++test_rows;
    if (family == glm::Family::kPoissonLog && y > 0) test_saturated += y * std::log(y) - y;
  }
  void Add(const FoldSums& part) {
    train_rows += part.train_rows;
    sum_y += part.sum_y;
    exposure += part.exposure;
    test_rows += part.test_rows;
    test_saturated += part.test_saturated;
  }
};

double NullIntercept(glm::Family family, const FoldSums& sums) {
  const double mean = sums.mean_y();
  return family == glm::Family::kBinomialLogit ? std::log(mean) - std::log1p(-mean)
                                               : std::log(sums.sum_y / sums.exposure);
}

// A fold's rows as designs, with an encoder of its own.
struct FoldDesigns {
  Encoder encoder;
  std::unique_ptr<PackedFeatures> features;  // where packed
  std::unique_ptr<glm::DesignSource> train;
  std::unique_ptr<glm::DesignSource> test;
  FoldSums sums;
};

// The task's rows in packed order.
struct PackedTask {
  std::shared_ptr<const PackedRows> rows;
  RowVector<double> y;
  RowVector<double> offset;
};

FoldDesigns DesignsOf(const PackedTask& packed, const Task& task, const Folds& folds, int fold,
                      std::span<const double> y) {
  const PackedRows& rows = *packed.rows;
  const std::vector<int> train = rows.TrainSegments(folds, fold);
  const std::vector<PackedRows::Run> train_runs = rows.RunsOf(train);
  const std::vector<PackedRows::Run> test_runs = rows.RunsOf(rows.TestSegments(folds, fold));
  std::vector<std::string> ignored;
  FoldDesigns designs{.encoder = rows.EncoderOf(train, &ignored)};
  designs.features = std::make_unique<PackedFeatures>(rows, designs.encoder);
  for (const PackedRows::Run& run : train_runs) {
    for (size_t i = run.begin; i < run.end; ++i) {
      designs.sums.AddTrain(y[i], packed.offset.empty() ? 0 : packed.offset[i]);
    }
  }
  for (const PackedRows::Run& run : test_runs) {
    for (size_t i = run.begin; i < run.end; ++i) designs.sums.AddTest(task.family, y[i]);
  }
  designs.train = std::make_unique<PackedDesign>(*designs.features, train_runs, y, packed.offset);
  designs.test = std::make_unique<PackedDesign>(*designs.features, test_runs, y, packed.offset);
  return designs;
}

// The same of rows that cannot be packed.
FoldDesigns DesignsOf(const TrainingHistory& history, const Task& task, const Folds& folds,
                      const FoldFit& fold, std::span<const std::string> features) {
  const auto design = [&](const RowNumbers& at, const Table& rows, const Encoder& encoder) {
    auto made = std::make_unique<glm::MemoryDesign>(encoder.shape());
    encoder.Encode(rows, AllRows(rows), made.get());
    made->y = At(fold.TargetsOf(task), at);
    made->offset = At(task.offset, at);
    return made;
  };
  std::vector<std::string> ignored;
  const RowNumbers train_at = TrainRows(task, folds, fold.number);
  const RowNumbers test_at = TestRows(task, folds, fold.number);
  const Table train_rows = history.Gather(At(task.rows, train_at));
  FoldDesigns designs{.encoder = Encoder::Fit(train_rows, AllRows(train_rows), features, &ignored)};
  auto train = design(train_at, train_rows, designs.encoder);
  auto test = design(test_at, history.Gather(At(task.rows, test_at)), designs.encoder);
  for (size_t i = 0; i < train->y.size(); ++i) {
    designs.sums.AddTrain(train->y[i], train->offset.empty() ? 0 : train->offset[i]);
  }
  for (const double y : test->y) designs.sums.AddTest(task.family, y);
  designs.train = std::move(train);
  designs.test = std::move(test);
  return designs;
}

// Where a probability is clipped when it is judged.
const double kMostLoss = -std::log(metrics::kLogLossClip);

// One fold on its way along the path.
class FoldPath {
 public:
  FoldPath(FoldDesigns designs, glm::Family family, const FitSettings& settings)
      : designs_(std::move(designs)),
        family_(family),
        settings_(settings),
        weight_(family == glm::Family::kPoissonLog
                    ? designs_.sums.mean_y()
                    : designs_.sums.mean_y() * (1 - designs_.sums.mean_y())) {}

  // The mean deviance of the fold's test rows at every penalty.
  Result<std::vector<double>> Run(const Penalties& penalties) {
    std::vector<double> deviances;
    if (penalties.alpha) {
      PYTHIA_TRY(Step(*penalties.alpha));
      PYTHIA_ASSIGN(const double deviance, Deviance());
      return std::vector<double>{deviance};
    }
    for (const double lambda : penalties.lambdas) {
      if (lambda == kInterceptOnly) {
        points_.push_back({.intercept = NullIntercept(family_, designs_.sums),
                           .beta = std::vector<double>(Width(), 0),
                           .converged = true});
      } else {
        PYTHIA_TRY(Step(lambda * weight_));
      }
      PYTHIA_ASSIGN(const double deviance, Deviance());
      deviances.push_back(deviance);
    }
    path_.reset();
    return deviances;
  }

  // Leaves the model in the fold and gives the means of the test rows, in the design's order.
  Result<RowVector<double>> Choose(size_t penalty, FoldFit* fold) {
    fold->model = {designs_.encoder, points_[penalty].intercept, points_[penalty].beta};
    RowVector<double> means(static_cast<size_t>(designs_.sums.test_rows));
    PYTHIA_TRY(glm::MeansOf(*designs_.test, PointOf(points_[penalty]), means));
    return means;
  }

 private:
  size_t Width() const { return static_cast<size_t>(designs_.encoder.shape().num_columns()); }

  glm::HeldOut PointOf(const glm::PathPoint& point) const {
    return {.family = family_,
            .intercept = point.intercept,
            .beta = point.beta,
            .threads = settings_.threads,
            .stop = settings_.stop};
  }

  Status Step(double alpha) {
    PYTHIA_ASSIGN(glm::PathPoint point, Fit(alpha));
    if (point.cancelled) return Fail(ErrorCode::kCancelled, "training was stopped");
    points_.push_back(std::move(point));
    return {};
  }

  Result<glm::PathPoint> Fit(double alpha) {
    const glm::FitOptions options{.family = family_,
                                  .alpha = alpha,
                                  .tolerance = kPathTolerance,
                                  .threads = settings_.threads,
                                  .standard_errors = false,
                                  .stop = settings_.stop};
    if (alpha == 0) {  // as the user wishes: rank and separation matter then
      PYTHIA_ASSIGN(glm::Fit fit, glm::FitGlm(*designs_.train, options));
      return glm::PathPoint{.intercept = fit.intercept,
                            .beta = std::move(fit.beta),
                            .converged = fit.converged,
                            .cancelled = fit.cancelled};
    }
    if (!path_) {
      PYTHIA_ASSIGN(glm::RidgePath path, glm::RidgePath::Open(*designs_.train, options));
      path_.emplace(std::move(path));
    }
    return path_->Fit(alpha);
  }

  Result<double> Deviance() {
    PYTHIA_ASSIGN(const double loss,
                  glm::LossOf(*designs_.test, PointOf(points_.back()),
                              static_cast<int64_t>(designs_.sums.test_rows), kMostLoss));
    return 2 * (loss + designs_.sums.test_saturated) / designs_.sums.test_rows;
  }

  FoldDesigns designs_;
  glm::Family family_;
  const FitSettings& settings_;
  std::optional<glm::RidgePath> path_;  // of the training rows
  double weight_;                       // the scale on which a ridge is strong or weak
  std::vector<glm::PathPoint> points_;
};

// The folds of the task that can be fitted (their targets vary; counts: there are any) and judged.
std::vector<FoldFit> UsableFolds(const Task& task, const Folds& folds) {
  struct Sums {
    int64_t rows = 0;
    double y = 0;
  };
  std::vector<Sums> of_kinds(folds.kinds.size());
  for (size_t i = 0; i < task.rows.size(); ++i) {
    Sums& sums = of_kinds[folds.kind[task.rows[i]]];
    ++sums.rows;
    sums.y += task.y[i];
  }
  std::vector<FoldFit> usable;
  for (int k = 0; k < folds.count; ++k) {
    FoldFit fold{.number = k};
    double sum = 0;
    for (size_t kind = 0; kind < of_kinds.size(); ++kind) {
      if (folds.kinds[kind].tested_by == k) fold.test_rows += of_kinds[kind].rows;
      if ((folds.kinds[kind].trains >> k & 1) == 0) continue;
      fold.train_rows += of_kinds[kind].rows;
      sum += of_kinds[kind].y;
    }
    if (fold.test_rows == 0 || fold.train_rows < kMinFoldRows) continue;
    if (task.y_after) {
      const RowNumbers train = TrainRows(task, folds, k);
      fold.own_y = task.y_after(At(task.rows, train));
      sum = 0;
      for (const uint32_t at : train) sum += fold.own_y[at];
    }
    const double mean = sum / static_cast<double>(fold.train_rows);
    if (mean > 0 && (task.family == glm::Family::kPoissonLog || mean < 1)) {
      usable.push_back(std::move(fold));
    }
  }
  return usable;
}

PackedTask PackedTaskOf(const TrainingHistory& history, const Task& task, const Folds& folds,
                        const FitSettings& settings) {
  PackedTask packed;
  if (task.packed != nullptr && task.packed->IsFor(settings.features) &&
      task.packed->Knows(folds)) {
    packed.rows = task.packed;
  } else {
    packed.rows =
        PackedRows::Pack(history, task.rows, settings.features, {&folds}, settings.threads);
  }
  if (packed.rows == nullptr) return packed;
  packed.y = packed.rows->Sorted(task.y);
  packed.offset = packed.rows->Sorted(task.offset);
  return packed;
}

// The test rows' means in the order of the task, from those of each fold in its design's order.
RowVector<double> InOrder(const CrossValidation& cv, const Task& task, const PackedRows* packed,
                          std::vector<RowVector<double>> means) {
  RowVector<double> mu(task.rows.size());
  if (packed == nullptr) {
    std::vector<size_t> next(means.size());
    for (size_t i = 0; i < mu.size(); ++i) {
      const int fold = cv.FoldOf(task.rows[i]);
      if (fold < 0) continue;
      const auto k = static_cast<size_t>(fold);
      mu[i] = means[k][next[k]++];
    }
    return mu;
  }
  RowVector<double> in_packed_order(task.rows.size());
  for (size_t k = 0; k < means.size(); ++k) {
    const double* from = means[k].data();
    for (const PackedRows::Run& run :
         packed->RunsOf(packed->TestSegments(*cv.of, cv.folds[k].number))) {
      std::copy_n(from, run.end - run.begin, in_packed_order.data() + run.begin);
      from += run.end - run.begin;
    }
    Release(&means[k]);
  }
  packed->ForPlaces([&](size_t i, size_t place) { mu[i] = in_packed_order[place]; });
  return mu;
}

template <typename Keep>
RowNumbers Positions(const Task& task, const Keep& keep) {
  RowNumbers kept;
  for (size_t i = 0; i < task.rows.size(); ++i) {
    if (keep(task.rows[i])) kept.push_back(static_cast<uint32_t>(i));
  }
  return kept;
}

}  // namespace

std::vector<double> LambdaGrid() {
  std::vector<double> grid = {kInterceptOnly};
  for (int half = 4; half >= -12; --half) grid.push_back(std::pow(10.0, half / 2.0));
  return grid;
}

size_t ChoosePenalty(const std::vector<std::vector<double>>& deviance) {
  std::vector<double> means;
  for (const std::vector<double>& folds : deviance) means.push_back(Mean(folds));
  const auto best =
      static_cast<size_t>(std::min_element(means.begin(), means.end()) - means.begin());
  const auto folds = static_cast<double>(deviance[best].size());
  for (size_t i = 0; i < best; ++i) {
    double squares = 0;
    for (size_t k = 0; k < deviance[best].size(); ++k) {
      const double d = deviance[i][k] - deviance[best][k] - (means[i] - means[best]);
      squares += d * d;
    }
    const double error = folds > 1 ? std::sqrt(squares / (folds - 1) / folds) : 0;
    if (means[i] <= means[best] + error) return i;
  }
  return best;
}

RowNumbers TrainRows(const Task& task, const Folds& folds, int fold) {
  return Positions(task, [&](uint32_t row) { return folds.Trains(fold, row); });
}

RowNumbers TestRows(const Task& task, const Folds& folds, int fold) {
  return Positions(task, [&](uint32_t row) { return folds.TestedBy(row) == fold; });
}

Result<CrossValidation> CrossValidate(const TrainingHistory& history, const Task& task,
                                      const Folds& folds, const Penalties& penalties,
                                      const FitSettings& settings) {
  CrossValidation result{.of = &folds};
  result.folds = UsableFolds(task, folds);
  result.place.assign(static_cast<size_t>(folds.count), -1);
  for (size_t k = 0; k < result.folds.size(); ++k) {
    result.place[static_cast<size_t>(result.folds[k].number)] = static_cast<int>(k);
  }
  if (result.folds.empty()) {
    result.mu.resize(task.rows.size());
    return result;
  }
  const PackedTask packed = PackedTaskOf(history, task, folds, settings);
  std::vector<FoldPath> paths;
  std::vector<RowVector<double>> own_y(result.folds.size());  // in packed order
  paths.reserve(result.folds.size());
  std::vector<std::vector<double>> deviance(penalties.alpha ? 1 : penalties.lambdas.size());
  for (size_t k = 0; k < result.folds.size(); ++k) {
    const FoldFit& fold = result.folds[k];
    if (packed.rows == nullptr) {
      paths.emplace_back(DesignsOf(history, task, folds, fold, settings.features), task.family,
                         settings);
    } else {
      own_y[k] = packed.rows->Sorted(fold.own_y);
      paths.emplace_back(
          DesignsOf(packed, task, folds, fold.number, own_y[k].empty() ? packed.y : own_y[k]),
          task.family, settings);
    }
    PYTHIA_ASSIGN(const std::vector<double> along, paths.back().Run(penalties));
    for (size_t i = 0; i < along.size(); ++i) deviance[i].push_back(along[i]);
    if (settings.steps != nullptr) settings.steps->DoneFolds(k + 1, result.folds.size());
    if (settings.stop.stop_requested()) {
      return Fail(ErrorCode::kCancelled, "training was stopped");
    }
  }
  for (const std::vector<double>& of_folds : deviance) result.deviance.push_back(Mean(of_folds));
  result.chosen = ChoosePenalty(deviance);
  std::vector<RowVector<double>> means;
  for (size_t k = 0; k < paths.size(); ++k) {
    PYTHIA_ASSIGN(RowVector<double> of_fold, paths[k].Choose(result.chosen, &result.folds[k]));
    means.push_back(std::move(of_fold));
  }
  result.mu = InOrder(result, task, packed.rows.get(), std::move(means));
  if (settings.stop.stop_requested()) return Fail(ErrorCode::kCancelled, "training was stopped");
  return result;
}

Result<Fitted> FitTask(const TrainingHistory& history, const Task& task, double lambda,
                       std::optional<double> alpha, const FitSettings& settings,
                       std::vector<std::string>* notes) {
  Fitted fitted;
  fitted.model.encoder = EncoderOf(history, task, settings, notes);
  const bool intercept_only = !alpha && lambda == kInterceptOnly;
  TaskDesign design(history, intercept_only ? Encoder() : fitted.model.encoder, task, settings);
  if (!intercept_only) {
    fitted.alpha = alpha.value_or(lambda * MeanWorkingWeight(task.family, task.y));
  }
  PYTHIA_ASSIGN(fitted.fit, glm::FitGlm(design.source(), {.family = task.family,
                                                          .alpha = fitted.alpha,
                                                          .threads = settings.threads,
                                                          .standard_errors = false,
                                                          .stop = settings.stop}));
  if (fitted.fit.cancelled) return Fail(ErrorCode::kCancelled, "training was stopped");
  fitted.model.intercept = fitted.fit.intercept;
  fitted.model.beta = fitted.fit.beta;
  fitted.model.beta.resize(static_cast<size_t>(fitted.model.encoder.shape().num_columns()), 0);
  return fitted;
}

glm::MemoryDesign DesignOf(const Table& table, const Encoder& encoder,
                           std::span<const int64_t> rows) {
  glm::MemoryDesign design(encoder.shape());
  encoder.Encode(table, rows, &design);
  return design;
}

std::vector<double> MeansOf(glm::MemoryDesign* design, glm::Family family,
                            const LinearModel& model) {
  std::vector<double> mu(static_cast<size_t>(design->num_rows()));
  PYTHIA_CHECK(design->Rewind().has_value());
  glm::DesignBlock block;
  size_t at = 0;
  while (design->Next(0, &block).value_or(false)) {
    const auto eta = std::span(mu).subspan(at, static_cast<size_t>(block.rows));
    glm::LinearPredictor(design->shape(), block, model.intercept, model.beta, eta);
    for (double& value : eta) value = glm::InverseLink(family, value);
    at += eta.size();
  }
  return mu;
}

}  // namespace pythia
