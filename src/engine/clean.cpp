#include <fmt/format.h>

#include <filesystem>

#include <nlohmann/json.hpp>

#include "engine/engine.h"
#include "records/json.h"

namespace pythia {
namespace {

constexpr int kPreviewRows = 20;

// exports/rejects/<dataset>-<file>.csv; what a file name cannot hold becomes '_'.
std::filesystem::path RejectsFile(const Config& config, const std::string& dataset,
                                  const std::string& file) {
  std::string stem =
      file == "-" ? "stdin" : std::filesystem::path(file).filename().replace_extension().string();
  for (char& c : stem) {
    if (c == '/' || c == '\0' || c == '\n') c = '_';
  }
  return config.exports / "rejects" / (dataset + "-" + stem + ".csv");
}

}  // namespace

Result<CleaningReport> Engine::Clean(const CleanCommand& command, Progress& progress,
                                     std::stop_token stop) {
  const std::string dataset = DatasetOr(command.dataset);
  CleanRequest request{.path = command.file, .options = command.options};
  if (command.dry_run) {
    request.preview_rows = kPreviewRows;
  } else {
    request.rejects_file = RejectsFile(config_, dataset, command.file);
  }
  PYTHIA_ASSIGN(const std::unique_ptr<Cleaning> cleaning, Cleaning::Open(request, progress, stop));

  LoadStart start;
  Store* store = nullptr;
  if (!command.dry_run) {
    PYTHIA_ASSIGN(store, OpenedStore());
    PYTHIA_ASSIGN(start,
                  store->BeginLoad({.dataset = dataset,
                                    .mode = command.mode,
                                    .sha256 = cleaning->sha256(),
                                    .options = OptionsKey(command.options),
                                    .source = command.file,
                                    .schema = cleaning->schema(),
                                    .grain = cleaning->grain() == Grain::kRow ? "row" : "campaign",
                                    .currency = cleaning->currency()}));
    if (start.unchanged) {
      CleaningReport report;
      report.file = command.file;
      report.dataset = dataset;
      report.generation = start.unchanged->generation;
      report.unchanged = true;
      report.sha256 = cleaning->sha256();
      report.grain = start.unchanged->grain;
      report.currency = start.unchanged->currency;
      return report;
    }
  }
  for (;;) {
    if (stop.stop_requested()) return Fail(ErrorCode::kCancelled, "the load was stopped");
    PYTHIA_ASSIGN(const Table* block, cleaning->Next());
    if (block == nullptr) break;
    if (start.load) PYTHIA_TRY(start.load->Append(*block));
  }
  PYTHIA_ASSIGN(CleaningReport report, cleaning->Finish());
  report.dataset = dataset;
  report.dry_run = command.dry_run;
  if (!start.load) return report;
  PYTHIA_ASSIGN(const DatasetInfo info, start.load->Commit());
  report.generation = info.generation;
  const Json detail = {{"file", report.file},
                       {"generation", report.generation},
                       {"rows_kept", report.rows_kept},
                       {"rows_rejected", report.rows_rejected},
                       {"sha256", report.sha256}};
  PYTHIA_TRY(Audit(*store, "load", dataset, DumpJson(detail)));
  return report;
}

}  // namespace pythia
