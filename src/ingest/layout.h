// How a text file is laid out: what separates its cells, and where its header is.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "ingest/records.h"

namespace pythia {

struct Layout {
  Dialect dialect;
  std::vector<std::string> header;  // as in the file, trimmed
  int64_t header_line = 1;          // lines before it are a preamble
  size_t preamble_rows = 0;
};

// From the first part of a text, in UTF-8. The delimiter (',', ';', tab or '|') and the row that
// together claim most of our columns win; where nothing is claimed, those with which the rows agree
// best in their number of cells. `complete`: `sample` is the whole text. kBadInput where there is
// no row at all, and for more than `limits.max_columns` columns.
Result<Layout> FindLayout(std::string_view sample, bool complete, const std::string& file,
                          RecordLimits limits);

}  // namespace pythia
