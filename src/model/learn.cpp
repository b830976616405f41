#include "model/learn.h"

#include <algorithm>

#include <fmt/format.h>

#include "model/evaluate.h"
#include "model/shuffle.h"

namespace pythia {
namespace {

// Where nothing can be held out, no penalty can be chosen: a moderate one.
constexpr double kUnjudgedLambda = 1e-2;

void Evaluate(glm::Family family, const Judged& judged, ModelReport* report) {
  if (family == glm::Family::kPoissonLog) {
    EvaluateCounts(judged, report);
  } else {
    EvaluateRoi(judged, report);
  }
}

// The metrics under random folds, on the rows that the forward ones judged.
Status AddRandomSplit(const TrainingSetup& setup, const Learned& learned, const Penalties& chosen,
                      ModelReport* report) {
  PYTHIA_ASSIGN(const CrossValidation cv,
                CrossValidate(setup.campaigns, learned.task, setup.random, chosen, setup.fit));
  RowVector<double> y;
  RowVector<double> mu;
  y.reserve(learned.judgement.at.size());
  mu.reserve(learned.judgement.at.size());
  for (const uint32_t at : learned.judgement.at) {
    const int fold = cv.FoldOf(learned.task.rows[at]);
    if (fold < 0) return {};
    y.push_back(cv.folds[static_cast<size_t>(fold)].TargetsOf(learned.task)[at]);
    mu.push_back(cv.mu[at]);
  }
  ModelReport random;
  Evaluate(learned.task.family, {.y = y, .model = mu, .baseline = mu, .baseline_name = {}},
           &random);
  for (auto& [name, metric] : report->metrics) {
    const auto found = random.metrics.find(name);
    if (found != random.metrics.end()) metric.random_split = found->second.value;
  }
  return {};
}

// A model with signal must find none in outcomes that are not its rows' own.
Status TestItself(const TrainingSetup& setup, const Learned& learned, const Penalties& chosen,
                  ModelReport* report) {
  const auto cross_validate = [&](const Task& shuffled) {
    return CrossValidate(setup.campaigns, shuffled, setup.random, chosen, setup.fit);
  };
  PYTHIA_ASSIGN(report->shuffled_gain_share,
                CheckShuffled(learned.task, report->target, setup.seed, cross_validate));
  return {};
}

void DescribeFit(const Fitted& fitted, const Task& task, ModelReport* report) {
  report->rows = static_cast<int64_t>(task.rows.size());
  report->alpha = fitted.alpha;
  report->iterations = fitted.fit.iterations;
  report->converged = fitted.fit.converged;
  report->gradient = fitted.fit.gradient;
  report->deviance = fitted.fit.deviance;
  report->null_deviance = fitted.fit.null_deviance;
  report->phi = fitted.fit.phi;
  report->intercept = fitted.model.intercept;
  const std::vector<std::string> terms = fitted.model.encoder.terms();
  for (size_t j = 0; j < terms.size(); ++j) {
    report->coefficients.push_back({terms[j], fitted.model.beta[j], std::nullopt});
  }
  if (!fitted.fit.converged) {
    report->warnings.push_back(fmt::format(
        "the fit did not converge in {} steps: do not rely on this model", fitted.fit.iterations));
  }
}

void DescribeFolds(const TrainingSetup& setup, const Learned& learned, ModelReport* report) {
  report->split = {.rule = setup.folds.rule,
                   .folds = static_cast<int>(learned.cv.folds.size()),
                   .gap_days = setup.folds.gap_days,
                   .test_rows = static_cast<int64_t>(learned.judgement.at.size())};
  for (const FoldFit& fold : learned.cv.folds) {
    report->split.train_rows = std::max(report->split.train_rows, fold.train_rows);
  }
}

}  // namespace

Result<Learned> Learn(const TrainingSetup& setup, Task task, std::string_view target,
                      std::span<const Baseline> shapes, std::span<const double> cap) {
  using Phase = TrainingSteps::Phase;
  TrainingSteps& steps = *setup.fit.steps;
  PYTHIA_TRY(steps.Begin(Phase::kRidge));
  Learned learned{.task = std::move(task), .report = {.target = std::string(target)}};
  ModelReport& report = learned.report;
  if (learned.task.packed == nullptr) {
    learned.task.packed = PackedRows::Pack(setup.campaigns, learned.task.rows, setup.fit.features,
                                           {&setup.folds, &setup.random}, setup.fit.threads);
  }
  Penalties penalties{.lambdas = LambdaGrid(), .alpha = setup.alpha};
  PYTHIA_ASSIGN(learned.cv,
                CrossValidate(setup.campaigns, learned.task, setup.folds, penalties, setup.fit));
  PYTHIA_TRY(steps.Begin(Phase::kJudging));
  learned.judgement = Judge({.history = setup.campaigns,
                             .task = learned.task,
                             .cv = learned.cv,
                             .shapes = shapes,
                             .cap = cap,
                             .threads = setup.fit.threads,
                             .stop = setup.fit.stop});
  if (setup.fit.stop.stop_requested()) {
    return Fail(ErrorCode::kCancelled, "training was stopped");
  }
  report.verdict = learned.judgement.verdict;
  double lambda = kUnjudgedLambda;
  if (learned.cv.folds.empty()) {
    report.warnings.emplace_back("too little history to hold rows out: nothing was evaluated");
  } else {
    lambda = penalties.lambdas[learned.cv.chosen];
    DescribeFolds(setup, learned, &report);
    Evaluate(learned.task.family,
             {.y = learned.judgement.y,
              .model = learned.judgement.model,
              .baseline = learned.judgement.baseline,
              .baseline_name = learned.judgement.best},
             &report);
    PYTHIA_TRY(steps.Begin(Phase::kRandomSplit));
    if (setup.folds.forward) {
      PYTHIA_TRY(
          AddRandomSplit(setup, learned, {.lambdas = {lambda}, .alpha = setup.alpha}, &report));
    }
    PYTHIA_TRY(steps.Begin(Phase::kSelfTest));
    if (learned.judgement.signal) {
      PYTHIA_TRY(TestItself(setup, learned, {.lambdas = {lambda}, .alpha = setup.alpha}, &report));
    }
  }
  if (!setup.alpha) {
    if (lambda != kInterceptOnly) report.lambda = lambda;
    for (size_t i = 0; i < learned.cv.deviance.size(); ++i) {
      const double tried = penalties.lambdas[i];
      report.path.push_back(
          {tried == kInterceptOnly ? std::nullopt : std::optional(tried), learned.cv.deviance[i]});
    }
  }
  PYTHIA_TRY(steps.Begin(Phase::kFit));
  PYTHIA_ASSIGN(learned.fitted, FitTask(setup.campaigns, learned.task, lambda, setup.alpha,
                                        setup.fit, &report.warnings));
  DescribeFit(learned.fitted, learned.task, &report);
  PYTHIA_TRY(steps.Begin(Phase::kEffects));
  // Judged already, and the most of what would stay in memory.
  Release(&learned.judgement.model);
  Release(&learned.judgement.baseline);
  return learned;
}

}  // namespace pythia
