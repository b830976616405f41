// What a store says of its datasets.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "campaign/table.h"

namespace pythia {

// One file that went into a generation.
struct LoadInfo {
  std::string sha256;   // of the file
  std::string options;  // the cleaning options in canonical form; with sha256 the load's identity
  std::string source;   // the file's name
  int64_t rows = 0;
  std::string loaded_at;
};

// One generation of a dataset.
struct DatasetInfo {
  std::string name;
  int64_t generation = 0;  // counts from 1
  bool current = false;
  int64_t previous = 0;  // what was current when this one was written; 0: nothing
  int64_t rows = 0;
  std::string grain;     // "campaign" or "row"
  std::string currency;  // ISO code, or empty: unknown
  std::string created_at;
  Schema schema;
  std::vector<LoadInfo> loads;  // in load order
};

// Sums over the rows of one level; missing values are left out.
struct GroupSums {
  std::string level;  // empty: missing (or empty text)
  int64_t rows = 0;
  std::vector<double> sums;
};

struct DatasetDetails {
  std::vector<DatasetInfo> generations;  // ascending
  std::vector<GroupSums> channels;       // per Channel_Used where there is one
  std::vector<std::string> sums;         // what GroupSums::sums holds
};

struct Range {
  double min = 0;  // dates in days since 1970
  double max = 0;
};

// What a plan can be made of: GET /api/dataset/options.
struct Options {
  std::string dataset;
  std::map<std::string, std::vector<std::string>> categories;  // plan categories, sorted by text
  std::map<std::string, Range> ranges;                         // numbers, money, counts
  std::optional<std::pair<std::string, std::string>> dates;    // first and last day, ISO 8601
  std::string currency;
};

}  // namespace pythia
