#include "glm/newton.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>

namespace pythia::glm {
namespace {

// A column of which earlier ones leave no more than this share of its squares unexplained cannot
// be told from a combination of them in double precision.
constexpr double kAliasTolerance = 1e-12;
// The mass of a rare level is small beside that of the sums that explain it, so their rounding
// weighs more; an honest level differs from earlier ones by at least one row.
constexpr double kLevelAliasTolerance = 1e-9;
constexpr int kMaxHalvings = 40;
// Each step squares Newton's error, so one step past the tolerance takes the coefficients to their
// rounding floor; below this share of it they are there.
constexpr double kPolished = 1e-3;
// Newton's steps on data that do not separate have shrunk by then.
constexpr int kFirstRunawayCheck = 8;
constexpr int kRunawayCheckEvery = 3;
// Rows that separate are sent this far: exp(-60) is nothing beside a row that counts.
constexpr double kRunawayEta = 60;
constexpr double kRunawaySlack = 1e-5;
constexpr double kSeparatedShare = 1e-3;

}  // namespace

Newton::Newton(Evaluator& evaluator, const FitOptions& options, const Geometry& geometry,
               const Survey& survey)
    : evaluator_(evaluator),
      options_(options),
      geometry_(geometry),
      sum_weights_(survey.sum_weights),
      excluded_(geometry.width(), false),
      aliased_(geometry.width(), false),
      separated_(geometry.width(), false) {
  SetAlpha(options.alpha);
  excluded_[0] = !geometry.has_intercept;
}

void Newton::SetAlpha(double alpha) {
  alpha_ = alpha;
  penalty_.setConstant(geometry_.width(), alpha * sum_weights_);
  penalty_[0] = 0;
  for (int j = 0; j < geometry_.shape.num_dense; ++j) {
    penalty_[1 + j] *= geometry_.inverse_scale[j] * geometry_.inverse_scale[j];
  }
}

double Newton::Objective(const Eigen::VectorXd& theta, const Curvature& at) const {
  return at.loss + 0.5 * theta.cwiseProduct(theta).dot(penalty_);
}

Eigen::VectorXd Newton::GradientHere() const {
  return here_.gradient + penalty_.cwiseProduct(theta_);
}

double Newton::ScaledGradientHere() const {
  const Eigen::VectorXd gradient = GradientHere();
  double largest = 0;
  for (int i = 0; i < geometry_.width(); ++i) {
    const double curvature = here_.hessian(i, i);
    if (excluded_[i] || !(curvature > 0)) continue;
    largest = std::max(largest, std::abs(gradient[i]) / std::sqrt(sum_weights_ * curvature));
  }
  return largest;
}

void Newton::FactorHere() {
  const double tolerance = alpha_ > 0 ? std::numeric_limits<double>::epsilon() : kAliasTolerance;
  const Eigen::VectorXd of_data = here_.hessian.diagonal();
  here_.hessian.diagonal() += penalty_;
  factor_.Factor(here_.hessian, excluded_, Eigen::VectorXd::Constant(geometry_.width(), tolerance));
  here_.hessian.diagonal() = of_data;
}

Status Newton::Prepare(const Eigen::VectorXd& null_theta, const Eigen::VectorXd& start) {
  const bool warm = start.size() > 0;
  // Weights at a warm start may already be those of a separated fit; without a penalty the rank
  // has to come from healthy ones.
  theta_ = warm && alpha_ > 0 ? start : null_theta;
  PYTHIA_TRY(evaluator_.Curve(theta_, Evaluator::Rows::kScore, &here_));
  if (evaluator_.cancelled()) return {};
  FindRank();
  if (warm && alpha_ == 0) {
    theta_ = start;
    for (int i = 0; i < geometry_.width(); ++i) {
      if (excluded_[i]) theta_[i] = 0;
    }
    PYTHIA_TRY(evaluator_.Curve(theta_, Evaluator::Rows::kScore, &here_));
  }
  if (warm && !std::isfinite(here_.loss)) {
    theta_ = null_theta;
    PYTHIA_TRY(evaluator_.Curve(theta_, Evaluator::Rows::kScore, &here_));
  }
  return {};
}

void Newton::FindRank() {
  const DesignShape& shape = geometry_.shape;
  std::vector<bool> dependent = excluded_;
  Eigen::VectorXd tolerances = Eigen::VectorXd::Constant(geometry_.width(), kLevelAliasTolerance);
  tolerances.head(1 + shape.num_dense).setConstant(kAliasTolerance);
  // The levels of a block add up to the intercept, or to the levels of an earlier block, whatever
  // rounding says: the last one that occurs is dependent.
  for (int b = 0; b < static_cast<int>(shape.num_levels.size()); ++b) {
    if (b == 0 && !geometry_.has_intercept) continue;
    const int first = 1 + shape.level_column(b);
    int last = first + shape.num_levels[b] - 1;
    while (last > first && !(here_.hessian(last, last) > 0)) --last;
    dependent[last] = true;
  }
  factor_.Factor(here_.hessian, dependent, tolerances);
  rank_ = factor_.rank();
  if (alpha_ > 0) return;
  aliased_ = factor_.left_out();
  excluded_ = aliased_;
  aliased_[0] = aliased_[0] && geometry_.has_intercept;
}

Status Newton::Run() {
  while (!evaluator_.cancelled()) {
    gradient_ = ScaledGradientHere();
    converged_ = gradient_ <= options_.tolerance;
    if (gradient_ <= kPolished * options_.tolerance || iterations_ >= options_.max_iterations) {
      break;
    }
    FactorHere();
    const Eigen::VectorXd step = -factor_.Solve(GradientHere());
    PYTHIA_ASSIGN(const bool moved, converged_ ? TryStep(step, 0) : Advance(step));
    if (!moved) break;
    ++iterations_;
    if (converged_) {
      gradient_ = ScaledGradientHere();
      break;
    }
  }
  return {};
}

Status Newton::RunOn() {
  iterations_ = 0;
  while (!evaluator_.cancelled()) {
    gradient_ = ScaledGradientHere();
    converged_ = gradient_ <= options_.tolerance;
    optimum_ = theta_;
    if (gradient_ <= kPolished * options_.tolerance || iterations_ >= options_.max_iterations) {
      break;
    }
    FactorHere();
    const Eigen::VectorXd step = -factor_.Solve(GradientHere());
    if (converged_) {
      optimum_ += step;
      break;
    }
    PYTHIA_ASSIGN(const bool moved, Advance(step));
    if (!moved) break;
    ++iterations_;
  }
  return {};
}

Result<bool> Newton::Advance(const Eigen::VectorXd& step) {
  if (alpha_ == 0 && iterations_ >= kFirstRunawayCheck &&
      (iterations_ - kFirstRunawayCheck) % kRunawayCheckEvery == 0) {
    PYTHIA_ASSIGN(const bool moved, TryRunaway(step));
    if (moved || evaluator_.cancelled()) return moved;
  }
  if (iterations_ == 0 && options_.family == Family::kPoissonLog) {
    PYTHIA_ASSIGN(bool moved, TryStep(step, 0));
    if (moved || evaluator_.cancelled()) return moved;
    PYTHIA_ASSIGN(moved, TryFromData());
    if (moved || evaluator_.cancelled()) return moved;
  }
  return TryStep(step, kMaxHalvings);
}

bool Newton::Acceptable(const Eigen::VectorXd& theta, const Curvature& at) const {
  const double now = Objective(theta_, here_);
  const double then = Objective(theta, at);
  // Room for the rounding of long sums; it matters at the optimum only.
  return std::isfinite(then) && then <= now + 1e-12 * std::abs(now) && at.gradient.allFinite() &&
         at.hessian.diagonal().allFinite();
}

void Newton::MoveTo(Eigen::VectorXd theta) {
  theta_ = std::move(theta);
  std::swap(here_, trial_);
}

Result<bool> Newton::TryStep(const Eigen::VectorXd& step, int max_halvings) {
  for (int halving = 0; halving <= max_halvings; ++halving) {
    Eigen::VectorXd theta = theta_ + std::ldexp(1.0, -halving) * step;
    PYTHIA_TRY(evaluator_.Curve(theta, Evaluator::Rows::kScore, &trial_));
    if (evaluator_.cancelled()) return false;
    if (Acceptable(theta, trial_)) {
      MoveTo(std::move(theta));
      return true;
    }
  }
  return false;
}

Result<bool> Newton::TryFromData() {
  Curvature from_data;
  PYTHIA_TRY(evaluator_.Curve(theta_, Evaluator::Rows::kFromData, &from_data));
  if (evaluator_.cancelled()) return false;
  from_data.gradient += penalty_.cwiseProduct(theta_);
  from_data.hessian.diagonal() += penalty_;
  ScaledCholesky factor;
  factor.Factor(from_data.hessian, excluded_,
                Eigen::VectorXd::Constant(geometry_.width(), kAliasTolerance));
  return TryStep(-factor.Solve(from_data.gradient), 0);
}

Result<bool> Newton::TryRunaway(const Eigen::VectorXd& step) {
  PYTHIA_ASSIGN(bool moved, TryDirection(step));
  if (moved || evaluator_.cancelled()) return moved;
  // Where everything separates, the coefficients themselves point the way.
  return TryDirection(theta_);
}

Result<bool> Newton::TryDirection(const Eigen::VectorXd& direction) {
  PYTHIA_ASSIGN(const DirectionMargins margins, evaluator_.Margins(direction));
  if (evaluator_.cancelled() || !(margins.along > 0) ||
      margins.against > kRunawaySlack * margins.along) {
    return false;
  }
  MarkSeparated(direction);
  return TryStep(direction * (kRunawayEta / margins.least_along), 0);
}

void Newton::MarkSeparated(const Eigen::VectorXd& direction) {
  const double largest = direction.cwiseAbs().maxCoeff();
  double in_units = 0;  // the move of the intercept in the data's units
  double parts = 0;
  for (int i = 0; i < geometry_.width(); ++i) {
    if (!(std::abs(direction[i]) > kSeparatedShare * largest)) continue;
    double part = i == 0 ? direction[0] : 0;
    if (i > 0) separated_[i] = true;
    if (i > 0 && i <= geometry_.shape.num_dense) {
      part = -direction[i] * geometry_.center[i - 1] * geometry_.inverse_scale[i - 1];
    }
    in_units += part;
    parts = std::max(parts, std::abs(part));
  }
  if (geometry_.has_intercept && parts > 0 && std::abs(in_units) > kSeparatedShare * parts) {
    separated_[0] = true;
  }
}

Eigen::VectorXd Newton::StandardErrors() {
  FactorHere();
  Eigen::VectorXd errors = factor_.RootDiagonalOfInverse();
  Eigen::VectorXd intercept = Eigen::VectorXd::Zero(geometry_.width());
  intercept[0] = 1;
  for (int j = 0; j < geometry_.shape.num_dense; ++j) {
    if (!factor_.left_out()[1 + j]) {
      intercept[1 + j] = -geometry_.center[j] * geometry_.inverse_scale[j];
    }
    errors[1 + j] *= geometry_.inverse_scale[j];
  }
  errors[0] = factor_.RootOfInverseForm(intercept);
  for (int i = 0; i < geometry_.width(); ++i) {
    if (aliased_[i] || separated_[i] || factor_.left_out()[i]) {
      errors[i] = std::numeric_limits<double>::quiet_NaN();
    }
  }
  return errors;
}

}  // namespace pythia::glm
