#include "store/mongodb/module.h"

#include "store/mongodb/layout.h"
#include "store/mongodb/mongo_store.h"

namespace pythia {
namespace mongo {

Result<std::unique_ptr<Store>> MongoStore::Open(const Config& config, const TableNames& names) {
  PYTHIA_ASSIGN(const auto database, Database::Connect(config));
  PYTHIA_TRY(PrepareLayout(*database, names));
  return std::unique_ptr<Store>(
      new MongoStore({.database = database, .names = names, .pins = std::make_shared<Pins>()}));
}

}  // namespace mongo

// Found by its name: OpenStore loads this module.
extern "C" __attribute__((visibility("default"))) OpenMongoStoreFunction PythiaOpenMongoStore;

void PythiaOpenMongoStore(const Config* config, const TableNames* names,
                          Result<std::unique_ptr<Store>>* store) {
  *store = mongo::MongoStore::Open(*config, *names);
}

}  // namespace pythia
