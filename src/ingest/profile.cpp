#include "ingest/profile.h"

#include <algorithm>
#include <cstring>

#include "base/random.h"

namespace pythia {
namespace {

constexpr int64_t kPersonalSample = 1000;
constexpr int64_t kPatience = 200;  // cells before a guess is given up

bool IsDigit(char c) { return c >= '0' && c <= '9'; }

enum class Plain { kNo, kWhole, kFraction };

// Digits, or digits with a dot that cannot group: what most cells are.
Plain ClassifyPlain(std::string_view cell) {
  size_t dot = cell.size();
  for (size_t i = 0; i < cell.size(); ++i) {
    if (IsDigit(cell[i])) continue;
    if (cell[i] != '.' || dot != cell.size()) return Plain::kNo;
    dot = i;
  }
  if (cell.empty() || cell.size() > 15) return Plain::kNo;
  if (dot == cell.size()) return Plain::kWhole;
  const size_t behind = cell.size() - dot - 1;
  if (dot == 0 || behind == 0 || (behind == 3 && cell[0] != '0')) return Plain::kNo;
  return Plain::kFraction;
}

bool LooksLikeEmail(std::string_view cell) {
  const size_t at = cell.find('@');
  if (at == 0 || at == std::string_view::npos || cell.find(' ') != std::string_view::npos) {
    return false;
  }
  const size_t dot = cell.rfind('.');
  return dot != std::string_view::npos && dot > at + 1 && dot + 2 < cell.size() &&
         cell.find('@', at + 1) == std::string_view::npos;
}

// "+49 30 1234567", "(555) 123-4567", "555-123-4567"; never bare digits, dates or decimals.
bool LooksLikePhone(std::string_view cell) {
  size_t digits = 0;
  size_t marks = 0;
  for (const char c : cell) {
    digits += IsDigit(c) ? 1 : 0;
    marks += c == ' ' || c == '-' || c == '(' || c == ')' || c == '/' ? 1 : 0;
    if (!IsDigit(c) && std::string_view(" -()/+").find(c) == std::string_view::npos) return false;
  }
  if (digits < 9 || digits > 15) return false;
  if (cell[0] == '+') return true;
  return marks >= 2 && (cell[0] == '(' || cell[0] == '0' || digits == 10) &&
         ScanDate(cell).shape == DateScan::Shape::kNone;
}

}  // namespace

uint64_t HashBytes(std::string_view bytes) {
  uint64_t hash = 0x9E3779B97F4A7C15ULL ^ bytes.size();
  const char* at = bytes.data();
  size_t left = bytes.size();
  for (; left >= 8; at += 8, left -= 8) {
    uint64_t word = 0;
    std::memcpy(&word, at, 8);
    hash = (hash ^ word) * 0xD6E8FEB86659FD93ULL;
    hash ^= hash >> 32;
  }
  uint64_t word = 0;
  if (left > 0) std::memcpy(&word, at, left);
  return Mix64(hash ^ word);
}

bool HashSet::Insert(uint64_t hash) {
  if (size_ * 2 >= slots_.size()) Grow();
  hash = std::max<uint64_t>(hash, 1);
  const size_t mask = slots_.size() - 1;
  for (size_t i = hash & mask;; i = (i + 1) & mask) {
    if (slots_[i] == hash) return false;
    if (slots_[i] != 0) continue;
    slots_[i] = hash;
    ++size_;
    return true;
  }
}

void HashSet::Grow() {
  std::vector<uint64_t> old(std::max<size_t>(slots_.size() * 2, 64));
  old.swap(slots_);
  const size_t mask = slots_.size() - 1;
  for (const uint64_t hash : old) {
    if (hash == 0) continue;
    size_t i = hash & mask;
    while (slots_[i] != 0) i = (i + 1) & mask;
    slots_[i] = hash;
  }
}

void ColumnProfiler::Add(std::string_view cell) {
  if (kind_ == ProfileKind::kPresence) {
    profile_.present += cell.empty() || IsMissingMark(Trim(cell)) ? 0 : 1;
    return;
  }
  if (kind_ == ProfileKind::kNumber) {
    const Plain plain = ClassifyPlain(cell);
    if (plain != Plain::kNo) {
      const int fraction = plain == Plain::kFraction ? 1 : 0;
      ++profile_.present;
      ++profile_.numbers;
      profile_.dots += fraction;
      profile_.fractions += fraction;
      return;
    }
  }
  cell = Trim(cell);
  const bool word_may_be_meant = kind_ == ProfileKind::kText;
  if (word_may_be_meant ? IsMissingMark(cell) : IsMissingNumber(cell)) return;
  ++profile_.present;
  if (kind_ == ProfileKind::kNumber || (kind_ == ProfileKind::kFree && number_)) AddNumber(cell);
  if (kind_ == ProfileKind::kDate || (kind_ == ProfileKind::kFree && date_)) AddDate(cell);
  if (kind_ != ProfileKind::kNumber) AddText(cell);
}

void ColumnProfiler::AddNumber(std::string_view cell) {
  const NumberScan scan = ScanNumber(cell);
  number_ = scan.ok || profile_.numbers * 2 > profile_.present || profile_.present < kPatience;
  if (!scan.ok) return;
  ++profile_.numbers;
  profile_.fractions += scan.whole ? 0 : 1;
  profile_.percents += scan.percent ? 1 : 0;
  if (!scan.currency.empty() && profile_.currencies.size() < 16) {
    profile_.currencies.emplace(scan.currency);
  }
  using enum NumberScan::Mark;
  profile_.dots += scan.mark == kDot ? 1 : 0;
  profile_.commas += scan.mark == kComma ? 1 : 0;
  profile_.maybe_dots += scan.mark == kMaybeDot ? 1 : 0;
  profile_.maybe_commas += scan.mark == kMaybeComma ? 1 : 0;
  if ((scan.mark == kMaybeDot || scan.mark == kMaybeComma) && profile_.maybe_example.empty()) {
    profile_.maybe_example = cell;
  }
}

void ColumnProfiler::AddDate(std::string_view cell) {
  const DateScan scan = ScanDate(cell);
  const bool found = scan.shape != DateScan::Shape::kNone;
  date_ = found || profile_.dates * 2 > profile_.present || profile_.present < kPatience;
  if (!found) return;
  ++profile_.dates;
  if (scan.shape != DateScan::Shape::kNumeric) return;
  profile_.dotted += cell.find('.') != std::string_view::npos ? 1 : 0;
  if (scan.first > 12) {
    ++profile_.day_first;
  } else if (scan.second > 12) {
    ++profile_.month_first;
  } else if (scan.first != scan.second) {
    ++profile_.either;
    if (profile_.either_example.empty()) profile_.either_example = cell;
  }
}

void ColumnProfiler::AddText(std::string_view cell) {
  if (profile_.personal_of < kPersonalSample) {
    ++profile_.personal_of;
    profile_.personal += LooksLikeEmail(cell) || LooksLikePhone(cell) ? 1 : 0;
  }
  if (profile_.levels > kMostLevels) return;
  levels_.Insert(HashBytes(cell));
  profile_.levels = levels_.size();
}

}  // namespace pythia
