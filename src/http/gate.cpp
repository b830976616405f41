#include "http/gate.h"

#include <algorithm>
#include <optional>

#include "base/sha256.h"
#include "http/header_value.h"

namespace pythia::http {
namespace {

constexpr std::string_view kScheme = "bearer ";

bool IsPort(std::string_view text) {
  return text.size() <= 5 && std::ranges::all_of(text, [](char c) { return c >= '0' && c <= '9'; });
}

// "name:8000" without the port, in lower case.
std::optional<std::string> HostName(std::string_view text) {
  const size_t bracket = text.starts_with('[') ? text.find(']') : 0;
  if (bracket == std::string_view::npos) return std::nullopt;
  const size_t colon = std::min(text.find(':', bracket), text.size());
  const std::string_view name = text.substr(0, colon);
  if (name.empty() || (bracket > 0 && bracket + 1 != colon)) return std::nullopt;
  if (colon < text.size() && !IsPort(text.substr(colon + 1))) return std::nullopt;
  if (name.find_first_of(" \t@/\\,") != std::string_view::npos) return std::nullopt;
  return LowerCase(name);
}

// "::1" is written "[::1]" in Host.
std::string InBrackets(std::string_view address) {
  const bool plain = address.starts_with('[') || address.find(':') == std::string_view::npos;
  return LowerCase(plain ? std::string(address) : "[" + std::string(address) + "]");
}

// Looks at every byte wherever the first difference is.
bool SameInConstantTime(std::string_view a, std::string_view b) {
  if (a.size() != b.size()) return false;  // hashes: the length is no secret
  unsigned different = 0;
  for (size_t i = 0; i < a.size(); ++i) different |= static_cast<unsigned char>(a[i] ^ b[i]);
  return different == 0;
}

}  // namespace

Gate::Gate(const ServerOptions& options)
    : hosts_({"localhost", "127.0.0.1", "[::1]", InBrackets(options.host)}),
      origins_(options.origins),
      tokens_(options.tokens) {
  for (const std::string& name : options.host_names) {
    // A name given with its port means the name.
    hosts_.push_back(HostName(InBrackets(name)).value_or(LowerCase(name)));
    if (const auto host = HostName(name)) hosts_.push_back(*host);
  }
  for (std::string& origin : origins_) {
    origin = LowerCase(origin);
    if (origin.ends_with('/')) origin.pop_back();
  }
  for (TokenHash& token : tokens_) token.sha256 = LowerCase(token.sha256);
}

OrRefusal<void> Gate::CheckHost(std::string_view host, std::string_view local_address) const {
  const std::optional<std::string> name = HostName(host);
  if (!name) return Refuse(400, "the Host header names no host");
  const bool ours =
      std::ranges::find(hosts_, *name) != hosts_.end() || *name == InBrackets(local_address);
  if (!ours) return Refuse(421, "this server does not answer for that Host");
  return {};
}

OrRefusal<std::string> Gate::CheckOrigin(const Request& request) const {
  const auto header = request.headers.find("origin");
  if (header == request.headers.end()) return "";
  const std::string origin = LowerCase(header->second);
  const std::string_view host = HeaderOf(request, "host");
  if (!host.empty() && origin == "http://" + LowerCase(host)) return "";
  if (std::ranges::find(origins_, origin) == origins_.end()) {
    return Refuse(403, "pages of that origin may not use this server");
  }
  return header->second;
}

OrRefusal<std::string> Gate::CheckToken(const Request& request) const {
  if (tokens_.empty()) return std::string(kNoToken);
  std::string_view given = HeaderOf(request, "authorization");
  std::string actor;
  if (LowerCase(given.substr(0, kScheme.size())) == kScheme) {
    given.remove_prefix(kScheme.size());
    const std::string hash = HexSha256(Trimmed(given));
    for (const TokenHash& token : tokens_) {  // all of them, for the time's sake
      if (SameInConstantTime(hash, token.sha256)) actor = token.name;
    }
  }
  if (!actor.empty()) return actor;
  Response response = Problem(401, StatusText(401), "a token is needed: Authorization: Bearer …");
  response.headers.emplace_back("WWW-Authenticate", "Bearer");
  return Refuse(std::move(response));
}

}  // namespace pythia::http
