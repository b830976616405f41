// Parts of the program that are loaded only when they are needed, so that who does not use them
// does not pay for the libraries that they bring along.
#pragma once

#include <string>
#include <string_view>

#include "base/error.h"

namespace pythia {

// The address of `symbol` in the shared object `file` ("libpythia_store_mongodb.so"), which lies
// beside the program's libraries and stays loaded from then on. kIo, naming what is missing, where
// it or a library that it needs cannot be loaded; `package` is the Debian package that has the
// latter. Thread-safe.
Result<void*> LoadFromModule(std::string_view file, const std::string& symbol,
                             std::string_view package);

}  // namespace pythia
