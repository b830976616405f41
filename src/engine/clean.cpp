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

CleaningReport Unchanged(const CleanCommand& command, const std::string& sha256,
                         const DatasetInfo& info) {
  CleaningReport report;
  report.file = command.name.empty() ? command.file : command.name;
  report.dataset = info.name;
  report.generation = info.generation;
  report.unchanged = true;
  report.sha256 = sha256;
  report.grain = info.grain;
  report.currency = info.currency;
  return report;
}

LoadRequest RequestOf(const CleanCommand& command, const std::string& dataset,
                      const Cleaning& cleaning) {
  return {.dataset = dataset,
          .mode = command.mode,
          .sha256 = cleaning.sha256(),
          .options = OptionsKey(command.options),
          .source = command.name.empty() ? command.file : command.name,
          .schema = cleaning.schema(),
          .grain = cleaning.grain() == Grain::kRow ? "row" : "campaign",
          .currency = cleaning.currency()};
}

// Begins the load of what `cleaning` hands out. A dataset that exists may hold the file already:
// only then is its digest asked for before its rows. And whether the rows go with a dataset is not
// left to a guess.
Result<LoadStart> Begin(Store& store, const CleanCommand& command, const std::string& dataset,
                        Cleaning& cleaning) {
  for (;;) {
    const LoadRequest request = RequestOf(command, dataset, cleaning);
    if (request.mode == LoadMode::kCreate && !request.sha256.empty()) {
      PYTHIA_ASSIGN(std::optional<DatasetInfo> same,
                    AlreadyLoaded(store, dataset, request.sha256, request.options));
      if (same) return LoadStart{.unchanged = std::move(same), .load = nullptr};
    }
    auto start = store.BeginLoad(request);
    if (start && (start->load || start->unchanged)) return start;
    if (start) {
      PYTHIA_TRY(cleaning.ReadDigest());
      continue;
    }
    const bool refused = start.error().code == ErrorCode::kConflict;
    PYTHIA_ASSIGN(const bool guessed, refused ? cleaning.Settle() : Result<bool>(false));
    if (!guessed) return start;
  }
}

// All rows into the load, which is null where nothing is to be kept. False where they are void and
// the cleaning begins anew.
Result<bool> Drain(Cleaning& cleaning, Load* load, const std::stop_token& stop) {
  for (;;) {
    if (stop.stop_requested()) return Fail(ErrorCode::kCancelled, "the load was stopped");
    PYTHIA_ASSIGN(const Table* block, cleaning.Next());
    if (block == nullptr) break;
    if (load != nullptr) PYTHIA_TRY(load->Append(*block));
  }
  PYTHIA_ASSIGN(const bool again, cleaning.Restart());
  return !again;
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
    request.digest = false;
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
  }
  for (bool done = false; !done;) {
    start = {};  // what was loaded of void rows goes
    if (store != nullptr) {
      auto begun = Begin(*store, command, dataset, *cleaning);
      if (!begun) return Fail(Named(begun.error(), command));
      start = std::move(*begun);
      if (start.unchanged) return Unchanged(command, cleaning->sha256(), *start.unchanged);
    }
    auto drained = Drain(*cleaning, start.load.get(), stop);
    if (!drained) return Fail(Named(drained.error(), command));
    done = *drained;
  }
  auto finished = cleaning->Finish();
  if (!finished) return Fail(Named(finished.error(), command));
  CleaningReport report = std::move(*finished);
  report.file = name;
  report.dataset = dataset;
  report.dry_run = command.dry_run;
  if (!start.load) return report;
  start.load->Identify(report.sha256);
  PYTHIA_ASSIGN(const DatasetInfo info, start.load->Commit());
  report.generation = info.generation;
  const Status audited =
      Audit(*store, "load", dataset, LoadDetail(report, OptionsKey(command.options)));
  Renew(dataset);  // its model is behind now
  PYTHIA_TRY(audited);
  return report;
}

}  // namespace pythia
