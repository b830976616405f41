#include "glm/survey.h"

#include <cmath>
#include <memory>
#include <string>

#include "base/check.h"
#include "glm/family.h"
#include "glm/ordered_pass.h"

namespace pythia::glm {
namespace {

// Weighted moments of one column, merged by Chan, Golub and LeVeque's update ("Algorithms for
// computing the sample variance", The American Statistician 37(3), 1983).
struct Moments {
  double weight = 0;
  double mean = 0;
  double squares = 0;

  void Merge(const Moments& other) {
    const double total = weight + other.weight;
    if (!(total > 0)) return;
    const double delta = other.mean - mean;
    mean += delta * (other.weight / total);
    squares += other.squares + delta * delta * (weight * other.weight / total);
    weight = total;
  }
};

Moments MomentsOf(const double* x, const double* weights, int64_t rows) {
  Moments moments;
  // Around the first value, so that a constant column has a deviation of exactly 0.
  const double pivot = x[0];
  double sum = 0;
  for (int64_t i = 0; i < rows; ++i) {
    const double weight = weights ? weights[i] : 1;
    moments.weight += weight;
    sum += weight * (x[i] - pivot);
  }
  if (!(moments.weight > 0)) return moments;
  moments.mean = pivot + sum / moments.weight;
  for (int64_t i = 0; i < rows; ++i) {
    const double delta = x[i] - moments.mean;
    moments.squares += (weights ? weights[i] : 1) * delta * delta;
  }
  return moments;
}

struct Totals {
  Survey survey;
  std::vector<Moments> moments;
};

class SurveyWorker final : public PassWorker {
 public:
  SurveyWorker(Family family, int num_dense, bool likelihood, Totals* totals)
      : family_(family), num_dense_(num_dense), likelihood_(likelihood), totals_(totals) {}

  void Begin() override { part_ = {.survey = {}, .moments = std::vector<Moments>(num_dense_)}; }

  Status Add(const DesignBlock& block, int64_t first_row) override {
    PYTHIA_TRY(Check(block, first_row));
    AddSums(block);
    for (int j = 0; j < num_dense_; ++j) {
      part_.moments[j].Merge(MomentsOf(block.dense[j], block.weights, block.rows));
    }
    return {};
  }

  void Merge() override {
    Survey& to = totals_->survey;
    const Survey& from = part_.survey;
    to.rows += from.rows;
    to.rows_with_weight += from.rows_with_weight;
    to.has_offset = to.has_offset || from.has_offset;
    to.sum_weights += from.sum_weights;
    to.sum_wy += from.sum_wy;
    to.sum_w_exp_offset += from.sum_w_exp_offset;
    to.saturated_log_likelihood += from.saturated_log_likelihood;
    for (int j = 0; j < num_dense_; ++j) totals_->moments[j].Merge(part_.moments[j]);
  }

 private:
  static Status BadRow(int64_t row, std::string column, std::string message, double value) {
    return Fail(Error{.code = ErrorCode::kBadInput,
                      .message = std::move(message),
                      .place = {.line = row + 1, .column = std::move(column)},
                      .value = std::to_string(value)});
  }

  static Status CheckFinite(const double* values, const DesignBlock& block, int64_t first_row,
                            const std::string& column) {
    for (int64_t i = 0; i < block.rows; ++i) {
      if (!std::isfinite(values[i])) [[unlikely]] {
        return BadRow(first_row + i, column, "not a finite number", values[i]);
      }
    }
    return {};
  }

  Status Check(const DesignBlock& block, int64_t first_row) const {
    PYTHIA_CHECK(block.dense.size() == static_cast<size_t>(num_dense_) && block.y);
    PYTHIA_TRY(CheckFinite(block.y, block, first_row, "y"));
    const double most = family_ == Family::kBinomialLogit ? 1 : HUGE_VAL;
    for (int64_t i = 0; i < block.rows; ++i) {
      if (block.y[i] < 0 || block.y[i] > most) [[unlikely]] {
        return BadRow(first_row + i, "y",
                      family_ == Family::kBinomialLogit ? "the outcome must lie in 0..1"
                                                        : "the outcome must not be negative",
                      block.y[i]);
      }
    }
    if (block.weights) {
      PYTHIA_TRY(CheckFinite(block.weights, block, first_row, "weights"));
      for (int64_t i = 0; i < block.rows; ++i) {
        if (block.weights[i] < 0) [[unlikely]] {
          return BadRow(first_row + i, "weights", "a weight must not be negative",
                        block.weights[i]);
        }
      }
    }
    if (block.offset) PYTHIA_TRY(CheckFinite(block.offset, block, first_row, "offset"));
    for (int j = 0; j < num_dense_; ++j) {
      PYTHIA_TRY(CheckFinite(block.dense[j], block, first_row, "column " + std::to_string(j)));
    }
    return {};
  }

