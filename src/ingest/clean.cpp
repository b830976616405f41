#include "ingest/clean.h"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include "base/utf8.h"
#include "campaign/derive.h"
#include "campaign/rollup.h"
#include "campaign/schema.h"
#include "campaign/source.h"
#include "ingest/column_plan.h"
#include "ingest/file_columns.h"
#include "ingest/rejects.h"
#include "ingest/row_class.h"
#include "ingest/row_cleaner.h"
#include "ingest/summary.h"
#include "ingest/survey.h"
#include "ingest/table_file.h"

namespace pythia {
namespace {

constexpr size_t kShownRejects = 20;
constexpr size_t kShownValue = 200;
constexpr int kShownFooters = 3;

std::string RowValue(const Records& records) { return Printable(records.raw(), kShownValue); }

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
        cleaner_(plan_),
        rejects_(request.rejects_file),
        schema_(plan_.schema),
        block_(plan_.schema),
        summary_(plan_.schema) {
    for (Column& column : block_.columns()) column.Reserve(kBlockRows);
    if (plan_.roll_up) StartRollup();
  }

  Status Start() {
    PYTHIA_ASSIGN(pass_, file_->Read());
    progress_.Begin("cleaning", file_->input().size());
    return {};
  }

  const std::string& sha256() const override { return survey_.sha256; }
  const Schema& schema() const override { return schema_; }
  Grain grain() const override { return plan_.grain; }
  const std::string& currency() const override { return plan_.currency; }

  Result<const Table*> Next() override {
    if (rollup_) PYTHIA_TRY(RollUpAll());
    if (rolled_) return NextRolled();
    PYTHIA_TRY(FillBlock());
    if (block_.num_rows() == 0 && ended_) return nullptr;
    FillDerived(&block_);
    Describe(block_);
    return &block_;
  }

  Result<CleaningReport> Finish() override {
    progress_.End();
    PYTHIA_ASSIGN(const std::string sha256, pass_->HexDigest());
    PYTHIA_TRY(file_->input().CheckUnchanged());
    if (sha256 != survey_.sha256) {
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

  Status FillBlock() {
    block_.Clear();
    rows_in_block_ = 0;
    while (!ended_ && rows_in_block_ < kBlockRows) {
      PYTHIA_ASSIGN(const bool more, pass_->records().Next());
      ended_ = !more;
      if (more) PYTHIA_TRY(OnRecord(pass_->records()));
    }
    if (stop_.stop_requested()) return Fail(ErrorCode::kCancelled, "the load was stopped");
    progress_.Update(pass_->bytes_read(), report_.rows_read);
    return {};
  }

  Status OnRecord(const Records& records) {
    switch (classifier_.Classify(records)) {
      case RowClass::kData:
        return OnRow(records);
      case RowClass::kBlank:
        ++blank_rows_;
        return {};
      case RowClass::kFooter:
        if (++footers_ <= kShownFooters) {
          report_.notes.push_back(fmt::format("Line {} is no row and was passed over: {}",
                                              records.line(), RowValue(records)));
        }
        return {};
      case RowClass::kTotals:
        return Reject(records, {"totals_row", -1});
      case RowClass::kHeaderAgain:
        return Reject(records, {"repeated_header", -1});
      case RowClass::kTooFew:
        return Reject(records, {"too_few_fields", -1});
      case RowClass::kTooMany:
        return Reject(records, {"too_many_fields", -1});
    }
    return {};
  }

  Status OnRow(const Records& records) {
    if (survey_.some_invalid && !IsUtf8(records.raw())) {
      return Reject(records, {"invalid_utf8", -1});
    }
    Rejection rejection;
    if (!cleaner_.Read(records.fields(), &rejection)) return Reject(records, rejection);
    const bool above = cleaner_.clicks_above_impressions();
    if (above && request_.options.strict) return Reject(records, {"clicks_above_impressions", -1});
    if (!seen_.Insert(HashBytes(records.raw()))) {
      if (HasCampaignId()) return Reject(records, {"duplicate", -1});
      ++report_.flagged["duplicate"];
    }
    if (above) ++report_.flagged["clicks_above_impressions"];
    ++report_.rows_read;
    ++report_.rows_kept;
    ++rows_in_block_;
    cleaner_.AppendTo(records.fields(), &block_);
    return {};
  }

  bool HasCampaignId() const {
    return std::any_of(plan_.schema.begin(), plan_.schema.end(),
                       [](const ColumnSpec& spec) { return spec.name == column::kCampaignId; });
  }

  Status Reject(const Records& records, const Rejection& rejection) {
    ++report_.rows_read;
    ++report_.rows_rejected;
    ++report_.rejected[std::string(rejection.reason)];
    if (report_.rejected_rows.size() >= kShownRejects && request_.rejects_file.empty()) return {};
    RejectedRow row{
        .line = records.line(), .column = {}, .value = {}, .reason = std::string(rejection.reason)};
    if (rejection.cell >= 0) {
      const auto i = static_cast<size_t>(rejection.cell);
      row.column = plan_.cells[i].name;
      row.value = Printable(records.fields()[i], kShownValue);
    } else {
      row.value = RowValue(records);
    }
    PYTHIA_TRY(rejects_.Add(row));
    if (report_.rejected_rows.size() < kShownRejects) report_.rejected_rows.push_back(row);
    return {};
  }

  Status RollUpAll() {
    while (!ended_) {
      PYTHIA_TRY(FillBlock());
      rollup_->Add(block_);
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
  RowCleaner cleaner_;
  RejectsFile rejects_;
  Schema schema_;
  Table block_;
  Summary summary_;
  std::unique_ptr<TablePass> pass_;
  std::optional<Rollup> rollup_;
  Table campaigns_;
  std::vector<std::string> rolled_notes_;
  std::unique_ptr<TableSource> rolled_;
  HashSet seen_;
  CleaningReport report_;
  int64_t rows_in_block_ = 0;
  int64_t blank_rows_ = 0;
  int footers_ = 0;
  bool ended_ = false;
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
  PYTHIA_ASSIGN(Survey survey, SurveyFile(*file, columns, progress, stop));
  PYTHIA_ASSIGN(ColumnPlan plan, PlanColumns(columns, survey, request.options, name));
  auto cleaning =
      std::make_unique<CleaningPass>(request, std::move(file), std::move(columns),
                                     std::move(survey), std::move(plan), progress, std::move(stop));
  PYTHIA_TRY(cleaning->Start());
  return cleaning;
}

}  // namespace pythia
