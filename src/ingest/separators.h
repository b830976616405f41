// The places of delimiters and line ends outside quotes, 64 bytes at a time.
//
// Compiled once for each kind of processor (separators_body.h); all give the same places. So that
// no code for a newer processor reaches an older one, the kernels' files use nothing inline from
// the standard library, and what they define but the tables of functions has internal linkage.
#pragma once

#include <cstddef>
#include <cstdint>

namespace pythia::ingest_internal {

inline constexpr size_t kIndexGroup = 64;

// One run over bytes whose first is the first of a record. The caller owns the memory; 64 bytes
// behind `end` can be read. separators[0] is the caller's; places follow from `count` on.
struct SeparatorRun {
  const char* bytes = nullptr;
  size_t at = 0;  // the next byte to look at
  size_t end = 0;
  char delimiter = ',';
  char line_end = '\n';     // beside '\n'
  bool has_quotes = true;   // false: a quote is a character like others
  size_t most_records = 0;  // the run ends behind the group in which there are as many
  uint32_t* separators = nullptr;
  size_t count = 0;
  size_t room = 0;           // of separators; the run ends where fewer than 64 places are left
  uint32_t* ends = nullptr;  // [most_records + 64] where in `separators` each record's line end is
  size_t records = 0;
  // All ones inside quotes; bit 0 of `joint`: a quote may open a cell at `at`.
  uint64_t inside = 0;
  uint64_t joint = 1;
  // The group at `at` holds a quote that neither opens, closes nor doubles in the plain way. It has
  // not been looked at then.
  bool irregular = false;
  bool quoted_lines = false;  // set where a line end is inside quotes
};

struct SeparatorKernels {
  bool compiled = false;  // for this processor
  void (*index)(SeparatorRun* run);
  // Whether all bytes are ASCII and none is NUL.
  bool (*is_plain_text)(const char* bytes, size_t size);
};

extern const SeparatorKernels kPlainSeparators;
extern const SeparatorKernels kAvx2Separators;
extern const SeparatorKernels kAvx512Separators;

// Those of the level in use (base/simd_level.h). Thread-safe.
const SeparatorKernels& SeparatorsInUse();

}  // namespace pythia::ingest_internal
