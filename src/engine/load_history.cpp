#include "engine/load_history.h"

#include <optional>

#include <nlohmann/json.hpp>

#include "campaign/schema.h"
#include "ingest/headers.h"
#include "records/json.h"

namespace pythia {
namespace {

constexpr int64_t kMostEvents = 100000;

// A detail that is not as we write them says nothing.
std::optional<Json> DetailOf(const AuditEvent& event) {
  Result<Json> detail = ParseJson(event.detail);
  if (!detail || !detail->is_object()) return std::nullopt;
  return std::move(*detail);
}

std::string TextIn(const Json& detail, const char* key) {
  const auto found = detail.find(key);
  return found != detail.end() && found->is_string() ? found->get<std::string>() : std::string();
}

std::optional<int64_t> CountIn(const Json& detail, const char* key) {
  const auto found = detail.find(key);
  if (found == detail.end() || !found->is_number_integer()) return std::nullopt;
  return found->get<int64_t>();
}

void Describe(const Json& detail, CardLoad* load) {
  load->rows_kept = CountIn(detail, "rows_kept");
  load->rows_rejected = CountIn(detail, "rows_rejected");
  load->realised_spend = TextIn(detail, "realised_spend");
  const auto rejected = detail.find("rejected");
  if (rejected == detail.end() || !rejected->is_object()) return;
  for (const auto& [reason, rows] : rejected->items()) {
    if (rows.is_number_integer()) load->rejected[reason] = rows.get<int64_t>();
  }
}

}  // namespace

std::string LoadDetail(const CleaningReport& report, const std::string& options) {
  Json detail = {{"file", report.file},
                 {"generation", report.generation},
                 {"options", options},
                 {"rejected", report.rejected},
                 {"rows_kept", report.rows_kept},
                 {"rows_rejected", report.rows_rejected},
                 {"sha256", report.sha256}};
  for (const RecognisedColumn& column : report.recognised) {
    if (column.column == column::kAcquisitionCost && MeansRealisedSpend(column.header)) {
      detail["realised_spend"] = column.header;
    }
  }
  return DumpJson(detail);
}

Result<std::vector<CardLoad>> LoadHistory(Store& store, const DatasetInfo& data) {
  std::vector<CardLoad> loads;
  for (const LoadInfo& load : data.loads) loads.push_back({.load = load});
  PYTHIA_ASSIGN(const std::vector<AuditEvent> events, store.ReadAudit(kMostEvents));
  for (const AuditEvent& event : events) {
    if (event.action != "load" || event.subject != data.name) continue;
    const std::optional<Json> detail = DetailOf(event);
    if (!detail) continue;
    for (CardLoad& load : loads) {
      if (load.rows_kept) continue;  // a later event has spoken
      const bool same_options =
          !detail->contains("options") || TextIn(*detail, "options") == load.load.options;
      if (same_options && TextIn(*detail, "sha256") == load.load.sha256) Describe(*detail, &load);
    }
  }
  return loads;
}

Result<std::string> TrainingProgram(Store& store, std::string_view version) {
  PYTHIA_ASSIGN(const std::vector<AuditEvent> events, store.ReadAudit(kMostEvents));
  std::string program;
  for (const AuditEvent& event : events) {  // the first event is the one that made it
    if (event.action != "train" || event.subject != version) continue;
    const std::optional<Json> detail = DetailOf(event);
    program = detail ? TextIn(*detail, "program") : std::string();
  }
  return program;
}

}  // namespace pythia
