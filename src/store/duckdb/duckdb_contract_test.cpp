#include "store/duckdb/store_file.h"
#include "store/store_contract.h"

namespace pythia {
namespace {

INSTANTIATE_TEST_SUITE_P(DuckDB, StoreContract,
                         ::testing::Values(StoreBackend{
                             "DuckDB", [] { return std::make_unique<DuckdbHome>(); }}),
                         [](const auto& backend) { return backend.param.name; });

}  // namespace
}  // namespace pythia
