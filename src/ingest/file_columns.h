// The columns of a file by their headers alone, before any cell is read.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/error.h"
#include "ingest/clean.h"
#include "ingest/headers.h"
#include "ingest/profile.h"

namespace pythia {

struct FileColumn {
  std::string header;  // unique in the file
  HeaderForm form;
  std::optional<Claim> claim;
  std::string how;          // "name", "alias", "map"; empty without a claim
  bool identifies = false;  // an id by its header, but not the campaign's
  ProfileKind profile = ProfileKind::kFree;
};

struct FileColumns {
  std::vector<FileColumn> columns;
  std::vector<std::string> notes;  // on headers that are empty or repeat

  // Indices of the columns that claim `column`, strongest first.
  std::vector<size_t> Claimants(std::string_view column) const;
};

// kUsage where `options.map` names a header that is not there, or a column that is none of ours.
Result<FileColumns> ReadHeader(const std::vector<std::string>& header, const CleanOptions& options,
                               const std::string& file);

// "a, b, c", at most `most` of them.
std::string ListNames(const std::vector<std::string>& names, size_t most = 30);

}  // namespace pythia
