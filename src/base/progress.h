// How far long work has come, and how it is told to stop.
//
// Work reports; the caller decides what to do with it (a bar on a terminal, a field of a job).
// Stopping goes through std::stop_token: work looks at it between blocks and returns kCancelled.
#pragma once

#include <cstdint>
#include <string_view>

namespace pythia {

// Thread-safety: as documented by the implementation; the program's work reports from one thread.
class Progress {
 public:
  virtual ~Progress() = default;
  // A new stage ("reading", "training") of `total` units, 0 where that is unknown.
  virtual void Begin(std::string_view stage, int64_t total) = 0;
  // `done` units of the stage, and the rows that came with them.
  virtual void Update(int64_t done, int64_t rows) = 0;
  virtual void End() = 0;
};

// Says nothing.
class NoProgress final : public Progress {
 public:
  void Begin(std::string_view /*stage*/, int64_t /*total*/) override {}
  void Update(int64_t /*done*/, int64_t /*rows*/) override {}
  void End() override {}
};

}  // namespace pythia
