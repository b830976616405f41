// The collections of a database and the version of their layout.
//
// For people and other drivers, by the names of TableNames: clean_campaigns (one document per
// campaign), models and <models>_chunks (their bytes), predictions_logs, recommendations,
// model_performance, experiment_results, jobs, audit_log.
//
// For the store:
//   pythia_store        {_id: "store", schema_version, names}
//   pythia_datasets     {_id: name, folded, revision, current, last, generations: [{number, id,
//                       previous}]}: a dataset's generations, and which one is current
//   pythia_generations  {_id, dataset, number, grain, currency, rows, created_at, columns, loads:
//                       [load ids]}: never changes
//   pythia_loads        {_id, dataset, state, alive_at, sha256, options, source, rows, loaded_at,
//                       columns}
//   pythia_active       {_id: dataset, version}: the model that predicts
//   pythia_counters     {_id: what, next}: ids that are never given twice
//
// A campaign's _id is {load, row, digest}: the load, its place in it, and 64 bits of the SHA-256
// of the dataset's name and the campaign's fields. It follows from the content, so that a row that
// is sent twice is the same document; it leads with load and row, so that writing appends to the
// collection and reading in load order is one range of the index that is there anyway. A generation
// is a list of loads, so that appending and restoring copy nothing, and one document
// (pythia_datasets) says which is current, so that readers see the switch as a whole on a
// standalone server too.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/error.h"
#include "campaign/schema.h"
#include "store/mongodb/database.h"
#include "store/names.h"

namespace pythia::mongo {

inline constexpr int64_t kSchemaVersion = 1;

inline constexpr const char* kDatasets = "pythia_datasets";
inline constexpr const char* kGenerations = "pythia_generations";
inline constexpr const char* kLoads = "pythia_loads";
inline constexpr const char* kActive = "pythia_active";

// What everything else is computed from: the server checks its type in every campaign that is
// written, and looks for each from the beginning of the document. So they come first there.
inline constexpr std::array<std::string_view, 5> kGuardedColumns = {
    column::kImpressions, column::kClicks, column::kAcquisitionCost, column::kRoi, column::kDate};

// Makes what is missing in an empty database; in a store, checks version and names. kConflict where
// the store is newer than this program or was made with other names; kBadInput where collections
// of these names hold documents of something else.
Status PrepareLayout(const Database& database, const TableNames& names);

// The first of `count` new numbers of `what` ("prediction_ids").
Result<int64_t> TakeIds(const Database& database, std::string_view what, int64_t count);

}  // namespace pythia::mongo
