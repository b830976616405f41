#include "model/judge.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <numeric>
#include <utility>

#include <fmt/format.h>

#include "metrics/binary.h"
#include "metrics/counts.h"

namespace pythia {
namespace {

template <typename T, typename Position>
std::vector<T> Taken(std::span<const T> values, const std::vector<Position>& positions) {
  std::vector<T> taken;
  taken.reserve(positions.size());
  for (const Position at : positions) taken.push_back(values[at]);
  return taken;
}

double MeanOf(std::span<const double> values) {
  return values.empty() ? 0
                        : std::accumulate(values.begin(), values.end(), 0.0) /
                              static_cast<double>(values.size());
}

void Cap(const Rivalry& rivalry, std::span<const size_t> at, std::vector<double>* mu) {
  if (rivalry.cap.empty()) return;
  for (size_t i = 0; i < at.size(); ++i) (*mu)[i] = std::min((*mu)[i], rivalry.cap[at[i]]);
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
      : rivalry_(rivalry), judgement_(judgement) {
    for (const Baseline& shape : rivalry.shapes) {
      all_.push_back(Fit(shape));
      all_.back().mean_deviance = MeanOf(Deviances(all_.size() - 1));
    }
  }

  size_t size() const { return all_.size(); }
  const Rival& operator[](size_t i) const { return all_[i]; }

  // On the judged rows.
  std::vector<double> Means(size_t i) const {
    const Task& task = rivalry_.task;
    const std::vector<double> units = UnitsOf(rivalry_.table, task.rows, all_[i].fitted.per);
    std::vector<double> mu(task.rows.size(), 0);
    for (size_t k = 0; k < all_[i].by_fold.size(); ++k) {
      const FoldFit& fold = rivalry_.cv.folds[k];
      const std::vector<double> means = BaselineMeans(
          all_[i].by_fold[k], rivalry_.table, Taken(std::span<const int64_t>(task.rows), fold.test),
          Taken(std::span(units), fold.test));
      for (size_t r = 0; r < means.size(); ++r) mu[fold.test[r]] = means[r];
    }
    mu = Taken(std::span<const double>(mu), judgement_.at);
    Cap(rivalry_, judgement_.at, &mu);
    return mu;
  }
  std::vector<double> Deviances(size_t i) const {
    return UnitDeviances(rivalry_.task.family, judgement_.y, Means(i));
  }

 private:
  Rival Fit(const Baseline& shape) const {
    const Task& task = rivalry_.task;
    const std::vector<double> units = UnitsOf(rivalry_.table, task.rows, shape.per);
    Rival rival{.fitted = FitBaseline(shape, rivalry_.table, task.rows, task.y, units)};
    for (const FoldFit& fold : rivalry_.cv.folds) {
      rival.by_fold.push_back(FitBaseline(shape, rivalry_.table,
                                          Taken(std::span(task.rows), fold.train),
                                          Taken(std::span(fold.TargetsOf(task)), fold.train),
                                          Taken(std::span(std::as_const(units)), fold.train)));
    }
    return rival;
  }

  const Rivalry& rivalry_;
  const Judgement& judgement_;
  std::vector<Rival> all_;
};

size_t Best(const Rivals& rivals, const std::vector<size_t>& among) {
  return *std::min_element(among.begin(), among.end(), [&](size_t a, size_t b) {
    return rivals[a].mean_deviance < rivals[b].mean_deviance;
  });
}

size_t SimplestUnbeaten(const Rivals& rivals, std::span<const int64_t> clusters, bool can_tell) {
  std::vector<size_t> overall;
  for (size_t i = 0; i < rivals.size(); ++i) {
    if (rivals[i].fitted.column.empty()) overall.push_back(i);
  }
  const size_t simple = Best(rivals, overall);
  if (!can_tell) return simple;
  const std::vector<double> from = rivals.Deviances(simple);
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

std::vector<double> UnitDeviances(glm::Family family, std::span<const double> y,
                                  std::span<const double> mu) {
  std::vector<double> deviances;
  deviances.reserve(y.size());
  for (size_t i = 0; i < y.size(); ++i) {
    deviances.push_back(family == glm::Family::kPoissonLog
                            ? metrics::PoissonUnitDeviance(y[i], mu[i])
                            : metrics::BinaryUnitDeviance(y[i], mu[i]));
  }
  return deviances;
}

Gain DevianceGain(std::span<const double> from, std::span<const double> to,
                  std::span<const int64_t> clusters) {
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
    std::map<int64_t, double> sums;
    for (size_t i = 0; i < from.size(); ++i) sums[clusters[i]] += from[i] - to[i] - gain.mean;
    for (const auto& [cluster, sum] : sums) squares += sum * sum;
    count = static_cast<double>(sums.size());
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
  Judgement judgement;
  for (size_t i = 0; i < cv.fold.size(); ++i) {
    if (cv.fold[i] >= 0) judgement.at.push_back(i);
  }
  judgement.fold = Taken(std::span<const int>(cv.fold), judgement.at);
  judgement.y = Taken(std::span<const double>(cv.y), judgement.at);
  judgement.model = Taken(rivalry.model.empty() ? std::span(cv.mu) : rivalry.model, judgement.at);
  Cap(rivalry, judgement.at, &judgement.model);
  std::vector<int64_t> clusters;
  for (size_t i = 0; !rivalry.clusters.empty() && i < judgement.at.size(); ++i) {
    const int64_t row = rivalry.task.rows[judgement.at[i]];
    clusters.push_back(rivalry.clusters[static_cast<size_t>(row)]);
  }
  const Rivals rivals(rivalry, judgement);
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
