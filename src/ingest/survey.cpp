#include "ingest/survey.h"

#include <algorithm>
#include <unordered_map>

#include "campaign/schema.h"
#include "ingest/fields.h"
#include "ingest/in_order.h"

namespace pythia {
namespace {

constexpr size_t kMostCurrencies = 8;

int FirstClaimant(const FileColumns& columns, std::string_view column) {
  const std::vector<size_t> found = columns.Claimants(column);
  return found.empty() ? -1 : static_cast<int>(found.front());
}

struct SurveyedBlock {
  RecordBlock records;
  BlockSurvey survey;
};

// Whether the text has to be read again, as Windows-1252: it holds bytes that are no UTF-8, and no
// longer character that is.
bool IsMisread(const TablePass& pass) { return pass.invalid_bytes() > 0 && pass.multibyte() == 0; }

}  // namespace

// Sees whether campaigns come back on other days.
class Surveyor::RepeatCounter {
 public:
  bool active() const { return active_; }

  explicit RepeatCounter(const FileColumns& columns) : date_(DateCell(columns)) {
    int campaign = FirstClaimant(columns, column::kCampaignId);
    if (campaign < 0) campaign = FirstClaimant(columns, column::kCampaignName);
    const bool has_duration = FirstClaimant(columns, column::kDuration) >= 0;
    active_ = campaign >= 0 && date_ >= 0 && !has_duration;
    if (!active_) return;
    key_.push_back(static_cast<size_t>(campaign));
    for (const ColumnSpec& spec : CanonicalColumns()) {
      if (spec.type != ColumnType::kCategory) continue;
      const int cell = FirstClaimant(columns, spec.name);
      if (cell >= 0) key_.push_back(static_cast<size_t>(cell));
    }
  }

  void Add(const RecordBlock& block, size_t record, Survey* survey) {
    if (!active_) return;
    const std::string_view date = block.Cell(record, static_cast<size_t>(date_));
    if (IsMissingMark(Trim(date)) || IsMissingMark(Trim(block.Cell(record, key_[0])))) return;
    uint64_t hash = 0;
    for (const size_t cell : key_) {
      hash = hash * 0x9E3779B97F4A7C15ULL + HashBytes(block.Cell(record, cell));
    }
    const uint64_t day = HashBytes(date);
    const auto [found, added] = first_days_.try_emplace(hash, day);
    ++survey->dated_rows;
    survey->repeated_rows += !added && found->second != day ? 1 : 0;
  }

