#include "http/target.h"

#include <algorithm>
#include <optional>

#include "base/utf8.h"
#include "http/header_value.h"

namespace pythia::http {
namespace {

constexpr std::string_view kScheme = "http://";

int HexDigit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

// Nothing where '%' is not followed by two digits.
std::optional<std::string> PercentDecoded(std::string_view text, bool plus_is_space) {
  std::string out;
  out.reserve(text.size());
  for (size_t at = 0; at < text.size(); ++at) {
    const char c = text[at];
    if (c != '%') {
      out += plus_is_space && c == '+' ? ' ' : c;
      continue;
    }
    const int high = at + 2 < text.size() ? HexDigit(text[at + 1]) : -1;
    const int low = high >= 0 ? HexDigit(text[at + 2]) : -1;
    if (low < 0) return std::nullopt;
    out += static_cast<char>(high * 16 + low);
    at += 2;
  }
  return out;
}

// Characters of a decoded part that no route has. A '%' left over was encoded twice.
bool IsForbidden(char c) {
  const auto byte = static_cast<unsigned char>(c);
  return byte < 0x20 || byte == 0x7f || c == '\\' || c == '/' || c == '%';
}

OrRefusal<std::string> DecodedPart(std::string_view text) {
  std::optional<std::string> part = PercentDecoded(text, false);
  if (!part) return Refuse(400, "the path has a '%' without two hexadecimal digits");
  const bool fit = !part->empty() && *part != "." && *part != ".." &&
                   std::ranges::none_of(*part, IsForbidden) && IsUtf8(*part);
  if (!fit) return Refuse(404, "there is nothing at this path");
  return *std::move(part);
}

OrRefusal<std::string> DecodedPath(std::string_view text) {
  if (text == "/") return "/";
  std::string path;
  while (!text.empty()) {
    text.remove_prefix(1);  // the slash
    const std::string_view raw = text.substr(0, text.find('/'));
    text.remove_prefix(raw.size());
    OrRefusal<std::string> part = DecodedPart(raw);
    if (!part) return part;
    path += '/';
    path += *part;
  }
  return path;
}

OrRefusal<Parameters> DecodedQuery(std::string_view text) {
  Parameters query;
  while (!text.empty()) {
    const std::string_view pair = text.substr(0, text.find('&'));
    text.remove_prefix(std::min(pair.size() + 1, text.size()));
    if (pair.empty()) continue;
    const size_t equals = std::min(pair.find('='), pair.size());
    std::optional<std::string> name = PercentDecoded(pair.substr(0, equals), true);
    std::optional<std::string> value =
        PercentDecoded(pair.substr(std::min(equals + 1, pair.size())), true);
    if (!name || !value) return Refuse(400, "the query has a '%' without two hexadecimal digits");
    const auto is_text = [](const std::string& s) {
      return IsUtf8(s) && s.find('\0') == std::string::npos;
    };
    if (!is_text(*name) || !is_text(*value)) return Refuse(400, "the query is not UTF-8 text");
    query.emplace_back(*std::move(name), *std::move(value));
  }
  return query;
}

}  // namespace

OrRefusal<Target> ParseTarget(std::string_view text) {
  Target target;
  if (LowerCase(text.substr(0, kScheme.size())) == kScheme) {
    text.remove_prefix(kScheme.size());
    const std::string_view authority = text.substr(0, text.find_first_of("/?#"));
    target.authority = authority;
    text.remove_prefix(authority.size());
    if (target.authority.empty()) return Refuse(400, "the request line names no host");
    if (text.empty()) text = "/";
  }
  if (!text.starts_with('/') || text.find('#') != std::string_view::npos) {
    return Refuse(400, "the request line has no path");
  }
  const size_t mark = std::min(text.find('?'), text.size());
  OrRefusal<Parameters> query = DecodedQuery(text.substr(std::min(mark + 1, text.size())));
  if (!query) return Refuse(std::move(query).error());
  OrRefusal<std::string> path = DecodedPath(text.substr(0, mark));
  if (!path) return Refuse(std::move(path).error());
  target.path = *std::move(path);
  target.query = *std::move(query);
  return target;
}

}  // namespace pythia::http
