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

#include "base/row_memory.h"
#include "model/training_history.h"

namespace pythia {

// Immutable; safe to use from several threads.
struct Folds {
  // How a row is treated.
  struct Kind {
    int tested_by = -1;   // -1: by no fold
    uint32_t trains = 0;  // a bit per fold
  };

  std::string rule;  // for people
  int count = 0;
  bool forward = false;
  int gap_days = 0;
  std::vector<Kind> kinds;
  RowVector<uint8_t> kind;  // [rows], of kinds

  bool Trains(int fold, size_t row) const { return (kinds[kind[row]].trains >> fold & 1) != 0; }
  int TestedBy(size_t row) const { return kinds[kind[row]].tested_by; }
  // Those of some rows.
  Folds Of(std::span<const uint32_t> rows) const;
};

// Forward in time where the dates allow it, else random.
Folds MakeFolds(const TrainingHistory& history);
Folds RandomFolds(const TrainingHistory& history);

}  // namespace pythia
