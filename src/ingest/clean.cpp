#include "ingest/clean.h"

#include <algorithm>
#include <cmath>
#include <thread>

#include <fmt/format.h>

#include "base/utf8.h"
#include "campaign/derive.h"
#include "campaign/rollup.h"
#include "campaign/schema.h"
#include "campaign/source.h"
#include "ingest/block_cleaner.h"
#include "ingest/block_merger.h"
#include "ingest/column_plan.h"
#include "ingest/file_columns.h"
#include "ingest/in_order.h"
#include "ingest/rejects.h"
#include "ingest/row_class.h"
#include "ingest/summary.h"
#include "ingest/survey.h"
#include "ingest/table_file.h"

namespace pythia {
namespace {

constexpr size_t kShownRejects = 20;
constexpr size_t kShownValue = 200;
constexpr int kShownFooters = 3;

constexpr size_t kMostExpected = 1 << 24;  // rows, on the word of the first ones
constexpr int64_t kSmallFile = 1 << 22;    // bytes, for one thread

int ThreadsFor(const CleanRequest& request, const InputFile& file) {
  if (file.size() < kSmallFile) return 1;
  if (request.threads > 0) return request.threads;
  return std::max(1, static_cast<int>(std::thread::hardware_concurrency()));
}

class CleaningPass final : public Cleaning {
 public:
  CleaningPass(const CleanRequest& request, std::unique_ptr<TableFile> file, FileColumns columns,
               Survey survey, ColumnPlan plan, Progress& progress, std::stop_token stop)
      : request_(request),
        file_(std::move(file)),
        columns_(std::move(columns)),
        survey_(std::move(survey)),
        plan_(std::move(plan)),
        progress_(progress),
        stop_(std::move(stop)),
        classifier_(file_->header(), DateCell(columns_)),
        merger_(plan_),
        rejects_(request.rejects_file),
        schema_(plan_.schema),
        summary_(plan_.schema) {
    if (plan_.roll_up) StartRollup();
  }

  Status Start() {
    PYTHIA_ASSIGN(pass_, file_->Read(PassKind::kAgain));
    progress_.Begin("cleaning", file_->input().size());
    const int threads = ThreadsFor(request_, file_->input());
    const CleanRules rules{.strict = request_.options.strict,
                           .check_utf8 = survey_.some_invalid,
                           .derive = !plan_.roll_up};
    for (int worker = 0; worker < threads; ++worker) {
      cleaners_.push_back(
          std::make_unique<BlockCleaner>(plan_, classifier_, rules, static_cast<size_t>(worker)));
    }
    blocks_ = std::make_unique<InOrder<CleanedBlock>>(
        threads, [this] { return std::make_unique<CleanedBlock>(plan_.schema); },
        [this](CleanedBlock* block) { return pass_->blocks().Read(&block->records); },
        [this](size_t worker, CleanedBlock* block) { cleaners_[worker]->Clean(block); });
    return {};
  }

  const std::string& sha256() const override { return survey_.sha256; }
  const Schema& schema() const override { return schema_; }
  Grain grain() const override { return plan_.grain; }
  const std::string& currency() const override { return plan_.currency; }

  Result<const Table*> Next() override {
    if (rollup_) PYTHIA_TRY(RollUpAll());
    if (rolled_) return NextRolled();
    for (;;) {
      PYTHIA_ASSIGN(CleanedBlock * block, NextCleaned());
      if (block == nullptr) return nullptr;
      if (block->rows.num_rows() == 0) continue;
      Describe(block->rows);
      return &block->rows;
    }
  }

  Result<CleaningReport> Finish() override {
    progress_.End();
    PYTHIA_ASSIGN(const uint64_t checksum, pass_->Checksum());
    PYTHIA_TRY(file_->input().CheckUnchanged());
    if (checksum != survey_.checksum) {
      return Fail(Error{ErrorCode::kConflict,
                        "the file changed while it was read",
                        {.file = file_->input().name()},
                        {},
                        "Nothing was kept of it. Wait until it is complete and load it again."});
    }
    PYTHIA_ASSIGN(const bool written, rejects_.Commit());
    if (written) report_.rejects_file = request_.rejects_file.string();
    CompleteReport();
    if (report_.rows_kept == 0) return Fail(NothingLeft());
    return report_;
  }

 private:
  void StartRollup() {
    const bool derived =
        std::none_of(plan_.cells.begin(), plan_.cells.end(),
                     [](const CellPlan& c) { return c.column >= 0 && c.name == column::kRoi; });
    rollup_.emplace(plan_.schema, derived);
    schema_ = rollup_->schema();
    summary_ = Summary(schema_);
  }

  // The next block with its rows as they stay; null at the end.
  Result<CleanedBlock*> NextCleaned() {
    if (stop_.stop_requested()) return Fail(ErrorCode::kCancelled, "the load was stopped");
    PYTHIA_ASSIGN(CleanedBlock * block, blocks_->Next());
    if (block == nullptr) return nullptr;
    if (report_.rows_read == 0) merger_.Expect(RowsExpected(*block));
    const MergedRows merged = merger_.Merge(block);
    if (merged.duplicates > 0) report_.flagged["duplicate"] += merged.duplicates;
    if (merged.above > 0) report_.flagged["clicks_above_impressions"] += merged.above;
    report_.rows_read += block->rows.num_rows();
    report_.rows_kept += block->rows.num_rows();
    for (const RowEvent& event : block->events) PYTHIA_TRY(OnEvent(block->records, event));
    progress_.Update(block->records.bytes_read, report_.rows_read);
    return block;
  }

