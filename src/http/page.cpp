#include "http/page.h"

#include <charconv>

#include <fmt/format.h>

#include "http/header_value.h"

namespace pythia::http {
namespace {

// Scripts, styles and answers come from this service alone; pictures also out of the page itself,
// which is how it draws a PNG.
constexpr std::string_view kPolicy =
    "default-src 'self'; img-src 'self' data: blob:; object-src 'none'; frame-ancestors 'none'; "
    "base-uri 'none'; form-action 'none'";

// Calls `visit` with every part between commas.
void ForEachPart(std::string_view list, const auto& visit) {
  while (!list.empty()) {
    const std::string_view part = list.substr(0, list.find(','));
    list.remove_prefix(std::min(part.size() + 1, list.size()));
    visit(Trimmed(part));
  }
}

bool IsZero(std::string_view quality) {
  double value = 1;
  const auto [stop, failed] =
      std::from_chars(quality.data(), quality.data() + quality.size(), value);
  return failed == std::errc() && value <= 0;
}

}  // namespace

bool TakesGzip(std::string_view accept_encoding) {
  std::optional<bool> gzip;
  bool any = false;
  ForEachPart(accept_encoding, [&](std::string_view part) {
    const auto coding = ParseHeaderValue(part);
    if (!coding) return;
    const bool taken = !IsZero(coding->Parameter("q").value_or("1"));
    if (coding->value == "gzip" || coding->value == "x-gzip") gzip = taken;
    if (coding->value == "*") any = taken;
  });
  return gzip.value_or(any);
}

bool NamesTag(std::string_view if_none_match, std::string_view tag) {
  bool named = false;
  ForEachPart(if_none_match, [&](std::string_view part) {
    if (part.starts_with("W/")) part.remove_prefix(2);
    named = named || part == tag || part == "*";
  });
  return named;
}

Response ServePageFile(const PageFile& file, const Request& request) {
  const bool zipped =
      file.gzip.size() < file.bytes.size() && TakesGzip(HeaderOf(request, "accept-encoding"));
  // The two forms are different bytes, so they have different tags.
  const std::string tag = fmt::format("\"{}{}\"", file.sha256, zipped ? "-gzip" : "");
  const bool kept = NamesTag(HeaderOf(request, "if-none-match"), tag);
  Response response{.status = kept ? 304 : 200, .content_type = std::string(file.content_type)};
  if (!kept) response.body = zipped ? file.gzip : file.bytes;
  const auto add = [&](std::string name, std::string_view value) {
    response.headers.emplace_back(std::move(name), value);
  };
  add("ETag", tag);
  add("Cache-Control",
      file.path.starts_with("/assets/") ? "public, max-age=31536000, immutable" : "no-cache");
  add("Vary", "Accept-Encoding");
  if (zipped && !kept) add("Content-Encoding", "gzip");
  add("Content-Security-Policy", kPolicy);
  add("Referrer-Policy", "no-referrer");
  return response;
}

}  // namespace pythia::http
