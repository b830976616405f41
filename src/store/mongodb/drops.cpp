#include "store/mongodb/drops.h"

#include <algorithm>

#include "store/mongodb/catalog.h"
#include "store/mongodb/layout.h"

namespace pythia::mongo {
namespace {

constexpr int64_t kLostAfterMillis = 60000;

// Removed in parts, so that no call takes long.
constexpr int64_t kRowsAtATime = 50000;

Document StateIs(const char* state) { return Of("$set", Of("state", state)); }

Status RemoveRows(const Database& database, const TableNames& names, int64_t load) {
  // The last row's place; an interrupted load does not say how many it has.
  Document options;
  options.Inner("sort", Of("_id", int64_t{-1})).Inner("projection", Of("_id", int64_t{1}));
  PYTHIA_ASSIGN(const auto last, database.FindOne(names.clean_campaigns, RowsOf(load), options));
  if (!last) return {};
  const int64_t rows = Reader(last->get()).Inner("_id").Whole("row") + 1;
  for (int64_t begin = 0; begin < rows; begin += kRowsAtATime) {
    PYTHIA_TRY(database.Delete(names.clean_campaigns,
                               RowsOf(load, begin, std::min(begin + kRowsAtATime, rows))));
  }
  return {};
}

Status RemoveLoad(const Database& database, const TableNames& names, int64_t load) {
  // Before the first row goes: a scan of another process looks at it after the last.
  PYTHIA_TRY(database.Update(kLoads, Of("_id", load), StateIs(kGone)));
  PYTHIA_TRY(RemoveRows(database, names, load));
  PYTHIA_TRY(database.Delete(kLoads, Of("_id", load)));
  return {};
}

// True where a generation names the load: its process got as far as the switch.
Result<bool> IsNamed(const Database& database, std::string_view dataset, int64_t load) {
  PYTHIA_ASSIGN(const auto entry, ReadDataset(database, dataset));
  if (!entry) return false;
  std::vector<int64_t> ids;
  for (const GenerationEntry& one : entry->generations) ids.push_back(one.id);
  PYTHIA_ASSIGN(const auto named, LoadsOf(database, ids));
  return std::ranges::find(named, load) != named.end();
}

// Dropped first and looked at then: its process, where it lives, finds out when it wants to keep
// the load.
Status GiveUpLostLoad(const Database& database, const Reader& load) {
  const int64_t id = load.Whole("_id");
  Document as_seen;
  as_seen.Whole("_id", id).Text("state", kOpen);
  PYTHIA_ASSIGN(const int64_t matched, database.Update(kLoads, as_seen, StateIs(kDropped)));
  if (matched == 0) return {};
  PYTHIA_ASSIGN(const bool named, IsNamed(database, load.Text("dataset"), id));
  if (named) PYTHIA_TRY(database.Update(kLoads, Of("_id", id), StateIs(kKept)));
  return {};
}

Status GiveUpLostLoads(const Database& database) {
  // By the server's clock alone.
  Document limit;
  limit.Operands("$subtract", "$$NOW", kLostAfterMillis);
  Document too_old;
  too_old.Operands("$lt", "$alive_at", limit);
  Document filter;
  filter.Text("state", kOpen).Inner("$expr", too_old);
  PYTHIA_ASSIGN(const auto lost, database.Find(kLoads, filter));
  for (const Document& load : lost) {
    PYTHIA_TRY(GiveUpLostLoad(database, Reader(load.get())));
  }
  return {};
}

Result<std::vector<int64_t>> Ids(const Database& database, const Document& filter) {
  PYTHIA_ASSIGN(const auto found,
                database.Find(kLoads, filter, Of("projection", Of("_id", int64_t{1}))));
  std::vector<int64_t> ids;
  for (const Document& one : found) ids.push_back(Reader(one.get()).Whole("_id"));
  return ids;
}

}  // namespace

void Pins::Add(const std::vector<int64_t>& loads) {
  const std::scoped_lock lock(mutex_);
  for (const int64_t load : loads) ++readers_[load];
}

std::vector<int64_t> Pins::Remove(const std::vector<int64_t>& loads) {
  const std::scoped_lock lock(mutex_);
  std::vector<int64_t> free;
  for (const int64_t load : loads) {
    if (--readers_[load] > 0) continue;
    readers_.erase(load);
    free.push_back(load);
  }
  return free;
}

bool Pins::Has(int64_t load) const {
  const std::scoped_lock lock(mutex_);
  return readers_.contains(load);
}

Status DropLoads(const Database& database, const TableNames& names, const Pins& pins,
                 const std::vector<int64_t>& loads) {
  if (loads.empty()) return {};
  PYTHIA_TRY(database.Update(kLoads, AnyOf(loads), StateIs(kDropped)));
  for (const int64_t load : loads) {
    if (!pins.Has(load)) PYTHIA_TRY(RemoveLoad(database, names, load));
  }
  return {};
}

Status Sweep(const Database& database, const TableNames& names, const Pins& pins) {
  PYTHIA_TRY(GiveUpLostLoads(database));
  PYTHIA_ASSIGN(const auto deleting,
                database.Find(kDatasets, Of("deleting", Document().Flag("$eq", true))));
  for (const Document& dataset : deleting) {
    PYTHIA_TRY(FinishDeletion(database, names, pins, Reader(dataset.get()).Text("_id")));
  }
  PYTHIA_ASSIGN(const auto dropped,
                Ids(database, Of("state", Document().Texts("$in", {kDropped, kGone}))));
  for (const int64_t load : dropped) {
    if (!pins.Has(load)) PYTHIA_TRY(RemoveLoad(database, names, load));
  }
  return {};
}

Status FinishDeletion(const Database& database, const TableNames& names, const Pins& pins,
                      std::string_view dataset) {
  const Document of_dataset = Of("dataset", dataset);
  Document kept;
  kept.Text("dataset", dataset).Text("state", kKept);
  PYTHIA_ASSIGN(const auto loads, Ids(database, kept));
  PYTHIA_TRY(DropLoads(database, names, pins, loads));
  PYTHIA_ASSIGN(const auto models, database.Find(names.models, of_dataset));
  std::vector<int64_t> keys;
  for (const Document& model : models) keys.push_back(Reader(model.get()).Whole("bytes_key"));
  PYTHIA_TRY(database.Delete(kActive, Of("_id", dataset)));
  for (const std::string* collection :
       {&names.models, &names.predictions_logs, &names.recommendations, &names.model_performance,
        &names.experiment_results}) {
    PYTHIA_TRY(database.Delete(*collection, of_dataset));
  }
  for (const int64_t key : keys) {
    Document range;
    range.Inner("$gte", Of("key", key)).Inner("$lt", Of("key", key + 1));
    PYTHIA_TRY(database.Delete(names.models + "_chunks", Of("_id", range)));
  }
  PYTHIA_TRY(database.Delete(kGenerations, of_dataset));
  PYTHIA_TRY(database.Delete(kDatasets, Of("_id", dataset)));
  return {};
}

}  // namespace pythia::mongo
