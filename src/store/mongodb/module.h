// How OpenStore reaches the MongoDB store, which is loaded when the program runs.
#pragma once

#include <memory>

#include "base/error.h"
#include "config/config.h"
#include "store/names.h"
#include "store/store.h"

namespace pythia {

inline constexpr const char* kMongoModule = "libpythia_store_mongodb.so";
inline constexpr const char* kOpenMongoStore = "PythiaOpenMongoStore";

// The type of the module's function of that name: fills `store` with what it opened, or the error.
using OpenMongoStoreFunction = void(const Config* config, const TableNames* names,
                                    Result<std::unique_ptr<Store>>* store);

}  // namespace pythia
