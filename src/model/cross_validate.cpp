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
constexpr size_t kMinFoldRows = 10;

template <typename T>
std::vector<T> At(const std::vector<T>& values, const std::vector<uint32_t>& positions) {
  std::vector<T> taken;
  if (values.empty()) return taken;
  taken.reserve(positions.size());
  for (const uint32_t at : positions) taken.push_back(values[at]);
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
  std::vector<uint32_t> test_at;  // positions in the task, in the design's order
  FoldSums sums;
};

// The task's rows in packed order.
struct PackedTask {
  std::shared_ptr<const PackedRows> rows;
  std::vector<double> y;
  std::vector<double> offset;
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
    for (size_t i = run.begin; i < run.end; ++i) {
      designs.sums.AddTest(task.family, y[i]);
      designs.test_at.push_back(rows.order()[i]);
    }
  }
  designs.train = std::make_unique<PackedDesign>(*designs.features, train_runs, y, packed.offset);
  designs.test = std::make_unique<PackedDesign>(*designs.features, test_runs, y, packed.offset);
  return designs;
}

FoldDesigns DesignsOf(const Table& table, const Task& task, const FoldFit& fold,
                      std::span<const std::string> features) {
  std::vector<std::string> ignored;
  const std::vector<int64_t> rows = At(task.rows, fold.train);
  FoldDesigns designs{.encoder = Encoder::Fit(table, rows, features, &ignored),
                      .test_at = fold.test};
  const auto design = [&](const std::vector<int64_t>& of, const std::vector<uint32_t>& at) {
    auto made = std::make_unique<glm::MemoryDesign>(DesignOf(table, designs.encoder, of));
    made->y = At(fold.TargetsOf(task), at);
    made->offset = At(task.offset, at);
    return made;
  };
  auto train = design(rows, fold.train);
  auto test = design(At(task.rows, fold.test), fold.test);
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

  // Leaves the model in the fold and gives the test rows' means their places. [rows of the task]
  Status Choose(size_t penalty, FoldFit* fold, std::vector<double>* mu) {
    fold->model = {designs_.encoder, points_[penalty].intercept, points_[penalty].beta};
    std::vector<double> means(designs_.test_at.size());
    PYTHIA_TRY(glm::MeansOf(*designs_.test, PointOf(points_[penalty]), means));
    for (size_t i = 0; i < means.size(); ++i) (*mu)[designs_.test_at[i]] = means[i];
    return {};
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
    PYTHIA_ASSIGN(const double loss, glm::LossOf(*designs_.test, PointOf(points_.back()),
                                                 std::ssize(designs_.test_at), kMostLoss));
    return 2 * (loss + designs_.sums.test_saturated) / designs_.sums.test_rows;
  }

  FoldDesigns designs_;
  glm::Family family_;
  const FitSettings& settings_;
  std::optional<glm::RidgePath> path_;  // of the training rows
  double weight_;                       // the scale on which a ridge is strong or weak
  std::vector<glm::PathPoint> points_;
};

// A fold can be fitted where its targets vary (counts: where there are any).
bool CanFit(const Task& task, const FoldFit& fold) {
  if (fold.train.size() < kMinFoldRows) return false;
  const std::vector<double>& y = fold.TargetsOf(task);
  double mean = 0;
  for (const uint32_t at : fold.train) mean += y[at];
  mean /= static_cast<double>(fold.train.size());
  return mean > 0 && (task.family == glm::Family::kPoissonLog || mean < 1);
}

// The folds of the task that can be fitted and judged.
std::vector<FoldFit> UsableFolds(const Task& task, const Folds& folds) {
  std::vector<FoldFit> usable;
  for (int k = 0; k < folds.count; ++k) {
    FoldFit fold{.number = k};
    for (size_t i = 0; i < task.rows.size(); ++i) {
      const int64_t row = task.rows[i];
      const auto at = static_cast<uint32_t>(i);
      if (folds.tested_by[static_cast<size_t>(row)] == k) fold.test.push_back(at);
      if (folds.Trains(k, row)) fold.train.push_back(at);
    }
    if (fold.test.empty() || fold.train.size() < kMinFoldRows) continue;
    if (task.y_after) fold.own_y = task.y_after(At(task.rows, fold.train));
    if (CanFit(task, fold)) usable.push_back(std::move(fold));
  }
  return usable;
}

