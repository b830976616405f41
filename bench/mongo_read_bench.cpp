// Times of reading a MongoDB store, as JSON for mongo_bench.py: pythia_mongo_read_bench URI
#include <algorithm>
#include <chrono>
#include <cstdio>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include <fmt/format.h>

#include "campaign/schema.h"
#include "engine/engine.h"
#include "store/open.h"

namespace {

using pythia::Result;

double Seconds(const std::function<bool()>& work, int times) {
  double best = 1e9;
  for (int i = 0; i < times; ++i) {
    const auto start = std::chrono::steady_clock::now();
    if (!work()) std::exit(1);
    const std::chrono::duration<double> took = std::chrono::steady_clock::now() - start;
    best = std::min(best, took.count());
  }
  return best;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 2) return 2;
  pythia::Config config;
  config.store = argv[1];
  std::unique_ptr<pythia::Store> store;
  const double open = Seconds(
      [&] {
        auto opened = pythia::OpenStore(config);
        if (opened) store = *std::move(opened);
        return store != nullptr;
      },
      1);
  // The columns that training reads.
  std::vector<std::string> columns;
  const auto found = store->FindDataset("campaigns");
  if (!found || !*found) return 1;
  for (const pythia::ColumnSpec& spec : (*found)->schema) {
    if (spec.type != pythia::ColumnType::kText || spec.name == pythia::column::kCampaignId) {
      columns.push_back(spec.name);
    }
  }
  int64_t rows = 0;
  const double scan = Seconds(
      [&] {
        auto source = store->Scan({.dataset = "campaigns", .columns = columns});
        rows = 0;
        for (;;) {
          const auto block = (*source)->Next();
          if (!block) return false;
          if (*block == nullptr) return rows > 0;
          rows += (*block)->num_rows();
        }
      },
      3);
  pythia::Engine engine(config, {.actor = "bench"});
  const double options = Seconds([&] { return engine.GetOptions("campaigns").has_value(); }, 3);
  const std::vector<std::string> summed = {"Impressions", "Clicks", "Acquisition_Cost"};
  const double sums =
      Seconds([&] { return store->SumBy("campaigns", "Channel_Used", summed).has_value(); }, 3);
  fmt::print("{{\"open_ms\":{},\"read_s\":{},\"rows\":{},\"options_ms\":{},\"sums_ms\":{}}}\n",
             open * 1e3, scan, rows, options * 1e3, sums * 1e3);
  return 0;
}
