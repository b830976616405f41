#include "model/cross_validate.h"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "base/check.h"
#include "glm/path.h"
#include "metrics/binary.h"
#include "metrics/counts.h"

namespace pythia {
namespace {

// Out-of-fold deviances need no more digits than this; the final fit has all.
constexpr double kPathTolerance = 1e-6;
constexpr size_t kMinFoldRows = 10;

template <typename T>
std::vector<T> At(const std::vector<T>& values, const std::vector<size_t>& positions) {
  std::vector<T> taken;
  if (values.empty()) return taken;
  taken.reserve(positions.size());
  for (const size_t at : positions) taken.push_back(values[at]);
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

double NullIntercept(glm::Family family, std::span<const double> y,
                     std::span<const double> offset) {
  const double mean = Mean(y);
  if (family == glm::Family::kBinomialLogit) return std::log(mean) - std::log1p(-mean);
  double exposure = 0;
  for (const double value : offset) exposure += std::exp(value);
  if (offset.empty()) exposure = static_cast<double>(y.size());
  return std::log(mean * static_cast<double>(y.size()) / exposure);
}

double MeanDeviance(glm::Family family, std::span<const double> y, std::span<const double> mu) {
  return family == glm::Family::kPoissonLog ? metrics::MeanPoissonDeviance(y, mu)
                                            : 2 * metrics::LogLoss(y, mu);
}

// A fold can be fitted where its targets vary (counts: where there are any).
bool CanFit(glm::Family family, const std::vector<double>& y) {
  if (y.size() < kMinFoldRows) return false;
  const double mean = Mean(y);
  return mean > 0 && (family == glm::Family::kPoissonLog || mean < 1);
}

// One fold on its way along the path.
class FoldPath {
 public:
  FoldPath(const Table& table, const Task& task, const FitSettings& settings, FoldFit* fold)
      : task_(task), settings_(settings), fold_(*fold) {
    std::vector<std::string> ignored;
    const std::vector<int64_t> rows = At(task.rows, fold_.train);
    encoder_ = Encoder::Fit(table, rows, settings.features, &ignored);
    train_ = std::make_unique<glm::MemoryDesign>(DesignOf(table, encoder_, rows));
    train_->y = At(fold_.y, fold_.train);
    train_->offset = At(task.offset, fold_.train);
    test_ =
        std::make_unique<glm::MemoryDesign>(DesignOf(table, encoder_, At(task.rows, fold_.test)));
    test_->y = At(fold_.y, fold_.test);
    test_->offset = At(task.offset, fold_.test);
    weight_ = MeanWorkingWeight(task.family, train_->y);
  }

  // The mean deviance of the fold's test rows at every penalty.
  Result<std::vector<double>> Run(const Penalties& penalties) {
    std::vector<double> deviances;
    if (penalties.alpha) {
      PYTHIA_TRY(Step(*penalties.alpha));
      return std::vector<double>{Deviance()};
    }
    for (const double lambda : penalties.lambdas) {
      if (lambda == kInterceptOnly) {
        points_.push_back({encoder_, NullIntercept(task_.family, train_->y, train_->offset),
                           std::vector<double>(Width(), 0)});
      } else {
        PYTHIA_TRY(Step(lambda * weight_));
      }
      deviances.push_back(Deviance());
    }
    return deviances;
  }

  // Leaves the model in the fold and returns the test rows' means.
  std::vector<double> Choose(size_t penalty) {
    fold_.model = points_[penalty];
    return MeansOf(test_.get(), task_.family, fold_.model);
  }

 private:
  size_t Width() const { return static_cast<size_t>(encoder_.shape().num_columns()); }

  Status Step(double alpha) {
    PYTHIA_ASSIGN(glm::PathPoint point, Fit(alpha));
    if (point.cancelled) return Fail(ErrorCode::kCancelled, "training was stopped");
    points_.push_back({encoder_, point.intercept, std::move(point.beta)});
    return {};
  }

  Result<glm::PathPoint> Fit(double alpha) {
    const glm::FitOptions options{.family = task_.family,
                                  .alpha = alpha,
                                  .tolerance = kPathTolerance,
                                  .threads = settings_.threads,
                                  .standard_errors = false,
                                  .stop = settings_.stop};
    if (alpha == 0) {  // as the user wishes: rank and separation matter then
      PYTHIA_ASSIGN(glm::Fit fit, glm::FitGlm(*train_, options));
      return glm::PathPoint{.intercept = fit.intercept,
                            .beta = std::move(fit.beta),
                            .converged = fit.converged,
                            .cancelled = fit.cancelled};
    }
    if (!path_) {
      PYTHIA_ASSIGN(glm::RidgePath path, glm::RidgePath::Open(*train_, options));
      path_.emplace(std::move(path));
    }
    return path_->Fit(alpha);
  }

  double Deviance() {
    return MeanDeviance(task_.family, test_->y, MeansOf(test_.get(), task_.family, points_.back()));
  }

  const Task& task_;
  const FitSettings& settings_;
  FoldFit& fold_;
  Encoder encoder_;
  std::unique_ptr<glm::MemoryDesign> train_;
  std::unique_ptr<glm::MemoryDesign> test_;
  std::optional<glm::RidgePath> path_;  // of train_
  double weight_ = 0;
  std::vector<LinearModel> points_;
};

// The folds of the task that can be fitted and judged.
std::vector<FoldFit> UsableFolds(const Task& task, const Folds& folds) {
  std::vector<FoldFit> usable;
  for (int k = 0; k < folds.count; ++k) {
    FoldFit fold;
    std::vector<int64_t> train_rows;
    for (size_t i = 0; i < task.rows.size(); ++i) {
      const int64_t row = task.rows[i];
      if (folds.tested_by[static_cast<size_t>(row)] == k) fold.test.push_back(i);
      if (folds.Trains(k, row)) {
        fold.train.push_back(i);
        train_rows.push_back(row);
      }
    }
    if (fold.test.empty() || fold.train.size() < kMinFoldRows) continue;
    fold.y = task.y_after ? task.y_after(train_rows) : task.y;
    if (CanFit(task.family, At(fold.y, fold.train))) usable.push_back(std::move(fold));
  }
  return usable;
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
  std::vector<FoldPath> paths;
  paths.reserve(result.folds.size());
  std::vector<std::vector<double>> deviance(penalties.alpha ? 1 : penalties.lambdas.size());
  for (FoldFit& fold : result.folds) {
    paths.emplace_back(table, task, settings, &fold);
    PYTHIA_ASSIGN(const std::vector<double> along, paths.back().Run(penalties));
    for (size_t i = 0; i < along.size(); ++i) deviance[i].push_back(along[i]);
  }
  for (const std::vector<double>& of_folds : deviance) result.deviance.push_back(Mean(of_folds));
  result.chosen = ChoosePenalty(deviance);
  for (size_t k = 0; k < paths.size(); ++k) {
    const std::vector<double> mu = paths[k].Choose(result.chosen);
    const FoldFit& fold = result.folds[k];
    for (size_t i = 0; i < mu.size(); ++i) {
      result.fold[fold.test[i]] = static_cast<int>(k);
      result.mu[fold.test[i]] = mu[i];
      result.y[fold.test[i]] = fold.y[fold.test[i]];
    }
  }
  return result;
}

Result<Fitted> FitTask(const Table& table, const Task& task, double lambda,
                       std::optional<double> alpha, const FitSettings& settings,
                       std::vector<std::string>* notes) {
  Fitted fitted;
  fitted.model.encoder = Encoder::Fit(table, task.rows, settings.features, notes);
  const bool intercept_only = !alpha && lambda == kInterceptOnly;
  glm::MemoryDesign design = intercept_only ? glm::MemoryDesign(glm::DesignShape())
                                            : DesignOf(table, fitted.model.encoder, task.rows);
  design.y = task.y;
  design.offset = task.offset;
  if (!intercept_only) {
    fitted.alpha = alpha.value_or(lambda * MeanWorkingWeight(task.family, task.y));
  }
  PYTHIA_ASSIGN(fitted.fit, glm::FitGlm(design, {.family = task.family,
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