PackedTask PackedTaskOf(const Table& table, const Task& task, const Folds& folds,
                        const FitSettings& settings) {
  PackedTask packed;
  if (task.packed != nullptr && task.packed->IsFor(settings.features) &&
      task.packed->Knows(folds)) {
    packed.rows = task.packed;
  } else {
    packed.rows = PackedRows::Pack(table, task.rows, settings.features, {&folds}, settings.threads);
  }
  if (packed.rows == nullptr) return packed;
  packed.y = packed.rows->Sorted(task.y);
  packed.offset = packed.rows->Sorted(task.offset);
  return packed;
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

Result<CrossValidation> CrossValidate(const Table& table, const Task& task, const Folds& folds,
                                      const Penalties& penalties, const FitSettings& settings) {
  CrossValidation result;
  result.folds = UsableFolds(task, folds);
  result.fold.assign(task.rows.size(), -1);
  result.y = task.y;
  result.mu.assign(task.rows.size(), 0);
  if (result.folds.empty()) return result;
  const PackedTask packed = PackedTaskOf(table, task, folds, settings);
  std::vector<FoldPath> paths;
  std::vector<std::vector<double>> own_y(result.folds.size());  // in packed order
  paths.reserve(result.folds.size());
  std::vector<std::vector<double>> deviance(penalties.alpha ? 1 : penalties.lambdas.size());
  for (size_t k = 0; k < result.folds.size(); ++k) {
    const FoldFit& fold = result.folds[k];
    if (packed.rows == nullptr) {
      paths.emplace_back(DesignsOf(table, task, fold, settings.features), task.family, settings);
    } else {
      own_y[k] = packed.rows->Sorted(fold.own_y);
      paths.emplace_back(
          DesignsOf(packed, task, folds, fold.number, own_y[k].empty() ? packed.y : own_y[k]),
          task.family, settings);
    }
    PYTHIA_ASSIGN(const std::vector<double> along, paths.back().Run(penalties));
    for (size_t i = 0; i < along.size(); ++i) deviance[i].push_back(along[i]);
  }
  for (const std::vector<double>& of_folds : deviance) result.deviance.push_back(Mean(of_folds));
  result.chosen = ChoosePenalty(deviance);
  for (size_t k = 0; k < paths.size(); ++k) {
    FoldFit& fold = result.folds[k];
    PYTHIA_TRY(paths[k].Choose(result.chosen, &fold, &result.mu));
    const std::vector<double>& y = fold.TargetsOf(task);
    for (const uint32_t at : fold.test) {
      result.fold[at] = static_cast<int>(k);
      result.y[at] = y[at];
    }
  }
  if (settings.stop.stop_requested()) return Fail(ErrorCode::kCancelled, "training was stopped");
  return result;
}

Result<Fitted> FitTask(const Table& table, const Task& task, double lambda,
                       std::optional<double> alpha, const FitSettings& settings,
                       std::vector<std::string>* notes) {
  Fitted fitted;
  fitted.model.encoder = EncoderOf(table, task, settings, notes);
  const bool intercept_only = !alpha && lambda == kInterceptOnly;
  std::optional<TaskDesign> all;
  std::optional<glm::MemoryDesign> alone;  // the intercept
  if (intercept_only) {
    alone.emplace(glm::DesignShape());
    alone->y = task.y;
    alone->offset = task.offset;
  } else {
    all.emplace(table, fitted.model.encoder, task, settings);
    fitted.alpha = alpha.value_or(lambda * MeanWorkingWeight(task.family, task.y));
  }
  glm::DesignSource& source = intercept_only ? *alone : all->source();
  PYTHIA_ASSIGN(fitted.fit, glm::FitGlm(source, {.family = task.family,
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
