#include "glm/made_design_test.h"

#include <bit>
#include <cmath>

#include "base/random.h"

namespace pythia::glm {

MemoryDesign MakeDesign(const MadeOptions& options) {
  Random random(options.seed);
  MemoryDesign design(options.shape);
  const DesignShape& shape = options.shape;
  std::vector<double> beta(shape.num_columns());
  for (double& value : beta) value = 0.3 * random.Normal();
  for (int64_t i = 0; i < options.rows; ++i) {
    double eta = options.mean_log;
    for (int j = 0; j < shape.num_dense; ++j) {
      const double x = random.Normal();
      design.dense[j].push_back(j % 2 == 0 ? 1000 + 30 * x : 0.01 * x);
      eta += beta[j] * x;
    }
    for (size_t b = 0; b < shape.num_levels.size(); ++b) {
      const auto level = static_cast<int>(random.Below(shape.num_levels[b]));
      design.codes[b].push_back(static_cast<uint16_t>(level));
      eta += beta[shape.level_column(static_cast<int>(b)) + level];
    }
    if (options.offset) {
      design.offset.push_back(random.Uniform() - 0.5);
      eta += design.offset.back();
    }
    if (options.weights) design.weights.push_back(static_cast<double>(random.Below(4)));
    const double mu = InverseLink(options.family, eta);
    design.y.push_back(options.family == Family::kPoissonLog
                           ? static_cast<double>(random.Poisson(mu))
                           : (random.Uniform() < mu ? 1.0 : 0.0));
  }
  return design;
}

MemoryDesign TakeRows(const MemoryDesign& design, const std::vector<int64_t>& rows) {
  MemoryDesign taken(design.shape());
  for (const int64_t i : rows) {
    for (size_t j = 0; j < design.dense.size(); ++j) taken.dense[j].push_back(design.dense[j][i]);
    for (size_t b = 0; b < design.codes.size(); ++b) taken.codes[b].push_back(design.codes[b][i]);
    taken.y.push_back(design.y[i]);
    if (!design.weights.empty()) taken.weights.push_back(design.weights[i]);
    if (!design.offset.empty()) taken.offset.push_back(design.offset[i]);
  }
  return taken;
}

std::vector<uint64_t> Bits(const Fit& fit) {
  std::vector<double> numbers = {
      fit.intercept, fit.sum_weights,  fit.deviance, fit.null_deviance, fit.log_likelihood,
      fit.aic,       fit.pearson_chi2, fit.phi,      fit.gradient};
  numbers.insert(numbers.end(), fit.beta.begin(), fit.beta.end());
  numbers.insert(numbers.end(), fit.standard_errors.begin(), fit.standard_errors.end());
  std::vector<uint64_t> bits;
  for (const double number : numbers) bits.push_back(std::bit_cast<uint64_t>(number));
  for (const int number : {fit.rank, fit.iterations}) bits.push_back(number);
  return bits;
}

DesignBlock WholeBlock(const MemoryDesign& design) {
  DesignBlock block;
  block.rows = design.num_rows();
  for (const auto& column : design.dense) block.dense.push_back(column.data());
  for (const auto& column : design.codes) block.codes.push_back(column.data());
  block.y = design.y.data();
  block.weights = design.weights.empty() ? nullptr : design.weights.data();
  block.offset = design.offset.empty() ? nullptr : design.offset.data();
  return block;
}

double PlainObjective(const MemoryDesign& design, const FitOptions& options, double intercept,
                      const std::vector<double>& beta) {
  std::vector<double> eta(design.y.size());
  LinearPredictor(design.shape(), WholeBlock(design), intercept, beta, eta);
  long double total = 0;
  long double sum_weights = 0;
  for (size_t i = 0; i < eta.size(); ++i) {
    const double weight = design.weights.empty() ? 1 : design.weights[i];
    const double y = design.y[i];
    const double mu = InverseLink(options.family, eta[i]);
    double unit = y > 0 ? y * std::log(y / mu) : 0;
    if (options.family == Family::kPoissonLog) {
      unit -= y - mu;
    } else if (y < 1) {
      unit += (1 - y) * std::log((1 - y) / (1 - mu));
    }
    total += weight * unit;
    sum_weights += weight;
  }
  long double squares = 0;
  for (const double value : beta) squares += value * value;
  return static_cast<double>(total / sum_weights + options.alpha / 2 * squares);
}

}  // namespace pythia::glm
