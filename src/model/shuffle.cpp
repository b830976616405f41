#include "model/shuffle.h"

#include <algorithm>
#include <cmath>
#include <unordered_map>
#include <utility>

#include <fmt/format.h>

#include "base/random.h"
#include "model/judge.h"

namespace pythia {
namespace {

constexpr uint64_t kFirstStream = 0x5eed;

std::vector<size_t> EvenlySpaced(size_t rows) {
  const size_t kept = std::min(rows, kMostShuffledRows);
  std::vector<size_t> at(kept);
  for (size_t i = 0; i < kept; ++i) at[i] = i * rows / kept;
  return at;
}

template <typename Values>
Values At(const Values& values, const std::vector<size_t>& positions) {
  Values taken;
  if (values.empty()) return taken;
  taken.reserve(positions.size());
  for (const size_t at : positions) taken.push_back(values[at]);
  return taken;
}

// What each fold predicts without a model: one rate per unit of exposure.
RowVector<double> OverallMeans(const Task& task, const CrossValidation& cv) {
  RowVector<double> exposure(task.rows.size(), 1);
  for (size_t i = 0; i < task.offset.size(); ++i) exposure[i] = std::exp(task.offset[i]);
  RowVector<double> mu(task.rows.size(), 0);
  for (const FoldFit& fold : cv.folds) {
    double sum = 0;
    double units = 0;
    const std::span<const double> y = fold.TargetsOf(task);
    for (const uint32_t at : TrainRows(task, *cv.of, fold.number)) {
      sum += y[at];
      units += exposure[at];
    }
    for (const uint32_t at : TestRows(task, *cv.of, fold.number)) {
      mu[at] = sum / units * exposure[at];
    }
  }
  return mu;
}

Gain GainOnHeldOut(const Task& task, const CrossValidation& cv) {
  std::vector<size_t> judged;
  RowVector<double> y;
  for (size_t i = 0; i < task.rows.size(); ++i) {
    const int fold = cv.FoldOf(task.rows[i]);
    if (fold < 0) continue;
    judged.push_back(i);
    y.push_back(cv.folds[static_cast<size_t>(fold)].TargetsOf(task)[i]);
  }
  return DevianceGain(UnitDeviances(task.family, y, At(OverallMeans(task, cv), judged)),
                      UnitDeviances(task.family, y, At(cv.mu, judged)), {});
}

}  // namespace

Task ShuffledTask(const Task& task, uint64_t seed, int deal) {
  const std::vector<size_t> kept = EvenlySpaced(task.rows.size());
  std::vector<size_t> from = kept;  // [kept], the row whose outcome it gets
  Random random(seed, kFirstStream + static_cast<uint64_t>(deal));
  for (size_t i = from.size(); i > 1; --i) std::swap(from[i - 1], from[random.Below(i)]);
  Task shuffled{.family = task.family,
                .rows = At(task.rows, kept),
                .y = At(task.y, from),
                .offset = At(task.offset, from)};
  if (task.y_after) {
    // A fold's rows have the outcomes of others: those are what its target depends on.
    std::unordered_map<uint32_t, uint32_t> source;
    for (size_t i = 0; i < from.size(); ++i) source[shuffled.rows[i]] = task.rows[from[i]];
    shuffled.y_after = [after = task.y_after, from,
                        source = std::move(source)](std::span<const uint32_t> train_rows) {
      RowNumbers sources;
      sources.reserve(train_rows.size());
      for (const uint32_t row : train_rows) sources.push_back(source.at(row));
      return At(after(sources), from);
    };
  }
  return shuffled;
}

Result<std::optional<double>> CheckShuffled(const Task& task, std::string_view target,
                                            uint64_t seed, const CrossValidator& cross_validate) {
  double share = 0;
  for (int deal = 0; deal < kShuffles; ++deal) {
    const Task shuffled = ShuffledTask(task, seed, deal);
    PYTHIA_ASSIGN(const CrossValidation cv, cross_validate(shuffled));
    if (cv.folds.empty()) return std::optional<double>();
    const Gain gain = GainOnHeldOut(shuffled, cv);
    share = gain.share;
    if (!gain.holds) return std::optional<double>(share);
  }
  return Fail(Error{
      .code = ErrorCode::kInternal,
      .message = fmt::format(
          "the self-test of training failed: on outcomes dealt to other campaigns at random, where "
          "nothing can be known, the model of {} is still {:.1f} % closer than the overall figure. "
          "The rows that judge it leak into what it learns from; no model was written",
          target, 100 * share)});
}

}  // namespace pythia
