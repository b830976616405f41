// One typed column of values, some of them missing.
//
// Values lie side by side; categories are codes into a Dictionary that all blocks of one source
// share; near-unique text is one run of bytes with end offsets. Whether a value is missing is said
// by a bit mask; the place of a missing value holds NaN, kMissingDay, kMissingCode or empty text.
// Appending never allocates per row once the vectors have grown (Clear() keeps the memory).
// Not thread-safe for writing; reading from several threads is.
#pragma once

#include <cstdint>
#include <deque>
#include <limits>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace pythia {

enum class ColumnType {
  kText,      // near-unique text: ids, names
  kCategory,  // text from a small set
  kNumber,
  kCount,  // whole, not negative, unless the schema says fractions are possible
  kMoney,
  kDate,  // a calendar day without time zone
};

enum class Role {
  kId,
  kPlan,     // known before launch
  kOutcome,  // known only after
  kOther,    // an extra number: kept, no feature until the user names it
};

// What a column is. `unit` is for people ("days", "account currency"), may be empty.
struct ColumnSpec {
  std::string name;
  ColumnType type = ColumnType::kText;
  Role role = Role::kOther;
  std::string unit = {};

  bool operator==(const ColumnSpec&) const = default;
};

bool IsNumeric(ColumnType type);
std::string_view TypeName(ColumnType type);  // "text", "category", "number", "count", ...
std::string_view RoleName(Role role);        // "id", "plan", "outcome", "other"
// The inverses; false where `name` is none of theirs.
bool ParseTypeName(std::string_view name, ColumnType* type);
bool ParseRoleName(std::string_view name, Role* role);

inline constexpr uint32_t kMissingCode = std::numeric_limits<uint32_t>::max();
inline constexpr int32_t kMissingDay = std::numeric_limits<int32_t>::min();

// The distinct texts of a category column, numbered in order of first appearance. Levels never
// move: a view stays valid as long as the dictionary lives.
class Dictionary {
 public:
  // The code of `level`, a new one where it was not there.
  uint32_t Intern(std::string_view level);
  // kMissingCode where it is not there.
  uint32_t Find(std::string_view level) const;
  std::string_view level(uint32_t code) const { return levels_[code]; }
  uint32_t size() const { return static_cast<uint32_t>(levels_.size()); }

 private:
  std::deque<std::string> levels_;
  std::unordered_map<std::string_view, uint32_t> codes_;
};

// Bit i set: value i is present. While nothing is missing no bits are kept.
class PresenceMask {
 public:
  void Append(bool present);
  void AppendPresent(int64_t count);
  void Clear();
  bool operator[](int64_t i) const {
    return words_.empty() || (words_[static_cast<size_t>(i) >> 6] >> (i & 63) & 1) != 0;
  }
  int64_t num_missing() const { return num_missing_; }
  int64_t size() const { return size_; }

 private:
  std::vector<uint64_t> words_;
  int64_t size_ = 0;
  int64_t num_missing_ = 0;
};

class Column {
 public:
  explicit Column(ColumnSpec spec, std::shared_ptr<Dictionary> dictionary = nullptr);

  const ColumnSpec& spec() const { return spec_; }
  const std::string& name() const { return spec_.name; }
  ColumnType type() const { return spec_.type; }
  int64_t size() const { return present_.size(); }
  bool IsMissing(int64_t row) const { return !present_[row]; }
  int64_t num_missing() const { return present_.num_missing(); }

  // Each for its own type only (kNumber, kCount, kMoney are numbers); [rows].
  const std::vector<double>& numbers() const { return numbers_; }
  const std::vector<int32_t>& days() const { return days_; }
  const std::vector<uint32_t>& codes() const { return codes_; }
  std::string_view text(int64_t row) const;
  const std::shared_ptr<Dictionary>& dictionary() const { return dictionary_; }
  // The text of a category; requires that it is not missing.
  std::string_view level(int64_t row) const {
    return dictionary_->level(codes_[static_cast<size_t>(row)]);
  }

  // NaN counts as missing.
  void AppendNumber(double value);
  void AppendDay(int32_t day);
  void AppendCode(uint32_t code);
  void AppendText(std::string_view text);
  // Text for a kText or kCategory column.
  void AppendString(std::string_view text);
  void AppendMissing();
  // Row `row` of `other`, which has the same type; categories are interned here where the
  // dictionaries differ.
  void AppendFrom(const Column& other, int64_t row);

  // Many at once: NaN, kMissingDay and kMissingCode are missing values.
  void AppendNumbers(std::span<const double> values);
  void AppendDays(std::span<const int32_t> days);
  void AppendCodes(std::span<const uint32_t> codes);
  // Puts code_of[code] for every code, and `dictionary` in the place of the old one.
  void Recode(std::span<const uint32_t> code_of, std::shared_ptr<Dictionary> dictionary);

  // Replaces a number, for derived columns.
  void SetNumber(int64_t row, double value);

  // Drops the rows, keeps the memory and the dictionary.
  void Clear();
  void Reserve(int64_t rows);

 private:
  ColumnSpec spec_;
  std::shared_ptr<Dictionary> dictionary_;
  PresenceMask present_;
  std::vector<double> numbers_;
  std::vector<int32_t> days_;
  std::vector<uint32_t> codes_;
  std::string bytes_;
  std::vector<uint64_t> ends_;
};

}  // namespace pythia
