// Random records for the tests of this room. Include after rapidcheck/gtest.h.
#pragma once

#include <rapidcheck.h>

#include <bit>
#include <cmath>
#include <limits>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "base/utf8.h"
#include "campaign/column.h"
#include "campaign/table.h"
#include "records/dataset.h"
#include "records/json.h"
#include "records/plan.h"
#include "records/recommendation.h"
#include "records/training.h"

namespace pythia::any {

inline double Finite() {
  return *rc::gen::suchThat(rc::gen::map(rc::gen::arbitrary<uint64_t>(),
                                         [](uint64_t bits) { return std::bit_cast<double>(bits); }),
                            [](double value) { return std::isfinite(value); });
}

// UTF-8 of any code points.
inline std::string Text() {
  std::string text;
  for (const uint32_t code :
       *rc::gen::container<std::vector<uint32_t>>(rc::gen::inRange<uint32_t>(0, 0x110000))) {
    AppendUtf8(code, &text);
  }
  return text;
}

template <typename T, typename Make>
std::optional<T> Maybe(const Make& make) {
  if (*rc::gen::arbitrary<bool>()) return make();
  return std::nullopt;
}

template <typename Make>
auto List(const Make& make) {
  std::vector<decltype(make())> list;
  const int size = *rc::gen::inRange(0, 4);
  for (int i = 0; i < size; ++i) list.push_back(make());
  return list;
}

inline Plan APlan() {
  Plan plan;
  for (const std::string& name : List(Text)) {
    if (*rc::gen::arbitrary<bool>()) {
      plan.values[name] = Finite();
    } else {
      plan.values[name] = Text();
    }
  }
  return plan;
}

inline Interval AnInterval() { return {Finite(), Finite(), 0.9}; }

// Now and then what no arithmetic should have given.
inline double Computed() {
  if (*rc::gen::inRange(0, 8) > 0) return Finite();
  return *rc::gen::element(std::numeric_limits<double>::quiet_NaN(),
                           std::numeric_limits<double>::infinity(),
                           -std::numeric_limits<double>::infinity());
}

inline Expected AnExpected() { return {Computed(), {Computed(), Computed(), 0.95}}; }

inline Performance APerformance() {
  return {.clicks = Maybe<Expected>(AnExpected),
          .roi = Maybe<Expected>(AnExpected),
          .ctr = Maybe<Expected>(AnExpected)};
}

// Players in the order that reading gives them: largest first.
inline TargetExplanation ATargetExplanation(const std::string& name) {
  TargetExplanation target{.target = name,
                           .scale = *rc::gen::element<std::string>("response", "link"),
                           .unit = Text(),
                           .base = Computed(),
                           .prediction = Computed(),
                           .values = {}};
  std::map<std::string, double> values;
  for (const std::string& player : List(Text)) values[player] = Computed();
  for (const auto& [player, value] : values) target.values.push_back({player, value, {}});
  LargestFirst(&target);
  return target;
}

inline Explanation AnExplanation() {
  return {.clicks = Maybe<TargetExplanation>([] { return ATargetExplanation("clicks"); }),
          .roi = Maybe<TargetExplanation>([] { return ATargetExplanation("roi"); })};
}

inline Recommendation ARecommendation() {
  const auto count = [] { return *rc::gen::arbitrary<int64_t>(); };
  return {.budget = Computed(),
          .used_budget = Computed(),
          .currency = Text(),
          .objective = Text(),
          .plan = APlan(),
          .decided = List(Text),
          .duration = Maybe<double>(Computed),
          .expected = APerformance(),
          .roi_probability = Maybe<double>(Computed),
          .roi_probability_interval = Maybe<Interval>(AnInterval),
          .roi_threshold = Maybe<double>(Computed),
          .roi_threshold_rule = Text(),
          .average = {APerformance(), Maybe<double>(Computed)},
          .uplift = {AnExpected(), Computed()},
          .evidence = {count(), count(), count(), count(), Computed(), Computed()},
          .verdict = Text(),
          .words = Text(),
          .alternatives = List([&] { return Alternative{APlan(), AnExpected(), count()}; }),
          .curve = List([&] {
            return CurvePoint{Computed(), count(), Maybe<Expected>(AnExpected),
                              Maybe<Expected>(AnExpected), Maybe<Expected>(AnExpected)};
          }),
          .explanation = Maybe<Explanation>(AnExplanation),
          .model_version = Text(),
          .warnings = List(Text)};
}

inline IntervalReport AnIntervalReport() {
  return {.level = 0.9,
          .method = Text(),
          .c1 = Finite(),
          .c2 = Finite(),
          .scores = *rc::gen::arbitrary<int64_t>(),
          .groups = 3,
          .coverage = Maybe<double>(Finite),
          .coverage_rows = 7,
          .note = Text()};
}

inline ModelReport AModelReport() {
  ModelReport report;
  report.target = Text();
  report.rows = *rc::gen::arbitrary<int64_t>();
  report.alpha = Finite();
  report.iterations = *rc::gen::arbitrary<int>();
  report.converged = *rc::gen::arbitrary<bool>();
  report.gradient = Finite();
  report.deviance = Finite();
  report.null_deviance = Finite();
  report.phi = Maybe<double>(Finite).value_or(std::nan(""));
  report.lambda = Maybe<double>(Finite);
  report.path = List([] { return PathPoint{Maybe<double>(Finite), Finite()}; });
  report.verdict = Maybe<Verdict>(
      [] { return Verdict{Text(), Text(), Text(), Finite(), Finite(), Finite(), Text()}; });
  report.shuffled_gain_share = Maybe<double>(Finite);
  report.split = {Text(), 5, 7, *rc::gen::arbitrary<int64_t>(), *rc::gen::arbitrary<int64_t>()};
  for (const std::string& name : List(Text)) report.intervals[name] = AnIntervalReport();
  report.free_exposure = Maybe<Estimate>([] { return Estimate{1, 0.5, Finite()}; });
  report.calibration = Maybe<CalibrationReport>(
      [] { return CalibrationReport{{{0.2, 0.25, 10}}, Finite(), 1, 2, 3, 4, Finite()}; });
  for (const std::string& name : List(Text)) {
    report.metrics[name] = {Finite(), Maybe<double>(Finite), Text(), Maybe<double>(Finite)};
  }
  report.confusion = Maybe<ConfusionMatrix>([] { return ConfusionMatrix{1, 2, 3, 4}; });
  report.intercept = Finite();
  report.coefficients = List([] {
    return Coefficient{Text(), Finite(),
                       Maybe<Effect>([] { return Effect{1, 2, Finite(), 4, 5}; })};
  });
  report.warnings = List(Text);
  return report;
}

inline TrainingReport ATrainingReport() {
  TrainingReport report;
  report.version = Text();
  report.dataset = Text();
  report.generation = *rc::gen::arbitrary<int64_t>();
  report.rows = *rc::gen::arbitrary<int64_t>();
  report.seed = *rc::gen::arbitrary<uint64_t>();
  report.features = List(Text);
  report.planned_spend = *rc::gen::arbitrary<bool>();
  report.roi_threshold = Maybe<RoiThreshold>([] { return RoiThreshold{Finite(), Text()}; });
  for (const std::string& name : List(Text)) report.models[name] = AModelReport();
  report.warnings = List(Text);
  return report;
}

inline DatasetInfo ADatasetInfo() {
  DatasetInfo info;
  info.name = Text();
  info.generation = *rc::gen::arbitrary<int64_t>();
  info.current = *rc::gen::arbitrary<bool>();
  info.rows = *rc::gen::arbitrary<int64_t>();
  info.grain = Text();
  info.currency = Text();
  info.created_at = Text();
  for (int i = *rc::gen::inRange(0, 4); i > 0; --i) {
    info.schema.push_back(
        {std::to_string(i) + Text(),
         *rc::gen::element(ColumnType::kText, ColumnType::kCategory, ColumnType::kNumber,
                           ColumnType::kCount, ColumnType::kMoney, ColumnType::kDate),
         *rc::gen::element(Role::kId, Role::kPlan, Role::kOutcome, Role::kOther), Text()});
  }
  info.loads =
      List([] { return LoadInfo{Text(), Text(), Text(), *rc::gen::arbitrary<int64_t>(), Text()}; });
  return info;
}

// Its document is read to a record of the same document.
template <typename Record, typename Read>
void ComesBack(const Record& record, const Read& read) {
  const std::string text = DumpJson(ToJson(record));
  const Result<Json> json = ParseJson(text);
  RC_ASSERT(json.has_value());
  const auto again = read(*json);
  RC_ASSERT(again.has_value());
  RC_ASSERT(DumpJson(ToJson(*again)) == text);
}

}  // namespace pythia::any
