// What the cells of one column say together: the evidence for its type, decimal mark and date
// order. Not thread-safe.
#pragma once

#include <cstdint>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "ingest/fields.h"

namespace pythia {

// Hash of some bytes; good, not cryptographic.
uint64_t HashBytes(std::string_view bytes);

// Hashes that were seen, in open addressing. 0 counts as 1.
class HashSet {
 public:
  // True where it is new.
  bool Insert(uint64_t hash);
  size_t size() const { return size_; }

 private:
  void Grow();
  std::vector<uint64_t> slots_;
  size_t size_ = 0;
};

enum class ProfileKind {
  kPresence,  // text that is known to be text: only whether there is any
  kText,      // text whose number of levels matters
  kNumber,
  kDate,
  kFree,  // nothing is known
};

inline constexpr size_t kMostLevels = 1000;  // of a category that is not one of ours

struct ColumnProfile {
  int64_t present = 0;  // neither empty nor a mark for "no value"

  int64_t numbers = 0;
  int64_t fractions = 0;  // numbers that are not whole
  int64_t percents = 0;   // numbers with a percent sign
  int64_t dots = 0;       // evidence for each decimal mark, see NumberScan
  int64_t commas = 0;
  int64_t maybe_dots = 0;
  int64_t maybe_commas = 0;
  std::string maybe_example;         // of a number that can be read in two ways
  std::set<std::string> currencies;  // symbols and codes beside the numbers

  int64_t dates = 0;
  int64_t day_first = 0;    // 25/01/2026
  int64_t month_first = 0;  // 01/25/2026
  int64_t either = 0;       // 03/04/2026
  int64_t dotted = 0;       // 03.04.2026: nobody puts the month first there
  std::string either_example;

  size_t levels = 0;     // distinct texts, counted up to kMostLevels + 1
  int64_t personal = 0;  // e-mail addresses and phone numbers among the first cells
  int64_t personal_of = 0;
};

class ColumnProfiler {
 public:
  explicit ColumnProfiler(ProfileKind kind) : kind_(kind) {}
  // One cell, as it stands in the file.
  void Add(std::string_view cell);
  const ColumnProfile& profile() const { return profile_; }

 private:
  void AddNumber(std::string_view cell);
  void AddDate(std::string_view cell);
  void AddText(std::string_view cell);

  ProfileKind kind_;
  ColumnProfile profile_;
  bool number_ = true;  // still possible
  bool date_ = true;
  HashSet levels_;
};

}  // namespace pythia
