// Simulated histories in memory, and what the studies make of them.
#pragma once

#include <cstdio>
#include <cstdlib>

#include "base/error.h"
#include "campaign/table.h"
#include "model/model.h"
#include "simulate/simulate.h"

namespace pythia::study {

template <typename T>
T OrDie(Result<T> result) {
  if (result) return std::move(*result);
  (void)std::fprintf(stderr, "study: %s\n", result.error().ToString().c_str());
  std::exit(1);
}

Table HistoryOf(const SimulateOptions& options);

// On all cores, seed 1.
Model Trained(const Table& history);
int Threads();

// Prints the tables on recommendations.
void StudyRecommendations(int histories);

}  // namespace pythia::study
