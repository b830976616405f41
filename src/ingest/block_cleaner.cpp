#include "ingest/block_cleaner.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "base/utf8.h"
#include "campaign/derive.h"
#include "ingest/profile.h"

namespace pythia {
namespace {

using ingest_internal::QuickMoney;
using ingest_internal::QuickNumber;

constexpr size_t kMostKnown = 1 << 14;  // texts of durations or days that are remembered

bool IsNumberKind(CellKind kind) {
  return kind == CellKind::kNumber || kind == CellKind::kCount || kind == CellKind::kRoas;
}

}  // namespace

void CleanedBlock::Clear() {
  rows.Clear();
  record_of.clear();
  hashes.clear();
  events.clear();
  for (std::vector<std::string>& levels : new_levels) levels.clear();
  some_above = false;
}

BlockCleaner::BlockCleaner(const ColumnPlan& plan, const RowClassifier& classifier,
                           CleanRules rules, size_t worker)
    : plan_(plan),
      classifier_(classifier),
      rules_(rules),
      worker_(worker),
      careful_(plan),
      cells_(plan.cells.size()) {
  for (size_t c = 0; c < cells_.size(); ++c) {
    Cell& cell = cells_[c];
    const CellPlan& what = plan.cells[c];
    cell.kind = what.column < 0 ? CellKind::kSkip : what.kind;
    cell.column = what.column;
    cell.is_category = cell.kind == CellKind::kText &&
                       plan.schema[static_cast<size_t>(what.column)].type == ColumnType::kCategory;
    cell.rules = RulesOf(what.name);
    cell.decimal = what.decimal;
    cell.scale = what.scale;
  }
}

void BlockCleaner::Clean(CleanedBlock* block) {
  block->Clear();
  block->worker = worker_;
  FindRows(block);
  left_.assign(rows_.size(), 0);
  bad_.assign(rows_.size(), 0);
  for (size_t c = 0; c < cells_.size(); ++c) {
    Cell& cell = cells_[c];
    if (IsNumberKind(cell.kind)) ReadNumbers(block->records, c);
    if (cell.kind == CellKind::kDuration) ReadDurations(block->records, c);
    if (cell.kind == CellKind::kDate || cell.kind == CellKind::kEndDate) {
      ReadDays(block->records, c);
    }
  }
  CheckPeriods();
  ReadCareful(block);
  CheckClicks(block);
  Keep(block);
  std::stable_sort(block->events.begin(), block->events.end(),
                   [](const RowEvent& a, const RowEvent& b) { return a.record < b.record; });
}

void BlockCleaner::FindRows(CleanedBlock* block) {
  const RecordBlock& records = block->records;
  rows_.clear();
  bases_.clear();
  for (size_t r = 0; r < records.num_records(); ++r) {
    const auto record = static_cast<uint32_t>(r);
    RowClass kind = RowClass::kData;
    if (!classifier_.IsPlainData(records, r)) {
      if (records.IsEmpty(r)) continue;
      records.Cells(r, RecordLimits{}.max_columns, &fields_);
      kind = classifier_.Classify(fields_, records.num_cells(r));
    }
    if (kind != RowClass::kData) {
      std::string_view reason;
      if (kind == RowClass::kTotals) reason = "totals_row";
      if (kind == RowClass::kHeaderAgain) reason = "repeated_header";
      if (kind == RowClass::kTooFew) reason = "too_few_fields";
      if (kind == RowClass::kTooMany) reason = "too_many_fields";
      block->events.push_back({record, kind, {reason, -1}});
    } else if (rules_.check_utf8 && !IsUtf8(records.Raw(r))) {
      block->events.push_back({record, kind, {"invalid_utf8", -1}});
    } else {
      rows_.push_back(record);
      bases_.push_back(static_cast<uint32_t>(records.first(r)));
    }
  }
}

// The bytes of a cell as they stand in the file. `MayEnd`: it may be the last of its record, behind
// which a carriage return is no part of it.
template <bool kMayEnd>
inline std::string_view BlockCleaner::Raw(const RecordBlock& block, size_t row, size_t cell) const {
  const uint32_t* place = block.separators() + bases_[row] + cell;
  const size_t begin = uint32_t{place[0] + 1};
  size_t end = place[1];
  if (kMayEnd && block.is_csv && end > begin && block.bytes()[end - 1] == '\r' &&
      block.num_cells(rows_[row]) == cells_.size()) {
    --end;
  }
  return {block.bytes() + begin, end - begin};
}

// use(i, bytes) for the cells of column `c` in the first `count` rows.
template <typename Use>
inline void BlockCleaner::ForEachCell(const RecordBlock& block, size_t c, size_t count, Use use) {
  if (c + 1 == cells_.size()) {
    for (size_t i = 0; i < count; ++i) use(i, Raw<true>(block, i, c));
  } else {
    for (size_t i = 0; i < count; ++i) use(i, Raw<false>(block, i, c));
  }
}

inline bool BlockCleaner::ReadNumber(std::string_view raw, const Cell& cell, double* value) const {
  if (QuickNumber(raw.data(), raw.size(), cell.decimal, value)) return true;
  if (cell.decimal == '.' && QuickMoney(ingest_internal::InsideQuotes(raw), value)) return true;
  if (!raw.empty() || !cell.rules.missing.empty()) return false;
  *value = std::numeric_limits<double>::quiet_NaN();
  return true;
}

void BlockCleaner::ReadNumbers(const RecordBlock& block, size_t c) {
  Cell& cell = cells_[c];
  cell.numbers.resize(rows_.size());
  const bool count = cell.kind == CellKind::kCount;
  const bool may_be_negative = cell.rules.negative.empty();
  const double minus = cell.kind == CellKind::kRoas ? 1 : 0;
  ForEachCell(block, c, rows_.size(), [&](size_t i, std::string_view raw) {
    double value = 0;
    bool good = ReadNumber(raw, cell, &value);
    if (count) {
      good = good && !(value < 0) && (value == std::trunc(value) || std::isnan(value));
    } else {
      good = good && (may_be_negative || !(value < 0));
      value = value * cell.scale - minus;
    }
    cell.numbers[i] = value;
    left_[i] = static_cast<char>(left_[i] | (good ? 0 : 1));
  });
}

void BlockCleaner::ReadDurations(const RecordBlock& block, size_t c) {
  Cell& cell = cells_[c];
  cell.numbers.resize(rows_.size());
  ForEachCell(block, c, rows_.size(), [&](size_t i, std::string_view raw) {
    if (const uint32_t* code = cell.codes.Find(raw)) {
      cell.numbers[i] = cell.known[*code];
      return;
    }
    double days = 0;
    const Parsed parsed = ParseDuration(block.Cell(rows_[i], c), cell.decimal, &days);
    if (parsed != Parsed::kOk || cell.known.size() == kMostKnown) {
      left_[i] = 1;
      return;
    }
    days *= cell.scale;
    cell.codes.Keep(raw, static_cast<uint32_t>(cell.known.size()));
    cell.known.push_back(days);
    cell.numbers[i] = days;
  });
}

void BlockCleaner::ReadDays(const RecordBlock& block, size_t c) {
  Cell& cell = cells_[c];
  cell.day.resize(rows_.size());
  ForEachCell(block, c, rows_.size(), [&](size_t i, std::string_view raw) {
    int32_t day = 0;
    if (cell.days.Read(raw.data(), raw.size(), &day)) {
      cell.day[i] = day;
      return;
    }
    if (const uint32_t* code = cell.codes.Find(raw)) {
      cell.day[i] = cell.known_days[*code];
      return;
    }
    const Parsed parsed = ParseDay(block.Cell(rows_[i], c), plan_.cells[c].order, &day);
    if (parsed != Parsed::kOk || cell.known_days.size() == kMostKnown) {
      left_[i] = 1;
      return;
    }
    cell.codes.Keep(raw, static_cast<uint32_t>(cell.known_days.size()));
    cell.known_days.push_back(day);
    cell.day[i] = day;
  });
}

// Periods that end before they begin.
void BlockCleaner::CheckPeriods() {
  if (careful_.date() < 0) return;
  const std::vector<int32_t>& begin = cells_[static_cast<size_t>(careful_.date())].day;
  for (const Cell& cell : cells_) {
    if (cell.kind != CellKind::kEndDate) continue;
    for (size_t i = 0; i < rows_.size(); ++i) {
      if (cell.day[i] < begin[i]) left_[i] = 1;
    }
  }
}

// What the quick parsers left, row by row.
void BlockCleaner::ReadCareful(CleanedBlock* block) {
  for (size_t i = 0; i < rows_.size(); ++i) {
    if (left_[i] == 0) continue;
    block->records.Cells(rows_[i], cells_.size(), &fields_);
    Rejection rejection;
    if (!careful_.Read(fields_, &rejection)) {
      block->events.push_back({rows_[i], RowClass::kData, rejection});
      bad_[i] = 1;
      continue;
    }
    for (size_t c = 0; c < cells_.size(); ++c) {
      Cell& cell = cells_[c];
      if (cell.kind == CellKind::kDate || cell.kind == CellKind::kEndDate) {
        cell.day[i] = careful_.day(c);
      } else if (cell.kind != CellKind::kSkip && cell.kind != CellKind::kText) {
        cell.numbers[i] = careful_.number(c);
      }
    }
  }
}

void BlockCleaner::CheckClicks(CleanedBlock* block) {
  const std::vector<double>& clicks = cells_[static_cast<size_t>(careful_.clicks())].numbers;
  const std::vector<double>& shown = cells_[static_cast<size_t>(careful_.impressions())].numbers;
  for (size_t i = 0; i < rows_.size(); ++i) {
    if (!(clicks[i] > shown[i]) || bad_[i] != 0) continue;
    block->some_above = true;
    if (!rules_.strict) continue;
    block->events.push_back({rows_[i], RowClass::kData, {"clicks_above_impressions", -1}});
    bad_[i] = 1;
  }
}

// Puts the good rows side by side and into the table.
void BlockCleaner::Keep(CleanedBlock* block) {
  kept_ = 0;
  for (size_t i = 0; i < rows_.size(); ++i) {
    if (bad_[i] != 0) continue;
    for (Cell& cell : cells_) {
      if (kept_ == i) break;
      if (!cell.numbers.empty()) cell.numbers[kept_] = cell.numbers[i];
      if (!cell.day.empty()) cell.day[kept_] = cell.day[i];
    }
    rows_[kept_] = rows_[i];
    bases_[kept_] = bases_[i];
    ++kept_;
    block->record_of.push_back(rows_[i]);
    block->hashes.push_back(HashBytes(block->records.Raw(rows_[i])));
  }
  rows_.resize(kept_);
  bases_.resize(kept_);
  for (size_t c = 0; c < cells_.size(); ++c) {
    Cell& cell = cells_[c];
    if (cell.kind == CellKind::kSkip) continue;
    Column& column = block->rows.columns()[static_cast<size_t>(cell.column)];
    if (cell.is_category) {
      AppendCodes(block, c, &column);
    } else if (cell.kind == CellKind::kText) {
      AppendTexts(*block, c, &column);
    } else if (cell.kind == CellKind::kDate) {
      column.AppendDays({cell.day.data(), kept_});
    } else if (cell.kind == CellKind::kEndDate) {
      AppendPeriods(cell, &column);
    } else {
      column.AppendNumbers({cell.numbers.data(), kept_});
    }
  }
  AppendConstants(block);
  if (rules_.derive) FillDerived(&block->rows);
}

void BlockCleaner::AppendPeriods(const Cell& end, Column* column) {
  numbers_.assign(kept_, std::numeric_limits<double>::quiet_NaN());
  if (careful_.date() >= 0) {
    const std::vector<int32_t>& begin = cells_[static_cast<size_t>(careful_.date())].day;
    for (size_t i = 0; i < kept_; ++i) {
      if (begin[i] != kMissingDay && end.day[i] != kMissingDay) {
        numbers_[i] = end.day[i] - begin[i] + 1;
      }
    }
  }
  column->AppendNumbers(numbers_);
}

void BlockCleaner::AppendTexts(const CleanedBlock& block, size_t c, Column* column) const {
  for (size_t i = 0; i < kept_; ++i) {
    const std::string_view text = Trim(block.records.Cell(rows_[i], c));
    if (IsMissingMark(text)) {
      column->AppendMissing();
    } else {
      column->AppendText(text);
    }
  }
}

void BlockCleaner::AppendCodes(CleanedBlock* block, size_t c, Column* column) {
  codes_.resize(kept_);
  const CellCodes& known = cells_[c].codes;
  ForEachCell(block->records, c, kept_, [&](size_t i, std::string_view raw) {
    const uint32_t* code = known.Find(raw);
    codes_[i] = code != nullptr ? *code : NewCode(block, i, c);
  });
  column->AppendCodes(codes_);
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
    }
  }
  cell.codes.Keep(block->records.RawCell(rows_[row], c), code);
  return code;
}

// A constant category is the thread's code 0.
void BlockCleaner::AppendConstants(CleanedBlock* block) {
  for (const auto& [c, value] : plan_.constants) {
    Column& column = block->rows.columns()[static_cast<size_t>(c)];
    const std::string* text = std::get_if<std::string>(&value);
    if (text == nullptr) {
      numbers_.assign(kept_, std::get<double>(value));
      column.AppendNumbers(numbers_);
    } else if (column.type() == ColumnType::kDate) {
      int32_t day = kMissingDay;
      ParseIsoDay(*text, &day);
      column.AppendDays(std::vector<int32_t>(kept_, day));
    } else if (column.type() == ColumnType::kCategory) {
      codes_.assign(kept_, 0);
      column.AppendCodes(codes_);
      if (!constants_told_) block->new_levels[static_cast<size_t>(c)].push_back(*text);
    } else {
      for (size_t i = 0; i < kept_; ++i) column.AppendText(*text);
    }
  }
  constants_told_ = true;
}

}  // namespace pythia
