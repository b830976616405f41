#include "model/judge.h"

#include <algorithm>
#include <cmath>
#include <numeric>

#include <fmt/format.h>

#include "metrics/binary.h"
#include "metrics/counts.h"
#include "model/in_parallel.h"

namespace pythia {
namespace {

RowVector<double> Taken(std::span<const double> values, std::span<const uint32_t> positions) {
  RowVector<double> taken;
  taken.reserve(positions.size());
  for (const uint32_t at : positions) taken.push_back(values[at]);
  return taken;
}

double MeanOf(std::span<const double> values) {
  return values.empty() ? 0
                        : std::accumulate(values.begin(), values.end(), 0.0) /
                              static_cast<double>(values.size());
}

void Cap(const Rivalry& rivalry, std::span<const uint32_t> at, RowVector<double>* mu) {
  if (rivalry.cap.empty()) return;
  for (size_t i = 0; i < at.size(); ++i) (*mu)[i] = std::min((*mu)[i], rivalry.cap[at[i]]);
}

double UnitDeviance(glm::Family family, double y, double mu) {
  return family == glm::Family::kPoissonLog ? metrics::PoissonUnitDeviance(y, mu)
                                            : metrics::BinaryUnitDeviance(y, mu);
}

// A baseline as all rows and each fold fit it. Its means are made again when they are asked for:
// kept for all rivals, they would be the most of training's memory.
struct Rival {
  Baseline fitted;  // on all rows
  std::vector<Baseline> by_fold;
  double mean_deviance = 0;
};

class Rivals {
 public:
  Rivals(const Rivalry& rivalry, const Judgement& judgement)
      : rivalry_(rivalry), judgement_(judgement), all_(rivalry.shapes.size()) {
    for (const Baseline& shape : rivalry.shapes) {
      units_.emplace_back(rivalry.history, rivalry.task.rows, shape.per);
    }
    InParallel(all_.size(), rivalry.threads, [&](size_t i) {
      if (rivalry.stop.stop_requested()) return;
      all_[i] = Fit(i);
      double sum = 0;
      ForMeans(i, [&](size_t r, double mu) {
        sum += UnitDeviance(rivalry_.task.family, judgement_.y[r], mu);
      });
      if (!judgement_.at.empty()) {
        all_[i].mean_deviance = sum / static_cast<double>(judgement_.at.size());
      }
    });
  }

  size_t size() const { return all_.size(); }
  const Rival& operator[](size_t i) const { return all_[i]; }

  // On the judged rows.
  RowVector<double> Means(size_t i) const {
    RowVector<double> means(judgement_.at.size());
    ForMeans(i, [&](size_t r, double mu) { means[r] = mu; });
    return means;
  }
  RowVector<double> Deviances(size_t i) const {
    RowVector<double> deviances(judgement_.at.size());
    ForMeans(i, [&](size_t r, double mu) {
      deviances[r] = UnitDeviance(rivalry_.task.family, judgement_.y[r], mu);
    });
    return deviances;
  }

 private:
  // Calls take(judged row, mean) for all of them.
  template <typename Take>
  void ForMeans(size_t i, const Take& take) const {
    const TrainingColumn* column = GroupColumn(rivalry_.history, all_[i].fitted);
    std::vector<std::vector<double>> rates;
    for (const Baseline& of_fold : all_[i].by_fold) {
      rates.push_back(RatesOf(of_fold, column == nullptr ? nullptr : column->dictionary().get()));
    }
    for (size_t r = 0; r < judgement_.at.size(); ++r) {
      const uint32_t row = rivalry_.task.rows[judgement_.at[r]];
      const std::vector<double>& of_fold = rates[judgement_.fold[r]];
      const uint32_t code = column == nullptr ? kMissingCode : column->code(row);
      double mu = (code == kMissingCode ? of_fold.back() : of_fold[code]) * units_[i].Of(row);
      if (!rivalry_.cap.empty()) mu = std::min(mu, rivalry_.cap[judgement_.at[r]]);
      take(r, mu);
    }
  }

