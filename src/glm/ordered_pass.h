// One pass over a design by several threads whose result does not depend on their number.
//
// Blocks are cut into groups of `blocks_per_group`. A worker takes a whole group, adds its blocks
// in order to sums of its own, and merges these when it is the group's turn. So the additions are
// the same for any number of threads, and memory is one set of sums per worker.
#pragma once

#include <cstdint>
#include <stop_token>
#include <vector>

#include "base/error.h"
#include "glm/design.h"

namespace pythia::glm {

// What one thread does in a pass. Add() runs beside the other workers; Begin() and Merge() of one
// worker never overlap its Add(); Merge() calls come one at a time, in the order of the groups.
class PassWorker {
 public:
  virtual ~PassWorker() = default;
  virtual void Begin() = 0;
  // `first_row` is the row number of the block's first row, from 0.
  virtual Status Add(const DesignBlock& block, int64_t first_row) = 0;
  virtual void Merge() = 0;
};

// Slots that RunPass uses of a source.
int SlotsForPass(int threads, int blocks_per_group);

struct PassEnd {
  int64_t rows = 0;
  bool cancelled = false;
};

// Rewinds the source and feeds all its rows to the workers, one thread each. Errors: the first in
// row order of what the source or Add() return; kInternal where a block breaks the contract of
// DesignSource.
Result<PassEnd> RunPass(DesignSource& source, const std::vector<PassWorker*>& workers,
                        int blocks_per_group, const std::stop_token& stop);

}  // namespace pythia::glm
