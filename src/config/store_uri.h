// Connection strings of a MongoDB store, which may hold secrets.
#pragma once

#include <string>
#include <string_view>

#include "base/error.h"

namespace pythia {

// mongodb:// or mongodb+srv://; anything else is a file.
bool IsMongoUri(std::string_view store);

// True where the connection string holds a password, or an option that is one.
bool HoldsSecret(std::string_view store);

// `store` fit for messages: every secret in it as "***". A file's name stays as it is.
std::string WithoutSecrets(std::string_view store);

// kUsage where the value of a flag holds a secret: the list of processes and the shell's history
// show it.
Status RefuseSecretFlag(std::string_view flag, std::string_view value);

}  // namespace pythia
