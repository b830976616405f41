// The file of rejected rows: line, column, value, reason.
#pragma once

#include <filesystem>
#include <optional>
#include <string>

#include "base/file.h"
#include "records/cleaning_report.h"

namespace pythia {

// Makes no file before the first row comes; the file appears under its name with Commit(). Cells
// that a spreadsheet would take for a formula begin with an apostrophe. Not thread-safe.
class RejectsFile {
 public:
  // Empty `path`: rows are dropped.
  explicit RejectsFile(std::filesystem::path path) : path_(std::move(path)) {}

  Status Add(const RejectedRow& row);
  // True where there is a file now.
  Result<bool> Commit();

 private:
  std::filesystem::path path_;
  std::optional<AtomicFile> file_;
  std::string line_;
};

}  // namespace pythia
