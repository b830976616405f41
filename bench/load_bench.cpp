// One measured step of reading a history, for load_bench.py: prints what it found and took as JSON.
//
//   pythia_load_bench clean FILE THREADS    parsed and cleaned as a load is, nothing stored
//   pythia_load_bench dry FILE THREADS      as a dry run is: without the file's digest
//   pythia_load_bench load FILE STORE       as `pythia clean FILE --store STORE`, into a new store
//   pythia_load_bench read STORE            ten columns of a stored history, in file order
#include <sys/resource.h>

#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <string>
#include <string_view>

#include <fmt/format.h>

#include "base/progress.h"
#include "campaign/schema.h"
#include "engine/engine.h"
#include "ingest/clean.h"
#include "store/open.h"

namespace {

struct Spent {
  double wall;
  double cpu;
};

Spent Now() {
  rusage used{};
  getrusage(RUSAGE_SELF, &used);
  const auto seconds = [](timeval t) {
    return static_cast<double>(t.tv_sec) + 1e-6 * static_cast<double>(t.tv_usec);
  };
  const std::chrono::duration<double> wall = std::chrono::steady_clock::now().time_since_epoch();
  return {wall.count(), seconds(used.ru_utime) + seconds(used.ru_stime)};
}

struct Sums {
  int64_t rows = 0;
  double clicks = 0;
  double spend = 0;

  void Add(const pythia::Table& block) {
    rows += block.num_rows();
    for (const double value : block.Find(pythia::column::kClicks)->numbers()) clicks += value;
    for (const double value : block.Find(pythia::column::kAcquisitionCost)->numbers()) {
      spend += value;
    }
  }
};

void Print(const Sums& sums, Spent before, Spent after) {
  fmt::print("{{\"rows\": {}, \"clicks\": {}, \"spend\": {}, \"wall\": {}, \"cpu\": {}}}\n",
             sums.rows, sums.clicks, sums.spend, after.wall - before.wall, after.cpu - before.cpu);
}

pythia::Status Clean(const std::string& file, int threads, bool digest) {
  const Spent before = Now();
  pythia::NoProgress progress;
  PYTHIA_ASSIGN(
      const auto cleaning,
      pythia::Cleaning::Open({.path = file, .digest = digest, .threads = threads}, progress, {}));
  Sums sums;
  for (bool again = true; again;) {
    sums = {};
    for (;;) {
      PYTHIA_ASSIGN(const pythia::Table* block, cleaning->Next());
      if (block == nullptr) break;
      sums.Add(*block);
    }
    PYTHIA_ASSIGN(again, cleaning->Restart());
  }
  PYTHIA_ASSIGN(const pythia::CleaningReport report, cleaning->Finish());
  Print(sums, before, Now());
  return {};
}

pythia::Result<Sums> SumsOf(pythia::Store& store) {
  PYTHIA_ASSIGN(const auto source,
                store.Scan({.dataset = "campaigns",
                            .columns = {"Campaign_Type", "Target_Audience", "Channel_Used",
                                        "Language", "Customer_Segment", "Acquisition_Cost", "ROI",
                                        "Clicks", "Impressions", "Engagement_Score"}}));
  Sums sums;
  for (;;) {
    PYTHIA_ASSIGN(const pythia::Table* block, source->Next());
    if (block == nullptr) break;
    sums.Add(*block);
  }
  return sums;
}

pythia::Status Read(const std::string& path) {
  pythia::Config config;
  config.store = path;
  PYTHIA_ASSIGN(const auto store, pythia::OpenStore(config));
  const Spent before = Now();
  PYTHIA_ASSIGN(const Sums sums, SumsOf(*store));
  Print(sums, before, Now());
  return {};
}

// From before the store is opened until it is closed.
pythia::Status Load(const std::string& file, const std::string& path) {
  pythia::Config config;
  config.store = path;
  config.exports = std::filesystem::path(path).parent_path();
  const Spent before = Now();
  {
    pythia::Engine engine(config, pythia::RequestContext{.actor = "bench"});
    pythia::NoProgress progress;
    PYTHIA_TRY(engine.Clean({.file = file}, progress, {}));
  }
  const Spent after = Now();
  PYTHIA_ASSIGN(const auto store, pythia::OpenStore(config));
  PYTHIA_ASSIGN(const Sums sums, SumsOf(*store));
  Print(sums, before, after);
  return {};
}

}  // namespace

int main(int count, char** words) {
  const std::string_view what = count > 2 ? words[1] : "";
  pythia::Status done = pythia::Fail(pythia::ErrorCode::kUsage,
                                     "clean | dry FILE THREADS; load FILE STORE; read STORE");
  if ((what == "clean" || what == "dry") && count == 4) {
    done = Clean(words[2], static_cast<int>(std::strtol(words[3], nullptr, 10)), what == "clean");
  }
  if (what == "load" && count == 4) done = Load(words[2], words[3]);
  if (what == "read") done = Read(words[2]);
  if (done) return 0;
  fmt::print(stderr, "error: {}\n", done.error().ToString());
  return 1;
}
