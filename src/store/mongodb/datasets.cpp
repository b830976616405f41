// Datasets and their generations: the methods of MongoStore that list, restore, delete and prune.
#include <algorithm>
#include <string>
#include <utility>

#include "store/mongodb/catalog.h"
#include "store/mongodb/drops.h"
#include "store/mongodb/layout.h"
#include "store/mongodb/mongo_store.h"

namespace pythia::mongo {
namespace {

// The current generation and those that were current before it, newest first: the way that
// restoring goes.
std::vector<GenerationEntry> CurrentAndBefore(const DatasetEntry& dataset) {
  std::vector<GenerationEntry> way;
  int64_t number = dataset.current;
  for (;;) {
    const auto at = std::ranges::find(dataset.generations, number, &GenerationEntry::number);
    if (number == 0 || at == dataset.generations.end()) return way;
    way.push_back(*at);
    number = at->previous;
  }
}

// Changes the dataset's document unless someone else did so since it was read; false then. The new
// revision is the change's own, so that an answer that was lost is recognised.
Result<bool> Change(const Database& database, const DatasetEntry& as_read, Document fields,
                    const Document& more) {
  PYTHIA_ASSIGN(const int64_t revision, TakeIds(database, "generation_ids", 1));
  fields.Whole("revision", revision);
  Document update = more;
  update.Inner("$set", fields);
  Document filter;
  filter.Text("_id", as_read.name).Whole("revision", as_read.revision);
  PYTHIA_ASSIGN(const int64_t matched, database.Update(kDatasets, filter, update));
  if (matched == 1) return true;
  filter = Document();
  filter.Text("_id", as_read.name).Whole("revision", revision);
  PYTHIA_ASSIGN(const auto mine, database.FindOne(kDatasets, filter));
  return mine.has_value();
}

Error Changed(std::string_view dataset) {
  return Error{ErrorCode::kConflict,
               "the dataset is being changed by someone else",
               {},
               std::string(dataset),
               "Try again."};
}

}  // namespace

Result<std::vector<DatasetInfo>> MongoStore::ListDatasets() {
  PYTHIA_ASSIGN(const auto entries, ReadDatasets(*shared_.database));
  std::vector<DatasetInfo> datasets;
  for (const DatasetEntry& entry : entries) {
    PYTHIA_ASSIGN(auto snapshot, ReadSnapshot(*shared_.database, entry.name, 0));
    if (snapshot) datasets.push_back(std::move(snapshot->info));
  }
  return datasets;
}

Result<std::optional<DatasetInfo>> MongoStore::FindDataset(std::string_view name) {
  PYTHIA_ASSIGN(auto snapshot, ReadSnapshot(*shared_.database, name, 0));
  if (!snapshot) return std::nullopt;
  return std::move(snapshot->info);
}

Result<std::vector<DatasetInfo>> MongoStore::Generations(std::string_view name) {
  PYTHIA_ASSIGN(const DatasetEntry entry, mongo::RequireDataset(*shared_.database, name));
  std::vector<DatasetInfo> generations;
  for (const GenerationEntry& one : entry.generations) {
    PYTHIA_ASSIGN(auto snapshot, ReadSnapshot(*shared_.database, name, one.number));
    if (snapshot) generations.push_back(std::move(snapshot->info));
  }
  return generations;
}

Result<DatasetInfo> MongoStore::RestoreDataset(std::string_view name) {
  PYTHIA_ASSIGN(const DatasetEntry entry, mongo::RequireDataset(*shared_.database, name));
  const auto way = CurrentAndBefore(entry);
  if (way.size() < 2) {
    return Fail(Error{ErrorCode::kConflict,
                      "there is no generation before the current one of this dataset",
                      {},
                      std::string(name)});
  }
  Document fields;
  fields.Whole("current", way[1].number);
  PYTHIA_ASSIGN(const bool changed, Change(*shared_.database, entry, fields, {}));
  if (!changed) return Fail(Changed(name));
  PYTHIA_ASSIGN(Snapshot restored, RequireSnapshot(*shared_.database, name, way[1].number));
  return std::move(restored.info);
}

Status MongoStore::DeleteDataset(std::string_view name) {
  PYTHIA_ASSIGN(const DatasetEntry entry, mongo::RequireDataset(*shared_.database, name));
  Document fields;
  fields.Flag("deleting", true);
  PYTHIA_ASSIGN(const bool changed, Change(*shared_.database, entry, fields, {}));
  if (!changed) return Fail(Changed(name));
  return FinishDeletion(*shared_.database, shared_.names, *shared_.pins, name);
}

Result<int64_t> MongoStore::PruneDataset(const std::string& dataset, int kept) {
  PYTHIA_ASSIGN(const DatasetEntry entry, mongo::RequireDataset(*shared_.database, dataset));
  auto way = CurrentAndBefore(entry);
  way.resize(std::min(way.size(), static_cast<size_t>(std::max(kept, 1))));
  std::vector<int64_t> kept_ids;
  std::vector<int64_t> gone_ids;
  for (const GenerationEntry& one : entry.generations) {
    const bool keep = std::ranges::find(way, one.id, &GenerationEntry::id) != way.end();
    (keep ? kept_ids : gone_ids).push_back(one.id);
  }
  if (gone_ids.empty()) return 0;
  PYTHIA_ASSIGN(auto loads, LoadsOf(*shared_.database, gone_ids));
  PYTHIA_ASSIGN(const auto still, LoadsOf(*shared_.database, kept_ids));
  Document pull;
  pull.Inner("$pull", Of("generations", Of("id", Document().Wholes("$in", gone_ids))));
  PYTHIA_ASSIGN(const bool changed, Change(*shared_.database, entry, {}, pull));
  if (!changed) return 0;  // a load was committed meanwhile: the next pruning takes them
  PYTHIA_TRY(shared_.database->Delete(kGenerations, AnyOf(gone_ids)));
  std::ranges::sort(loads);
  loads.erase(std::ranges::unique(loads).begin(), loads.end());
  std::erase_if(loads, [&](int64_t id) { return std::ranges::find(still, id) != still.end(); });
  PYTHIA_TRY(DropLoads(*shared_.database, shared_.names, *shared_.pins, loads));
  return static_cast<int64_t>(gone_ids.size());
}

Result<int64_t> MongoStore::PruneLog(const std::string& collection, const PruneRequest& request) {
  int64_t gone = 0;
  if (!request.logs_before.empty()) {
    PYTHIA_ASSIGN(gone,
                  shared_.database->Delete(collection, Of("at", Of("$lt", request.logs_before))));
  }
  if (request.max_log_rows <= 0) return gone;
  Document options;
  options.Inner("sort", Of("_id", int64_t{-1}))
      .Whole("skip", request.max_log_rows)
      .Inner("projection", Of("_id", int64_t{1}));
  PYTHIA_ASSIGN(const auto first, shared_.database->FindOne(collection, {}, options));
  if (!first) return gone;
  PYTHIA_ASSIGN(const int64_t more,
                shared_.database->Delete(collection,
                                         Of("_id", Of("$lte", Reader(first->get()).Whole("_id")))));
  return gone + more;
}

std::optional<StoreCommands> MongoStore::Commands() const {
  const CommandCounts& counts = shared_.database->counts();
  return StoreCommands{.succeeded = counts.succeeded,
                       .failed = counts.failed,
                       .seconds = static_cast<double>(counts.micros) / 1e6};
}

Status MongoStore::Ping() {
  // Not again and again: who asks wants to know how it is now.
  PYTHIA_TRY(shared_.database->Command(Document().Whole("ping", 1), std::chrono::milliseconds(0)));
  return {};
}

Result<PruneReport> MongoStore::Prune(const PruneRequest& request) {
  PYTHIA_TRY(Sweep(*shared_.database, shared_.names, *shared_.pins));
  PruneReport report;
  PYTHIA_ASSIGN(report.predictions, PruneLog(shared_.names.predictions_logs, request));
  PYTHIA_ASSIGN(report.recommendations, PruneLog(shared_.names.recommendations, request));
  if (!request.logs_before.empty()) {
    Document over;
    over.Text("$lt", request.logs_before).Text("$gt", "");
    PYTHIA_TRY(shared_.database->Delete(shared_.names.jobs, Of("finished_at", over)));
  }
  PYTHIA_ASSIGN(const auto datasets, ReadDatasets(*shared_.database));
  for (const DatasetEntry& dataset : datasets) {
    PYTHIA_ASSIGN(const int64_t gone, PruneDataset(dataset.name, request.kept_generations));
    report.generations += gone;
  }
  return report;
}

}  // namespace pythia::mongo
