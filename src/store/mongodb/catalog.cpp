#include "store/mongodb/catalog.h"

#include <algorithm>
#include <map>
#include <utility>

#include <fmt/format.h>

#include "store/mongodb/layout.h"

namespace pythia::mongo {
namespace {

// Between two reads, another instance may prune what the first one named.
constexpr int kSnapshotAttempts = 5;

Result<ColumnSpec> SpecFrom(const Reader& column) {
  ColumnSpec spec;
  spec.name = column.Text("name");
  spec.unit = column.Text("unit");
  if (ParseTypeName(column.Text("type"), &spec.type) &&
      ParseRoleName(column.Text("role"), &spec.role)) {
    return spec;
  }
  return Fail(Error{ErrorCode::kInternal,
                    "the store names a column type or role that this program does not know",
                    {.column = spec.name},
                    column.Text("type") + ", " + column.Text("role")});
}

Result<LoadColumn> LoadColumnFrom(const Reader& reader) {
  LoadColumn column;
  PYTHIA_ASSIGN(column.spec, SpecFrom(reader));
  if (reader.Has("min")) column.range = Range{reader.Number("min"), reader.Number("max")};
  if (reader.Has("levels")) {
    std::vector<LevelCount>& levels = column.levels.emplace();
    for (const Reader& level : reader.List("levels")) {
      levels.push_back({.level = level.Text("level"), .rows = level.Whole("rows")});
    }
  }
  return column;
}

Result<LoadEntry> LoadFrom(const Reader& reader) {
  LoadEntry load;
  load.id = reader.Whole("_id");
  load.info = {.sha256 = reader.Text("sha256"),
               .options = reader.Text("options"),
               .source = reader.Text("source"),
               .rows = reader.Whole("rows"),
               .loaded_at = reader.Text("loaded_at")};
  for (const Reader& column : reader.List("columns")) {
    PYTHIA_ASSIGN(LoadColumn one, LoadColumnFrom(column));
    load.columns.push_back(std::move(one));
  }
  return load;
}

DatasetEntry DatasetFrom(const Reader& reader) {
  DatasetEntry entry{.name = reader.Text("_id"),
                     .revision = reader.Whole("revision"),
                     .current = reader.Whole("current"),
                     .last = reader.Whole("last"),
                     .generations = {}};
  for (const Reader& one : reader.List("generations")) {
    entry.generations.push_back(
        {.number = one.Whole("number"), .id = one.Whole("id"), .previous = one.Whole("previous")});
  }
  return entry;
}

// Empty where a load is not there any more.
Result<std::optional<std::vector<LoadEntry>>> ReadLoads(const Database& database,
                                                        const std::vector<int64_t>& ids,
                                                        bool with_levels) {
  Document options;
  if (!with_levels) options.Inner("projection", Of("columns.levels", int64_t{0}));
  PYTHIA_ASSIGN(const auto found, database.Find(kLoads, AnyOf(ids), options));
  std::map<int64_t, LoadEntry> by_id;
  for (const Document& document : found) {
    PYTHIA_ASSIGN(LoadEntry load, LoadFrom(Reader(document.get())));
    by_id[load.id] = std::move(load);
  }
  std::vector<LoadEntry> loads;
  for (const int64_t id : ids) {
    const auto load = by_id.find(id);
    if (load == by_id.end()) return std::nullopt;
    loads.push_back(load->second);
  }
  return loads;
}

Status FillInfo(const Reader& generation, DatasetInfo* info) {
  info->grain = generation.Text("grain");
  info->currency = generation.Text("currency");
  info->rows = generation.Whole("rows");
  info->created_at = generation.Text("created_at");
  for (const Reader& column : generation.List("columns")) {
    PYTHIA_ASSIGN(ColumnSpec spec, SpecFrom(column));
    info->schema.push_back(std::move(spec));
  }
  return {};
}

struct Attempt {
  std::optional<Snapshot> snapshot;
  bool again = false;  // it was removed while it was read
};

Result<Attempt> TrySnapshot(const Database& database, std::string_view dataset, int64_t generation,
                            bool with_levels) {
  PYTHIA_ASSIGN(const auto entry, ReadDataset(database, dataset));
  if (!entry) return Attempt{};
  const int64_t number = generation == 0 ? entry->current : generation;
  const auto wanted = std::ranges::find(entry->generations, number, &GenerationEntry::number);
  if (wanted == entry->generations.end()) return Attempt{};
  PYTHIA_ASSIGN(const auto document, database.FindOne(kGenerations, Of("_id", wanted->id)));
  if (!document) return Attempt{.snapshot = {}, .again = true};
  const Reader reader(document->get());
  Snapshot snapshot;
  snapshot.revision = entry->revision;
  snapshot.info.name = entry->name;
  snapshot.info.generation = number;
  snapshot.info.current = number == entry->current;
  snapshot.info.previous = wanted->previous;
  PYTHIA_TRY(FillInfo(reader, &snapshot.info));
  PYTHIA_ASSIGN(auto loads, ReadLoads(database, reader.Wholes("loads"), with_levels));
  if (!loads) return Attempt{.snapshot = {}, .again = true};
  snapshot.loads = *std::move(loads);
  for (const LoadEntry& load : snapshot.loads) snapshot.info.loads.push_back(load.info);
  return Attempt{.snapshot = std::move(snapshot), .again = false};
}

Document RowRange(const Document& from, const Document& to) {
  Document range;
  range.Inner("$gte", from).Inner("$lt", to);
  return Of("_id", range);
}

}  // namespace

const LoadColumn* LoadEntry::Find(std::string_view column) const {
  for (const LoadColumn& one : columns) {
    if (one.spec.name == column) return &one;
  }
  return nullptr;
}

Document ToDocument(const ColumnSpec& spec) {
  Document document;
  document.Text("name", spec.name)
      .Text("type", TypeName(spec.type))
      .Text("role", RoleName(spec.role))
      .Text("unit", spec.unit);
  return document;
}

Document ToDocument(const LoadColumn& column) {
  Document document = ToDocument(column.spec);
  if (column.range) document.Number("min", column.range->min).Number("max", column.range->max);
  if (!column.levels) return document;
  std::vector<Document> levels;
  for (const LevelCount& level : *column.levels) {
    levels.push_back(Document().Text("level", level.level).Whole("rows", level.rows));
  }
  document.List("levels", levels);
  return document;
}

Result<std::optional<DatasetEntry>> ReadDataset(const Database& database, std::string_view name) {
  PYTHIA_ASSIGN(const auto found, database.FindOne(kDatasets, Of("_id", name)));
  if (!found || Reader(found->get()).Flag("deleting")) return std::nullopt;
  return DatasetFrom(Reader(found->get()));
}

Result<std::vector<DatasetEntry>> ReadDatasets(const Database& database) {
  PYTHIA_ASSIGN(const auto found,
                database.Find(kDatasets, Of("deleting", Document().Flag("$ne", true)),
                              Of("sort", Of("_id", int64_t{1}))));
  std::vector<DatasetEntry> datasets;
  for (const Document& document : found) datasets.push_back(DatasetFrom(Reader(document.get())));
  return datasets;
}

Result<DatasetEntry> RequireDataset(const Database& database, std::string_view name) {
  PYTHIA_ASSIGN(auto entry, ReadDataset(database, name));
  if (entry) return *std::move(entry);
  return Fail(Error{ErrorCode::kNotFound, "no dataset of this name", {}, std::string(name)});
}

Result<std::optional<Snapshot>> ReadSnapshot(const Database& database, std::string_view dataset,
                                             int64_t generation, bool with_levels) {
  for (int i = 0; i < kSnapshotAttempts; ++i) {
    PYTHIA_ASSIGN(Attempt attempt, TrySnapshot(database, dataset, generation, with_levels));
    if (!attempt.again) return std::move(attempt.snapshot);
  }
  return Fail(Error{
      ErrorCode::kInternal,
      fmt::format("the store {} names parts of a dataset that are not there", database.store()),
      {},
      std::string(dataset),
      "pythia store check says what is missing."});
}

Result<Snapshot> RequireSnapshot(const Database& database, std::string_view dataset,
                                 int64_t generation, bool with_levels) {
  PYTHIA_ASSIGN(auto snapshot, ReadSnapshot(database, dataset, generation, with_levels));
  if (snapshot) return *std::move(snapshot);
  Error error{ErrorCode::kNotFound, "no dataset of this name", {}, std::string(dataset)};
  if (generation != 0) error.message = fmt::format("no generation {} of this dataset", generation);
  return Fail(std::move(error));
}

Result<std::vector<int64_t>> LoadsOf(const Database& database,
                                     const std::vector<int64_t>& generation_ids) {
  PYTHIA_ASSIGN(const auto found, database.Find(kGenerations, AnyOf(generation_ids),
                                                Of("projection", Of("loads", int64_t{1}))));
  std::vector<int64_t> loads;
  for (const Document& document : found) {
    const auto named = Reader(document.get()).Wholes("loads");
    loads.insert(loads.end(), named.begin(), named.end());
  }
  return loads;
}

Document AnyOf(const std::vector<int64_t>& ids) { return Of("_id", Document().Wholes("$in", ids)); }

Document RowsOf(int64_t load_id) { return RowRange(Of("load", load_id), Of("load", load_id + 1)); }

Document RowsOf(int64_t load_id, int64_t begin, int64_t end) {
  return RowRange(Document().Whole("load", load_id).Whole("row", begin),
                  Document().Whole("load", load_id).Whole("row", end));
}

}  // namespace pythia::mongo
