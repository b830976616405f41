// A campaign history with known truth, in the format of the field's best-known campaign file: for
// examples, tests and benchmarks.
//
// The model, for row i of n. Levels of the categories are uniform and independent; the duration D
// is 15, 30, 45 or 60 days; the date is 2021-01-01 + floor(730·i/n) days. With
//   s = 1 (strong) or 0.08 (weak),   f = s·(1 − drift·i/n),
//   d = log(D / 33.2)                (33.2: the geometric mean of the durations)
// and a(·), b(·), c(·), v(·) the sums of the level effects of the row (world.cpp lists them; each
// column's effects sum to zero over its levels):
//   log spend          ~ Normal(log 8000, 0.7²), whole dollars, kept inside [100, 999999]
//   E[impressions | plan] = 200000 · (spend / 8000)^0.8 · exp(f·(a + 0.15·d))
//   impressions         = E[impressions | plan] · Gamma(8)/8, rounded, at least 1
//   CTR                 = 0.02 · exp(f·(b − 0.10·d))
//   E[clicks | impressions] = μ = CTR · impressions
//   clicks | impressions ~ negative binomial, never above the impressions:
//       linear     variance 160·μ      (Poisson of 159·Gamma(μ/159))
//       quadratic  variance μ + μ²/25  (Poisson of μ·Gamma(25)/25)
//   conversion rate     = logistic(logit(0.05) + f·c)
//   conversions | clicks ~ Binomial(clicks, conversion rate)
//   revenue             = conversions · order value,
//                         order value = 47.5 · exp(f·v) · Gamma(6)/6 (one draw per campaign)
//   ROI                 = (revenue − spend) / spend
//   Engagement_Score    = 5.5 + 2·log(observed CTR / 0.02) + Normal(0, 1.5²), rounded, in 1..10
// so E[ROI | plan] = E[impressions | plan] · CTR · conversion rate · 47.5·exp(f·v) / spend − 1, and
// about half the campaigns are below break-even.
//
// With Signal::kNone every column is independent of every other: clicks uniform on 100..1000,
// impressions on 1000..10000, spend on 5000..20000, ROI on 2.00..8.00, conversion rate on
// 0.01..0.15, engagement on 1..10.
//
// Every row has its own random stream, (seed, i), and dirt is drawn last: the same seed gives the
// same bytes, and clean rows do not depend on the share of dirty ones.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <stop_token>
#include <string>
#include <string_view>

#include "base/error.h"
#include "base/progress.h"

namespace pythia {

enum class Signal { kNone, kWeak, kStrong };
enum class Dispersion { kLinear, kQuadratic };

// "none", "weak", "strong"; "linear", "quadratic".
std::string_view SignalName(Signal signal);
std::string_view DispersionName(Dispersion dispersion);
// The inverses; false where `name` is none of theirs.
bool ParseSignal(std::string_view name, Signal* signal);
bool ParseDispersion(std::string_view name, Dispersion* dispersion);

struct SimulateOptions {
  int64_t rows = 5000;  // data rows of the file, 1 to 1e9
  uint64_t seed = 1;
  Signal signal = Signal::kStrong;
  double dirty = 0;  // share of dirty rows, 0..1
  Dispersion dispersion = Dispersion::kLinear;
  double drift = 0;  // 0: effects stay; 1: they fade to nothing; 2: they end reversed. -10..10
  bool crlf = false;
};

// Takes the next bytes of a file; a failure ends the simulation with that error.
using TextSink = std::function<Status(std::string_view bytes)>;

struct SimulateSummary {
  int64_t rows = 0;   // of the file, without its header
  int64_t bytes = 0;  // of the file
  // Dirty rows by kind; all kinds are there. A row is dirty in one way:
  //   empty_clicks, cost_not_available ("N/A"), impossible_date ("2021-02-30"),
  //   negative_impressions, text_in_roi, too_many_fields, clicks_above_impressions, and
  //   duplicate_row (the clean row before it once more, with the same Campaign_ID).
  std::map<std::string, int64_t> dirty;
};

// Writes the history to `history` and, unless it is empty, the truth to `truth`, in blocks and in
// bounded memory. The truth is one JSON document:
//   {"parameters": {...}, "rows": [{"Campaign_ID", "spend", "impressions_mean", "CTR",
//    "conversion_rate", "order_value_mean", "ROI_mean", "dirty"}, ...], "dirty": {kind: count}}
// with means given the plan (with Signal::kNone the overall ones), and "dirty" null or the kind.
// kUsage for options out of range, kCancelled, or what a sink answered. Thread-safe.
Result<SimulateSummary> Simulate(const SimulateOptions& options, const TextSink& history,
                                 const TextSink& truth, Progress& progress, std::stop_token stop);

}  // namespace pythia
