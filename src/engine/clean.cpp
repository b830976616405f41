#include <filesystem>

#include <fmt/format.h>

#include "base/sha256.h"
#include "engine/engine.h"
#include "engine/load_history.h"

namespace pythia {
namespace {

constexpr int kPreviewRows = 20;

// exports/rejects/<dataset>-<file>-<hash of its path>.csv: files of one name in two folders do not
// share it. What a file name cannot hold becomes '_'.
std::filesystem::path RejectsFile(const Config& config, const std::string& dataset,
                                  const std::string& file) {
  std::string stem =
      file == "-" ? "stdin" : std::filesystem::path(file).filename().replace_extension().string();
  for (char& c : stem) {
    if (c == '/' || c == '\0' || c == '\n') c = '_';
  }
  return config.exports / "rejects" /
         (dataset + "-" + stem + "-" + HexSha256(file).substr(0, 6) + ".csv");
}

// The dataset as it is, where this file with these options is among its loads: doing it again is
// then no new dataset but nothing at all.
Result<std::optional<DatasetInfo>> AlreadyLoaded(Store& store, const std::string& dataset,
                                                 const std::string& sha256,
                                                 const std::string& options) {
  PYTHIA_ASSIGN(std::optional<DatasetInfo> info, store.FindDataset(dataset));
  if (!info) return std::optional<DatasetInfo>();
  for (const LoadInfo& load : info->loads) {
    if (load.sha256 == sha256 && load.options == options) return info;
  }
  return std::optional<DatasetInfo>();
}

// The error with the name that people know the file by.
Error Named(Error error, const CleanCommand& command) {
  if (!command.name.empty() && error.place.file == command.file) error.place.file = command.name;
  return error;
}

CleaningReport Unchanged(const CleanCommand& command, const Cleaning& cleaning,
                         const DatasetInfo& info) {
  CleaningReport report;
  report.file = command.name.empty() ? command.file : command.name;
  report.dataset = info.name;
  report.generation = info.generation;
  report.unchanged = true;
  report.sha256 = cleaning.sha256();
  report.grain = info.grain;
  report.currency = info.currency;
  return report;
}

}  // namespace

Result<CleaningReport> Engine::Clean(const CleanCommand& command, Progress& progress,
                                     std::stop_token stop) {
  const std::string dataset = DatasetOr(command.dataset);
  const std::string& name = command.name.empty() ? command.file : command.name;
  CleanRequest request{
      .path = command.file, .options = command.options, .threads = config().threads};
  if (command.dry_run) {
    request.preview_rows = kPreviewRows;
  } else {
    request.rejects_file = RejectsFile(config(), dataset, name);
  }
  auto opened = Cleaning::Open(request, progress, stop);
  if (!opened) return Fail(Named(opened.error(), command));
  const std::unique_ptr<Cleaning> cleaning = std::move(*opened);

  LoadStart start;
  Store* store = nullptr;
  if (!command.dry_run) {
    PYTHIA_ASSIGN(store, OpenedStore());
    if (command.mode == LoadMode::kCreate) {
      PYTHIA_ASSIGN(
          const std::optional<DatasetInfo> same,
          AlreadyLoaded(*store, dataset, cleaning->sha256(), OptionsKey(command.options)));
      if (same) return Unchanged(command, *cleaning, *same);
    }
    PYTHIA_ASSIGN(start,
                  store->BeginLoad({.dataset = dataset,
                                    .mode = command.mode,
                                    .sha256 = cleaning->sha256(),
                                    .options = OptionsKey(command.options),
                                    .source = name,
                                    .schema = cleaning->schema(),
                                    .grain = cleaning->grain() == Grain::kRow ? "row" : "campaign",
                                    .currency = cleaning->currency()}));
    if (start.unchanged) return Unchanged(command, *cleaning, *start.unchanged);
  }
  for (;;) {
    if (stop.stop_requested()) return Fail(ErrorCode::kCancelled, "the load was stopped");
    PYTHIA_ASSIGN(const Table* block, cleaning->Next());
    if (block == nullptr) break;
    if (start.load) PYTHIA_TRY(start.load->Append(*block));
  }
  auto finished = cleaning->Finish();
  if (!finished) return Fail(Named(finished.error(), command));
  CleaningReport report = std::move(*finished);
  report.file = name;
  report.dataset = dataset;
  report.dry_run = command.dry_run;
  if (!start.load) return report;
  PYTHIA_ASSIGN(const DatasetInfo info, start.load->Commit());
  report.generation = info.generation;
  const Status audited =
      Audit(*store, "load", dataset, LoadDetail(report, OptionsKey(command.options)));
  Renew(dataset);  // its model is behind now
  PYTHIA_TRY(audited);
  return report;
}

}  // namespace pythia
