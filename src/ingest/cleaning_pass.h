// One reading of a file by one plan: its cleaned rows and what became of the others. Not
// thread-safe; works with several threads.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>
#include <vector>

#include "base/error.h"
#include "base/progress.h"
#include "campaign/rollup.h"
#include "campaign/source.h"
#include "ingest/block_cleaner.h"
#include "ingest/block_merger.h"
#include "ingest/clean.h"
#include "ingest/in_order.h"
#include "ingest/rejects.h"
#include "ingest/summary.h"
#include "ingest/survey.h"
#include "ingest/table_file.h"

namespace pythia {

// What a pass reads, and for whom; all outlives it.
struct PassInput {
  const CleanRequest& request;
  TableFile& file;
  const FileColumns& columns;
  Progress& progress;
  const std::stop_token& stop;
};

enum class PassDuty {
  kClean,
  kCleanAndSurvey,  // and gather the survey by which the plan can be judged
};

int ThreadsFor(const CleanRequest& request, const InputFile& file);

class CleaningPass {
 public:
  // `check_utf8`: rows can hold bytes that are no text.
  CleaningPass(PassInput input, ColumnPlan plan, bool check_utf8, PassDuty duty);

  Status Start();
  const ColumnPlan& plan() const { return plan_; }
  const Schema& schema() const { return schema_; }

  // Where rows are rolled up: reads them all, before the first Next().
  Status RollUp();
  // As Cleaning::Next().
  Result<const Table*> Next();

  // Behind the last row.
  Result<std::string> HexDigest() { return pass_->HexDigest(); }
  Survey FinishSurvey() const { return surveyor_->Finish(false); }
  // True where Next() ended early: the plan will not do, or not all bytes are text.
  bool gave_up() const { return gave_up_; }
  // Another plan that is the same for rows, but says more of them.
  void Explain(ColumnPlan plan) { plan_ = std::move(plan); }
  // Writes the rejects file; the report is complete but for the file's digest.
  Result<CleaningReport> Finish();

 private:
  void StartRollup();
  Result<CleanedBlock*> NextCleaned();
  Status AddRowsBefore(int64_t line);
  bool IsText() const { return pass_->invalid_bytes() == 0 && pass_->CheckText(); }
  bool IsLost() const;
  size_t RowsExpected(const CleanedBlock& block) const;
  Status OnEvent(const RecordBlock& records, const RowEvent& event);
  Status Reject(const RecordBlock& records, const RowEvent& event);
  Result<const Table*> NextRolled();
  void Describe(const Table& block);
  void CompleteReport();
  Error NothingLeft() const;

  PassInput input_;
  ColumnPlan plan_;
  bool check_utf8_;
  RowClassifier classifier_;
  BlockMerger merger_;
  RejectsFile rejects_;
  Schema schema_;
  Summary summary_;
  std::unique_ptr<Surveyor> surveyor_;  // null where nothing is surveyed
  std::unique_ptr<TablePass> pass_;
  std::optional<Rollup> rollup_;
  Table campaigns_;
  std::vector<std::string> rolled_notes_;
  std::unique_ptr<TableSource> rolled_;
  CleaningReport report_;
  int64_t blank_rows_ = 0;
  int footers_ = 0;
  bool gave_up_ = false;
  std::vector<std::unique_ptr<BlockCleaner>> cleaners_;
  std::unique_ptr<InOrder<CleanedBlock>> blocks_;  // its threads use all of the above
};

}  // namespace pythia
