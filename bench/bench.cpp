// Times of clean, load, train and predict on a simulated history, beside a description of the
// machine. Every step is checked for its result, so that a fast wrong answer does not count.
//
//   pythia_bench [ROWS...]        default: 200000 1000000; run by `make bench`
#include <fcntl.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>
#include <thread>
#include <vector>

#include <fmt/format.h>

#include "engine/engine.h"

namespace {

using pythia::Engine;

constexpr int kPredictions = 21;

double Seconds(const std::function<void()>& work) {
  const auto start = std::chrono::steady_clock::now();
  work();
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}

template <typename T>
T OrDie(pythia::Result<T> result) {
  if (result) return std::move(*result);
  (void)std::fprintf(stderr, "bench: %s\n", result.error().ToString().c_str());
  std::exit(1);
}

void Require(bool condition, const char* what) {
  if (condition) return;
  (void)std::fprintf(stderr, "bench: wrong result: %s\n", what);
  std::exit(1);
}

std::string FieldOf(const char* file, const std::string& key) {
  std::ifstream lines(file);
  for (std::string line; std::getline(lines, line);) {
    if (line.starts_with(key)) return line.substr(line.find(':') + 1);
  }
  return " unknown";
}

void PrintMachine() {
  fmt::print("machine  {} cores,{}, memory{}, {}\n", std::thread::hardware_concurrency(),
             FieldOf("/proc/cpuinfo", "model name"), FieldOf("/proc/meminfo", "MemTotal"),
#ifdef NDEBUG
             "release build"
#else
             "debug build"
#endif
  );
}

// One prediction as a user runs it: a process of its own, its output thrown away.
double PredictOnce(const std::string& program, const std::string& store,
                   const std::string& models) {
  ::setenv("PYTHIA_MODELS", models.c_str(), 1);
  std::vector<std::string> words = {program,
                                    "predict",
                                    "Channel_Used=Email",
                                    "Duration=30",
                                    "Acquisition_Cost=12000",
                                    "Impressions=50000",
                                    "--store",
                                    store};
  std::vector<char*> argv;
  for (std::string& word : words) argv.push_back(word.data());
  argv.push_back(nullptr);
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_addopen(&actions, STDOUT_FILENO, "/dev/null", O_WRONLY, 0);
  const double seconds = Seconds([&] {
    pid_t child = 0;
    int status = 0;
    Require(::posix_spawn(&child, program.c_str(), &actions, nullptr, argv.data(), environ) == 0,
            "cannot start pythia");
    Require(::waitpid(child, &status, 0) == child && status == 0, "pythia predict failed");
  });
  posix_spawn_file_actions_destroy(&actions);
  return seconds;
}

void Row(const char* step, double seconds, const std::string& rate) {
  fmt::print("  {:<28} {:>9.3f} s   {}\n", step, seconds, rate);
}

void Bench(int64_t rows, const std::filesystem::path& folder, const std::string& program) {
  const std::string file = folder / fmt::format("history_{}.csv", rows);
  pythia::Config config;
  config.store = folder / fmt::format("store_{}.duckdb", rows);
  config.models = folder / "models";
  config.exports = folder / "exports";
  pythia::NoProgress quiet;
  fmt::print("\n{} campaigns\n", rows);
  const auto per_second = [rows](double seconds) {
    return fmt::format("{:.2f} million rows/s", static_cast<double>(rows) / seconds / 1e6);
  };
  {
    Engine engine(config, {.actor = "bench"});
    const double simulated = Seconds([&] {
      (void)OrDie(
          engine.Simulate({.options = {.rows = rows, .dirty = 0.01}, .file = file}, quiet, {}));
    });
    const double megabytes = static_cast<double>(std::filesystem::file_size(file)) / 1e6;
    Row("simulate", simulated, per_second(simulated));
    const double cleaned = Seconds([&] {
      const auto report = OrDie(engine.Clean({.file = file, .dry_run = true}, quiet, {}));
      Require(report.rows_read == rows, "rows read");
    });
    Row("clean (read and check only)", cleaned, fmt::format("{:.0f} MB/s", megabytes / cleaned));
    const double loaded = Seconds([&] {
      const auto report = OrDie(engine.Clean({.file = file}, quiet, {}));
      Require(report.rows_kept + report.rows_rejected == rows, "rows kept and rejected");
    });
    Row("clean and load", loaded, fmt::format("{:.0f} MB/s", megabytes / loaded));
    const double trained = Seconds([&] {
      const auto model = OrDie(engine.Train({}, quiet, {}));
      const auto& clicks = model.report.models.at("clicks");
      Require(clicks.converged, "the clicks model converges");
      Require(clicks.metrics.at("deviance").value < *clicks.metrics.at("deviance").baseline,
              "the clicks model beats the overall CTR");
    });
    Row("train (three models, folds)", trained, per_second(trained));
    std::vector<pythia::Plan> plans(10000);
    for (size_t i = 0; i < plans.size(); ++i) {
      plans[i].values = {{"Channel_Used", "Email"},
                         {"Acquisition_Cost", 5000.0 + static_cast<double>(i)},
                         {"Impressions", 50000.0}};
    }
    const double predicted = Seconds([&] { (void)OrDie(engine.Predict({.plans = plans})); });
    Row("predict 10,000 plans, logged", predicted,
        fmt::format("{:.0f} plans/s", 10000 / predicted));
  }
  std::vector<double> single;
  for (int i = 0; i < kPredictions; ++i) {
    single.push_back(PredictOnce(program, config.store, config.models));
  }
  std::sort(single.begin(), single.end());
  fmt::print("  {:<28} {:>9.1f} ms  whole process; median of {}, {:.1f} to {:.1f}\n",
             "predict one plan", 1000 * single[kPredictions / 2], kPredictions,
             1000 * single.front(), 1000 * single.back());
}

}  // namespace

int main(int argc, char** argv) {
  std::vector<int64_t> sizes;
  for (int i = 1; i < argc; ++i) sizes.push_back(std::strtoll(argv[i], nullptr, 10));
  if (sizes.empty()) sizes = {200000, 1000000};
  const std::filesystem::path here = std::filesystem::read_symlink("/proc/self/exe").parent_path();
  std::string name = (std::filesystem::temp_directory_path() / "pythia_bench_XXXXXX").string();
  Require(::mkdtemp(name.data()) != nullptr, "cannot make a temporary folder");
  PrintMachine();
  for (const int64_t rows : sizes) Bench(rows, name, (here / "pythia").string());
  std::filesystem::remove_all(name);
}
