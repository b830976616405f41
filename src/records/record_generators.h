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
#include "records/plan.h"
#include "records/recommendation.h"

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

}  // namespace pythia::any
