// The first pass: what all cells of a file say about its columns.
#pragma once

#include <cstdint>
#include <set>
#include <stop_token>
#include <string>
#include <vector>

#include "base/error.h"
#include "base/progress.h"
#include "ingest/file_columns.h"
#include "ingest/profile.h"
#include "ingest/table_file.h"

namespace pythia {

struct Survey {
  std::vector<ColumnProfile> profiles;  // by column of the file
  int64_t rows = 0;                     // that look like campaigns
  int64_t dated_rows = 0;               // of a campaign that is known, on a day that is known
  int64_t repeated_rows = 0;            // of these, on another day than the campaign's first row
  std::set<std::string> currencies;     // in the column that names them
  bool some_invalid = false;            // bytes that are no UTF-8
  std::string sha256;
  uint64_t checksum = 0;  // of the same bytes
};

// kCancelled when stopped; what the file's reader fails with.
Result<Survey> SurveyFile(TableFile& file, const FileColumns& columns, int threads,
                          Progress& progress, const std::stop_token& stop);

// The columns by which rows are known to be of one campaign, from the claims alone.
int DateCell(const FileColumns& columns);

}  // namespace pythia
