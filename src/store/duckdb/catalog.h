// What the store's tables say of datasets, generations and loads. Each function reads with the
// connection's transaction, or in one of its own.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "campaign/table.h"
#include "duckdb/database.h"
#include "records/dataset.h"

namespace pythia {

// A load as it lies in pythia_loads.load_<id>: column i of `schema` is c<i>.
struct StoredLoad {
  int64_t load_id = 0;
  LoadInfo info;
  Schema schema;
  std::vector<bool> whole;    // [columns] every number is a whole one that a BIGINT holds
  std::vector<bool> derived;  // [columns] not in the table: follows from others (column_form.h)
};

// Generation `generation` of the dataset, 0 for the current one; empty where there is none.
Result<std::optional<DatasetInfo>> ReadGeneration(duckdb::Connection& connection,
                                                  std::string_view dataset, int64_t generation);

// The same as kNotFound where there is none.
Result<DatasetInfo> RequireGeneration(duckdb::Connection& connection, std::string_view dataset,
                                      int64_t generation);

Result<std::vector<StoredLoad>> ReadLoads(duckdb::Connection& connection, std::string_view dataset,
                                          int64_t generation);

// The generation's numbers, ascending.
Result<std::vector<int64_t>> GenerationNumbers(duckdb::Connection& connection,
                                               std::string_view dataset);

}  // namespace pythia
