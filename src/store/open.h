// The only place that chooses a backend.
#pragma once

#include <memory>
#include <string>

#include "base/error.h"
#include "config/config.h"
#include "store/store.h"

namespace pythia {

// Opens the store that the configuration names and brings its schema to this version. kBusy where
// another process holds it.
Result<std::unique_ptr<Store>> OpenStore(const Config& config);

}  // namespace pythia
