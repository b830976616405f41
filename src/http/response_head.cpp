#include "http/response_head.h"

#include <algorithm>
#include <array>
#include <iterator>

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

bool IsJson(std::string_view content_type) {
  return content_type.starts_with("application/json") ||
         content_type.starts_with("application/problem+json");
}

}  // namespace

bool HasBody(int status) { return status >= 200 && status != 204 && status != 304; }

std::string ResponseHead(const Response& response, const Framing& framing) {
  std::string head;
  auto out = std::back_inserter(head);
  fmt::format_to(out, "HTTP/1.1 {} {}\r\n", response.status, StatusText(response.status));
  if (HasBody(response.status)) {
    if (!response.content_type.empty() && IsValue(response.content_type)) {
      fmt::format_to(out, "Content-Type: {}\r\n", response.content_type);
    }
    fmt::format_to(out, "Content-Length: {}\r\n", framing.body_bytes);
  }
  head += framing.keep_alive ? "Connection: keep-alive\r\n" : "Connection: close\r\n";
  head += "X-Content-Type-Options: nosniff\r\n";
  fmt::format_to(out, "X-Request-Id: {}\r\n", framing.request_id);
  if (IsJson(response.content_type) && !Has(response, "cache-control")) {
    head += "Cache-Control: no-store\r\n";
  }
  if (!framing.allow_origin.empty()) {
    fmt::format_to(out, "Access-Control-Allow-Origin: {}\r\nVary: Origin\r\n",
                   framing.allow_origin);
  }
  for (const auto& [name, value] : response.headers) {
    if (MayAppear(name, value)) fmt::format_to(out, "{}: {}\r\n", name, value);
  }
  head += "\r\n";
  return head;
}

}  // namespace pythia::http
