#include "campaign/column.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <utility>

#include "base/check.h"

namespace pythia {
namespace {

constexpr std::array<std::pair<ColumnType, std::string_view>, 6> kTypeNames = {{
    {ColumnType::kText, "text"},
    {ColumnType::kCategory, "category"},
    {ColumnType::kNumber, "number"},
    {ColumnType::kCount, "count"},
    {ColumnType::kMoney, "money"},
    {ColumnType::kDate, "date"},
}};

constexpr std::array<std::pair<Role, std::string_view>, 4> kRoleNames = {{
    {Role::kId, "id"},
    {Role::kPlan, "plan"},
    {Role::kOutcome, "outcome"},
    {Role::kOther, "other"},
}};

template <typename Names, typename Value>
std::string_view NameIn(const Names& names, Value value) {
  for (const auto& [candidate, name] : names) {
    if (candidate == value) return name;
  }
  PYTHIA_CHECK(false);
}

template <typename Names, typename Value>
bool ParseIn(const Names& names, std::string_view text, Value* value) {
  for (const auto& [candidate, name] : names) {
    if (name != text) continue;
    *value = candidate;
    return true;
  }
  return false;
}

}  // namespace

bool IsNumeric(ColumnType type) {
  return type == ColumnType::kNumber || type == ColumnType::kCount || type == ColumnType::kMoney;
}

std::string_view TypeName(ColumnType type) { return NameIn(kTypeNames, type); }
std::string_view RoleName(Role role) { return NameIn(kRoleNames, role); }
bool ParseTypeName(std::string_view name, ColumnType* type) {
  return ParseIn(kTypeNames, name, type);
}
bool ParseRoleName(std::string_view name, Role* role) { return ParseIn(kRoleNames, name, role); }

uint32_t Dictionary::Intern(std::string_view level) {
  const auto found = codes_.find(level);
  if (found != codes_.end()) return found->second;
  const uint32_t code = size();
  PYTHIA_CHECK(code < kMissingCode);
  codes_.emplace(levels_.emplace_back(level), code);
  return code;
}

uint32_t Dictionary::Find(std::string_view level) const {
  const auto found = codes_.find(level);
  return found == codes_.end() ? kMissingCode : found->second;
}

void PresenceMask::Append(bool present) {
  const auto word = static_cast<size_t>(size_) >> 6;
  if (!present && words_.empty()) words_.assign(word + 1, ~uint64_t{0});
  if (!words_.empty()) {
    if (word >= words_.size()) words_.push_back(~uint64_t{0});
    if (!present) words_[word] &= ~(uint64_t{1} << (size_ & 63));
  }
  num_missing_ += present ? 0 : 1;
  ++size_;
}

void PresenceMask::AppendPresent(int64_t count) {
  size_ += count;
  if (words_.empty()) return;
  words_.resize((static_cast<size_t>(size_) + 63) / 64, ~uint64_t{0});
}

void PresenceMask::Clear() {
  words_.clear();
  size_ = 0;
  num_missing_ = 0;
}

Column::Column(ColumnSpec spec, std::shared_ptr<Dictionary> dictionary)
    : spec_(std::move(spec)), dictionary_(std::move(dictionary)) {
  if (spec_.type == ColumnType::kCategory && !dictionary_) {
    dictionary_ = std::make_shared<Dictionary>();
  }
}

std::string_view Column::text(int64_t row) const {
  const auto i = static_cast<size_t>(row);
  const uint64_t begin = i == 0 ? 0 : ends_[i - 1];
  return std::string_view(bytes_).substr(begin, ends_[i] - begin);
}

void Column::AppendNumber(double value) {
  PYTHIA_CHECK(IsNumeric(spec_.type));
  numbers_.push_back(value);
  present_.Append(!std::isnan(value));
}

void Column::AppendDay(int32_t day) {
  PYTHIA_CHECK(spec_.type == ColumnType::kDate);
  days_.push_back(day);
  present_.Append(day != kMissingDay);
}

void Column::AppendCode(uint32_t code) {
  PYTHIA_CHECK(spec_.type == ColumnType::kCategory);
  codes_.push_back(code);
  present_.Append(code != kMissingCode);
}

void Column::AppendText(std::string_view text) {
  PYTHIA_CHECK(spec_.type == ColumnType::kText);
  bytes_ += text;
  ends_.push_back(bytes_.size());
  present_.Append(true);
}

void Column::AppendString(std::string_view text) {
  if (spec_.type == ColumnType::kCategory) {
    AppendCode(dictionary_->Intern(text));
  } else {
    AppendText(text);
  }
}

void Column::AppendMissing() {
  switch (spec_.type) {
    case ColumnType::kText:
      ends_.push_back(bytes_.size());
      present_.Append(false);
      break;
    case ColumnType::kCategory:
      AppendCode(kMissingCode);
      break;
    case ColumnType::kDate:
      AppendDay(kMissingDay);
      break;
    case ColumnType::kNumber:
    case ColumnType::kCount:
    case ColumnType::kMoney:
      AppendNumber(std::nan(""));
      break;
  }
}

void Column::AppendFrom(const Column& other, int64_t row) {
  PYTHIA_CHECK(IsNumeric(spec_.type) ? IsNumeric(other.spec_.type)
                                     : spec_.type == other.spec_.type);
  const auto i = static_cast<size_t>(row);
  if (other.IsMissing(row)) return AppendMissing();
  switch (spec_.type) {
    case ColumnType::kText:
      AppendText(other.text(row));
      break;
    case ColumnType::kCategory:
      AppendCode(dictionary_ == other.dictionary_ ? other.codes_[i]
                                                  : dictionary_->Intern(other.level(row)));
      break;
    case ColumnType::kDate:
      AppendDay(other.days_[i]);
      break;
    case ColumnType::kNumber:
    case ColumnType::kCount:
    case ColumnType::kMoney:
      AppendNumber(other.numbers_[i]);
      break;
  }
}

namespace {

template <typename Value, typename IsMissing>
void AppendPresence(std::span<const Value> values, IsMissing is_missing, PresenceMask* present) {
  const auto missing = std::count_if(values.begin(), values.end(), is_missing);
  if (missing == 0) return present->AppendPresent(static_cast<int64_t>(values.size()));
  for (const Value value : values) present->Append(!is_missing(value));
}

}  // namespace

void Column::AppendNumbers(std::span<const double> values) {
  PYTHIA_CHECK(IsNumeric(spec_.type));
  numbers_.insert(numbers_.end(), values.begin(), values.end());
  AppendPresence(values, [](double value) { return std::isnan(value); }, &present_);
}

void Column::AppendDays(std::span<const int32_t> days) {
  PYTHIA_CHECK(spec_.type == ColumnType::kDate);
  days_.insert(days_.end(), days.begin(), days.end());
  AppendPresence(days, [](int32_t day) { return day == kMissingDay; }, &present_);
}

void Column::AppendCodes(std::span<const uint32_t> codes) {
  PYTHIA_CHECK(spec_.type == ColumnType::kCategory);
  codes_.insert(codes_.end(), codes.begin(), codes.end());
  AppendPresence(codes, [](uint32_t code) { return code == kMissingCode; }, &present_);
}

void Column::Recode(std::span<const uint32_t> code_of, std::shared_ptr<Dictionary> dictionary) {
  PYTHIA_CHECK(spec_.type == ColumnType::kCategory);
  for (uint32_t& code : codes_) {
    if (code != kMissingCode) code = code_of[code];
  }
  dictionary_ = std::move(dictionary);
}

void Column::SetNumber(int64_t row, double value) {
  PYTHIA_CHECK(IsNumeric(spec_.type) && !IsMissing(row) && !std::isnan(value));
  numbers_[static_cast<size_t>(row)] = value;
}

void Column::Clear() {
  present_.Clear();
  numbers_.clear();
  days_.clear();
  codes_.clear();
  bytes_.clear();
  ends_.clear();
}

void Column::Reserve(int64_t rows) {
  const auto n = static_cast<size_t>(rows);
  switch (spec_.type) {
    case ColumnType::kText:
      ends_.reserve(n);
      return;
    case ColumnType::kCategory:
      codes_.reserve(n);
      return;
    case ColumnType::kDate:
      days_.reserve(n);
      return;
    case ColumnType::kNumber:
    case ColumnType::kCount:
    case ColumnType::kMoney:
      numbers_.reserve(n);
      return;
  }
}

}  // namespace pythia
