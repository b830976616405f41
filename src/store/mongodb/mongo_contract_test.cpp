#include "store/mongodb/mongod_fixture.h"
#include "store/store_contract.h"

namespace pythia {
namespace {

std::unique_ptr<StoreHome> OnSharedMongod() {
  if (MongodBinary().empty()) return nullptr;
  return std::make_unique<MongoHome>(SharedMongod().uri(""));
}

INSTANTIATE_TEST_SUITE_P(MongoDB, StoreContract,
                         ::testing::Values(StoreBackend{"MongoDB", OnSharedMongod}),
                         [](const auto& backend) { return backend.param.name; });

}  // namespace
}  // namespace pythia
