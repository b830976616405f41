#include "ingest/block_cleaner.h"

#include <algorithm>
#include <limits>

#include "base/utf8.h"
#include "campaign/derive.h"
#include "campaign/schema.h"
#include "ingest/profile.h"

namespace pythia {
namespace {

bool IsDigit(char c) { return c >= '0' && c <= '9'; }

// Moves the values at `places`, which ascend, to the front.
template <typename Value>
void Gather(const std::vector<uint32_t>& places, std::vector<Value>* values) {
  if (values->empty()) return;
  for (size_t k = 0; k < places.size(); ++k) (*values)[k] = (*values)[places[k]];
}

}  // namespace

void CleanedBlock::Clear() {
  rows.Clear();
  record_of.clear();
  ids.clear();
  hashes.clear();
  events.clear();
  for (std::vector<std::string>& levels : new_levels) levels.clear();
  some_above = false;
}

BlockCleaner::BlockCleaner(const ColumnPlan& plan, const RowClassifier& classifier,
                           CleanRules rules, bool surveys, size_t worker)
    : plan_(plan),
      classifier_(classifier),
      rules_(rules),
      surveys_(surveys),
      worker_(worker),
      careful_(plan),
      cells_(plan.cells.size()) {
  for (size_t c = 0; c < cells_.size(); ++c) {
    Cell& cell = cells_[c];
    const CellPlan& what = plan.cells[c];
    cell.kind = what.column < 0 ? CellKind::kSkip : what.kind;
    if (cell.kind == CellKind::kText && what.name == column::kCampaignId) id_ = static_cast<int>(c);
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
  ReadColumns(block);
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
  good_.clear();
  for (size_t i = 0; i < rows_.size(); ++i) {
    if (bad_[i] == 0) good_.push_back(static_cast<uint32_t>(i));
  }
  kept_ = good_.size();
  if (kept_ < rows_.size()) {
    Gather(good_, &rows_);
    Gather(good_, &bases_);
    rows_.resize(kept_);
    bases_.resize(kept_);
    for (Cell& cell : cells_) {
      Gather(good_, &cell.numbers);
      Gather(good_, &cell.day);
      Gather(good_, &cell.code);
    }
  }
  block->record_of = rows_;
  if (!rules_.by_ids->load(std::memory_order_relaxed) || !ReadIds(block)) {
    for (const uint32_t row : rows_) block->hashes.push_back(HashBytes(block->records.Raw(row)));
  }
  for (size_t c = 0; c < cells_.size(); ++c) {
    Cell& cell = cells_[c];
    if (cell.kind == CellKind::kSkip) continue;
    Column& column = block->rows.columns()[static_cast<size_t>(cell.column)];
    if (cell.is_category) {
      column.AppendCodes({cell.code.data(), kept_});
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
    const std::string_view raw = block.records.RawCell(rows_[i], c);
    // Begins and ends with a digit: nothing to take off, and no mark.
    if (!raw.empty() && IsDigit(raw.front()) && IsDigit(raw.back())) {
      column->AppendText(raw);
      continue;
    }
    const std::string_view text = Trim(block.records.Cell(rows_[i], c));
    if (IsMissingMark(text)) {
      column->AppendMissing();
    } else {
      column->AppendText(text);
    }
  }
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