 private:
  int date_;
  bool active_ = false;
  std::vector<size_t> key_;
  std::unordered_map<uint64_t, uint64_t> first_days_;
};

Surveyor::Surveyor(const std::vector<std::string>& header, const FileColumns& columns)
    : classifier_(header, DateCell(columns)),
      repeats_(std::make_unique<RepeatCounter>(columns)),
      currency_(FirstClaimant(columns, column::kCurrency)) {
  for (const FileColumn& column : columns.columns) {
    const bool alone = column.claim && columns.Claimants(column.claim->column).size() == 1;
    profilers_.emplace_back(column.profile, alone);
  }
}

Surveyor::~Surveyor() = default;

BlockSurvey Surveyor::MakeBlock() const {
  BlockSurvey survey;
  survey.parts = profilers_;
  survey.texts.resize(profilers_.size());
  survey.numbers.resize(profilers_.size());
  return survey;
}

void Surveyor::Look(const RecordBlock& records, BlockSurvey* survey) const {
  std::vector<std::string_view> cells;
  survey->rows.clear();
  for (size_t r = 0; r < records.num_records(); ++r) {
    if (!classifier_.IsPlainData(records, r)) {
      if (records.IsEmpty(r)) continue;
      records.Cells(r, RecordLimits{}.max_columns, &cells);
      if (classifier_.Classify(cells, records.num_cells(r)) != RowClass::kData) continue;
    }
    survey->rows.push_back(static_cast<uint32_t>(r));
  }
  for (size_t c = 0; c < survey->parts.size(); ++c) {
    ColumnProfiler& part = survey->parts[c];
    if (part.in_order()) continue;
    part.Clear();
    AddColumn(records, survey->rows, c, &part);
  }
}

void Surveyor::AddColumn(const RecordBlock& records, const std::vector<uint32_t>& rows,
                         size_t column, ColumnProfiler* profiler) {
  for (const uint32_t row : rows) {
    if (profiler->settled()) return;
    if (!profiler->AddRaw(records.RawCell(row, column))) {
      profiler->Add(records.Cell(row, column));
    }
  }
}

void Surveyor::Take(const RecordBlock& records, const BlockSurvey& block) {
  survey_.rows += static_cast<int64_t>(block.rows.size());
  for (size_t c = 0; c < profilers_.size(); ++c) {
    ColumnProfiler& profiler = profilers_[c];
    if (!profiler.in_order()) {
      profiler.Merge(block.parts[c]);
      continue;
    }
    const BlockSurvey::PlainRun& numbers = block.numbers[c];
    const bool counted = numbers.whole
                             ? profiler.AddPlainRun(numbers.count, numbers.dots)
                             : !block.texts[c].empty() && profiler.AddCounted(block.texts[c]);
    if (!counted) AddColumn(records, block.rows, c, &profiler);
  }
  for (const uint32_t row : block.rows) {
    if (!repeats_->active() && currency_ < 0) break;
    repeats_->Add(records, row, &survey_);
    if (currency_ < 0 || survey_.currencies.size() >= kMostCurrencies) continue;
    const std::string_view code = Trim(records.Cell(row, static_cast<size_t>(currency_)));
    if (!IsMissingMark(code)) survey_.currencies.emplace(code);
  }
}

Survey Surveyor::Finish(bool some_invalid) const {
  Survey survey = survey_;
  survey.some_invalid = some_invalid;
  for (const ColumnProfiler& profiler : profilers_) survey.profiles.push_back(profiler.profile());
  return survey;
}

int DateCell(const FileColumns& columns) { return FirstClaimant(columns, column::kDate); }

Result<FileSurvey> SurveyFile(TableFile& file, const FileColumns& columns, int64_t most_rows,
                              int threads, Progress& progress, const std::stop_token& stop) {
  FileSurvey found;
  const auto most = static_cast<size_t>(most_rows);
  size_t left = most;
  Surveyor surveyor(file.header(), columns);
  PYTHIA_ASSIGN(const std::unique_ptr<TablePass> pass, file.Read(PassKind::kInspect));
  if (most == 0) progress.Begin("reading", file.input().size());
  {
    InOrder<SurveyedBlock> blocks(
        threads,
        [&] {
          auto block = std::make_unique<SurveyedBlock>();
          block->survey = surveyor.MakeBlock();
          return block;
        },
        [&](SurveyedBlock* block) -> Result<bool> {
          if (most > 0 && left == 0) return false;
          PYTHIA_ASSIGN(const bool more, pass->blocks().Read(&block->records));
          found.complete = !more;
          if (most > 0) block->records.records = std::min(block->records.records, left);
          left -= most > 0 ? block->records.records : 0;
          return more;
        },
        [&](size_t, SurveyedBlock* block) { surveyor.Look(block->records, &block->survey); },
        [&](SurveyedBlock* block) { pass->Digest(block->records); });
    for (;;) {
      if (stop.stop_requested()) return Fail(ErrorCode::kCancelled, "the load was stopped");
      PYTHIA_ASSIGN(const SurveyedBlock* block, blocks.Next());
      if (block == nullptr) break;
      surveyor.Take(block->records, block->survey);
      if (most == 0) progress.Update(block->records.bytes_read, surveyor.rows());
    }
  }
  if (most == 0) progress.End();
  PYTHIA_TRY(pass->CheckText());
  if (found.complete && IsMisread(*pass) && file.FallBackToLatin()) {
    return SurveyFile(file, columns, most_rows, threads, progress, stop);
  }
  found.survey = surveyor.Finish(pass->invalid_bytes() > 0);
  if (found.complete && file.digests()) {
    PYTHIA_ASSIGN(found.sha256, pass->HexDigest());
  }
  return found;
}

}  // namespace pythia
