#include "model/calibrate.h"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>

namespace pythia {
namespace {

RowVector<double> ScoresOf(const Errors& errors, const Spread& spread) {
  RowVector<double> scores;
  scores.reserve(errors.y.size());
  for (size_t i = 0; i < errors.y.size(); ++i) {
    scores.push_back((errors.y[i] - errors.mu[i]) / spread.Of(errors.mu[i]));
  }
  return scores;
}

// The place, from 1, of the upper bound among n scores.
size_t UpperPlace(size_t n, double level) {
  const double a = 1 - level;
  // The slack keeps a whole number whole: (n + 1) 0.95 may come out a hair above it.
  return static_cast<size_t>(std::ceil(static_cast<double>(n + 1) * (1 - a / 2) - 1e-9));
}

void SayTooFew(size_t scores, IntervalReport* report) {
  report->method = "none";
  report->note = fmt::format(
      "{} held-out campaigns are too few for an interval of {:.0f} %: {} "
      "are needed",
      scores, 100 * report->level, std::lround(2 / (1 - report->level)) - 1);
}

std::optional<IntervalRule> RuleOf(const Errors& errors, double level) {
  IntervalRule rule{.level = level, .spread = FitSpread(errors.y, errors.mu)};
  RowVector<double> scores = ScoresOf(errors, rule.spread);
  std::vector<size_t> counts(errors.names == nullptr ? 0 : errors.names->size());
  for (const uint32_t group : errors.groups) {
    if (group != kMissingCode) ++counts[group];
  }
  std::vector<RowVector<double>> by_group(counts.size());
  for (size_t group = 0; group < counts.size(); ++group) {
    if (counts[group] >= kGroupScores) by_group[group].reserve(counts[group]);
  }
  for (size_t i = 0; i < scores.size(); ++i) {
    const uint32_t group = errors.groups[i];
    if (group != kMissingCode && counts[group] >= kGroupScores) {
      by_group[group].push_back(scores[i]);
    }
  }
  const std::optional<Tails> tails = TailsOf(std::move(scores), level);
  if (!tails) return std::nullopt;
  rule.tails = *tails;
  for (size_t group = 0; group < by_group.size(); ++group) {
    if (by_group[group].empty()) continue;
    rule.groups[std::string(errors.names->level(static_cast<uint32_t>(group)))] =
        *TailsOf(std::move(by_group[group]), level);
  }
  return rule;
}

// The share of the latest block inside intervals from strictly earlier blocks.
void LatestCoverage(const Errors& errors, IntervalReport* report) {
  const int latest = *std::max_element(errors.fold.begin(), errors.fold.end());
  RowVector<double> y;
  RowVector<double> mu;
  RowVector<uint32_t> groups;
  y.reserve(errors.y.size());
  mu.reserve(errors.y.size());
  groups.reserve(errors.y.size());
  for (size_t i = 0; i < errors.y.size(); ++i) {
    if (errors.fold[i] == latest) continue;
    y.push_back(errors.y[i]);
    mu.push_back(errors.mu[i]);
    groups.push_back(errors.groups[i]);
  }
  const auto earlier = RuleOf(
      {.y = y, .mu = mu, .groups = groups, .names = errors.names, .fold = {}}, report->level);
  if (!earlier) return;
  double inside = 0;
  for (size_t i = 0; i < errors.y.size(); ++i) {
    if (errors.fold[i] != latest) continue;
    const Interval interval =
        earlier->Around(errors.mu[i], errors.groups[i] == kMissingCode
                                          ? std::string()
                                          : std::string(errors.names->level(errors.groups[i])));
    inside += errors.y[i] >= std::max(0.0, interval.lower) && errors.y[i] <= interval.upper ? 1 : 0;
    ++report->coverage_rows;
  }
  report->coverage = inside / static_cast<double>(report->coverage_rows);
}

}  // namespace

double Spread::Of(double mu) const { return std::sqrt(std::max(c1 * mu + c2 * mu * mu, 1e-300)); }

Spread FitSpread(std::span<const double> y, std::span<const double> mu) {
  // Residual squares over mu against 1 and mu: the variance function with weights 1/mu^2.
  double n = 0;
  double m = 0;
  double mm = 0;
  double r = 0;
  double rm = 0;
  for (size_t i = 0; i < y.size(); ++i) {
    if (!(mu[i] > 0)) continue;
    const double square = (y[i] - mu[i]) * (y[i] - mu[i]) / mu[i];
    ++n;
    m += mu[i];
    mm += mu[i] * mu[i];
    r += square;
    rm += square * mu[i];
  }
  if (n == 0) return {.c1 = 1, .c2 = 0};
  const double determinant = n * mm - m * m;
  Spread spread;
  // Equal means cannot tell the two apart.
  if (determinant > 1e-9 * n * mm) {
    spread.c1 = (mm * r - m * rm) / determinant;
    spread.c2 = (n * rm - m * r) / determinant;
  } else {
    spread.c1 = r / n;
  }
  if (spread.c1 < 0) spread = {.c1 = 0, .c2 = rm / mm};
  if (spread.c2 < 0) spread = {.c1 = r / n, .c2 = 0};
  if (!(spread.c1 + spread.c2 > 0)) spread = {.c1 = 1e-9, .c2 = 0};
  return spread;
}

std::optional<Tails> TailsOf(RowVector<double> scores, double level) {
  const size_t place = UpperPlace(scores.size(), level);
  if (scores.empty() || place > scores.size()) return std::nullopt;
  const auto upper = scores.begin() + static_cast<ptrdiff_t>(place) - 1;
  std::nth_element(scores.begin(), upper, scores.end());
  Tails tails{.lower = *upper, .upper = *upper};
  const size_t lower_place = scores.size() - place;
  if (lower_place + 1 < place) {
    const auto lower = scores.begin() + static_cast<ptrdiff_t>(lower_place);
    std::nth_element(scores.begin(), lower, upper);
    tails.lower = *lower;
  } else if (lower_place + 1 > place) {
    const auto lower = scores.begin() + static_cast<ptrdiff_t>(lower_place);
    std::nth_element(upper + 1, lower, scores.end());
    tails.lower = *lower;
  }
  return tails;
}

Interval IntervalRule::Around(double mu, const std::string& group) const {
  const auto own = groups.find(group);
  const Tails& used = own == groups.end() ? tails : own->second;
  const double sd = spread.Of(mu);
  return {mu + used.lower * sd, mu + used.upper * sd, level};
}

Interval IntervalRule::AroundFolds(std::span<const double> fold_mu) const {
  RowVector<double> bounds;
  for (size_t k = 0; k < fold_mu.size(); ++k) {
    const double sd = spread.Of(fold_mu[k]);
    for (const double score : fold_scores[k]) bounds.push_back(fold_mu[k] + score * sd);
  }
  const std::optional<Tails> of_bounds = TailsOf(std::move(bounds), level);
  return of_bounds ? Interval{of_bounds->lower, of_bounds->upper, level}
                   : Interval{0, HUGE_VAL, level};
}

std::optional<IntervalRule> Calibrate(const Errors& errors, IntervalReport* report) {
  report->level = kIntervalLevel;
  report->scores = std::ssize(errors.y);
  const std::optional<IntervalRule> rule = RuleOf(errors, report->level);
  if (!rule) {
    SayTooFew(errors.y.size(), report);
    return std::nullopt;
  }
  report->method = "out_of_fold";
  report->note = "empirically calibrated on held-out campaigns; nothing holds under drift";
  report->c1 = rule->spread.c1;
  report->c2 = rule->spread.c2;
  report->groups = static_cast<int>(rule->groups.size());
  if (errors.forward) LatestCoverage(errors, report);
  return rule;
}

std::optional<IntervalRule> CalibrateCvPlus(const Errors& errors, int num_folds,
                                            IntervalReport* report) {
  report->level = kIntervalLevel;
  report->scores = std::ssize(errors.y);
  IntervalRule rule{.level = report->level, .spread = FitSpread(errors.y, errors.mu)};
  const RowVector<double> scores = ScoresOf(errors, rule.spread);
  const std::optional<Tails> tails = TailsOf(scores, report->level);
  if (!tails) {
    SayTooFew(errors.y.size(), report);
    return std::nullopt;
  }
  rule.tails = *tails;
  rule.fold_scores.resize(static_cast<size_t>(num_folds));
  for (size_t i = 0; i < scores.size(); ++i) {
    rule.fold_scores[static_cast<size_t>(errors.fold[i])].push_back(scores[i]);
  }
  report->method = "cv_plus";
  report->note = fmt::format(
      "CV+: if campaigns to come are like those past, at least {:.0f} % fall inside, in practice "
      "about {:.0f} %",
      100 * (2 * report->level - 1), 100 * report->level);
  report->c1 = rule.spread.c1;
  report->c2 = rule.spread.c2;
  return rule;
}

}  // namespace pythia
