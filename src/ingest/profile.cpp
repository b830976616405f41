#include "ingest/profile.h"

#include <algorithm>
#include <array>
#include <cstring>

#include "base/random.h"
#include "ingest/quick_fields.h"

namespace pythia {
namespace {

constexpr int64_t kPersonalSample = 1000;
constexpr size_t kMostSymbols = 16;
constexpr size_t kMostRemembered = 1 << 12;
constexpr int64_t kPatience = 200;  // cells before a guess is given up

bool IsDigit(char c) { return c >= '0' && c <= '9'; }

// Digits, or digits with a dot that cannot group: what most cells are.
struct PlainNumber {
  bool found = false;
  bool dot = false;
};

PlainNumber ReadPlain(std::string_view cell) {
  size_t dot = cell.size();
  for (size_t i = 0; i < cell.size(); ++i) {
    if (IsDigit(cell[i])) continue;
    if (cell[i] != '.' || dot != cell.size()) return {};
    dot = i;
  }
  if (cell.empty() || cell.size() > 15) return {};
  if (dot == cell.size()) return {true, false};
  const size_t behind = cell.size() - dot - 1;
  if (dot == 0 || behind == 0 || (behind == 3 && cell[0] != '0')) return {};
  return {true, true};
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

namespace {

uint64_t Load(const char* from) {
  uint64_t word = 0;
  std::memcpy(&word, from, sizeof(word));
  return word;
}

// All bits of both words in one.
uint64_t Fold(uint64_t a, uint64_t b) {
  __extension__ using Wide = unsigned __int128;
  const Wide product = Wide{a ^ 0x9E3779B97F4A7C15ULL} * (b ^ 0xD6E8FEB86659FD93ULL);
  return static_cast<uint64_t>(product) ^ static_cast<uint64_t>(product >> 64);
}

uint64_t HashShort(const char* at, size_t size) {
  if (size >= 8) return Fold(Load(at), Load(at + size - 8));
  uint64_t word = 0;
  for (size_t i = 0; i < size; ++i) word = word << 8 | static_cast<unsigned char>(at[i]);
  return word;
}

}  // namespace

uint64_t HashBytes(std::string_view bytes) {
  const char* at = bytes.data();
  const size_t size = bytes.size();
  if (size <= 16) return Fold(HashShort(at, size), size);
  // Two chains; the last bytes are taken from the end, some of them twice.
  uint64_t one = 0;
  uint64_t two = 0;
  size_t left = size;
  for (; left > 32; at += 32, left -= 32) {
    one = Fold(Load(at) ^ one, Load(at + 8));
    two = Fold(Load(at + 16) ^ two, Load(at + 24));
  }
  const char* end = bytes.data() + size;
  if (left > 16) one = Fold(Load(at) ^ one, Load(at + 8));
  two = Fold(Load(end - 16) ^ two, Load(end - 8));
  return Fold(Fold(one, two), size);
}

void HashSet::Expect(uint64_t hash) const {
  if (!slots_.empty()) __builtin_prefetch(&slots_[hash & (slots_.size() - 1)]);
}

void HashSet::InsertAll(const HashSet& other) {
  for (const uint64_t hash : other.slots_) {
    if (hash != 0) Insert(hash);
  }
}

void HashSet::Clear() {
  if (size_ > 0) std::fill(slots_.begin(), slots_.end(), 0);
  size_ = 0;
}

bool HashSet::Insert(uint64_t hash) {
  if (size_ * 3 >= slots_.size() * 2) Grow(std::max<size_t>(slots_.size() * 2, 64));
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

void HashSet::Reserve(size_t size) {
  size_t slots = std::max<size_t>(slots_.size(), 64);
  while (size * 3 >= slots * 2) slots *= 2;
  if (slots > slots_.size()) Grow(slots);
}

void HashSet::Grow(size_t slots) {
  std::vector<uint64_t> old(slots);
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
    const PlainNumber plain = ReadPlain(cell);
    if (plain.found) return AddPlainNumbers(1, plain.dot ? 1 : 0, false);
  }
  cell = Trim(cell);
  const bool word_may_be_meant = kind_ == ProfileKind::kText;
  if (word_may_be_meant ? IsMissingMark(cell) : IsMissingNumber(cell)) return;
  ++profile_.present;
  if (kind_ == ProfileKind::kNumber || (kind_ == ProfileKind::kFree && number_)) {
    AddNumber(ScanNumber(cell), cell);
  }
  if (kind_ == ProfileKind::kDate || (kind_ == ProfileKind::kFree && date_)) {
    AddDate(ScanDate(cell), cell);
  }
  if (kind_ != ProfileKind::kNumber) AddText(cell);
}

bool ColumnProfiler::AddRaw(std::string_view raw) {
  switch (kind_) {
    case ProfileKind::kPresence: {
      const bool plain = raw.size() > 4 && raw.front() > '"' && raw.back() > ' ';
      profile_.present += plain ? 1 : 0;
      return plain;
    }
    case ProfileKind::kNumber:
      return AddRawNumber(raw);
    case ProfileKind::kDate:
      return AddRawDate(raw);
    case ProfileKind::kFree:
      return AddRawFree(raw);
    case ProfileKind::kText:
      return false;
  }
  return false;
}

// Says of "1204", "0.0509", "-0.79" and "$16,402.00" what Add() says.
bool ColumnProfiler::AddRawNumber(std::string_view raw) {
  using ingest_internal::kDigits;
  using ingest_internal::kDollar;
  using ingest_internal::kNotRead;
  using ingest_internal::kPoint;
  double value = 0;
  unsigned shape = ingest_internal::QuickNumber(raw.data(), raw.size(), '.', &value);
  if (shape == kNotRead)
    shape = ingest_internal::QuickMoney(ingest_internal::InsideQuotes(raw), &value);
  if ((shape & (kDigits | kPoint)) == 0) return false;
  AddPlainNumbers(1, (shape & kPoint) != 0 ? 1 : 0, (shape & kDollar) != 0);
  return true;
}

void ColumnProfiler::AddPlainNumbers(int64_t count, int64_t dots, bool dollars) {
  profile_.present += count;
  profile_.numbers += count;
  profile_.dots += dots;
  if (dollars && profile_.currencies.size() < kMostSymbols) profile_.currencies.emplace("$");
}

void ColumnProfiler::AddKnownDays(int64_t count) {
  profile_.present += count;
  profile_.dates += count;
  profile_.personal_of += std::clamp<int64_t>(kPersonalSample - profile_.personal_of, 0, count);
}

bool ColumnProfiler::AddRawDate(std::string_view raw) {
  if (raw.size() != 10) return false;
  if (raw == last_) {
    AddKnownDays(1);
    return true;
  }
  const DateScan scan = ScanDate(raw);
  if (scan.shape != DateScan::Shape::kCertain || raw[4] != '-' || raw[7] != '-') return false;
  last_ = raw;
  ++profile_.present;
  AddDate(scan, raw);
  AddText(raw);
  return true;
}

// Texts come back; what they say is found out once.
bool ColumnProfiler::AddRawFree(std::string_view raw) {
  const uint32_t* known = texts_.Find(raw);
  if (known == nullptr) {
    if (said_.size() == kMostRemembered || !Remember(raw)) return false;
    known = texts_.Find(raw);
  }
  const TextSays& says = said_[*known];
  ++profile_.present;
  if (number_) AddNumber(says.number, says.text);
  if (date_) AddDate(says.date, says.text);
  // Its level was counted when it came first.
  if (profile_.personal_of < kPersonalSample) AddText(says.text);
  return true;
}

TextSays ReadText(std::string_view trimmed) {
  return {.number = ScanNumber(trimmed),
          .date = ScanDate(trimmed),
          .text = std::string(trimmed),
          .missing = IsMissingNumber(trimmed)};
}

// False for a missing value and a text that is not what stands in the file.
bool ColumnProfiler::Remember(std::string_view raw) {
  if (raw.empty() || raw.front() <= '"' || raw.front() == '\x7F' || raw.back() <= ' ') return false;
  if (IsMissingNumber(raw) || Trim(raw) != raw) return false;
  if (profile_.personal_of >= kPersonalSample) AddText(raw);
  texts_.Keep(raw, static_cast<uint32_t>(said_.size()));
  said_.push_back(ReadText(raw));
  return true;
}

void ColumnProfiler::AddSaid(const TextSays& says) {
  if (says.missing) return;
  ++profile_.present;
  if (kind_ == ProfileKind::kDate || (kind_ == ProfileKind::kFree && date_)) {
    AddDate(says.date, says.text);
  }
  if (kind_ == ProfileKind::kNumber || (kind_ == ProfileKind::kFree && number_)) {
    AddNumber(says.number, says.text);
  }
  if (kind_ != ProfileKind::kNumber) AddText(says.text);
}

bool ColumnProfiler::AddCounted(std::span<const CountedText> texts) {
  if (profile_.personal_of < kPersonalSample) return false;
  int64_t present = 0;
  int64_t numbers = 0;
  int64_t dates = 0;
  for (const auto& [says, count] : texts) {
    if (says->missing || count == 0) continue;
    using enum NumberScan::Mark;
    const bool maybe = says->number.mark == kMaybeDot || says->number.mark == kMaybeComma;
    // The first of these is shown to people.
    if (says->number.ok && maybe && profile_.maybe_example.empty()) return false;
    if (says->date.shape == DateScan::Shape::kNumeric && profile_.either_example.empty()) {
      return false;
    }
    present += count;
    numbers += says->number.ok ? count : 0;
    dates += says->date.shape != DateScan::Shape::kNone ? count : 0;
  }
  // Whether a guess is given up depends on the order, unless all cells are of one kind.
  if ((numbers > 0 && numbers < present) || (dates > 0 && dates < present)) return false;
  profile_.present += present;
  for (const auto& [says, count] : texts) {
    if (says->missing || count == 0) continue;
    if (number_) AddNumber(says->number, says->text, count);
    if (date_) AddDate(says->date, says->text, count);
    AddText(says->text);
  }
  return true;
}

bool ColumnProfiler::AddPlainRun(int64_t count, int64_t dots) {
  if (profile_.personal_of < kPersonalSample || date_ || profile_.levels <= kMostLevels) {
    return false;
  }
  if (number_) {
    AddPlainNumbers(count, dots, false);
  } else {
    profile_.present += count;
  }
  return true;
}

void ColumnProfiler::Merge(const ColumnProfiler& part) {
  ColumnProfile& all = profile_;
  const ColumnProfile& more = part.profile_;
  all.present += more.present;
  all.numbers += more.numbers;
  all.percents += more.percents;
  all.dots += more.dots;
  all.commas += more.commas;
  all.maybe_dots += more.maybe_dots;
  all.maybe_commas += more.maybe_commas;
  if (all.maybe_example.empty()) all.maybe_example = more.maybe_example;
  for (const std::string& symbol : more.currencies) {
    if (all.currencies.size() < kMostSymbols) all.currencies.insert(symbol);
  }
  all.dates += more.dates;
  all.day_first += more.day_first;
  all.month_first += more.month_first;
  all.either += more.either;
  all.dotted += more.dotted;
  if (all.either_example.empty()) all.either_example = more.either_example;
  if (all.personal_of < kPersonalSample) {
    all.personal += more.personal;
    all.personal_of += more.personal_of;
  }
  if (all.levels > kMostLevels) return;
  levels_.InsertAll(part.levels_);
  all.levels = std::min(levels_.size(), kMostLevels + 1);
}

void ColumnProfiler::Clear() {
  profile_ = {};
  number_ = date_ = true;
  levels_.Clear();
  last_ = {};
}

void ColumnProfiler::AddNumber(const NumberScan& scan, std::string_view cell, int64_t count) {
  number_ = scan.ok || profile_.numbers * 2 > profile_.present || profile_.present < kPatience;
  if (!scan.ok) return;
  profile_.numbers += count;
  profile_.percents += scan.percent ? count : 0;
  if (!scan.currency.empty() && profile_.currencies.size() < kMostSymbols) {
    profile_.currencies.emplace(scan.currency);
  }
  using enum NumberScan::Mark;
  profile_.dots += scan.mark == kDot ? count : 0;
  profile_.commas += scan.mark == kComma ? count : 0;
  profile_.maybe_dots += scan.mark == kMaybeDot ? count : 0;
  profile_.maybe_commas += scan.mark == kMaybeComma ? count : 0;
  if ((scan.mark == kMaybeDot || scan.mark == kMaybeComma) && profile_.maybe_example.empty()) {
    profile_.maybe_example = cell;
  }
}

void ColumnProfiler::AddDate(const DateScan& scan, std::string_view cell, int64_t count) {
  const bool found = scan.shape != DateScan::Shape::kNone;
  date_ = found || profile_.dates * 2 > profile_.present || profile_.present < kPatience;
  if (!found) return;
  profile_.dates += count;
  if (scan.shape != DateScan::Shape::kNumeric) return;
  profile_.dotted += cell.find('.') != std::string_view::npos ? count : 0;
  if (scan.first > 12) {
    profile_.day_first += count;
  } else if (scan.second > 12) {
    profile_.month_first += count;
  } else if (scan.first != scan.second) {
    profile_.either += count;
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
