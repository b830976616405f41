#include "duckdb/quoting.h"

namespace pythia::duckdb {
namespace {

std::string Quote(std::string_view text, char quote) {
  std::string out(1, quote);
  for (const char c : text) {
    if (c == '\0') {
      out += "\xef\xbf\xbd";
      continue;
    }
    if (c == quote) out += quote;
    out += c;
  }
  out += quote;
  return out;
}

}  // namespace

std::string QuoteName(std::string_view name) { return name.empty() ? "\"_\"" : Quote(name, '"'); }

std::string QuoteText(std::string_view text) { return Quote(text, '\''); }

}  // namespace pythia::duckdb
