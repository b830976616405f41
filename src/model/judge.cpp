#include "model/judge.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <numeric>

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

// A baseline with its means and deviances on the judged rows.
struct Rival {
  Baseline fitted;  // on all rows
  std::vector<Baseline> by_fold;
  std::vector<double> mu;
  std::vector<double> deviances;
  double mean_deviance = 0;
};

void Cap(const Rivalry& rivalry, std::span<const size_t> at, std::vector<double>* mu) {
  if (rivalry.cap.empty()) return;
  for (size_t i = 0; i < at.size(); ++i) (*mu)[i] = std::min((*mu)[i], rivalry.cap[at[i]]);
}

Rival RunRival(const Rivalry& rivalry, const Baseline& shape, const Judgement& judgement) {
  const Task& task = rivalry.task;
  const std::vector<double> units = UnitsOf(rivalry.table, task.rows, shape.per);
  Rival rival{.fitted = FitBaseline(shape, rivalry.table, task.rows, task.y, units)};
  std::vector<double> mu(task.rows.size(), 0);
  for (const FoldFit& fold : rivalry.cv.folds) {
    const std::span<const int64_t> rows = task.rows;
    rival.by_fold.push_back(FitBaseline(shape, rivalry.table, Taken(rows, fold.train),
                                        Taken(std::span(fold.TargetsOf(task)), fold.train),
                                        Taken(std::span(units), fold.train)));
    const std::vector<double> means =
        BaselineMeans(rival.by_fold.back(), rivalry.table, Taken(rows, fold.test),
                      Taken(std::span(units), fold.test));
    for (size_t i = 0; i < means.size(); ++i) mu[fold.test[i]] = means[i];
  }
  rival.mu = Taken(std::span<const double>(mu), judgement.at);
  Cap(rivalry, judgement.at, &rival.mu);
  rival.deviances = UnitDeviances(task.family, judgement.y, rival.mu);
  rival.mean_deviance = MeanOf(rival.deviances);
  return rival;
}

size_t Best(const std::vector<Rival>& rivals, const std::vector<size_t>& among) {
  return *std::min_element(among.begin(), among.end(), [&](size_t a, size_t b) {
    return rivals[a].mean_deviance < rivals[b].mean_deviance;
  });
}

size_t SimplestUnbeaten(const std::vector<Rival>& rivals, std::span<const int64_t> clusters,
                        bool can_tell) {
  std::vector<size_t> overall;
  for (size_t i = 0; i < rivals.size(); ++i) {
    if (rivals[i].fitted.column.empty()) overall.push_back(i);
  }
  const size_t simple = Best(rivals, overall);
  std::vector<size_t> better;
  for (size_t i = 0; can_tell && i < rivals.size(); ++i) {
    if (rivals[i].fitted.column.empty()) continue;
    if (DevianceGain(rivals[simple].deviances, rivals[i].deviances, clusters).holds) {
      better.push_back(i);
    }
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
  std::vector<Rival> rivals;
  for (const Baseline& shape : rivalry.shapes) {
    rivals.push_back(RunRival(rivalry, shape, judgement));
  }
  const bool can_tell = std::ssize(judgement.at) >= kMinVerdictRows &&
                        Events(rivalry.task.family, judgement.y) >= kMinVerdictEvents;
  std::vector<size_t> all(rivals.size());
  std::iota(all.begin(), all.end(), size_t{0});
  const size_t best = Best(rivals, all);
  const size_t simplest = SimplestUnbeaten(rivals, clusters, can_tell);
  const Gain gain =
      DevianceGain(rivals[best].deviances,
                   UnitDeviances(rivalry.task.family, judgement.y, judgement.model), clusters);
  judgement.signal = can_tell && gain.holds;
  judgement.best = rivals[best].fitted.Name();
  judgement.baseline = rivals[best].mu;
  judgement.serving = rivals[simplest].fitted;
  judgement.serving_folds = rivals[simplest].by_fold;
  judgement.served = judgement.signal ? judgement.model : rivals[simplest].mu;
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
