// Names and text inside SQL.
#pragma once

#include <string>
#include <string_view>

namespace pythia::duckdb {

// `name` as a quoted identifier. A NUL byte, which SQL cannot hold, becomes U+FFFD; an empty name,
// which DuckDB refuses, becomes "_".
std::string QuoteName(std::string_view name);

// `text` as a string literal; a NUL byte becomes U+FFFD. Prefer a bound parameter.
std::string QuoteText(std::string_view text);

}  // namespace pythia::duckdb
