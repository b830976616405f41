// Who may ask: the Host, Origin and Authorization of a request.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "http/refusal.h"
#include "http/server.h"

namespace pythia::http {

// Thread-safe once built.
class Gate {
 public:
  explicit Gate(const ServerOptions& options);

  // 421 where `host` ("name", "name:8000", "[::1]:8000") is none of ours, which ends DNS
  // rebinding; 400 where it is no host at all. Any port is taken: ports are forwarded, and an
  // attacker gains nothing by one. `local_address` is the address that the connection came to.
  OrRefusal<void> CheckHost(std::string_view host, std::string_view local_address) const;

  // The foreign origin that may read the answer; empty for our own pages and for programs, which
  // send none. 403 for any other.
  OrRefusal<std::string> CheckOrigin(const Request& request) const;

  // Who it is: "http" where no tokens are configured, else the token's name; 401.
  OrRefusal<std::string> CheckToken(const Request& request) const;

 private:
  std::vector<std::string> hosts_;
  std::vector<std::string> origins_;
  std::vector<TokenHash> tokens_;
};

}  // namespace pythia::http
