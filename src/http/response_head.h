// The status line and header of an answer.
#pragma once

#include <cstdint>
#include <string>

#include "http/message.h"

namespace pythia::http {

struct Framing {
  std::string request_id;
  uint64_t body_bytes = 0;
  bool keep_alive = true;
  std::string allow_origin;  // of a foreign page that may read the answer
};

// False for statuses that never have a body.
bool HasBody(int status);

// Ends with the empty line. Headers of `response` that HTTP forbids, or that are the transport's
// business (Content-Length, Connection ...), are left out.
std::string ResponseHead(const Response& response, const Framing& framing);

}  // namespace pythia::http
