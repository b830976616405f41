// Tokens: who may use the service from beyond this machine.
//
// A token is 32 random bytes; the file keeps names and SHA-256 hashes only, one "name hash" per
// line, and is readable by its owner alone.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "base/error.h"
#include "http/server.h"

namespace pythia::http {

// kBadInput, with the line, for what is no such file.
Result<std::vector<TokenHash>> ReadTokens(const std::filesystem::path& file);

// Makes a token, adds its hash to the file (made where it is missing) and returns the token, which
// is kept nowhere. kConflict where the name is taken, kUsage for what is no name.
Result<std::string> NewToken(const std::filesystem::path& file, const std::string& name);

}  // namespace pythia::http
