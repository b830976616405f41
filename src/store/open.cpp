#include "store/open.h"

#include "base/module.h"
#include "config/store_uri.h"
#include "store/duckdb/duckdb_store.h"
#include "store/mongodb/module.h"
#include "store/names.h"

namespace pythia {
namespace {

// In a module of its own: its driver brings a dozen libraries along.
Result<std::unique_ptr<Store>> OpenMongoStore(const Config& config, const TableNames& names) {
  PYTHIA_ASSIGN(void* const open, LoadFromModule(kMongoModule, kOpenMongoStore, "libmongoc-1.0-0"));
  Result<std::unique_ptr<Store>> store;
  reinterpret_cast<OpenMongoStoreFunction*>(open)(&config, &names, &store);
  return store;
}

}  // namespace

Result<std::unique_ptr<Store>> OpenStore(const Config& config) {
  PYTHIA_ASSIGN(const TableNames names, TableNamesFrom(config.names));
  if (IsMongoUri(config.store)) return OpenMongoStore(config, names);
  return DuckdbStore::Open(config.store, config.threads, names);
}

}  // namespace pythia
