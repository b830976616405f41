// Engine::CopyStore and Engine::VerifyStore.
#include <utility>

#include "config/store_uri.h"
#include "engine/engine.h"
#include "engine/store_copy.h"
#include "store/open.h"

namespace pythia {

Result<std::vector<CopiedPart>> Engine::CopyStore(const std::string& from, const std::string& to,
                                                  Progress& progress, std::stop_token stop) {
  const auto config_of = [&](const std::string& given) -> Result<Config> {
    PYTHIA_TRY(RefuseSecretFlag(given == from ? "--from" : "--to", given));
    Config config = shared_->config;
    if (given.empty()) return config;
    // A database of the settings is that of the settings' store.
    if (!IsMongoUri(config.store)) config.store_database.clear();
    config.store = given;
    return config;
  };
  PYTHIA_ASSIGN(const Config source, config_of(from));
  PYTHIA_ASSIGN(const Config target, config_of(to));
  if (source.store == target.store) {
    return Fail(Error{.code = ErrorCode::kUsage,
                      .message = "a store is copied into another one, not into itself",
                      .value = WithoutSecrets(source.store),
                      .hint = "Name the other one with --from or --to."});
  }
  PYTHIA_ASSIGN(const auto source_store, OpenStore(source));
  PYTHIA_ASSIGN(const auto target_store, OpenStore(target));
  return pythia::CopyStore(*source_store, *target_store, progress, std::move(stop));
}

Result<std::vector<CopiedPart>> Engine::VerifyStore(Progress& progress, std::stop_token stop) {
  PYTHIA_ASSIGN(Store* const store, OpenedStore());
  return pythia::VerifyStore(*store, progress, std::move(stop));
}

}  // namespace pythia
