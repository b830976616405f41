// Wall-clock time, in UTC.
#pragma once

#include <cstdint>
#include <string>

namespace pythia {

// Microseconds since 1970-01-01T00:00:00Z.
int64_t NowMicros();

// "2026-11-22T15:53:07.123456Z"
std::string FormatTimestamp(int64_t micros);

}  // namespace pythia
