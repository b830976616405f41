#include "ingest/survey.h"

#include <algorithm>
#include <unordered_map>

#include "campaign/schema.h"
#include "ingest/fields.h"
#include "ingest/in_order.h"
#include "ingest/row_class.h"

namespace pythia {
namespace {

constexpr size_t kMostCurrencies = 8;

int FirstClaimant(const FileColumns& columns, std::string_view column) {
  const std::vector<size_t> found = columns.Claimants(column);
  return found.empty() ? -1 : static_cast<int>(found.front());
}

// Sees whether campaigns come back on other days.
class RepeatCounter {
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

// A block on its way: the rows that are data, and what they say in columns whose cells may be
// looked at in any order.
struct SurveyedBlock {
  RecordBlock records;
  std::vector<uint32_t> rows;
  std::vector<ColumnProfiler> parts;
};

class Surveyor {
 public:
  Surveyor(TableFile& file, const FileColumns& columns)
      : classifier_(file.header(), DateCell(columns)),
        repeats_(columns),
        currency_(FirstClaimant(columns, column::kCurrency)) {
    for (const FileColumn& column : columns.columns) {
      const bool alone = column.claim && columns.Claimants(column.claim->column).size() == 1;
      profilers_.emplace_back(column.profile, alone);
    }
  }

  std::unique_ptr<SurveyedBlock> MakeBlock() const {
    auto block = std::make_unique<SurveyedBlock>();
    block->parts = profilers_;
    return block;
  }

  // Thread-safe.
  void Look(SurveyedBlock* block) const {
    const RecordBlock& records = block->records;
    std::vector<std::string_view> cells;
    block->rows.clear();
    for (size_t r = 0; r < records.num_records(); ++r) {
      if (!classifier_.IsPlainData(records, r)) {
        if (records.IsEmpty(r)) continue;
        records.Cells(r, RecordLimits{}.max_columns, &cells);
        if (classifier_.Classify(cells, records.num_cells(r)) != RowClass::kData) continue;
      }
      block->rows.push_back(static_cast<uint32_t>(r));
    }
    for (size_t c = 0; c < block->parts.size(); ++c) {
      ColumnProfiler& part = block->parts[c];
      if (part.in_order()) continue;
      part.Clear();
      AddColumn(*block, c, &part);
    }
  }

  // In the order of the file.
  void Take(const SurveyedBlock& block, Survey* survey) {
    survey->rows += static_cast<int64_t>(block.rows.size());
    for (size_t c = 0; c < profilers_.size(); ++c) {
      if (profilers_[c].in_order()) {
        AddColumn(block, c, &profilers_[c]);
      } else {
        profilers_[c].Merge(block.parts[c]);
      }
    }
    for (const uint32_t row : block.rows) {
      if (!repeats_.active() && currency_ < 0) break;
      repeats_.Add(block.records, row, survey);
      if (currency_ < 0 || survey->currencies.size() >= kMostCurrencies) continue;
      const std::string_view code = Trim(block.records.Cell(row, static_cast<size_t>(currency_)));
      if (!IsMissingMark(code)) survey->currencies.emplace(code);
    }
  }

  void Finish(Survey* survey) const {
    for (const ColumnProfiler& profiler : profilers_) {
      survey->profiles.push_back(profiler.profile());
    }
  }

 private:
  static void AddColumn(const SurveyedBlock& block, size_t c, ColumnProfiler* profiler) {
    const RecordBlock& records = block.records;
    for (const uint32_t row : block.rows) {
      if (profiler->settled()) return;
      if (!profiler->AddRaw(records.RawCell(row, c))) profiler->Add(records.Cell(row, c));
    }
  }

  RowClassifier classifier_;
  RepeatCounter repeats_;
  int currency_;
  std::vector<ColumnProfiler> profilers_;
};

}  // namespace

int DateCell(const FileColumns& columns) { return FirstClaimant(columns, column::kDate); }

Result<Survey> SurveyFile(TableFile& file, const FileColumns& columns, int threads,
                          Progress& progress, const std::stop_token& stop) {
  Survey survey;
  Surveyor surveyor(file, columns);
  PYTHIA_ASSIGN(const std::unique_ptr<TablePass> pass, file.Read(PassKind::kInspect));
  progress.Begin("reading", file.input().size());
  {
    InOrder<SurveyedBlock> blocks(
        threads, [&] { return surveyor.MakeBlock(); },
        [&](SurveyedBlock* block) { return pass->blocks().Read(&block->records); },
        [&](size_t, SurveyedBlock* block) { surveyor.Look(block); });
    for (;;) {
      if (stop.stop_requested()) return Fail(ErrorCode::kCancelled, "the load was stopped");
      PYTHIA_ASSIGN(const SurveyedBlock* block, blocks.Next());
      if (block == nullptr) break;
      surveyor.Take(*block, &survey);
      progress.Update(block->records.bytes_read, survey.rows);
    }
  }
  progress.End();
  PYTHIA_TRY(pass->CheckText());
  if (pass->invalid_bytes() > 0 && pass->multibyte() == 0 && file.FallBackToLatin()) {
    return SurveyFile(file, columns, threads, progress, stop);
  }
  survey.some_invalid = pass->invalid_bytes() > 0;
  surveyor.Finish(&survey);
  PYTHIA_ASSIGN(survey.sha256, pass->HexDigest());
  PYTHIA_ASSIGN(survey.checksum, pass->Checksum());
  return survey;
}

}  // namespace pythia
