// What became of a file on its way into a dataset.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "campaign/column.h"

namespace pythia {

struct RejectedRow {
  int64_t line = 0;    // in the file, from 1; the row's first line
  std::string column;  // canonical name, or the file's header; empty: the whole row
  std::string value;
  std::string reason;  // a key of CleaningReport::rejected
};

// A header of the file and the column it was taken for.
struct RecognisedColumn {
  std::string header;
  std::string column;
  std::string how;  // "name", "alias", "map", "set", "derived"
};

// The distribution of one kept column.
struct ColumnSummary {
  std::string name;
  ColumnType type = ColumnType::kText;
  Role role = Role::kOther;
  int64_t present = 0;
  int64_t missing = 0;
  double min = 0;  // numbers; dates in days since 1970
  double max = 0;
  double mean = 0;                                       // numbers
  int64_t distinct = 0;                                  // categories
  std::vector<std::pair<std::string, int64_t>> largest;  // categories: up to 5 levels, counts
};

struct RolledUp {
  int64_t rows = 0;       // daily rows that went in
  int64_t campaigns = 0;  // campaigns that came out
};

struct CleaningReport {
  std::string file;
  std::string dataset;
  int64_t generation = 0;
  bool unchanged = false;  // the same load was there already
  bool dry_run = false;
  std::string sha256;  // of the file; empty of a dry run

  std::string format;    // "csv, comma, utf-8, header on line 3"
  std::string grain;     // "campaign" or "row"
  std::string currency;  // ISO code, or empty: unknown

  int64_t rows_read = 0;  // data rows of the file
  int64_t rows_kept = 0;  // file rows that are in the dataset (as themselves or rolled up)
  int64_t rows_rejected = 0;
  std::map<std::string, int64_t> rejected;  // by reason
  std::map<std::string, int64_t> flagged;   // kept, with a remark: "clicks_above_impressions" ...
  std::optional<RolledUp> rolled_up;

  std::vector<RecognisedColumn> recognised;
  std::vector<std::string> unknown;   // kept under their own name
  std::vector<std::string> left_out;  // personal data
  std::vector<std::string> missing;   // canonical columns that the file lacks
  std::vector<std::string> notes;     // sentences: what was decided on the way
  std::vector<ColumnSummary> columns;

  std::string rejects_file;                // empty: none was written
  std::vector<RejectedRow> rejected_rows;  // the first 20
  // The first rows as text, with their header; for a dry run.
  std::vector<std::string> preview_header;
  std::vector<std::vector<std::string>> preview;
};

}  // namespace pythia
