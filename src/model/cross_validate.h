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
#include "base/row_memory.h"
#include "campaign/table.h"
#include "glm/fit.h"
#include "model/folds.h"
#include "model/model.h"
#include "model/packed_rows.h"
#include "model/training_history.h"
#include "model/training_steps.h"

namespace pythia {

// What one model is fitted on.
struct Task {
  glm::Family family = glm::Family::kPoissonLog;
  RowNumbers rows;           // of the history
  RowVector<double> y;       // [rows]
  RowVector<double> offset;  // [rows], or empty
  // Where the target depends on the rows learned from (a median as threshold): those rows -> y.
  std::function<RowVector<double>(std::span<const uint32_t> train_rows)> y_after = {};
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
  TrainingSteps* steps = nullptr;  // null: nobody asks how far it is
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

// One fold of a task that was fitted and judged.
struct FoldFit {
  int number = 0;  // among the folds
  int64_t train_rows = 0;
  int64_t test_rows = 0;
  RowVector<double> own_y;  // [rows of the task], where the fold's targets are not the task's
  LinearModel model;        // at the chosen penalty

  // The fold's targets. [rows of the task]
  std::span<const double> TargetsOf(const Task& task) const {
    return own_y.empty() ? task.y : own_y;
  }
};

// Positions in the task's rows that a fold learns from, or is judged on.
RowNumbers TrainRows(const Task& task, const Folds& folds, int fold);
RowNumbers TestRows(const Task& task, const Folds& folds, int fold);

struct CrossValidation {
  std::vector<double> deviance;  // [penalties], mean over folds of the mean unit deviance
  size_t chosen = 0;
  std::vector<FoldFit> folds;  // empty: too little history to hold rows out
  const Folds* of = nullptr;   // which they are among
  std::vector<int> place;      // [folds of `of`], in `folds`; -1: not there
  RowVector<double> mu;        // [rows], out of fold; 0 where there is none

  // Which of `folds` predicted a row of the history; -1: none.
  int FoldOf(size_t row) const {
    const int number = folds.empty() ? -1 : of->TestedBy(row);
    return number < 0 ? -1 : place[static_cast<size_t>(number)];
  }
};

// kCancelled, or what FitGlm fails with. Same bits at any thread count. `folds` must outlive what
// comes back.
Result<CrossValidation> CrossValidate(const TrainingHistory& history, const Task& task,
                                      const Folds& folds, const Penalties& penalties,
                                      const FitSettings& settings);

// The position chosen by the paired rule. deviance: [penalties][folds], strongest penalty first.
size_t ChoosePenalty(const std::vector<std::vector<double>>& deviance);

// The fit on all rows of the task, with lambda or, where given, alpha.
Result<Fitted> FitTask(const TrainingHistory& history, const Task& task, double lambda,
                       std::optional<double> alpha, const FitSettings& settings,
                       std::vector<std::string>* notes);

// The design of `rows`, without y and offset.
glm::MemoryDesign DesignOf(const Table& table, const Encoder& encoder,
                           std::span<const int64_t> rows);

// Means of the design's rows, its offset counted. [rows]
std::vector<double> MeansOf(glm::MemoryDesign* design, glm::Family family,
                            const LinearModel& model);

}  // namespace pythia
