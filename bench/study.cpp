// Long simulations: does training find the truth, and nothing where there is nothing? Prints
// Markdown tables; `make study` writes them to docs/study.md.
//
//   pythia_study [HISTORIES [models|recommendations]]      default: 100 per world, both
#include <algorithm>
#include <array>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <vector>

#include <fmt/format.h>

#include "campaign/dates.h"
#include "campaign/schema.h"
#include "metrics/counts.h"
#include "model/train.h"
#include "simulate/world.h"
#include "study_worlds.h"

namespace {

using pythia::ModelReport;
using pythia::study::HistoryOf;
using pythia::study::Trained;
namespace column = pythia::column;

constexpr int64_t kNullRows = 5000;
constexpr int64_t kSignalRows = 20000;
constexpr int64_t kFreshRows = 20000;
constexpr size_t kDeciles = 10;
constexpr std::array kModels = {"reach", "clicks", "roi"};

int Signals(const pythia::Model& model) {
  int signals = 0;
  for (const char* name : kModels) {
    const auto& verdict = model.report.models.at(name).verdict;
    signals += verdict && verdict->verdict == "signal" ? 1 : 0;
  }
  return signals;
}

// The deviance of the served clicks over that of the same clicks for every campaign, on fresh rows.
double ServedOverConstant(const pythia::Model& model, const pythia::Table& history,
                          const pythia::Table& fresh) {
  double mean = 0;
  for (const double clicks : history.Find(column::kClicks)->numbers()) {
    mean += clicks / static_cast<double>(history.num_rows());
  }
  std::vector<double> served;
  for (int64_t row = 0; row < fresh.num_rows(); ++row) {
    const auto at = static_cast<size_t>(row);
    pythia::Plan plan;
    for (const pythia::Factor& factor : pythia::Factors()) {
      plan.values[std::string(factor.column)] = std::string(fresh.Find(factor.column)->level(row));
    }
    for (const auto name : {column::kDuration, column::kAcquisitionCost, column::kImpressions}) {
      plan.values[std::string(name)] = fresh.Find(name)->numbers()[at];
    }
    plan.values[std::string(column::kDate)] =
        pythia::FormatDay(fresh.Find(column::kDate)->days()[at]);
    served.push_back(pythia::Predict(model, "study", plan).clicks.value_or(std::nan("")));
  }
  const std::vector<double>& y = fresh.Find(column::kClicks)->numbers();
  return pythia::metrics::MeanPoissonDeviance(y, served) /
         pythia::metrics::MeanPoissonDeviance(y, std::vector<double>(y.size(), mean));
}

void StudyNull(int histories) {
  int none = 0;
  double worst = 0;
  for (int seed = 1; seed <= histories; ++seed) {
    pythia::SimulateOptions options{
        .rows = kNullRows, .seed = static_cast<uint64_t>(seed), .signal = pythia::Signal::kNone};
    const pythia::Table history = HistoryOf(options);
    const pythia::Model model = Trained(history);
    none += Signals(model) == 0 ? 1 : 0;
    options.seed += 1'000'000;
    options.rows = 2000;
    worst = std::max(worst, std::abs(ServedOverConstant(model, history, HistoryOf(options)) - 1));
  }
  fmt::print(
      "| histories | all three `no_signal` | served clicks' deviance off that of constant clicks, "
      "at most |\n|---|---|---|\n| {} | {} | {:.2f} % |\n\n",
      histories, none, 100 * worst);
  (void)std::fflush(stdout);
}

// Shares of truths inside, over all and by a split.
struct Inside {
  double inside = 0;
  double all = 0;

