// Any bytes as a JSON document: the parser and every codec must answer with a record or an error,
// and what was read must come back from its own text.
#include <cstddef>
#include <cstdint>
#include <string_view>

#include <nlohmann/json.hpp>

#include "base/check.h"
#include "records/json.h"

namespace {

template <typename Record>
void ComesBack(const pythia::Result<Record>& record,
               pythia::Result<Record> (*read)(const pythia::Json&)) {
  if (!record) return;
  const std::string text = pythia::DumpJson(pythia::ToJson(*record));
  const pythia::Result<pythia::Json> json = pythia::ParseJson(text);
  PYTHIA_CHECK(json.has_value());
  const pythia::Result<Record> again = read(*json);
  PYTHIA_CHECK(again.has_value());
  PYTHIA_CHECK(pythia::DumpJson(pythia::ToJson(*again)) == text);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const pythia::Result<pythia::Json> json = pythia::ParseJson(text);
  if (!json) {
    PYTHIA_CHECK(!json.error().ToString().empty());
    return 0;
  }
  const std::string dumped = pythia::DumpJson(*json);
  const pythia::Result<pythia::Json> again = pythia::ParseJson(dumped);
  PYTHIA_CHECK(again.has_value() && pythia::DumpJson(*again) == dumped);
  ComesBack(pythia::PlanFromJson(*json), pythia::PlanFromJson);
  ComesBack(pythia::PredictionFromJson(*json), pythia::PredictionFromJson);
  ComesBack(pythia::RecommendationFromJson(*json), pythia::RecommendationFromJson);
  ComesBack(pythia::TrainingReportFromJson(*json), pythia::TrainingReportFromJson);
  ComesBack(pythia::DatasetInfoFromJson(*json), pythia::DatasetInfoFromJson);
  ComesBack(pythia::ExperimentFromJson(*json), pythia::ExperimentFromJson);
  ComesBack(pythia::SchemaFromJson(*json), pythia::SchemaFromJson);
  return 0;
}
