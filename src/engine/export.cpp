
#include <fmt/format.h>

#include "base/clock.h"
#include "engine/engine.h"
#include "records/flat.h"

namespace pythia {
namespace {

constexpr std::string_view kDefaultDataset = "campaigns";  // what it is called unless configured

// Copies pages of records from the store to the writer: all, or those of `dataset`.
template <typename Record>
Status ExportPages(Result<std::vector<Record>> (Store::*read)(const Page&), Store& store,
                   const std::string& dataset, const Schema& schema, TableWriter& writer,
                   int64_t* rows) {
  Page page;
  for (;;) {
    PYTHIA_ASSIGN(std::vector<Record> records, (store.*read)(page));
    if (records.empty()) return {};
    page.after = records.back().id;
    if (!dataset.empty()) {
      std::erase_if(records, [&](const Record& record) { return record.dataset != dataset; });
    }
    if (records.empty()) continue;
    Table table(schema);
    AppendFlat(records, &table);
    PYTHIA_TRY(writer.Append(table));
    *rows += table.num_rows();
  }
}

Result<ExportFormat> FormatOf(const std::filesystem::path& file) {
  ExportFormat format = ExportFormat::kCsv;
  std::string ending = file.extension().string();
  if (!ending.empty()) ending.erase(0, 1);
  if (ParseFormat(ending, &format)) return format;
  return Fail(Error{.code = ErrorCode::kUsage,
                    .message = "the output's ending says its format: .csv, .json or .parquet",
                    .value = file.string()});
}

Status CheckWhat(const std::string& what) {
  if (what == "predictions" || what == "recommendations" || what == "campaigns" ||
      what == "experiments") {
    return {};
  }
  return Fail(Error{.code = ErrorCode::kUsage,
                    .message = "exports are predictions, recommendations, campaigns or experiments",
                    .value = what});
}

}  // namespace

Status Engine::ExportCampaigns(Store& store, const std::string& dataset, TableWriter& writer,
                               Progress& progress, std::stop_token stop, int64_t* rows) {
  PYTHIA_ASSIGN(const DatasetInfo info, RequireDataset(store, dataset));
  PYTHIA_ASSIGN(const std::unique_ptr<CampaignSource> source,
                store.Scan({.dataset = dataset, .generation = info.generation}));
  progress.Begin("exporting", info.rows);
  for (;;) {
    if (stop.stop_requested()) return Fail(ErrorCode::kCancelled, "the export was stopped");
    PYTHIA_ASSIGN(const Table* block, source->Next());
    if (block == nullptr) return {};
    PYTHIA_TRY(writer.Append(*block));
    *rows += block->num_rows();
    progress.Update(*rows, 0);
  }
}

std::string Engine::ExportName(const std::string& what, const std::string& dataset) {
  const bool named = what == "campaigns" && !dataset.empty() && dataset != kDefaultDataset;
  return named ? what + "-" + dataset : what;
}

Result<std::vector<ExportedFile>> Engine::Export(const ExportCommand& command, Progress& progress,
                                                 std::stop_token stop) {
  PYTHIA_TRY(CheckWhat(command.what));
  PYTHIA_ASSIGN(Store* const store, OpenedStore());
  const std::string dataset = DatasetOr(command.dataset);
  const std::filesystem::path folder = command.folder.empty() ? config().exports : command.folder;
  Schema schema;
  if (command.what == "predictions") schema = PredictionColumns();
  if (command.what == "recommendations") schema = RecommendationColumns();
  if (command.what == "experiments") schema = ExperimentColumns();
  if (command.what == "campaigns") {
    PYTHIA_ASSIGN(const DatasetInfo info, RequireDataset(*store, dataset));
    schema = info.schema;
  }
  const std::string stem = ExportName(command.what, dataset);
  std::vector<ExportedFile> files;
  for (const ExportFormat format : command.formats) {
    const std::filesystem::path path = folder / (stem + "." + std::string(FormatName(format)));
    PYTHIA_ASSIGN(const std::unique_ptr<TableWriter> writer,
                  TableWriter::Create(format, path, schema));
    int64_t rows = 0;
    if (command.what == "predictions") {
      PYTHIA_TRY(
          ExportPages(&Store::ReadPredictions, *store, command.dataset, schema, *writer, &rows));
    } else if (command.what == "recommendations") {
      PYTHIA_TRY(ExportPages(&Store::ReadRecommendations, *store, command.dataset, schema, *writer,
                             &rows));
    } else if (command.what == "experiments") {
      PYTHIA_TRY(
          ExportPages(&Store::ReadExperiments, *store, command.dataset, schema, *writer, &rows));
    } else {
      PYTHIA_TRY(ExportCampaigns(*store, dataset, *writer, progress, stop, &rows));
    }
    PYTHIA_TRY(writer->Commit());
    files.push_back({path.string(), rows});
    PYTHIA_TRY(Audit(*store, "export", command.what,
                     fmt::format(R"({{"format":"{}","rows":{}}})", FormatName(format), rows)));
  }
  return files;
}

Status Engine::CheckOutput(const std::filesystem::path& file) {
  PYTHIA_TRY(FormatOf(file));
  return {};
}

Status Engine::WritePredictions(const std::vector<Predicted>& predicted, const std::string& dataset,
                                const std::filesystem::path& file) {
  PYTHIA_ASSIGN(const ExportFormat format, FormatOf(file));
  std::vector<PredictionLogEntry> entries;
  entries.reserve(predicted.size());
  int64_t row = 0;
  const std::string at = FormatTimestamp(NowMicros());
  for (const Predicted& one : predicted) {
    entries.push_back({.id = ++row,
                       .at = at,
                       .dataset = dataset,
                       .plan = one.plan,
                       .prediction = one.prediction});
  }
  const Schema schema = PredictionColumns();
  Table table(schema);
  AppendFlat(entries, &table);
  PYTHIA_ASSIGN(const std::unique_ptr<TableWriter> writer,
                TableWriter::Create(format, file, schema));
  PYTHIA_TRY(writer->Append(table));
  return writer->Commit();
}

}  // namespace pythia
