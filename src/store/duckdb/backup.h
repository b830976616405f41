// A copy of a store file, made before its layout changes.
#pragma once

#include <filesystem>

#include "base/error.h"

namespace pythia {

// Copies a file that no one has open; `to` is complete or is not there, and replaces an older one.
// kBusy where another process has the file open.
Status BackUp(const std::filesystem::path& file, const std::filesystem::path& to);

}  // namespace pythia