  // Sums of rows that the folds treat alike serve all folds.
  Rival Fit(size_t i) const {
    const Task& task = rivalry_.task;
    const Baseline& shape = rivalry_.shapes[i];
    const TrainingColumn* column = GroupColumn(rivalry_.history, shape);
    const auto sums_of = [&](std::span<const double> y) {
      BaselineSums none;
      if (column != nullptr) none.by_code.resize(column->dictionary()->size());
      std::vector<BaselineSums> sums(rivalry_.cv.of->kinds.size(), none);
      for (size_t at = 0; at < task.rows.size(); ++at) {
        const uint32_t row = task.rows[at];
        sums[rivalry_.cv.of->kind[row]].Add(y[at], units_[i].Of(row),
                                            column == nullptr ? kMissingCode : column->code(row));
      }
      return sums;
    };
    const std::vector<BaselineSums> sums = sums_of(task.y);
    BaselineSums all;
    for (const BaselineSums& of_kind : sums) all.Add(of_kind);
    Rival rival{.fitted = FitBaseline(shape, rivalry_.history, all)};
    for (const FoldFit& fold : rivalry_.cv.folds) {
      const std::vector<BaselineSums> own =
          fold.own_y.empty() ? std::vector<BaselineSums>() : sums_of(fold.own_y);
      BaselineSums learned;
      for (size_t kind = 0; kind < sums.size(); ++kind) {
        if ((rivalry_.cv.of->kinds[kind].trains >> fold.number & 1) == 0) continue;
        learned.Add(own.empty() ? sums[kind] : own[kind]);
      }
      rival.by_fold.push_back(FitBaseline(shape, rivalry_.history, learned));
    }
    return rival;
  }

