// What all cells of a file say about its columns.
#pragma once

#include <cstdint>
#include <memory>
#include <set>
#include <stop_token>
#include <string>
#include <vector>

#include "base/error.h"
#include "base/progress.h"
#include "ingest/file_columns.h"
#include "ingest/profile.h"
#include "ingest/row_class.h"
#include "ingest/table_file.h"

namespace pythia {

struct Survey {
  std::vector<ColumnProfile> profiles;  // by column of the file
  int64_t rows = 0;                     // that look like campaigns
  int64_t dated_rows = 0;               // of a campaign that is known, on a day that is known
  int64_t repeated_rows = 0;            // of these, on another day than the campaign's first row
  std::set<std::string> currencies;     // in the column that names them
  bool some_invalid = false;            // bytes that are no UTF-8
};

// What one block says: in columns whose cells may be looked at in any order, all of it; in the
// others the texts and how often they come, where those were counted.
struct BlockSurvey {
  struct PlainRun {
    bool whole = false;  // all cells are plain numbers, or empty
    int64_t count = 0;
    int64_t dots = 0;
  };

  std::vector<uint32_t> rows;  // that look like campaigns
  std::vector<ColumnProfiler> parts;
  std::vector<std::vector<CountedText>> texts;  // [columns] empty: not counted
  std::vector<PlainRun> numbers;                // [columns]
};

// Gathers a Survey block by block. MakeBlock(), AddColumn() and Look() are thread-safe; Take() and
// what comes after it are one thread's.
class Surveyor {
 public:
  Surveyor(const std::vector<std::string>& header, const FileColumns& columns);
  ~Surveyor();
  Surveyor(const Surveyor&) = delete;
  Surveyor& operator=(const Surveyor&) = delete;

  BlockSurvey MakeBlock() const;
  // Fills `survey` from nothing but the block.
  void Look(const RecordBlock& records, BlockSurvey* survey) const;
  // One column of it, whose rows are there.
  static void AddColumn(const RecordBlock& records, const std::vector<uint32_t>& rows,
                        size_t column, ColumnProfiler* profiler);
  // In the order of the file.
  void Take(const RecordBlock& records, const BlockSurvey& block);
  int64_t rows() const { return survey_.rows; }
  const ColumnProfile& profile(size_t column) const { return profilers_[column].profile(); }
  Survey Finish(bool some_invalid) const;

 private:
  class RepeatCounter;

  RowClassifier classifier_;
  std::unique_ptr<RepeatCounter> repeats_;
  int currency_;
  std::vector<ColumnProfiler> profilers_;
  Survey survey_;
};

// A survey of the file's first rows, or of all.
struct FileSurvey {
  Survey survey;
  bool complete = false;  // there are no more
  std::string sha256;     // where it is complete and the file digests
};

// `most_rows`: only so many rows of the file, 0: all. kCancelled when stopped; what the file's
// reader fails with.
Result<FileSurvey> SurveyFile(TableFile& file, const FileColumns& columns, int64_t most_rows,
                              int threads, Progress& progress, const std::stop_token& stop);

// The column of the file that holds the date; -1: none.
int DateCell(const FileColumns& columns);

}  // namespace pythia
