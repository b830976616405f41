#include "engine/store_copy.h"

#include <algorithm>
#include <utility>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "base/sha256.h"
#include "campaign/dates.h"
#include "engine/copy_logs.h"
#include "records/json.h"

namespace pythia {
namespace {

Error Differs(std::string_view what, std::string value) {
  return Error{ErrorCode::kConflict,
               fmt::format("the target holds another {} of this name", what),
               {},
               std::move(value),
               "Copy into an empty store, or delete it there first."};
}

Error Damaged(std::string_view what, std::string value) {
  return Error{ErrorCode::kInternal,
               fmt::format("{} does not come back as it was written", what),
               {},
               std::move(value),
               "Restore the store from a backup, or copy it again into an empty one."};
}

Error Stopped() { return Error{ErrorCode::kCancelled, "stopped; the same command goes on"}; }

std::string Cell(const Column& column, int64_t row) {
  const auto i = static_cast<size_t>(row);
  switch (column.type()) {
    case ColumnType::kText:
      return std::string(column.text(row));
    case ColumnType::kCategory:
      return std::string(column.level(row));
    case ColumnType::kDate:
      return FormatDay(column.days()[i]);
    case ColumnType::kNumber:
    case ColumnType::kCount:
    case ColumnType::kMoney:
      return fmt::format("{}", column.numbers()[i]);
  }
  return {};
}

// The SHA-256 over every value of a generation, in load order.
Result<std::string> DigestOf(Store& store, const DatasetInfo& info, std::stop_token stop) {
  PYTHIA_ASSIGN(auto scan, store.Scan({.dataset = info.name, .generation = info.generation}));
  Sha256 digest;
  int64_t rows = 0;
  for (;;) {
    if (stop.stop_requested()) return Fail(Stopped());
    PYTHIA_ASSIGN(const Table* const block, scan->Next());
    if (block == nullptr) break;
    for (int64_t row = 0; row < block->num_rows(); ++row) {
      for (const Column& column : block->columns()) {
        const std::string text = column.IsMissing(row) ? std::string() : Cell(column, row);
        digest.Update(
            fmt::format("{}:", column.IsMissing(row) ? -1 : static_cast<int>(text.size())));
        digest.Update(text);
      }
    }
    rows += block->num_rows();
  }
  if (rows != info.rows) {
    return Fail(
        Damaged(fmt::format("generation {} ({} campaigns of {})", info.generation, rows, info.rows),
                info.name));
  }
  return digest.HexDigest();
}

bool SameLoads(const DatasetInfo& a, const DatasetInfo& b) {
  return std::ranges::equal(a.loads, b.loads, [](const LoadInfo& x, const LoadInfo& y) {
    return x.sha256 == y.sha256 && x.options == y.options && x.rows == y.rows;
  });
}

// Appends rows [begin, end) of a generation to an open load.
Status CopyRows(Store& from, const DatasetInfo& info, int64_t begin, int64_t end, Load* load,
                std::stop_token stop) {
  PYTHIA_ASSIGN(auto scan, from.Scan({.dataset = info.name, .generation = info.generation}));
  int64_t at = 0;
  while (at < end) {
    if (stop.stop_requested()) return Fail(Stopped());
    PYTHIA_ASSIGN(const Table* const block, scan->Next());
    if (block == nullptr) return Fail(Damaged("a generation", info.name));
    const int64_t first = std::max<int64_t>(begin - at, 0);
    const int64_t last = std::min(end - at, block->num_rows());
    at += block->num_rows();
    if (first >= last) continue;
    Table part(info.schema);
    for (size_t c = 0; c < part.columns().size(); ++c) {
      for (int64_t row = first; row < last; ++row) {
        part.columns()[c].AppendFrom(block->columns()[c], row);
      }
    }
    PYTHIA_TRY(load->Append(part));
  }
  return {};
}

// The generation's load at `place`, as a generation of the target with this number.
Status CopyLoad(Store& from, Store& to, const DatasetInfo& info, size_t place, int64_t number,
                std::stop_token stop) {
  const LoadInfo& source = info.loads[place];
  int64_t begin = 0;
  for (size_t i = 0; i < place; ++i) begin += info.loads[i].rows;
  const LoadRequest request{.dataset = info.name,
                            .mode = place == 0 ? LoadMode::kReplace : LoadMode::kAppend,
                            .sha256 = source.sha256,
                            .options = source.options,
                            .source = source.source,
                            .schema = info.schema,
                            .grain = info.grain,
                            .currency = info.currency,
                            .generation = number,
                            .loaded_at = source.loaded_at};
  PYTHIA_ASSIGN(LoadStart start, to.BeginLoad(request));
  if (start.load == nullptr) return {};
  PYTHIA_TRY(CopyRows(from, info, begin, begin + source.rows, start.load.get(), stop));
  PYTHIA_TRY(start.load->Commit());
  return {};
}

// The current generation and those that restoring leads back to, oldest first. Others never come
// back.
std::vector<DatasetInfo> OnTheWay(const std::vector<DatasetInfo>& generations) {
  std::vector<DatasetInfo> way;
  auto at = std::ranges::find_if(generations, &DatasetInfo::current);
  while (at != generations.end()) {
    way.insert(way.begin(), *at);
    at = std::ranges::find(generations, at->previous, &DatasetInfo::generation);
  }
  return way;
}

// How many loads the target's current generation has, where they are the first of `info`'s.
size_t LoadsThere(const DatasetInfo& info, const std::optional<DatasetInfo>& target) {
  if (!target || target->loads.size() >= info.loads.size()) return 0;
  DatasetInfo first = info;
  first.loads.resize(target->loads.size());
  return SameLoads(first, *target) ? first.loads.size() : 0;
}

Status CopyGeneration(Store& from, Store& to, const DatasetInfo& info, std::stop_token stop) {
  PYTHIA_ASSIGN(const auto target, to.FindDataset(info.name));
  const size_t loads = info.loads.size();
  for (size_t place = LoadsThere(info, target); place < loads; ++place) {
    // The last load makes the generation; those before it, where their generations are pruned, get
    // the numbers below it.
    const auto missing = static_cast<int64_t>(loads - 1 - place);
    PYTHIA_TRY(CopyLoad(from, to, info, place, info.generation - missing, stop));
  }
  return {};
}

Status CopyDataset(Store& from, Store& to, const std::string& name, std::stop_token stop,
                   CopiedPart* generations, CopiedPart* campaigns) {
  PYTHIA_ASSIGN(const auto all, from.Generations(name));
  const auto wanted = OnTheWay(all);
  std::vector<DatasetInfo> there;
  PYTHIA_ASSIGN(const auto target, to.FindDataset(name));
  if (target) {
    PYTHIA_ASSIGN(there, to.Generations(name));
  }
  for (const DatasetInfo& info : wanted) {
    const auto same = std::ranges::find(there, info.generation, &DatasetInfo::generation);
    if (same == there.end()) {
      PYTHIA_TRY(CopyGeneration(from, to, info, stop));
      ++generations->copied;
      campaigns->copied += info.rows;
    } else if (!SameLoads(*same, info)) {
      return Fail(Differs("dataset", name));
    }
    PYTHIA_ASSIGN(const std::string ours, DigestOf(from, info, stop));
    PYTHIA_ASSIGN(const std::string theirs, DigestOf(to, info, stop));
    if (ours != theirs) return Fail(Damaged("a generation of the target", name));
    ++generations->total;
    campaigns->total += info.rows;
  }
  return {};
}

Status CopyModels(Store& from, Store& to, const std::string& dataset, CopiedPart* models) {
  PYTHIA_ASSIGN(auto infos, from.ListModels(dataset));
  std::ranges::reverse(infos);
  std::string active;
  for (ModelInfo& info : infos) {
    if (info.active) active = info.version;
    info.active = false;
    PYTHIA_ASSIGN(const std::string bytes, from.ModelBytes(info.version));
    PYTHIA_ASSIGN(const auto there, to.FindModel(info.version));
    if (!there) {
      PYTHIA_TRY(to.PutModel(info, bytes));
      ++models->copied;
    }
    PYTHIA_ASSIGN(const std::string written, to.ModelBytes(info.version));
    if (written != bytes)
      return Fail(there ? Differs("model", info.version)
                        : Damaged("a model of the target", info.version));
    ++models->total;
  }
  if (active.empty()) return {};
  return to.ActivateModel(active);
}

}  // namespace

Result<std::vector<CopiedPart>> CopyStore(Store& from, Store& to, Progress& progress,
                                          std::stop_token stop) {
  PYTHIA_ASSIGN(const auto datasets, from.ListDatasets());
  CopiedPart generations{.name = "generations"};
  CopiedPart campaigns{.name = "campaigns"};
  CopiedPart models{.name = "models"};
  progress.Begin("copying datasets", static_cast<int64_t>(datasets.size()));
  int64_t done = 0;
  std::vector<std::string> versions;
  for (const DatasetInfo& dataset : datasets) {
    PYTHIA_TRY(CopyDataset(from, to, dataset.name, stop, &generations, &campaigns));
    PYTHIA_TRY(CopyModels(from, to, dataset.name, &models));
    PYTHIA_ASSIGN(const auto infos, from.ListModels(dataset.name));
    for (const ModelInfo& info : infos) versions.push_back(info.version);
    progress.Update(++done, campaigns.total);
  }
  progress.End();
  std::vector<CopiedPart> parts = {generations, campaigns, models};
  PYTHIA_ASSIGN(auto logs, CopyLogs(from, to, versions, progress, stop));
  for (const LogCopy& log : logs) {
    parts.push_back({.name = log.name, .total = log.total, .copied = log.copied});
  }
  return parts;
}

Result<std::vector<CopiedPart>> VerifyStore(Store& store, Progress& progress,
                                            std::stop_token stop) {
  PYTHIA_ASSIGN(const auto datasets, store.ListDatasets());
  CopiedPart generations{.name = "generations"};
  CopiedPart campaigns{.name = "campaigns"};
  CopiedPart models{.name = "models"};
  std::vector<std::string> versions;
  progress.Begin("checking datasets", static_cast<int64_t>(datasets.size()));
  for (const DatasetInfo& dataset : datasets) {
    PYTHIA_ASSIGN(const auto all, store.Generations(dataset.name));
    for (const DatasetInfo& info : all) {
      PYTHIA_TRY(DigestOf(store, info, stop));
      ++generations.total;
      campaigns.total += info.rows;
    }
    PYTHIA_ASSIGN(const auto infos, store.ListModels(dataset.name));
    for (const ModelInfo& info : infos) {
      PYTHIA_ASSIGN(const std::string bytes, store.ModelBytes(info.version));
      if (HexSha256(bytes) != info.sha256) return Fail(Damaged("a model", info.version));
      versions.push_back(info.version);
      ++models.total;
    }
    progress.Update(generations.total, campaigns.total);
  }
  progress.End();
  std::vector<CopiedPart> parts = {generations, campaigns, models};
  PYTHIA_ASSIGN(const auto logs, CountLogs(store, versions, stop));
  for (const LogCopy& log : logs) parts.push_back({.name = log.name, .total = log.total});
  return parts;
}

}  // namespace pythia
