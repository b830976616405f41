// What the cells of one column say together: the evidence for its type, decimal mark and date
// order. Not thread-safe.
#pragma once

#include <cstdint>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "ingest/cell_codes.h"
#include "ingest/fields.h"

namespace pythia {

// Hash of some bytes; good, not cryptographic.
uint64_t HashBytes(std::string_view bytes);

// Hashes that were seen, in open addressing. 0 counts as 1.
class HashSet {
 public:
  // True where it is new.
  bool Insert(uint64_t hash);
  void InsertAll(const HashSet& other);
  // Room for `size` hashes in all.
  void Reserve(size_t size);
  // Soon to be inserted.
  void Expect(uint64_t hash) const;
  size_t size() const { return size_; }
  void Clear();

 private:
  void Grow(size_t slots);
  std::vector<uint64_t> slots_;  // at most two thirds of them taken
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
  int64_t percents = 0;  // numbers with a percent sign
  int64_t dots = 0;      // evidence for each decimal mark, see NumberScan
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

// What one text says, whatever its column.
struct TextSays {
  NumberScan number = {};
  DateScan date = {};
  std::string text = {};  // trimmed
  bool missing = false;   // a mark for "no value", where numbers may stand
};
TextSays ReadText(std::string_view trimmed);

struct CountedText {
  const TextSays* says = nullptr;
  int64_t count = 0;
};

class ColumnProfiler {
 public:
  // `any_will_do`: whether there is any value is all that matters.
  explicit ColumnProfiler(ProfileKind kind, bool any_will_do = false)
      : kind_(kind), any_will_do_(any_will_do && kind == ProfileKind::kPresence) {}

  // One cell, without its quotes.
  void Add(std::string_view cell);
  // The same of a cell as it stands in the file, where it has a usual shape; false for others. At
  // `raw`, 16 bytes can be read.
  bool AddRaw(std::string_view raw);
  // The same of cells that need no look: so many numbers of plain digits, some of them with a
  // decimal dot that can be nothing else, or behind a "$"; ISO days that AddRaw() has met before.
  void AddPlainNumbers(int64_t count, int64_t dots, bool dollars);
  void AddKnownDays(int64_t count);
  // The same of a cell whose text was read before.
  void AddSaid(const TextSays& says);
  // The same of a run of cells, in any order. False, and nothing was added, where order matters.
  bool AddCounted(std::span<const CountedText> texts);
  bool AddPlainRun(int64_t count, int64_t dots);  // numbers as AddPlainNumbers() takes them
  // Further cells, which `part` was given; only where the order of cells does not matter.
  void Merge(const ColumnProfiler& part);
  ProfileKind kind() const { return kind_; }
  bool in_order() const { return kind_ == ProfileKind::kFree; }
  // No cell makes a difference any more.
  bool settled() const { return any_will_do_ && profile_.present > 0; }
  // As new.
  void Clear();
  const ColumnProfile& profile() const { return profile_; }

 private:
  bool AddRawNumber(std::string_view raw);
  bool AddRawDate(std::string_view raw);
  bool AddRawFree(std::string_view raw);
  bool Remember(std::string_view raw);
  void AddNumber(const NumberScan& scan, std::string_view cell, int64_t count = 1);
  void AddDate(const DateScan& scan, std::string_view cell, int64_t count = 1);
  void AddText(std::string_view cell);

  ProfileKind kind_;
  bool any_will_do_ = false;
  ColumnProfile profile_;
  bool number_ = true;  // still possible
  bool date_ = true;
  HashSet levels_;
  std::string_view last_;  // the cell before, where it was a day
  CellCodes texts_;        // of cells that were met
  std::vector<TextSays> said_;
};

}  // namespace pythia
