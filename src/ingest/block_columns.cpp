// The columns of a block, one after another: quick where cells have a usual shape.
#include <algorithm>
#include <cmath>
#include <limits>

#include "ingest/block_cleaner.h"

namespace pythia {
namespace {

using ingest_internal::EightCharacters;
using ingest_internal::EightDigits;
using ingest_internal::InsideQuotes;
using ingest_internal::kDigits;
using ingest_internal::kDollar;
using ingest_internal::kNotRead;
using ingest_internal::kPoint;
using ingest_internal::QuickMoney;
using ingest_internal::QuickNumber;

// What is done with a cell belongs into the loop over them.
#define PYTHIA_IN_LOOP __attribute__((always_inline))

constexpr double kMissing = std::numeric_limits<double>::quiet_NaN();
constexpr size_t kMostKnown = 1 << 14;    // texts of durations or days that are remembered
constexpr uint32_t kDaysKnown = 1 << 17;  // around 1970

bool IsNumberKind(CellKind kind) {
  return kind == CellKind::kNumber || kind == CellKind::kCount || kind == CellKind::kRoas;
}

}  // namespace

// The bytes of a cell of the last column as they stand in the file. It may be the last of its
// record, behind which a carriage return is no part of it.
inline std::string_view BlockCleaner::LastRaw(const RecordBlock& block, size_t row) const {
  const uint32_t* place = block.separators() + bases_[row] + cells_.size() - 1;
  const size_t begin = uint32_t{place[0] + 1};
  size_t end = place[1];
  if (block.is_csv && end > begin && block.bytes()[end - 1] == '\r' &&
      block.num_cells(rows_[row]) == cells_.size()) {
    --end;
  }
  return {block.bytes() + begin, end - begin};
}

// use(i, bytes) for the cells of column `c` in all rows.
template <typename Use>
[[gnu::always_inline]] inline void BlockCleaner::ForEachCell(const RecordBlock& block, size_t c,
                                                             Use use) {
  const size_t count = rows_.size();
  if (c + 1 == cells_.size()) {
    for (size_t i = 0; i < count; ++i) use(i, LastRaw(block, i));
    return;
  }
  const char* bytes = block.bytes();
  const uint32_t* separators = block.separators() + c;
  const uint32_t* bases = bases_.data();
  for (size_t i = 0; i < count; ++i) {
    const uint32_t* place = separators + bases[i];
    const size_t begin = uint32_t{place[0] + 1};
    use(i, std::string_view(bytes + begin, place[1] - begin));
  }
}

void BlockCleaner::ReadColumns(CleanedBlock* block) {
  BlockSurvey& survey = block->survey;
  if (surveys_) survey.rows = rows_;
  for (size_t c = 0; c < cells_.size(); ++c) {
    const Cell& cell = cells_[c];
    ProfileKind profile = ProfileKind::kPresence;
    if (surveys_) {
      survey.parts[c].Clear();
      survey.texts[c].clear();
      survey.numbers[c] = {};
      profile = survey.parts[c].kind();
    }
    const bool date = cell.kind == CellKind::kDate || cell.kind == CellKind::kEndDate;
    const bool number = IsNumberKind(cell.kind);
    const bool dots = cell.decimal == '.';
    bool surveyed = profile == ProfileKind::kFree;  // or it is done in the order of the file
    if (number && surveys_ && dots &&
        (profile == ProfileKind::kNumber || profile == ProfileKind::kFree)) {
      ReadNumbers<true>(block, c);
      surveyed = true;
    } else if (number) {
      ReadNumbers<false>(block, c);
    } else if (date && surveys_ && profile == ProfileKind::kDate) {
      ReadDays<true>(block, c);
      surveyed = true;
    } else if (date) {
      ReadDays<false>(block, c);
    } else if (cell.kind == CellKind::kDuration) {
      ReadDurations(block, c);
    } else if (cell.is_category) {
      ReadCodes(block, c);
    }
    if (surveys_ && !surveyed) {
      Surveyor::AddColumn(block->records, survey.rows, c, &survey.parts[c]);
    }
  }
}

// `Surveys`: and tells the column's profile what it needs to know of each cell.
template <bool kSurveys>
void BlockCleaner::ReadNumbers(CleanedBlock* block, size_t c) {
  Cell& cell = cells_[c];
  cell.numbers.resize(rows_.size());
  const bool count = cell.kind == CellKind::kCount;
  const bool may_be_negative = cell.rules.negative.empty();
  const bool may_be_missing = cell.rules.missing.empty();
  const double minus = cell.kind == CellKind::kRoas ? 1 : 0;
  ColumnProfiler* part = kSurveys ? &block->survey.parts[c] : nullptr;
  BlockSurvey::PlainRun run{.whole = kSurveys && part->in_order()};
  unsigned all = 0;
  const char decimal = cell.decimal;
  const double scale = cell.scale;
  double* out = cell.numbers.data();
  char* left = left_.data();
  ForEachCell(block->records, c, [&](size_t i, std::string_view raw) PYTHIA_IN_LOOP {
    double value = kMissing;
    unsigned shape = QuickNumber(raw.data(), raw.size(), decimal, &value);
    if (shape == kNotRead && decimal == '.') shape = QuickMoney(InsideQuotes(raw), &value);
    if (kSurveys) {
      run.count += (shape & (kDigits | kPoint)) != 0 ? 1 : 0;
      run.dots += shape >> 1 & 1;
      all |= shape;
      if ((shape & (kDigits | kPoint)) == 0 && !raw.empty()) [[unlikely]] {
        run.whole = false;
        if (!part->in_order()) part->Add(block->records.Cell(rows_[i], c));
      }
    }
    bool good = shape != kNotRead || (raw.empty() && may_be_missing);
    if (count) {
      const bool whole = (shape & kDigits) != 0 || std::isnan(value) || value == std::trunc(value);
      good = good && whole && !(value < 0);
      out[i] = value;
    } else {
      good = good && (may_be_negative || !(value < 0));
      out[i] = value * scale - minus;
    }
    if (!good) [[unlikely]]
      left[i] = 1;
  });
  if (!kSurveys) return;
  if (part->in_order()) {
    run.whole = run.whole && (all & kDollar) == 0;
    block->survey.numbers[c] = run;
  } else {
    part->AddPlainNumbers(run.count, run.dots, (all & kDollar) != 0);
  }
}

void BlockCleaner::ReadDurations(CleanedBlock* block, size_t c) {
  Cell& cell = cells_[c];
  cell.numbers.resize(rows_.size());
  cell.code.resize(rows_.size());
  bool all_known = true;
  double* out = cell.numbers.data();
  uint32_t* codes = cell.code.data();
  char* left = left_.data();
  ForEachCell(block->records, c, [&](size_t i, std::string_view raw) PYTHIA_IN_LOOP {
    const uint32_t* found = cell.codes.Find(raw);
    const uint32_t code = found != nullptr ? *found : NewDuration(block->records, i, c);
    if (code == kMissingCode) [[unlikely]] {
      all_known = false;
      left[i] = 1;
      return;
    }
    codes[i] = code;
    out[i] = cell.known[code];
    if (cell.unread[code] != 0) [[unlikely]]
      left[i] = 1;
  });
  if (surveys_ && all_known) CountTexts(block, c);
}

// kMissingCode where no more of them are remembered.
uint32_t BlockCleaner::NewDuration(const RecordBlock& block, size_t row, size_t c) {
  Cell& cell = cells_[c];
  if (cell.known.size() == kMostKnown) return kMissingCode;
  const std::string_view text = block.Cell(rows_[row], c);
  double days = 0;
  const Parsed parsed = ParseDuration(text, cell.decimal, &days);
  const bool missing = parsed == Parsed::kMissing && cell.rules.missing.empty();
  const auto code = static_cast<uint32_t>(cell.known.size());
  cell.codes.Keep(block.RawCell(rows_[row], c), code);
  cell.known.push_back(parsed == Parsed::kOk ? days * cell.scale : kMissing);
  cell.unread.push_back(parsed == Parsed::kOk || missing ? 0 : 1);
  if (surveys_) cell.says.push_back(ReadText(Trim(text)));
  return code;
}

bool BlockCleaner::FindDay(const RecordBlock& block, size_t row, size_t c, uint32_t* code) {
  Cell& cell = cells_[c];
  const std::string_view raw = block.RawCell(rows_[row], c);
  if (const uint32_t* known = cell.codes.Find(raw)) {
    *code = *known;
    return true;
  }
  if (cell.known_days.size() == kMostKnown) return false;
  const std::string_view text = block.Cell(rows_[row], c);
  int32_t day = kMissingDay;
  const Parsed parsed = ParseDay(text, plan_.cells[c].order, &day);
  *code = static_cast<uint32_t>(cell.known_days.size());
  cell.codes.Keep(raw, *code);
  cell.known_days.push_back(parsed == Parsed::kOk ? day : kMissingDay);
  cell.unread.push_back(parsed == Parsed::kBad ? 1 : 0);
  if (surveys_) cell.says.push_back(ReadText(Trim(text)));
  return true;
}

// Whether the thread has told a profile of the ISO day before.
bool BlockCleaner::IsDayMet(const Cell& cell, int32_t day) {
  const uint32_t place = static_cast<uint32_t>(day) + kDaysKnown / 2;
  return place < kDaysKnown && !cell.days_met.empty() &&
         (cell.days_met[place / 64] >> (place & 63) & 1) != 0;
}

void BlockCleaner::MeetDay(Cell* cell, int32_t day) {
  const uint32_t place = static_cast<uint32_t>(day) + kDaysKnown / 2;
  if (place >= kDaysKnown) return;
  cell->days_met.resize(kDaysKnown / 64);
  cell->days_met[place / 64] |= uint64_t{1} << (place & 63);
}

template <bool kSurveys>
void BlockCleaner::ReadDays(CleanedBlock* block, size_t c) {
  Cell& cell = cells_[c];
  const RecordBlock& records = block->records;
  ColumnProfiler* part = kSurveys ? &block->survey.parts[c] : nullptr;
  cell.day.resize(rows_.size());
  int64_t met = 0;  // and not told yet
  const auto tell = [&] {
    part->AddKnownDays(met);
    met = 0;
  };
  ForEachCell(records, c, [&](size_t i, std::string_view raw) PYTHIA_IN_LOOP {
    if (cell.days.Read(raw.data(), raw.size(), &cell.day[i])) {
      if (!kSurveys) return;
      if (IsDayMet(cell, cell.day[i])) {
        ++met;
        return;
      }
      tell();
      if (part->AddRaw(raw)) return MeetDay(&cell, cell.day[i]);
      part->Add(records.Cell(rows_[i], c));
      return;
    }
    uint32_t code = 0;
    const bool known = FindDay(records, i, c, &code);
    left_[i] = static_cast<char>(left_[i] | (known ? cell.unread[code] : 1));
    cell.day[i] = known ? cell.known_days[code] : kMissingDay;
    if (!kSurveys) return;
    tell();
    if (known) {
      part->AddSaid(cell.says[code]);
    } else {
      part->Add(records.Cell(rows_[i], c));
    }
  });
  if (kSurveys) tell();
}

void BlockCleaner::ReadCodes(CleanedBlock* block, size_t c) {
  Cell& cell = cells_[c];
  cell.code.resize(rows_.size());
  uint32_t* codes = cell.code.data();
  ForEachCell(block->records, c, [&](size_t i, std::string_view raw) PYTHIA_IN_LOOP {
    const uint32_t* code = cell.codes.Find(raw);
    codes[i] = code != nullptr ? *code : NewCode(block, i, c);
  });
  if (surveys_ && block->survey.parts[c].in_order()) CountTexts(block, c);
}

uint32_t BlockCleaner::NewCode(CleanedBlock* block, size_t row, size_t c) {
  Cell& cell = cells_[c];
  const std::string_view text = Trim(block->records.Cell(rows_[row], c));
  uint32_t code = kMissingCode;
  if (!IsMissingMark(text)) {
    code = cell.levels.Find(text);
    if (code == kMissingCode) {
      code = cell.levels.Intern(text);
      block->new_levels[static_cast<size_t>(cell.column)].emplace_back(text);
      if (surveys_ && block->survey.parts[c].in_order()) cell.says.push_back(ReadText(text));
    }
  }
  cell.codes.Keep(block->records.RawCell(rows_[row], c), code);
  return code;
}

// False, and there are none, where one of them is no number of up to 16 digits as it stands.
bool BlockCleaner::ReadIds(CleanedBlock* block) const {
  if (id_ < 0) return false;
  block->ids.resize(rows_.size());
  uint64_t* ids = block->ids.data();
  for (size_t i = 0; i < rows_.size(); ++i) {
    const std::string_view raw = block->records.RawCell(rows_[i], static_cast<size_t>(id_));
    const size_t low = std::min<size_t>(raw.size(), 8);
    const size_t high = raw.size() - low;
    if (raw.empty() || high > 8) break;
    const char* text = raw.data();
    const EightCharacters last(text + high, low);
    ids[i] = EightDigits(last.word);
    uint64_t others = last.others;
    if (high > 0) {
      const EightCharacters first(text, high);
      ids[i] += EightDigits(first.word) * 100'000'000;
      others |= first.others;
    }
    if (others != 0) break;
    if (i + 1 == rows_.size()) return true;
  }
  block->ids.clear();
  return rows_.empty();
}

// How often each text comes, for a profile that asks no more of most columns.
void BlockCleaner::CountTexts(CleanedBlock* block, size_t c) {
  const Cell& cell = cells_[c];
  const size_t size = cell.says.size();
  counts_.assign(size + 1, 0);
  for (const uint32_t code : cell.code) ++counts_[std::min<size_t>(code, size)];
  std::vector<CountedText>& texts = block->survey.texts[c];
  texts.push_back({&no_text_, counts_[size]});
  for (size_t code = 0; code < size; ++code) {
    if (counts_[code] > 0) texts.push_back({&cell.says[code], counts_[code]});
  }
}

}  // namespace pythia
