// DuckDB's error messages as errors of ours.
#pragma once

#include <string_view>

#include "base/error.h"

namespace pythia::duckdb {

// By the message's prefix and words: a full disk or failed write is kIo with a hint, a file held
// by another process kBusy with its process number, a file that is no (readable) DuckDB file, or
// input that cannot be parsed, kBadInput, clashing transactions kConflict, an interrupt kCancelled,
// anything else kInternal.
Error ToError(std::string_view message);

}  // namespace pythia::duckdb
