// A long simulation: does training find the truth, and nothing where there is nothing? Prints a
// Markdown table; `make study` writes it to docs/study.md.
//
//   pythia_study [HISTORIES]      default: 40 per world
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <string>
#include <vector>

#include <fmt/format.h>

#include "engine/engine.h"

namespace {

constexpr int64_t kRows = 5000;

template <typename T>
T OrDie(pythia::Result<T> result) {
  if (result) return std::move(*result);
  (void)std::fprintf(stderr, "study: %s\n", result.error().ToString().c_str());
  std::exit(1);
}

// NaN, which nothing is better than, where there is none.
double Baseline(const pythia::Metric& metric) { return metric.baseline.value_or(std::nan("")); }

struct Sums {
  int histories = 0;
  int clicks_better = 0;
  int roi_better = 0;
  double d2 = 0;
  double d2_baseline = 0;
  double auc = 0;
};

void Study(pythia::Signal signal, int histories, const std::filesystem::path& folder) {
  Sums sums;
  pythia::NoProgress quiet;
  for (int seed = 1; seed <= histories; ++seed) {
    pythia::Config config;
    config.store = folder / fmt::format("{}_{}.duckdb", pythia::SignalName(signal), seed);
    config.models = folder / "models";
    config.exports = folder / "exports";
    pythia::Engine engine(config, {.actor = "study"});
    const std::filesystem::path file = folder / "history.csv";
    (void)OrDie(engine.Simulate(
        {.options = {.rows = kRows, .seed = static_cast<uint64_t>(seed), .signal = signal},
         .file = file},
        quiet, {}));
    (void)OrDie(engine.Clean({.file = file.string()}, quiet, {}));
    const pythia::ModelInfo info = OrDie(engine.Train({}, quiet, {}));
    const auto& clicks = info.report.models.at("clicks").metrics;
    const auto& roi = info.report.models.at("roi").metrics;
    ++sums.histories;
    sums.clicks_better += clicks.at("deviance").value < Baseline(clicks.at("deviance")) ? 1 : 0;
    sums.roi_better += roi.at("log_loss").value < Baseline(roi.at("log_loss")) ? 1 : 0;
    sums.d2 += clicks.at("d2").value;
    sums.d2_baseline += Baseline(clicks.at("d2"));
    sums.auc += roi.at("auc").value;
  }
  const double n = sums.histories;
  fmt::print("| {} | {} | {} | {:.3f} | {:.3f} | {} | {:.3f} |\n", pythia::SignalName(signal),
             sums.histories, sums.clicks_better, sums.d2 / n, sums.d2_baseline / n, sums.roi_better,
             sums.auc / n);
  (void)std::fflush(stdout);
}

}  // namespace

int main(int argc, char** argv) {
  const int histories = argc > 1 ? static_cast<int>(std::strtol(argv[1], nullptr, 10)) : 40;
  std::string name = (std::filesystem::temp_directory_path() / "pythia_study_XXXXXX").string();
  if (::mkdtemp(name.data()) == nullptr) return 1;
  fmt::print(
      "| signal | histories | clicks model beats overall CTR | mean D² | its baseline | "
      "ROI model beats the overall rate | mean AUC |\n|---|---|---|---|---|---|---|\n");
  for (const pythia::Signal signal :
       {pythia::Signal::kNone, pythia::Signal::kWeak, pythia::Signal::kStrong}) {
    Study(signal, histories, name);
  }
  std::filesystem::remove_all(name);
}
