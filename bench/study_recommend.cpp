// Is the recommended plan good, and is what is said of it true?
#include <algorithm>
#include <cmath>
#include <map>
#include <string>
#include <vector>

#include <fmt/format.h>

#include "campaign/schema.h"
#include "recommend/recommend.h"
#include "simulate/world.h"
#include "study_worlds.h"

namespace pythia::study {
namespace {

constexpr int64_t kNullRows = 5000;
constexpr int64_t kSignalRows = 20000;
constexpr double kNullBudget = 12000;
constexpr double kSignalBudget = 8000;
constexpr double kNear = 1.5;
constexpr int kLeastLike = 10;
constexpr double kNullRoi = 5;

// What is true of a history near a budget: of every plan that has enough campaigns, and of the
// campaigns themselves, moved to the budget.
struct TrueValues {
  struct Value {
    double clicks = 0;
    double roi = 0;
  };
  std::map<std::string, Value> plans;
  Value average;
};

std::string KeyOf(std::string_view channel, std::string_view type, double days) {
  return fmt::format("{}|{}|{}", channel, type, days);
}

TrueValues TrueValuesOf(const SimulateOptions& options, double budget) {
  std::vector<SimulatedCampaign> near;
  std::map<std::string, int> counts;
  std::map<std::string, SimulatedCampaign> kinds;
  for (int64_t row = 0; row < options.rows; ++row) {
    Random random(options.seed, static_cast<uint64_t>(row));
    const SimulatedCampaign campaign = DrawCampaign(options, row, random);
    const auto spend = static_cast<double>(campaign.spend);
    if (spend < budget / kNear || spend > budget * kNear) continue;
    near.push_back(campaign);
    const std::string key =
        KeyOf(Factors()[3].levels[campaign.levels[3]].name,
              Factors()[1].levels[campaign.levels[1]].name, campaign.duration_days);
    ++counts[key];
    kinds.emplace(key, campaign);
  }
  TrueValues values;
  const auto of = [&](SimulatedCampaign campaign) {
    campaign.spend = static_cast<int64_t>(budget);
    const Truth truth = TruthOf(campaign, Strength(options.signal));
    return TrueValues::Value{truth.impressions_mean * truth.ctr, truth.roi_mean};
  };
  const auto n = static_cast<double>(near.size());
  for (const SimulatedCampaign& campaign : near) {
    const auto [clicks, roi] = of(campaign);
    values.average.clicks += clicks / n;
    values.average.roi += roi / n;
  }
  for (const auto& [key, kind] : kinds) {
    if (counts[key] < kLeastLike) continue;
    TrueValues::Value& value = values.plans[key];
    for (SimulatedCampaign campaign : near) {
      campaign.levels[1] = kind.levels[1];
      campaign.levels[3] = kind.levels[3];
      campaign.duration_days = kind.duration_days;
      const auto [clicks, roi] = of(campaign);
      value.clicks += clicks / n;
      value.roi += roi / n;
    }
  }
  return values;
}

std::string KeyOf(const Plan& plan) {
  return KeyOf(std::get<std::string>(plan.values.at("Channel_Used")),
               std::get<std::string>(plan.values.at("Campaign_Type")),
               std::get<double>(plan.values.at("Duration")));
}

Recommendation Recommended(const Table& history, const ValueModels& values, const Model& model,
                           double budget, ValueKind objective) {
  return OrDie(Recommend(history, values, model, "study",
                         {.budget = budget, .objective = objective, .fixed = {}}));
}

struct Naive {
  double best_row = 0;
  double best_cell = 0;
};

// What one would say who takes the luckiest past campaign, or the luckiest kind of campaign.
Naive NaiveRoi(const Table& history, double budget) {
  Naive naive;
  std::map<std::string, std::pair<double, int>> cells;
  for (int64_t row = 0; row < history.num_rows(); ++row) {
    const auto at = static_cast<size_t>(row);
    const double spend = history.Find(column::kAcquisitionCost)->numbers()[at];
    if (spend < budget / kNear || spend > budget * kNear) continue;
    const double roi = history.Find(column::kRoi)->numbers()[at];
    naive.best_row = std::max(naive.best_row, roi);
    auto& [sum, count] = cells[KeyOf(history.Find(column::kChannelUsed)->level(row),
                                     history.Find(column::kCampaignType)->level(row),
                                     history.Find(column::kDuration)->numbers()[at])];
    sum += roi;
    ++count;
  }
  for (const auto& [key, cell] : cells) {
    if (cell.second >= kLeastLike) {
      naive.best_cell = std::max(naive.best_cell, cell.first / cell.second);
    }
  }
  return naive;
}

bool Holds(const Interval& interval, double truth) {
  return interval.lower <= truth && truth <= interval.upper;
}

void StudyNull(int histories) {
  int covered = 0;
  int no_better = 0;
  double mean = 0;
  Naive naive;
  for (int seed = 1; seed <= histories; ++seed) {
    const Table history = HistoryOf(
        {.rows = kNullRows, .seed = static_cast<uint64_t>(seed), .signal = Signal::kNone});
    NoProgress quiet;
    const ValueModels values = OrDie(LearnValues(history, {.threads = Threads()}, quiet, {}));
    const Recommendation said =
        Recommended(history, values, Trained(history), kNullBudget, ValueKind::kRoi);
    covered += Holds(said.expected.roi->interval, kNullRoi) ? 1 : 0;
    no_better += said.verdict == "no_better" ? 1 : 0;
    mean += said.expected.roi->value / histories;
    const Naive of_history = NaiveRoi(history, kNullBudget);
    naive.best_row += of_history.best_row / histories;
    naive.best_cell += of_history.best_cell / histories;
  }
  fmt::print(
      "| histories | true ROI of every plan | stated, mean | 95 % interval covers it | verdict: no "
      "better than average | the luckiest campaign says | the luckiest kind of campaign says |\n"
      "|---|---|---|---|---|---|---|\n| {} | {:.2f} | {:.3f} | {} | {} | {:.2f} | {:.2f} |\n\n",
      histories, kNullRoi, mean, covered, no_better, naive.best_row, naive.best_cell);
  (void)std::fflush(stdout);
}

struct Tally {
  double of_best = 0;
  double stated_over_true = 0;
  int uplift = 0;
  int better = 0;
};

void StudySignal(Dispersion dispersion, int histories) {
  std::map<ValueKind, Tally> tallies;
  for (int seed = 1; seed <= histories; ++seed) {
    const SimulateOptions options{.rows = kSignalRows,
                                  .seed = static_cast<uint64_t>(seed),
                                  .signal = Signal::kStrong,
                                  .dispersion = dispersion};
    const Table history = HistoryOf(options);
    const TrueValues truth = TrueValuesOf(options, kSignalBudget);
    NoProgress quiet;
    const ValueModels values = OrDie(LearnValues(history, {.threads = Threads()}, quiet, {}));
    for (const ValueKind kind : {ValueKind::kClicks, ValueKind::kRoi}) {
      // The probability of the ROI has no part in what is studied here.
      const Recommendation said = Recommended(history, values, {}, kSignalBudget, kind);
      const bool roi = kind == ValueKind::kRoi;
      const auto scale = [&](const TrueValues::Value& value) {
        return roi ? 1 + value.roi : value.clicks;
      };
      double best = 0;
      for (const auto& [key, value] : truth.plans) best = std::max(best, scale(value));
      const double chosen = scale(truth.plans.at(KeyOf(said.plan)));
      const double stated = roi ? 1 + said.expected.roi->value : said.expected.clicks->value;
      Tally& tally = tallies[kind];
      tally.of_best += chosen / best / histories;
      tally.stated_over_true += stated / chosen / histories;
      tally.uplift += Holds(said.uplift.difference.interval, chosen - scale(truth.average)) ? 1 : 0;
      tally.better += said.verdict == "better" ? 1 : 0;
    }
  }
  for (const auto& [kind, tally] : tallies) {
    fmt::print("| {} | {} | {} | {:.1f} | {:+.2f} | {} | {} |\n", DispersionName(dispersion),
               kind == ValueKind::kRoi ? "1 + ROI" : "clicks", histories, 100 * tally.of_best,
               100 * (tally.stated_over_true - 1), tally.uplift, tally.better);
  }
  (void)std::fflush(stdout);
}

}  // namespace

void StudyRecommendations(int histories) {
  fmt::print("\n## A recommendation where every plan is worth the same\n\n");
  StudyNull(histories);
  fmt::print(
      "## A recommendation where plans differ\n\n| dispersion | objective | histories | true value "
      "of the recommended plan, of the best one's | stated less true | 95 % interval of the uplift "
      "covers it | verdict: better |\n|---|---|---|---|---|---|---|\n");
  for (const auto dispersion : {Dispersion::kLinear, Dispersion::kQuadratic}) {
    StudySignal(dispersion, histories);
  }
}

}  // namespace pythia::study
