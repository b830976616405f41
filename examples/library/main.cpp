// Cleans a file, trains, and predicts one campaign from code: pythia_example HISTORY.csv
#include <cstdio>

#include "engine/engine.h"

int main(int argc, char** argv) {
  if (argc != 2) return 2;
  pythia::Engine engine({.store = "example.duckdb"}, {.actor = "example"});
  pythia::NoProgress quiet;
  const auto cleaned = engine.Clean({.file = argv[1]}, quiet, {});
  if (!cleaned) return std::fprintf(stderr, "%s\n", cleaned.error().ToString().c_str()), 1;
  const auto model = engine.Train({}, quiet, {});
  if (!model) return std::fprintf(stderr, "%s\n", model.error().ToString().c_str()), 1;
  const pythia::Plan plan{{{"Channel_Used", "Email"}, {"Impressions", 50000.0}}};
  const auto predicted = engine.Predict({.plans = {plan}});
  if (!predicted) return std::fprintf(stderr, "%s\n", predicted.error().ToString().c_str()), 1;
  const pythia::Prediction& prediction = predicted->front().prediction;
  std::printf("%.0f clicks, CTR %.4f\n", *prediction.clicks, *prediction.ctr);
}
