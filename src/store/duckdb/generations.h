// Writing generations of a dataset. Every function runs in the transaction of its connection,
// which the caller commits.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "campaign/table.h"
#include "duckdb/database.h"

namespace pythia {

struct NewGeneration {
  std::string dataset;
  std::string grain;
  std::string currency;
  std::string created_at;
  int64_t rows = 0;
  int64_t number = 0;  // 0: the next one
  Schema schema;
  std::vector<int64_t> load_ids;  // in load order
};

// Makes it the dataset's current generation, after the present one; makes the dataset too where
// there is none.
Status WriteGeneration(duckdb::Connection& connection, const NewGeneration& generation);

Status SetCurrent(duckdb::Connection& connection, std::string_view dataset, int64_t generation);

// Removes the generations, and the loads that no generation holds any more.
Status DropGenerations(duckdb::Connection& connection, std::string_view dataset,
                       const std::vector<int64_t>& generations);

// The current generation and those that were current before it, newest first: the way that
// restoring goes.
Result<std::vector<int64_t>> CurrentAndBefore(duckdb::Connection& connection,
                                              std::string_view dataset);

// (Re)makes the view "<schema>"."<dataset>" of the current generation.
Status WriteView(duckdb::Connection& connection, const std::string& schema,
                 std::string_view dataset);

Status DropView(duckdb::Connection& connection, const std::string& schema,
                std::string_view dataset);

}  // namespace pythia
