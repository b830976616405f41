#include "http/response_head.h"

#include <algorithm>
#include <array>

#include <fmt/format.h>

#include "http/header_value.h"

namespace pythia::http {
namespace {

constexpr std::array<std::string_view, 5> kOurs = {"content-length", "content-type", "connection",
                                                   "transfer-encoding", "x-request-id"};

bool IsNameChar(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
         c == '_';
}

// A line end in a value would begin a header, or an answer, of somebody else's making.
bool IsValue(std::string_view value) {
  return std::ranges::none_of(value, [](char c) {
    const auto byte = static_cast<unsigned char>(c);
    return (byte < 0x20 && c != '\t') || byte == 0x7f;
  });
}

bool MayAppear(const std::string& name, std::string_view value) {
  return !name.empty() && std::ranges::all_of(name, IsNameChar) && IsValue(value) &&
         std::ranges::find(kOurs, LowerCase(name)) == kOurs.end();
}

bool Has(const Response& response, std::string_view name) {
  return std::ranges::any_of(response.headers,
                             [&](const auto& header) { return LowerCase(header.first) == name; });
}

// Of a head, and of a body that the caller puts behind it.
constexpr size_t kUsualBytes = 512;
constexpr size_t kShortBody = 64 << 10;

bool IsJson(std::string_view content_type) {
  return content_type.starts_with("application/json") ||
         content_type.starts_with("application/problem+json");
}

}  // namespace

bool HasBody(int status) { return status >= 200 && status != 204 && status != 304; }

std::string ResponseHead(const Response& response, const Framing& framing) {
  std::string head;
  head.reserve(kUsualBytes + std::min<uint64_t>(framing.body_bytes, kShortBody));
  const auto add = [&](std::string_view name, std::string_view value) {
    head.append(name).append(": ").append(value).append("\r\n");
  };
  head.append("HTTP/1.1 ").append(fmt::format_int(response.status).c_str()).append(" ");
  head.append(StatusText(response.status)).append("\r\n");
  if (HasBody(response.status)) {
    if (!response.content_type.empty() && IsValue(response.content_type)) {
      add("Content-Type", response.content_type);
    }
    add("Content-Length", fmt::format_int(framing.body_bytes).c_str());
  }
  add("Connection", framing.keep_alive ? "keep-alive" : "close");
  add("X-Content-Type-Options", "nosniff");
  add("X-Request-Id", framing.request_id);
  if (IsJson(response.content_type) && !Has(response, "cache-control")) {
    add("Cache-Control", "no-store");
  }
  if (!framing.allow_origin.empty()) {
    add("Access-Control-Allow-Origin", framing.allow_origin);
    add("Vary", "Origin");
  }
  for (const auto& [name, value] : response.headers) {
    if (MayAppear(name, value)) add(name, value);
  }
  head += "\r\n";
  return head;
}

}  // namespace pythia::http
