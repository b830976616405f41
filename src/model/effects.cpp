#include "model/effects.h"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include "glm/covariance.h"
#include "model/task_design.h"

namespace pythia {
namespace {

constexpr double kTwoSided95 = 1.959963984540054;

bool Has(const std::vector<int>& columns, int column) {
  return std::find(columns.begin(), columns.end(), column) != columns.end();
}

struct Unpenalised {
  glm::Fit fit;
  glm::Covariance covariance;
};

Result<std::optional<Unpenalised>> FitUnpenalised(glm::DesignSource& design, glm::Family family,
                                                  const FitSettings& settings) {
  if (design.shape().num_columns() > kMaxEffectColumns) return std::optional<Unpenalised>();
  Unpenalised out;
  PYTHIA_ASSIGN(out.fit, glm::FitGlm(design, {.family = family,
                                              .threads = settings.threads,
                                              .standard_errors = false,
                                              .stop = settings.stop}));
  if (out.fit.cancelled) return Fail(ErrorCode::kCancelled, "training was stopped");
  if (!out.fit.converged || out.fit.rows <= out.fit.rank) return std::optional<Unpenalised>();
  Result<glm::Covariance> covariance =
      glm::CovarianceOf(design, family, out.fit, 0, settings.threads);
  // A matrix that is singular to rounding is the data's doing.
  if (!covariance) return std::optional<Unpenalised>();
  out.covariance = std::move(*covariance);
  return std::optional<Unpenalised>(std::move(out));
}

std::optional<Effect> EffectOf(double value, double sandwich, double model, double phi) {
  if (!(sandwich >= 0 && model >= 0 && std::isfinite(phi))) return std::nullopt;
  const double error = std::sqrt(sandwich);
  return Effect{.value = value,
                .lower = value - kTwoSided95 * error,
                .upper = value + kTwoSided95 * error,
                .error = error,
                .phi_error = std::sqrt(phi * model)};
}

// The variance of coefficient `at` less the mean of the coefficients `among`, from matrix entries.
template <typename At>
double CentredVariance(int at, const std::vector<int>& among, const At& entry) {
  const auto m = static_cast<double>(among.size());
  double with_all = 0;
  double all = 0;
  for (const int j : among) {
    with_all += entry(at, j);
    for (const int k : among) all += entry(j, k);
  }
  return std::max(0.0, entry(at, at) - 2 * with_all / m + all / (m * m));
}

void AddBlockEffects(const Unpenalised& fitted, int first, const std::vector<int64_t>& rows,
                     double phi, std::vector<Coefficient>* coefficients) {
  std::vector<int> seen;
  int tied = 0;
  for (size_t level = 0; level < rows.size(); ++level) {
    const int column = first + static_cast<int>(level);
    if (rows[level] == 0 || Has(fitted.fit.separated, column)) continue;
    seen.push_back(column);
    tied += Has(fitted.fit.aliased, column) ? 1 : 0;
  }
  // One level of a block follows from the intercept and the others; more of them mean that the
  // block cannot be told from another.
  if (tied > 1 || seen.empty()) return;
  double mean = 0;
  for (const int column : seen) mean += fitted.fit.beta[static_cast<size_t>(column)];
  mean /= static_cast<double>(seen.size());
  const glm::Covariance& v = fitted.covariance;
  for (const int column : seen) {
    (*coefficients)[static_cast<size_t>(column)].effect =
        EffectOf(fitted.fit.beta[static_cast<size_t>(column)] - mean,
                 CentredVariance(column, seen, [&](int i, int j) { return v.SandwichAt(i, j); }),
                 CentredVariance(column, seen, [&](int i, int j) { return v.ModelAt(i, j); }), phi);
  }
}

PlanUncertainty UncertaintyOf(const Unpenalised& fitted) {
  PlanUncertainty out{.separated = fitted.fit.separated};
  const int width = fitted.covariance.width;
  out.covariance.reserve(static_cast<size_t>(width) * (width + 1) / 2);
  for (int i = 0; i < width; ++i) {
    for (int j = i; j < width; ++j) out.covariance.push_back(fitted.covariance.SandwichAt(i, j));
  }
  return out;
}

}  // namespace

std::optional<double> PlanUncertainty::ErrorOf(const Encoder& encoder,
                                               const EncodedRow& row) const {
  const glm::DesignShape shape = encoder.shape();
  const int width = shape.num_columns() + 1;
  std::vector<double> x(static_cast<size_t>(width));
  std::copy(row.dense.begin(), row.dense.end(), x.begin());
  for (size_t b = 0; b < row.codes.size(); ++b) {
    const auto block = static_cast<size_t>(shape.level_column(static_cast<int>(b)));
    const CategoryFeature& feature = encoder.categories()[b];
    if (row.codes[b] == kAverageLevel) {
      feature.ShareInto(std::span(x).subspan(block, feature.rows.size()));
    } else {
      x[block + row.codes[b]] = 1;
    }
  }
  x.back() = 1;
  for (const int column : separated) {
    if (x[static_cast<size_t>(column)] != 0) return std::nullopt;
  }
  // x' V x from the upper triangle: the diagonal once, what is right of it twice.
  double variance = 0;
  const double* v = covariance.data();
  for (size_t i = 0; i < x.size(); v += x.size() - i, ++i) {
    if (x[i] == 0) continue;
    double right = 0;
    for (size_t j = i + 1; j < x.size(); ++j) right += v[j - i] * x[j];
    variance += x[i] * (x[i] * v[0] + 2 * right);
  }
  return std::sqrt(std::max(0.0, variance));
}

Result<std::optional<PlanUncertainty>> AddEffects(const TrainingSetup& setup, const Task& task,
                                                  const Encoder& encoder, ModelReport* report) {
  TaskDesign design(setup.campaigns, encoder, task, setup.fit);
  PYTHIA_ASSIGN(const std::optional<Unpenalised> fitted,
                FitUnpenalised(design.source(), task.family, setup.fit));
  if (!fitted) {
    report->warnings.emplace_back(
        "no intervals for the effects: the fit without penalty has no solution that the rows "
        "pin down (too many columns for them)");
    return std::optional<PlanUncertainty>();
  }
  // A yes or no has no dispersion of its own.
  const double phi = task.family == glm::Family::kPoissonLog ? fitted->fit.phi : 1;
  report->phi = fitted->fit.phi;
  const glm::Covariance& v = fitted->covariance;
  const glm::DesignShape shape = encoder.shape();
  for (int j = 0; j < shape.num_dense; ++j) {
    if (Has(fitted->fit.aliased, j) || Has(fitted->fit.separated, j)) continue;
    report->coefficients[static_cast<size_t>(j)].effect = EffectOf(
        fitted->fit.beta[static_cast<size_t>(j)], v.SandwichAt(j, j), v.ModelAt(j, j), phi);
  }
  for (size_t b = 0; b < encoder.categories().size(); ++b) {
    AddBlockEffects(*fitted, shape.level_column(static_cast<int>(b)), encoder.categories()[b].rows,
                    phi, &report->coefficients);
  }
  return std::optional<PlanUncertainty>(UncertaintyOf(*fitted));
}

Status AddFreeExposure(const TrainingSetup& setup, const Task& task, const Encoder& encoder,
                       ModelReport* report) {
  TaskDesign design(setup.campaigns, encoder, task, setup.fit, TaskDesign::Offset::kFree);
  PYTHIA_ASSIGN(const std::optional<Unpenalised> fitted,
                FitUnpenalised(design.source(), task.family, setup.fit));
  const int at = encoder.shape().num_dense;
  if (!fitted || Has(fitted->fit.aliased, at) || Has(fitted->fit.separated, at)) return {};
  const double value = fitted->fit.beta[static_cast<size_t>(at)];
  const double error = std::sqrt(std::max(0.0, fitted->covariance.SandwichAt(at, at)));
  report->free_exposure = Estimate{
      .value = value, .lower = value - kTwoSided95 * error, .upper = value + kTwoSided95 * error};
  if (report->free_exposure->lower > 1 || report->free_exposure->upper < 1) {
    report->warnings.push_back(fmt::format(
        "clicks do not grow in step with impressions here (power {:.2f}, 95 %: {:.2f} to {:.2f}, "
        "where in step is 1): the CTR depends on how many impressions there are, so be careful "
        "with plans far larger or smaller than the history's",
        value, report->free_exposure->lower, report->free_exposure->upper));
  }
  return {};
}

}  // namespace pythia
