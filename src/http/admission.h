// Everything that is decided about a request before its body is read.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "http/gate.h"
#include "http/refusal.h"
#include "http/router.h"
#include "http/server.h"

namespace pythia::http {

// What the request line, the connection and the framing say.
struct Arrival {
  std::string target;
  std::string local_address;
  bool is_http11 = true;
  bool has_body = false;
  std::optional<uint64_t> body_bytes;  // where that is said at the beginning
};

// 400 for framing that two programs could read differently; the connection must be closed then.
OrRefusal<void> CheckFraming(const Request& request, const Arrival& arrival);

// Thread-safe once built.
class Admission {
 public:
  Admission(const ServerOptions& options, std::vector<Route> routes);

  // In this order: target, Host, Origin, preflight, token, route, Expect, body. Fills in the
  // request's path, query, arguments and actor, and the foreign origin that may read the answer,
  // be it a refusal. OPTIONS always ends here.
  OrRefusal<const Route*> Check(const Arrival& arrival, Request* request,
                                std::string* allow_origin) const;

  uint64_t BodyLimit(BodyKind kind) const;

 private:
  // Whether it may be read without a token.
  bool IsOpen(const Request& request) const;
  OrRefusal<void> CheckWho(const Arrival& arrival, const std::string& authority, Request* request,
                           std::string* allow_origin) const;
  OrRefusal<void> CheckBody(const Route& route, const Arrival& arrival,
                            const Request& request) const;
  Response AnswerOptions(const Request& request) const;

  Limits limits_;
  Gate gate_;
  Router router_;
};

}  // namespace pythia::http
