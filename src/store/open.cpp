#include "store/open.h"

#include "store/duckdb/duckdb_store.h"
#include "store/duckdb/names.h"

namespace pythia {

Result<std::unique_ptr<Store>> OpenStore(const Config& config) {
  if (config.store.starts_with("mongodb://") || config.store.starts_with("mongodb+srv://")) {
    return Fail(Error{ErrorCode::kUsage,
                      "the MongoDB store is not built into this version of pythia",
                      {},
                      {},
                      "Name a file, as in --store pythia.duckdb."});
  }
  PYTHIA_ASSIGN(const TableNames names, TableNamesFrom(config.names));
  return DuckdbStore::Open(config.store, config.threads, names);
}

}  // namespace pythia
