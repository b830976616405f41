// Every cell parser on any bytes: no fall, and what parses is a finite number or a day that exists.
#include <cmath>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "campaign/dates.h"
#include "campaign/schema.h"
#include "ingest/fields.h"
#include "ingest/headers.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  for (const char decimal : {'.', ','}) {
    double value = 0;
    if (pythia::ParseNumber(text, decimal, &value) == pythia::Parsed::kOk &&
        !std::isfinite(value)) {
      std::abort();
    }
    if (pythia::ParseDuration(text, decimal, &value) == pythia::Parsed::kOk &&
        !(value > 0 && std::isfinite(value))) {
      std::abort();
    }
  }
  for (const auto order : {pythia::DateOrder::kDmy, pythia::DateOrder::kMdy}) {
    int32_t day = 0;
    if (pythia::ParseDay(text, order, &day) == pythia::Parsed::kOk &&
        !pythia::IsValidDate(pythia::CivilFromDays(day))) {
      std::abort();
    }
  }
  pythia::ScanNumber(text);
  pythia::FindClaim(pythia::ParseHeader(text));
  for (const pythia::ColumnSpec& spec : pythia::CanonicalColumns()) {
    if (pythia::ParsePlanValue(spec, text)) continue;
  }
  return 0;
}