  void Add(bool in) {
    inside += in ? 1 : 0;
    ++all;
  }
  double share() const { return all > 0 ? inside / all : 0; }
};

struct Split {
  Inside overall;
  std::array<Inside, 6> channels;
  std::array<Inside, kDeciles> deciles;
};

std::string Range(const auto& parts) {
  double low = 1;
  double high = 0;
  for (const Inside& part : parts) {
    low = std::min(low, part.share());
    high = std::max(high, part.share());
  }
  return fmt::format("{:.1f} to {:.1f}", 100 * low, 100 * high);
}

void AddEffects(const ModelReport& report, bool reach, Inside* inside) {
  for (const pythia::Factor& factor : pythia::Factors()) {
    for (const pythia::Level& level : factor.levels) {
      const std::string term = fmt::format("{}={}", factor.column, level.name);
      for (const pythia::Coefficient& coefficient : report.coefficients) {
        if (coefficient.term != term || !coefficient.effect) continue;
        const double truth = reach ? level.impressions : level.ctr;
        inside->Add(coefficient.effect->lower <= truth && truth <= coefficient.effect->upper);
      }
    }
  }
}

struct Told {
  double mu = 0;
  size_t channel = 0;
  bool inside = false;
};

void AddTold(std::vector<Told> told, Split* split) {
  std::sort(told.begin(), told.end(), [](const Told& a, const Told& b) { return a.mu < b.mu; });
  for (size_t i = 0; i < told.size(); ++i) {
    split->overall.Add(told[i].inside);
    split->channels[told[i].channel].Add(told[i].inside);
    split->deciles[i * kDeciles / told.size()].Add(told[i].inside);
  }
}

// Click intervals of fresh campaigns, with and without their impressions.
void AddIntervals(const pythia::Model& model, const pythia::SimulateOptions& options, Split* given,
                  Split* without) {
  std::vector<Told> told_given;
  std::vector<Told> told_without;
  for (int64_t row = 0; row < options.rows; ++row) {
    pythia::Random random(options.seed, static_cast<uint64_t>(row));
    const pythia::SimulatedCampaign campaign = pythia::DrawCampaign(options, row, random);
    pythia::Plan plan;
    for (size_t f = 0; f < pythia::kNumFactors; ++f) {
      const pythia::Factor& factor = pythia::Factors()[f];
      plan.values[std::string(factor.column)] = std::string(factor.levels[campaign.levels[f]].name);
    }
    plan.values["Duration"] = static_cast<double>(campaign.duration_days);
    plan.values["Acquisition_Cost"] = static_cast<double>(campaign.spend);
    plan.values["Date"] = pythia::FormatDay(campaign.day);
    const auto told = [&] {
      const pythia::Prediction p = pythia::Predict(model, "study", plan);
      const auto clicks = static_cast<double>(campaign.clicks);
      return Told{*p.clicks, campaign.levels[3],
                  p.clicks_interval->lower <= clicks && clicks <= p.clicks_interval->upper};
    };
    told_without.push_back(told());
    plan.values["Impressions"] = static_cast<double>(campaign.impressions);
    told_given.push_back(told());
  }
  AddTold(std::move(told_given), given);
  AddTold(std::move(told_without), without);
}

void StudySignal(pythia::Dispersion dispersion, int histories) {
  int found = 0;
  Inside clicks_effects;
  Inside reach_effects;
  Split given;
  Split without;
  for (int seed = 1; seed <= histories; ++seed) {
    pythia::SimulateOptions options{.rows = kSignalRows,
                                    .seed = static_cast<uint64_t>(seed),
                                    .signal = pythia::Signal::kStrong,
                                    .dispersion = dispersion};
    const pythia::Model model = Trained(HistoryOf(options));
    found += Signals(model) == 3 ? 1 : 0;
    AddEffects(model.report.models.at("clicks"), false, &clicks_effects);
    AddEffects(model.report.models.at("reach"), true, &reach_effects);
    options.seed += 1'000'000;
    options.rows = kFreshRows;
    AddIntervals(model, options, &given, &without);
  }
  fmt::print("| {} | {} | {} | {:.1f} | {:.1f} | {:.1f} | {} | {} | {:.1f} | {} | {} |\n",
             pythia::DispersionName(dispersion), histories, found, 100 * clicks_effects.share(),
             100 * reach_effects.share(), 100 * given.overall.share(), Range(given.channels),
             Range(given.deciles), 100 * without.overall.share(), Range(without.channels),
             Range(without.deciles));
  (void)std::fflush(stdout);
}

void StudyModels(int histories) {
  fmt::print("## Nothing to learn\n\n");
  StudyNull(histories);
  fmt::print(
      "## Much to learn\n\n| dispersion | histories | all three `signal` | effects of clicks "
      "inside "
      "95 % | effects of reach | clicks inside 90 % | by channel | by decile | without impressions "
      "| by channel | by decile |\n|---|---|---|---|---|---|---|---|---|---|---|\n");
  for (const auto dispersion : {pythia::Dispersion::kLinear, pythia::Dispersion::kQuadratic}) {
    StudySignal(dispersion, histories);
  }
}

}  // namespace

int main(int argc, char** argv) {
  const int histories = argc > 1 ? static_cast<int>(std::strtol(argv[1], nullptr, 10)) : 100;
  const std::string part = argc > 2 ? argv[2] : "";
  if (part.empty() || part == "models") StudyModels(histories);
  if (part.empty() || part == "recommendations") pythia::study::StudyRecommendations(histories);
}
