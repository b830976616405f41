// One page of a log: the tables that have id, logged_at and dataset.
#pragma once

#include <string_view>

#include "duckdb/database.h"
#include "store/store.h"

namespace pythia {

Result<duckdb::ChunkReader> SelectPage(duckdb::Connection* connection, std::string_view columns,
                                       std::string_view table, const Page& page);

}  // namespace pythia
