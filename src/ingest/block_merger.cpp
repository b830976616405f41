#include "ingest/block_merger.h"

#include <algorithm>

#include "campaign/schema.h"

namespace pythia {
namespace {

constexpr size_t kAhead = 16;  // rows for which memory is fetched early

bool NamesIds(const Schema& schema) {
  return std::any_of(schema.begin(), schema.end(),
                     [](const ColumnSpec& spec) { return spec.name == column::kCampaignId; });
}

int64_t CountAbove(const CleanedBlock& block) {
  const std::vector<double>& clicks = block.rows.Find(column::kClicks)->numbers();
  const std::vector<double>& shown = block.rows.Find(column::kImpressions)->numbers();
  int64_t above = 0;
  for (size_t i = 0; i < clicks.size(); ++i) above += clicks[i] > shown[i] ? 1 : 0;
  return above;
}

}  // namespace

BlockMerger::BlockMerger(const ColumnPlan& plan)
    : plan_(plan),
      has_ids_(NamesIds(plan.schema)),
      by_ids_(has_ids_),
      dictionaries_(plan.schema.size()) {
  for (size_t c = 0; c < dictionaries_.size(); ++c) {
    if (plan.schema[c].type == ColumnType::kCategory) {
      dictionaries_[c] = std::make_shared<Dictionary>();
    }
  }
}

bool BlockMerger::KnowsApart(const CleanedBlock& block) {
  if (!by_ids_) return true;  // by their bytes
  by_ids_ = block.records.is_csv && block.hashes.empty() && ids_.AddNew(block.ids);
  if (by_ids_) return true;
  ids_ = {};
  seen_.Reserve(expected_);
  return false;
}

void BlockMerger::AddRow(std::string_view bytes) { seen_.Insert(HashBytes(bytes)); }

MergedRows BlockMerger::Merge(CleanedBlock* block) {
  const int64_t duplicates = FindDuplicates(block);
  if (duplicates > 0 && has_ids_) Drop(block);
  if (codes_.size() <= block->worker) codes_.resize(block->worker + 1);
  codes_[block->worker].resize(dictionaries_.size());
  for (size_t c = 0; c < dictionaries_.size(); ++c) {
    if (dictionaries_[c] != nullptr) Recode(block, c);
  }
  return {.duplicates = has_ids_ ? 0 : duplicates,
          .above = block->some_above ? CountAbove(*block) : 0};
}

void BlockMerger::HashRows(CleanedBlock* block) {
  for (const uint32_t record : block->record_of) {
    block->hashes.push_back(HashBytes(block->records.Raw(record)));
  }
}

int64_t BlockMerger::FindDuplicates(CleanedBlock* block) {
  if (by_ids_) return 0;
  if (block->hashes.empty()) HashRows(block);
  const std::vector<uint64_t>& hashes = block->hashes;
  duplicate_.resize(hashes.size());
  seen_.Reserve(seen_.size() + hashes.size());
  int64_t found = 0;
  for (size_t i = 0; i < hashes.size(); ++i) {
    seen_.Expect(hashes[std::min(i + kAhead, hashes.size() - 1)]);
    const bool known = !seen_.Insert(hashes[i]);
    duplicate_[i] = static_cast<char>(known);
    found += known ? 1 : 0;
  }
  return found;
}

void BlockMerger::Drop(CleanedBlock* block) {
  Table kept(plan_.schema);
  std::vector<uint32_t> record_of;
  for (size_t c = 0; c < kept.columns().size(); ++c) {
    const Column& from = block->rows.columns()[c];
    kept.columns()[c] = Column(from.spec(), from.dictionary());
    for (size_t i = 0; i < duplicate_.size() && from.size() > 0; ++i) {
      if (duplicate_[i] == 0) kept.columns()[c].AppendFrom(from, static_cast<int64_t>(i));
    }
  }
  for (size_t i = 0; i < duplicate_.size(); ++i) {
    if (duplicate_[i] == 0) {
      record_of.push_back(block->record_of[i]);
    } else {
      block->events.push_back({block->record_of[i], RowClass::kData, {"duplicate", -1}});
    }
  }
  std::stable_sort(block->events.begin(), block->events.end(),
                   [](const RowEvent& a, const RowEvent& b) { return a.record < b.record; });
  block->rows = std::move(kept);
  block->record_of = std::move(record_of);
}

void BlockMerger::Recode(CleanedBlock* block, size_t c) {
  Column& column = block->rows.columns()[c];
  Codes& codes = codes_[block->worker][c];
  for (std::string& level : block->new_levels[c]) {
    codes.levels.push_back(std::move(level));
    codes.code_of.push_back(kMissingCode);
    ++codes.open;
  }
  for (const uint32_t code : column.codes()) {
    if (codes.open == 0) break;
    if (code == kMissingCode || codes.code_of[code] != kMissingCode) continue;
    codes.code_of[code] = dictionaries_[c]->Intern(codes.levels[code]);
    --codes.open;
  }
  column.Recode(codes.code_of, dictionaries_[c]);
}

}  // namespace pythia