  const Rivalry& rivalry_;
  const Judgement& judgement_;
  std::vector<Units> units_;  // [shapes]
  std::vector<Rival> all_;
};

size_t Best(const Rivals& rivals, const std::vector<size_t>& among) {
  return *std::min_element(among.begin(), among.end(), [&](size_t a, size_t b) {
    return rivals[a].mean_deviance < rivals[b].mean_deviance;
  });
}

size_t SimplestUnbeaten(const Rivals& rivals, std::span<const uint32_t> clusters, bool can_tell) {
  std::vector<size_t> overall;
  for (size_t i = 0; i < rivals.size(); ++i) {
    if (rivals[i].fitted.column.empty()) overall.push_back(i);
  }
  const size_t simple = Best(rivals, overall);
  if (!can_tell) return simple;
  const RowVector<double> from = rivals.Deviances(simple);
  std::vector<size_t> better;
  for (size_t i = 0; i < rivals.size(); ++i) {
    if (rivals[i].fitted.column.empty()) continue;
    if (DevianceGain(from, rivals.Deviances(i), clusters).holds) better.push_back(i);
  }
  return better.empty() ? simple : Best(rivals, better);
}

// Rows that say something: with a count above 0, or of the rarer class.
int64_t Events(glm::Family family, std::span<const double> y) {
  const int64_t above = std::count_if(y.begin(), y.end(), [](double value) { return value > 0; });
  return family == glm::Family::kPoissonLog ? above : std::min(above, std::ssize(y) - above);
}

std::string Words(const Judgement& judgement, bool can_tell) {
  const std::string& name = judgement.verdict.serves;
  if (!can_tell) {
    return fmt::format(
        "{} campaigns to judge by, or the clicks or successes among them, are too few to tell "
        "whether the model knows anything ({} and {} are needed): the {} is what predicts",
        judgement.at.size(), kMinVerdictRows, kMinVerdictEvents, name);
  }
  if (judgement.signal) {
    return fmt::format(
        "on campaigns that it has not seen, the model is {:.1f} % closer than the {}",
        100 * judgement.verdict.gain_share, judgement.best);
  }
  if (judgement.serving.column.empty()) {
    return fmt::format(
        "nothing known before launch tells these campaigns apart: the {} predicts as well as the "
        "model, so that is what predicts",
        name);
  }
  return fmt::format("each {}'s own figure is as good as the model ({}), so that is what predicts",
                     judgement.serving.column, name);
}

}  // namespace

RowVector<double> UnitDeviances(glm::Family family, std::span<const double> y,
                                std::span<const double> mu) {
  RowVector<double> deviances(y.size());
  for (size_t i = 0; i < y.size(); ++i) deviances[i] = UnitDeviance(family, y[i], mu[i]);
  return deviances;
}

Gain DevianceGain(std::span<const double> from, std::span<const double> to,
                  std::span<const uint32_t> clusters) {
  Gain gain;
  const auto n = static_cast<double>(from.size());
  if (from.size() < 2) return gain;
  for (size_t i = 0; i < from.size(); ++i) gain.mean += from[i] - to[i];
  gain.mean /= n;
  double squares = 0;
  double count = n;
  if (clusters.empty()) {
    for (size_t i = 0; i < from.size(); ++i) {
      const double d = from[i] - to[i] - gain.mean;
      squares += d * d;
    }
  } else {
    RowVector<double> sums(size_t{std::ranges::max(clusters)} + 1, std::nan(""));
    for (size_t i = 0; i < from.size(); ++i) {
      double& sum = sums[clusters[i]];
      const double d = from[i] - to[i] - gain.mean;
      sum = std::isnan(sum) ? d : sum + d;
    }
    count = 0;
    for (const double sum : sums) {
      if (std::isnan(sum)) continue;
      squares += sum * sum;
      ++count;
    }
  }
  if (count < 2) return gain;
  gain.error = std::sqrt(squares * count / (count - 1)) / n;
  const double before = MeanOf(from);
  gain.share = before > 0 ? gain.mean / before : 0;
  gain.holds = gain.mean - kGainErrors * gain.error > 0 && gain.share >= kLeastGainShare;
  return gain;
}

Judgement Judge(const Rivalry& rivalry) {
  const CrossValidation& cv = rivalry.cv;
  const Task& task = rivalry.task;
  Judgement judgement;
  size_t judged = 0;
  for (const FoldFit& fold : cv.folds) judged += static_cast<size_t>(fold.test_rows);
  judgement.at.reserve(judged);
  judgement.fold.reserve(judged);
  judgement.y.reserve(judged);
  for (size_t i = 0; i < task.rows.size(); ++i) {
    const int fold = cv.FoldOf(task.rows[i]);
    if (fold < 0) continue;
    judgement.at.push_back(static_cast<uint32_t>(i));
    judgement.fold.push_back(static_cast<uint8_t>(fold));
    judgement.y.push_back(cv.folds[static_cast<size_t>(fold)].TargetsOf(task)[i]);
  }
  judgement.model = Taken(rivalry.model.empty() ? std::span(cv.mu) : rivalry.model, judgement.at);
  Cap(rivalry, judgement.at, &judgement.model);
  RowNumbers clusters;
  for (size_t i = 0; rivalry.history.ids_repeat() && i < judgement.at.size(); ++i) {
    clusters.push_back(rivalry.history.clusters()[task.rows[judgement.at[i]]]);
  }
  const Rivals rivals(rivalry, judgement);
  if (rivalry.stop.stop_requested()) return judgement;  // not all of them are fitted
  const bool can_tell = std::ssize(judgement.at) >= kMinVerdictRows &&
                        Events(rivalry.task.family, judgement.y) >= kMinVerdictEvents;
  std::vector<size_t> all(rivals.size());
  std::iota(all.begin(), all.end(), size_t{0});
  const size_t best = Best(rivals, all);
  const size_t simplest = SimplestUnbeaten(rivals, clusters, can_tell);
  const Gain gain =
      DevianceGain(rivals.Deviances(best),
                   UnitDeviances(rivalry.task.family, judgement.y, judgement.model), clusters);
  judgement.signal = can_tell && gain.holds;
  judgement.best = rivals[best].fitted.Name();
  judgement.baseline = rivals.Means(best);
  judgement.serving = rivals[simplest].fitted;
  judgement.serving_folds = rivals[simplest].by_fold;
  judgement.served = judgement.signal ? judgement.model : rivals.Means(simplest);
  judgement.verdict = {.verdict = judgement.signal ? "signal" : "no_signal",
                       .serves = judgement.signal ? "model" : judgement.serving.Name(),
                       .words = {},
                       .gain = gain.mean,
                       .gain_error = gain.error,
                       .gain_share = gain.share,
                       .against = judgement.best};
  judgement.verdict.words = Words(judgement, can_tell);
  return judgement;
}

}  // namespace pythia
