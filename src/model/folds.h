// Which rows a model learns from and which it is judged on.
//
// Forward in time where dates exist: the later half of the rows in up to five blocks, cut between
// two days, each judged by a fit on the rows that lie a gap of up to 7 days before it (a campaign
// that has only just begun has no outcome yet). Where most campaigns that a fit would learn from
// still run (Date + Duration) when its block begins, that is not forward. Else five folds by a hash
// of the row's content and the seed, so that equal rows share a fold; by Campaign_ID where it
// repeats.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "campaign/table.h"

namespace pythia {

// Immutable; safe to use from several threads.
struct Folds {
  std::string rule;  // for people
  int count = 0;
  bool forward = false;
  int gap_days = 0;
  std::vector<int> tested_by;         // [rows]; -1: by no fold
  std::vector<int32_t> days;          // [rows], forward only
  std::vector<int32_t> train_before;  // [count], forward only: a fold learns from earlier days

  bool Trains(int fold, int64_t row) const;
};

// Forward in time where the dates allow it, else random.
Folds MakeFolds(const Table& table, uint64_t seed);
Folds RandomFolds(const Table& table, uint64_t seed);

// A number per row, equal for rows of the same campaign; empty where no Campaign_ID repeats.
std::vector<int64_t> Clusters(const Table& table);

}  // namespace pythia
