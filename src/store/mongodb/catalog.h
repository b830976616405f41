// What the database says of datasets, generations and loads.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "campaign/table.h"
#include "records/dataset.h"
#include "store/mongodb/database.h"
#include "store/store.h"

namespace pythia::mongo {

// The states of a load. Its rows count only where a generation names it.
inline constexpr const char* kOpen = "open";        // being written, alive_at says when last
inline constexpr const char* kKept = "kept";        // a generation names it
inline constexpr const char* kDropped = "dropped";  // none does, or will: its rows may go
inline constexpr const char* kGone = "gone";        // its rows are being removed

// A column as a load has it. A load never changes, so what the rows hold is written with it.
struct LoadColumn {
  ColumnSpec spec;
  std::optional<Range> range;  // numbers and dates, where any is there
  // Of a category, by text; absent where they were too many to be kept here, or not asked for.
  std::optional<std::vector<LevelCount>> levels;
};

struct LoadEntry {
  int64_t id = 0;
  LoadInfo info;
  std::vector<LoadColumn> columns;

  const LoadColumn* Find(std::string_view column) const;
};

struct GenerationEntry {
  int64_t number = 0;
  int64_t id = 0;
  int64_t previous = 0;  // 0: none
};

struct DatasetEntry {
  std::string name;
  int64_t revision = 0;  // another one after every change
  int64_t current = 0;
  int64_t last = 0;
  std::vector<GenerationEntry> generations;  // ascending
};

// One generation with its loads.
struct Snapshot {
  DatasetInfo info;
  std::vector<LoadEntry> loads;
  int64_t revision = 0;
};

Document ToDocument(const ColumnSpec& spec);
Document ToDocument(const LoadColumn& column);

// Empty where there is none, or it is being deleted.
Result<std::optional<DatasetEntry>> ReadDataset(const Database& database, std::string_view name);
Result<std::vector<DatasetEntry>> ReadDatasets(const Database& database);  // by name

// Generation `generation`, 0 for the current one; empty where there is none.
Result<std::optional<Snapshot>> ReadSnapshot(const Database& database, std::string_view dataset,
                                             int64_t generation, bool with_levels = false);
// The same as kNotFound where there is none.
Result<Snapshot> RequireSnapshot(const Database& database, std::string_view dataset,
                                 int64_t generation, bool with_levels = false);
// kNotFound where there is no such dataset.
Result<DatasetEntry> RequireDataset(const Database& database, std::string_view name);

// The ids of the loads that the generations with these ids name.
Result<std::vector<int64_t>> LoadsOf(const Database& database,
                                     const std::vector<int64_t>& generation_ids);

// {_id: {$in: [...]}}
Document AnyOf(const std::vector<int64_t>& ids);

// The campaigns of a load, or its rows from `begin` to before `end`.
Document RowsOf(int64_t load_id);
Document RowsOf(int64_t load_id, int64_t begin, int64_t end);

}  // namespace pythia::mongo
