#include "base/clock.h"

#include <chrono>
#include <ctime>

#include <fmt/compile.h>

#include "base/check.h"

namespace pythia {

int64_t NowMicros() {
  return std::chrono::duration_cast<std::chrono::microseconds>(
             std::chrono::system_clock::now().time_since_epoch())
      .count();
}

std::string FormatTimestamp(int64_t micros) {
  int64_t fraction = micros % 1000000;
  if (fraction < 0) fraction += 1000000;
  const auto seconds = static_cast<std::time_t>((micros - fraction) / 1000000);
  std::tm utc{};
  PYTHIA_CHECK(gmtime_r(&seconds, &utc) != nullptr);
  return fmt::format(FMT_COMPILE("{:04}-{:02}-{:02}T{:02}:{:02}:{:02}.{:06}Z"), utc.tm_year + 1900,
                     utc.tm_mon + 1, utc.tm_mday, utc.tm_hour, utc.tm_min, utc.tm_sec, fraction);
}

}  // namespace pythia
