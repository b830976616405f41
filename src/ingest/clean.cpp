#include "ingest/clean.h"

#include <optional>
#include <utility>

#include <fmt/format.h>

#include "base/check.h"
#include "ingest/cleaning_pass.h"
#include "ingest/column_plan.h"
#include "ingest/file_columns.h"
#include "ingest/survey.h"
#include "ingest/table_file.h"

namespace pythia {
namespace {

// Cleans by what the first rows say, gathers on the way what all of them say, and where that makes
// another plan, cleans once more.
class FileCleaning final : public Cleaning {
 public:
  FileCleaning(CleanRequest request, std::unique_ptr<TableFile> file, FileColumns columns,
               Progress& progress, std::stop_token stop)
      : request_(std::move(request)),
        file_(std::move(file)),
        columns_(std::move(columns)),
        progress_(progress),
        stop_(std::move(stop)) {}

  Status Start() {
    PYTHIA_ASSIGN(const FileSurvey first,
                  SurveyFile(*file_, columns_, request_.first_rows, 1, progress_, stop_));
    if (first.complete) {
      Note(first.sha256);
      return StartFinal(first.survey);
    }
    if (!first.survey.some_invalid) {
      auto guess = PlanColumns(columns_, first.survey, request_.options, file_->input().name());
      if (guess) return StartPass(std::move(*guess), false, PassDuty::kCleanAndSurvey);
    }
    return SurveyAll();
  }

  const std::string& sha256() const override { return sha256_; }
  const Schema& schema() const override { return pass_->schema(); }
  Grain grain() const override { return pass_->plan().grain; }
  const std::string& currency() const override { return pass_->plan().currency; }

  Result<std::string> ReadDigest() override {
    if (sha256_.empty()) {
      FilePass pass(file_->input(), request_.max_bytes, true);
      PYTHIA_ASSIGN(sha256_, pass.HexDigest());
    }
    return sha256_;
  }

  Result<const Table*> Next() override {
    if (again_) return nullptr;
    if (!read_ && pass_->plan().roll_up) {
      PYTHIA_TRY(pass_->RollUp());
      PYTHIA_TRY(EndPass());
      if (again_) return nullptr;
    }
    PYTHIA_ASSIGN(const Table* block, pass_->Next());
    if (block == nullptr && !read_) PYTHIA_TRY(EndPass());
    return block;
  }

  Result<bool> Restart() override {
    if (!again_) return false;
    again_ = false;
    pass_.reset();
    const std::optional<Survey> known = std::exchange(final_, std::nullopt);
    PYTHIA_TRY(known ? StartFinal(*known) : SurveyAll());
    return true;
  }

  Result<bool> Settle() override {
    if (!surveys_) return false;
    pass_.reset();
    PYTHIA_TRY(SurveyAll());
    return true;
  }

  Result<CleaningReport> Finish() override {
    PYTHIA_CHECK(read_ && !again_);
    progress_.End();
    PYTHIA_TRY(file_->input().CheckUnchanged());
    if (changed_) return Fail(Changed());
    PYTHIA_ASSIGN(CleaningReport report, pass_->Finish());
    report.sha256 = sha256_;
    return report;
  }

 private:
  Status SurveyAll() {
    const int threads = ThreadsFor(request_, file_->input());
    PYTHIA_ASSIGN(const FileSurvey all, SurveyFile(*file_, columns_, 0, threads, progress_, stop_));
    Note(all.sha256);
    return StartFinal(all.survey);
  }

  Status StartFinal(const Survey& survey) {
    PYTHIA_ASSIGN(ColumnPlan plan,
                  PlanColumns(columns_, survey, request_.options, file_->input().name()));
    return StartPass(std::move(plan), survey.some_invalid, PassDuty::kClean);
  }

  Status StartPass(ColumnPlan plan, bool check_utf8, PassDuty duty) {
    read_ = false;
    surveys_ = duty == PassDuty::kCleanAndSurvey;
    pass_ = std::make_unique<CleaningPass>(PassInput{request_, *file_, columns_, progress_, stop_},
                                           std::move(plan), check_utf8, duty);
    return pass_->Start();
  }

  // Behind the last row: is what was handed out what the whole file makes of them?
  Status EndPass() {
    read_ = true;
    if (pass_->gave_up()) {
      again_ = true;
      return {};
    }
    if (surveys_) PYTHIA_TRY(Judge());
    if (!request_.digest) return {};
    PYTHIA_ASSIGN(const std::string digest, pass_->HexDigest());
    Note(digest);
    return {};
  }

  Status Judge() {
    Survey survey = pass_->FinishSurvey();
    PYTHIA_ASSIGN(ColumnPlan plan,
                  PlanColumns(columns_, survey, request_.options, file_->input().name()));
    if (!plan.IsSameForRows(pass_->plan())) {
      again_ = true;
      final_ = std::move(survey);
      return {};
    }
    pass_->Explain(std::move(plan));
    return {};
  }

  // The digest of the file as some pass has met it: they must all have met the same.
  void Note(const std::string& digest) {
    changed_ = changed_ || (!sha256_.empty() && digest != sha256_);
    sha256_ = digest;
  }

  Error Changed() const {
    return Error{ErrorCode::kConflict,
                 "the file changed while it was read",
                 {.file = file_->input().name()},
                 {},
                 "Nothing was kept of it. Wait until it is complete and load it again."};
  }

  CleanRequest request_;
  std::unique_ptr<TableFile> file_;
  FileColumns columns_;
  Progress& progress_;
  std::stop_token stop_;
  std::string sha256_;
  bool changed_ = false;
  bool surveys_ = false;
  bool read_ = false;                   // to the end
  bool again_ = false;                  // and what came was wrong
  std::optional<Survey> final_;         // where it is known then
  std::unique_ptr<CleaningPass> pass_;  // uses all of the above
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
                TableFile::Open(request.path, request.max_bytes, limits, request.digest, stop));
  PYTHIA_ASSIGN(FileColumns columns,
                ReadHeader(file->header(), request.options, file->input().name()));
  auto cleaning = std::make_unique<FileCleaning>(request, std::move(file), std::move(columns),
                                                 progress, std::move(stop));
  PYTHIA_TRY(cleaning->Start());
  return cleaning;
}

}  // namespace pythia
