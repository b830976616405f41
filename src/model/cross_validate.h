// The ridge path, judged on rows that each fit has not seen.
//
// alpha = lambda * w, w the mean working weight of the intercept-only fit (mean y for Poisson,
// p (1 - p) for logistic), so that lambda means the same in any unit. Lambda runs over a fixed grid
// from strong to weak, each fit starting at the one before. Chosen is the largest lambda (the
// intercept-only model is the largest of all) whose mean out-of-fold deviance exceeds the least by
// at most one standard error of the paired differences between the folds: Breiman, Friedman,
// Olshen and Stone, "Classification and Regression Trees" (1984), section 3.4.3, with the error of
// the differences in place of the error of the folds themselves.
#pragma once

#include <functional>
#include <limits>
#include <memory>
#include <optional>
#include <span>
#include <stop_token>
#include <string>
#include <vector>

#include "base/error.h"
#include "campaign/table.h"
#include "glm/fit.h"
#include "model/folds.h"
#include "model/model.h"
#include "model/packed_rows.h"

namespace pythia {

// What one model is fitted on.
struct Task {
  glm::Family family = glm::Family::kPoissonLog;
  std::vector<int64_t> rows;   // of the table
  std::vector<double> y;       // [rows]
  std::vector<double> offset;  // [rows], or empty
  // Where the target depends on the rows learned from (a median as threshold): those rows -> y.
  std::function<std::vector<double>(std::span<const int64_t> train_rows)> y_after = {};
  // The rows' features, packed; of use where the features asked for are those. May be null.
  std::shared_ptr<const PackedRows> packed = {};
};

inline constexpr double kInterceptOnly = std::numeric_limits<double>::infinity();

// The grid, strongest first: the intercept only, then 10^2, 10^1.5 ... 10^-6.
std::vector<double> LambdaGrid();

struct FitSettings {
  std::span<const std::string> features;
  int threads = 1;
  std::stop_token stop = {};
};

struct Fitted {
  LinearModel model;
  glm::Fit fit;
  double alpha = 0;  // 0 for the intercept only
};

// What is tried: lambdas of the grid, or one alpha.
struct Penalties {
  std::vector<double> lambdas;
  std::optional<double> alpha;
};

// One fold of a task; positions count the task's rows.
struct FoldFit {
  int number = 0;  // among the folds
  std::vector<uint32_t> train;
  std::vector<uint32_t> test;
  std::vector<double> own_y;  // [rows of the task], where the fold's targets are not the task's
  LinearModel model;          // at the chosen penalty

  // The fold's targets. [rows of the task]
  const std::vector<double>& TargetsOf(const Task& task) const {
    return own_y.empty() ? task.y : own_y;
  }
};

struct CrossValidation {
  std::vector<double> deviance;  // [penalties], mean over folds of the mean unit deviance
  size_t chosen = 0;
  std::vector<FoldFit> folds;  // empty: too little history to hold rows out
  std::vector<int> fold;       // [rows], which of the folds predicted it; -1: none
  std::vector<double> y;       // [rows], as its fold saw it
  std::vector<double> mu;      // [rows], out of fold; 0 where there is none
};

// kCancelled, or what FitGlm fails with. Same bits at any thread count.
Result<CrossValidation> CrossValidate(const Table& table, const Task& task, const Folds& folds,
                                      const Penalties& penalties, const FitSettings& settings);

// The position chosen by the paired rule. deviance: [penalties][folds], strongest penalty first.
size_t ChoosePenalty(const std::vector<std::vector<double>>& deviance);

// The fit on all rows of the task, with lambda or, where given, alpha.
Result<Fitted> FitTask(const Table& table, const Task& task, double lambda,
                       std::optional<double> alpha, const FitSettings& settings,
                       std::vector<std::string>* notes);

// The design of `rows`, without y and offset.
glm::MemoryDesign DesignOf(const Table& table, const Encoder& encoder,
                           std::span<const int64_t> rows);

// Means of the design's rows, its offset counted. [rows]
std::vector<double> MeansOf(glm::MemoryDesign* design, glm::Family family,
                            const LinearModel& model);

}  // namespace pythia