  void AddSums(const DesignBlock& block) {
    Survey& sums = part_.survey;
    sums.rows += block.rows;
    sums.has_offset = sums.has_offset || block.offset != nullptr;
    for (int64_t i = 0; i < block.rows; ++i) {
      const double weight = block.weights ? block.weights[i] : 1;
      if (weight == 0) continue;
      ++sums.rows_with_weight;
      sums.sum_weights += weight;
      sums.sum_wy += weight * block.y[i];
      if (likelihood_) {
        sums.saturated_log_likelihood += SaturatedLogLikelihood(family_, block.y[i], weight);
      }
      if (family_ == Family::kPoissonLog) {
        sums.sum_w_exp_offset += block.offset ? weight * std::exp(block.offset[i]) : weight;
      }
    }
  }

  const Family family_;
  const int num_dense_;
  const bool likelihood_;
  Totals* const totals_;
  Totals part_;
};

Status CheckTotals(const Survey& survey, Family family) {
  if (survey.rows_with_weight == 0) {
    return Fail(ErrorCode::kBadInput, "there are no rows to fit a model on");
  }
  const bool binomial = family == Family::kBinomialLogit;
  if (survey.sum_wy <= 0) {
    return Fail(ErrorCode::kBadInput, binomial ? "every outcome is 0: there is only one class"
                                               : "every outcome is 0: no rate can be fitted");
  }
  if (binomial && survey.sum_wy >= survey.sum_weights) {
    return Fail(ErrorCode::kBadInput, "every outcome is 1: there is only one class");
  }
  if (!std::isfinite(survey.sum_wy) || !std::isfinite(survey.sum_w_exp_offset)) {
    return Fail(ErrorCode::kBadInput, "the outcomes or the offset are too large to add up");
  }
  return {};
}

}  // namespace

Result<Survey> SurveyDesign(DesignSource& source, const FitOptions& options, int blocks_per_group,
                            bool likelihood) {
  const int num_dense = source.shape().num_dense;
  Totals totals{.survey = {}, .moments = std::vector<Moments>(num_dense)};
  std::vector<std::unique_ptr<SurveyWorker>> owned;
  std::vector<PassWorker*> workers;
  for (int t = 0; t < options.threads; ++t) {
    owned.push_back(std::make_unique<SurveyWorker>(options.family, num_dense, likelihood, &totals));
    workers.push_back(owned.back().get());
  }
  PYTHIA_ASSIGN(const PassEnd end, RunPass(source, workers, blocks_per_group, options.stop));
  Survey survey = std::move(totals.survey);
  survey.cancelled = end.cancelled;
  if (survey.cancelled) return survey;
  PYTHIA_TRY(CheckTotals(survey, options.family));
  for (int j = 0; j < num_dense; ++j) {
    const Moments& moments = totals.moments[static_cast<size_t>(j)];
    const DenseUnit unit =
        source.units() != nullptr ? (*source.units())[static_cast<size_t>(j)] : DenseUnit();
    survey.mean.push_back((moments.mean - unit.origin) / unit.size);
    survey.deviation.push_back(std::sqrt(moments.squares / survey.sum_weights) / unit.size);
  }
  return survey;
}

Survey UnscaledSurvey(const DesignShape& shape, int64_t rows) {
  return {.rows = rows,
          .mean = std::vector<double>(static_cast<size_t>(shape.num_dense), 0.0),
          .deviation = std::vector<double>(static_cast<size_t>(shape.num_dense), 1.0)};
}

}  // namespace pythia::glm
