// The tables of a store file and the version of their layout.
//
// pythia_catalog.datasets, generations, generation_columns, generation_loads: what each dataset is
// made of. pythia_catalog.loads, load_columns, levels: one load each, with its columns and the
// texts of its category codes. pythia_loads.load_<id>: the rows of one load, columns c0, c1 ... in
// the order of load_columns (column_form.h says of what type, and which are not kept), and
// source_row. A generation is a
// list of loads, so that appending and restoring copy nothing. For people: the views and tables of
// TableNames.
#pragma once

#include <cstdint>
#include <string>

#include "base/error.h"
#include "duckdb/database.h"
#include "store/names.h"

namespace pythia {

// 1: before there were jobs; the first of them without recommendations too. 2: every count is a
// DOUBLE in its load's table, every id a VARCHAR. 3: every column
// is kept.
inline constexpr int64_t kSchemaVersion = 4;

// Makes the tables in an empty file; in a store, checks the version and the names. Returns the
// version that the file has now, which may be an older one: then nothing was changed. kConflict
// where the store is newer than this program or was made with other names; kBadInput where the file
// holds tables of something else.
Result<int64_t> PrepareLayout(duckdb::Connection connection, const TableNames& names);

// Brings an older store to this version, in one transaction. kConflict where the name of a table
// that it needs is taken by something else.
Status MigrateLayout(duckdb::Connection connection, const TableNames& names);

// "pythia_loads.load_7"
std::string LoadTable(int64_t load_id);

// Serialises the writers of datasets: of two transactions that change them at the same time, one
// fails with kConflict.
Status TouchRevision(duckdb::Connection& connection);

// The next `count` numbers of a sequence ("prediction_ids"), of which the first is returned.
Result<int64_t> TakeIds(duckdb::Connection& connection, const std::string& sequence, int64_t count);

}  // namespace pythia
