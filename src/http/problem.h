// problem+json, read back: the way from Problem() in message.h.
#pragma once

#include <string_view>

#include "base/error.h"

namespace pythia::http {

// The error that an answer states; where it states none (another server may answer), one that says
// so with the status.
Error ErrorOfProblem(int status, std::string_view body);

}  // namespace pythia::http
