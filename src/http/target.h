// The path and query of a request line, decoded once and strictly.
#pragma once

#include <string>
#include <string_view>

#include "http/message.h"
#include "http/refusal.h"

namespace pythia::http {

struct Target {
  std::string authority;  // of "GET http://host/path", else empty
  std::string path;       // "/" or "/part/part", without empty or dotted parts
  Parameters query;
};

// 400 for what is no target or badly encoded; 404 for a path that can name nothing here: with NUL
// or control characters, a backslash, an encoded slash or percent sign, "." or ".." as a part.
OrRefusal<Target> ParseTarget(std::string_view text);

}  // namespace pythia::http
