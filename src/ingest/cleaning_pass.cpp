#include "ingest/cleaning_pass.h"

#include <algorithm>
#include <thread>

#include <fmt/format.h>

#include "base/utf8.h"
#include "campaign/derive.h"
#include "campaign/schema.h"

namespace pythia {
namespace {

constexpr size_t kShownRejects = 20;
constexpr size_t kShownValue = 200;
constexpr int kShownFooters = 3;

constexpr size_t kMostExpected = 1 << 24;  // rows, on the word of the first ones
constexpr int64_t kSmallFile = 1 << 22;    // bytes, for one thread

}  // namespace

int ThreadsFor(const CleanRequest& request, const InputFile& file) {
  if (file.size() < kSmallFile) return 1;
  if (request.threads > 0) return request.threads;
  return std::max(1, static_cast<int>(std::thread::hardware_concurrency()));
}

CleaningPass::CleaningPass(PassInput input, ColumnPlan plan, bool check_utf8, PassDuty duty)
    : input_(input),
      plan_(std::move(plan)),
      check_utf8_(check_utf8),
      classifier_(input.file.header(), DateCell(input.columns)),
      merger_(plan_),
      rejects_(input.request.rejects_file),
      schema_(plan_.schema),
      summary_(plan_.schema) {
  if (duty == PassDuty::kCleanAndSurvey) {
    surveyor_ = std::make_unique<Surveyor>(input.file.header(), input.columns);
  }
  if (plan_.roll_up) StartRollup();
}

Status CleaningPass::Start() {
  const bool surveys = surveyor_ != nullptr;
  PYTHIA_ASSIGN(pass_, input_.file.Read(surveys ? PassKind::kInspect : PassKind::kAgain));
  input_.progress.Begin("cleaning", input_.file.input().size());
  const int threads = ThreadsFor(input_.request, input_.file.input());
  const CleanRules rules{.strict = input_.request.options.strict,
                         .check_utf8 = check_utf8_,
                         .derive = !plan_.roll_up,
                         .by_ids = &merger_.by_ids()};
  for (int worker = 0; worker < threads; ++worker) {
    cleaners_.push_back(std::make_unique<BlockCleaner>(plan_, classifier_, rules, surveys,
                                                       static_cast<size_t>(worker)));
  }
  blocks_ = std::make_unique<InOrder<CleanedBlock>>(
      threads,
      [this, surveys] {
        auto block = std::make_unique<CleanedBlock>(plan_.schema);
        if (surveys) block->survey = surveyor_->MakeBlock();
        return block;
      },
      [this](CleanedBlock* block) -> Result<bool> {
        PYTHIA_ASSIGN(const bool more, pass_->blocks().Read(&block->records));
        block->is_text = IsText();
        return more;
      },
      [this](size_t worker, CleanedBlock* block) { cleaners_[worker]->Clean(block); },
      [this](CleanedBlock* block) { pass_->Digest(block->records); });
  return {};
}

Result<const Table*> CleaningPass::Next() {
  if (rolled_) return NextRolled();
  for (;;) {
    PYTHIA_ASSIGN(CleanedBlock * block, NextCleaned());
    if (block == nullptr) return nullptr;
    if (block->rows.num_rows() == 0) continue;
    Describe(block->rows);
    return &block->rows;
  }
}

Result<CleaningReport> CleaningPass::Finish() {
  PYTHIA_ASSIGN(const bool written, rejects_.Commit());
  if (written) report_.rejects_file = input_.request.rejects_file.string();
  CompleteReport();
  if (report_.rows_kept == 0) return Fail(NothingLeft());
  return report_;
}

void CleaningPass::StartRollup() {
  const bool derived = std::none_of(plan_.cells.begin(), plan_.cells.end(), [](const CellPlan& c) {
    return c.column >= 0 && c.name == column::kRoi;
  });
  rollup_.emplace(plan_.schema, derived);
  schema_ = rollup_->schema();
  summary_ = Summary(schema_);
}

// The next block with its rows as they stay; null at the end.
Result<CleanedBlock*> CleaningPass::NextCleaned() {
  if (input_.stop.stop_requested()) return Fail(ErrorCode::kCancelled, "the load was stopped");
  gave_up_ = gave_up_ || (surveyor_ != nullptr && IsLost());
  if (gave_up_) return nullptr;
  PYTHIA_ASSIGN(CleanedBlock * block, blocks_->Next());
  // Nobody who takes rows takes what is no text.
  gave_up_ = surveyor_ != nullptr && !(block == nullptr ? IsText() : block->is_text);
  if (block == nullptr || gave_up_) return nullptr;
  if (surveyor_ != nullptr) surveyor_->Take(block->records, block->survey);
  if (report_.rows_read == 0) merger_.Expect(RowsExpected(*block));
  if (!merger_.KnowsApart(*block)) PYTHIA_TRY(AddRowsBefore(block->records.first_line));
  const MergedRows merged = merger_.Merge(block);
  if (merged.duplicates > 0) report_.flagged["duplicate"] += merged.duplicates;
  if (merged.above > 0) report_.flagged["clicks_above_impressions"] += merged.above;
  report_.rows_read += block->rows.num_rows();
  report_.rows_kept += block->rows.num_rows();
  for (const RowEvent& event : block->events) PYTHIA_TRY(OnEvent(block->records, event));
  input_.progress.Update(block->records.bytes_read, report_.rows_read);
  return block;
}

// Tells the merger of the rows that it let pass by their ids. Rows that are none of ours differ
// from all that are.
Status CleaningPass::AddRowsBefore(int64_t line) {
  if (report_.rows_read == 0) return {};
  PYTHIA_ASSIGN(const std::unique_ptr<TablePass> pass, input_.file.Read(PassKind::kAgain));
  RecordBlock block;
  for (;;) {
    if (input_.stop.stop_requested()) return Fail(ErrorCode::kCancelled, "the load was stopped");
    PYTHIA_ASSIGN(const bool more, pass->blocks().Read(&block));
    if (!more || block.first_line >= line) return {};
    for (size_t r = 0; r < block.num_records(); ++r) merger_.AddRow(block.Raw(r));
  }
}

// A column of many texts that was taken for a category: no row to come makes it one, and their
// levels would fill the memory.
bool CleaningPass::IsLost() const {
  for (size_t c = 0; c < plan_.cells.size(); ++c) {
    const CellPlan& cell = plan_.cells[c];
    const bool category =
        cell.kind == CellKind::kText && cell.column >= 0 &&
        plan_.schema[static_cast<size_t>(cell.column)].type == ColumnType::kCategory;
    const bool ours = category && FindCanonical(cell.name) != nullptr;
    if (category && !ours && surveyor_->profile(c).levels > kMostLevels) return true;
  }
  return false;
}

// As many as the first block's length says.
size_t CleaningPass::RowsExpected(const CleanedBlock& block) const {
  const size_t rows = block.record_of.size();
  if (rows < kBlockRows) return rows;
  const size_t last = block.record_of.back();
  const std::string_view raw = block.records.Raw(last);
  const auto bytes = static_cast<size_t>(raw.data() + raw.size() - block.records.bytes());
  return std::min(static_cast<size_t>(input_.file.input().size()) / (bytes / rows), kMostExpected);
}

Status CleaningPass::OnEvent(const RecordBlock& records, const RowEvent& event) {
  if (event.kind == RowClass::kBlank) {
    ++blank_rows_;
    return {};
  }
  if (event.kind != RowClass::kFooter) return Reject(records, event);
  if (++footers_ <= kShownFooters) {
    report_.notes.push_back(fmt::format("Line {} is no row and was passed over: {}",
                                        records.Line(event.record),
                                        Printable(records.Raw(event.record), kShownValue)));
  }
  return {};
}

Status CleaningPass::Reject(const RecordBlock& records, const RowEvent& event) {
  const Rejection& rejection = event.rejection;
  ++report_.rows_read;
  ++report_.rows_rejected;
  ++report_.rejected[std::string(rejection.reason)];
  if (report_.rejected_rows.size() >= kShownRejects && input_.request.rejects_file.empty())
    return {};
  RejectedRow row{.line = records.Line(event.record),
                  .column = {},
                  .value = {},
                  .reason = std::string(rejection.reason)};
  if (rejection.cell >= 0) {
    const auto i = static_cast<size_t>(rejection.cell);
    row.column = plan_.cells[i].name;
    row.value = Printable(records.Cell(event.record, i), kShownValue);
  } else {
    row.value = Printable(records.Raw(event.record), kShownValue);
  }
  PYTHIA_TRY(rejects_.Add(row));
  if (report_.rejected_rows.size() < kShownRejects) report_.rejected_rows.push_back(row);
  return {};
}

Status CleaningPass::RollUp() {
  if (!rollup_) return {};
  for (;;) {
    PYTHIA_ASSIGN(const CleanedBlock* block, NextCleaned());
    if (block == nullptr) break;
    rollup_->Add(block->rows);
  }
  campaigns_ = rollup_->Finish();
  report_.rolled_up = RolledUp{report_.rows_kept, rollup_->num_campaigns()};
  rolled_notes_ = rollup_->Notes();
  rollup_.reset();
  FillDerived(&campaigns_);
  rolled_ = std::make_unique<TableSource>(campaigns_);
  return {};
}

Result<const Table*> CleaningPass::NextRolled() {
  PYTHIA_ASSIGN(const Table* block, rolled_->Next());
  if (block != nullptr) Describe(*block);
  return block;
}

void CleaningPass::Describe(const Table& block) {
  summary_.Add(block);
  for (int64_t row = 0;
       row < block.num_rows() && std::cmp_less(report_.preview.size(), input_.request.preview_rows);
       ++row) {
    std::vector<std::string>& cells = report_.preview.emplace_back();
    for (const Column& column : block.columns()) cells.push_back(FormatCell(column, row));
  }
}

void CleaningPass::CompleteReport() {
  report_.file = input_.file.input().name();
  report_.format = input_.file.format();
  report_.grain = plan_.grain == Grain::kCampaign ? "campaign" : "row";
  report_.currency = plan_.currency;
  report_.recognised = plan_.recognised;
  report_.unknown = plan_.unknown;
  report_.left_out = plan_.left_out;
  report_.missing = plan_.missing;
  report_.notes.insert(report_.notes.begin(), plan_.notes.begin(), plan_.notes.end());
  if (blank_rows_ > 0) {
    report_.notes.push_back(
        fmt::format("{} rows without any value were passed over.", blank_rows_));
  }
  if (footers_ > kShownFooters) {
    report_.notes.push_back(
        fmt::format("{} more lines of text were passed over.", footers_ - kShownFooters));
  }
  if (report_.rolled_up) {
    report_.notes.push_back(
        fmt::format("{} rows by day were rolled up to {} campaigns; --grain row keeps the rows.",
                    report_.rolled_up->rows, report_.rolled_up->campaigns));
    report_.notes.insert(report_.notes.end(), rolled_notes_.begin(), rolled_notes_.end());
  }
  report_.columns = summary_.Finish();
  if (input_.request.preview_rows == 0) return;
  for (const ColumnSpec& spec : schema_) report_.preview_header.push_back(spec.name);
}

Error CleaningPass::NothingLeft() const {
  std::string reasons;
  for (const auto& [reason, count] : report_.rejected) {
    reasons += fmt::format("{}{} {}", reasons.empty() ? "" : ", ", count, reason);
  }
  Error error{ErrorCode::kBadInput,
              fmt::format("none of {} rows can be used: {}", report_.rows_read, reasons),
              {.file = input_.file.input().name()}};
  if (!report_.rejected_rows.empty()) {
    error.place.line = report_.rejected_rows.front().line;
    error.place.column = report_.rejected_rows.front().column;
    error.value = report_.rejected_rows.front().value;
  }
  error.hint = report_.rejects_file.empty()
                   ? "Correct the file, or name other columns with --map."
                   : fmt::format("All of them are in {}.", report_.rejects_file);
  return error;
}

}  // namespace pythia