  // As many as the first block's length says.
  size_t RowsExpected(const CleanedBlock& block) const {
    const size_t rows = block.hashes.size();
    if (rows < kBlockRows) return rows;
    const size_t last = block.record_of.back();
    const std::string_view raw = block.records.Raw(last);
    const auto bytes = static_cast<size_t>(raw.data() + raw.size() - block.records.bytes());
    return std::min(static_cast<size_t>(file_->input().size()) / (bytes / rows), kMostExpected);
  }

  Status OnEvent(const RecordBlock& records, const RowEvent& event) {
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

  Status Reject(const RecordBlock& records, const RowEvent& event) {
    const Rejection& rejection = event.rejection;
    ++report_.rows_read;
    ++report_.rows_rejected;
    ++report_.rejected[std::string(rejection.reason)];
    if (report_.rejected_rows.size() >= kShownRejects && request_.rejects_file.empty()) return {};
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

  Status RollUpAll() {
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

  Result<const Table*> NextRolled() {
    PYTHIA_ASSIGN(const Table* block, rolled_->Next());
    if (block != nullptr) Describe(*block);
    return block;
  }

  void Describe(const Table& block) {
    summary_.Add(block);
    for (int64_t row = 0;
         row < block.num_rows() && std::cmp_less(report_.preview.size(), request_.preview_rows);
         ++row) {
      std::vector<std::string>& cells = report_.preview.emplace_back();
      for (const Column& column : block.columns()) cells.push_back(FormatCell(column, row));
    }
  }

  void CompleteReport() {
    report_.file = file_->input().name();
    report_.sha256 = survey_.sha256;
    report_.format = file_->format();
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
    if (request_.preview_rows == 0) return;
    for (const ColumnSpec& spec : schema_) report_.preview_header.push_back(spec.name);
  }

  Error NothingLeft() const {
    std::string reasons;
    for (const auto& [reason, count] : report_.rejected) {
      reasons += fmt::format("{}{} {}", reasons.empty() ? "" : ", ", count, reason);
    }
    Error error{ErrorCode::kBadInput,
                fmt::format("none of {} rows can be used: {}", report_.rows_read, reasons),
                {.file = file_->input().name()}};
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

  CleanRequest request_;
  std::unique_ptr<TableFile> file_;
  FileColumns columns_;
  Survey survey_;
  ColumnPlan plan_;
  Progress& progress_;
  std::stop_token stop_;
  RowClassifier classifier_;
  BlockMerger merger_;
  RejectsFile rejects_;
  Schema schema_;
  Summary summary_;
  std::unique_ptr<TablePass> pass_;
  std::optional<Rollup> rollup_;
  Table campaigns_;
  std::vector<std::string> rolled_notes_;
  std::unique_ptr<TableSource> rolled_;
  CleaningReport report_;
  int64_t blank_rows_ = 0;
  int footers_ = 0;
  std::vector<std::unique_ptr<BlockCleaner>> cleaners_;
  std::unique_ptr<InOrder<CleanedBlock>> blocks_;  // its threads use all of the above
};

void AppendPair(std::string_view key, std::string_view value, std::string* out) {
  *out += fmt::format("{}:{}={}:{};", key.size(), key, value.size(), value);
}

Status CheckOptions(const CleanOptions& options) {
  if (options.decimal && *options.decimal != '.' && *options.decimal != ',') {
    return Fail(Error{ErrorCode::kUsage,
                      "the decimal mark is '.' or ','",
                      {},
                      std::string(1, *options.decimal),
                      "--decimal . or --decimal ,"});
  }
  return {};
}

}  // namespace

std::string OptionsKey(const CleanOptions& options) {
  std::string key = "map{";
  for (const auto& [header, column] : options.map) AppendPair(header, column, &key);
  key += "}set{";
  for (const auto& [column, value] : options.set) AppendPair(column, value, &key);
  key += "}";
  if (options.grain) key += *options.grain == Grain::kRow ? "grain=row;" : "grain=campaign;";
  if (options.date_order) {
    key += *options.date_order == DateOrder::kDmy ? "date_order=dmy;" : "date_order=mdy;";
  }
  if (options.decimal) key += fmt::format("decimal={};", *options.decimal);
  if (options.strict) key += "strict;";
  if (options.keep_personal) key += "keep_personal;";
  return key;
}

Result<std::unique_ptr<Cleaning>> Cleaning::Open(const CleanRequest& request, Progress& progress,
                                                 std::stop_token stop) {
  PYTHIA_TRY(CheckOptions(request.options));
  const RecordLimits limits{.buffer_bytes = request.buffer_bytes};
  PYTHIA_ASSIGN(std::unique_ptr<TableFile> file,
                TableFile::Open(request.path, request.max_bytes, limits, stop));
  const std::string name = file->input().name();
  PYTHIA_ASSIGN(FileColumns columns, ReadHeader(file->header(), request.options, name));
  PYTHIA_ASSIGN(Survey survey,
                SurveyFile(*file, columns, ThreadsFor(request, file->input()), progress, stop));
  PYTHIA_ASSIGN(ColumnPlan plan, PlanColumns(columns, survey, request.options, name));
  auto cleaning =
      std::make_unique<CleaningPass>(request, std::move(file), std::move(columns),
                                     std::move(survey), std::move(plan), progress, std::move(stop));
  PYTHIA_TRY(cleaning->Start());
  return cleaning;
}

}  // namespace pythia
