// What is done with every cell of a file, decided from its headers and from all of its cells.
#pragma once

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/error.h"
#include "campaign/table.h"
#include "ingest/clean.h"
#include "ingest/file_columns.h"
#include "ingest/survey.h"

namespace pythia {

enum class CellKind {
  kSkip,
  kText,  // also categories
  kNumber,
  kCount,
  kDuration,
  kDate,
  kEndDate,  // with the start in Date makes Duration
  kRoas,     // ROI + 1
};

struct CellPlan {
  CellKind kind = CellKind::kSkip;
  int column = -1;   // in ColumnPlan::schema; -1: nowhere
  std::string name;  // for rejects: our name, or the file's header
  char decimal = '.';
  DateOrder order = DateOrder::kDmy;
  double scale = 1;  // "cost_micros", "ROI (%)"

  bool operator==(const CellPlan&) const = default;
};

struct ColumnPlan {
  // Whether rows cleaned by it are those that `other` would give.
  bool IsSameForRows(const ColumnPlan& other) const {
    return cells == other.cells && schema == other.schema && constants == other.constants &&
           grain == other.grain && roll_up == other.roll_up && currency == other.currency;
  }

  std::vector<CellPlan> cells;  // by column of the file
  Schema schema;                // of the cleaned rows; derived columns included, rolled-up ones not
  std::vector<std::pair<int, PlanValue>> constants;  // of --set: column and value
  Grain grain = Grain::kRow;
  bool roll_up = false;
  std::string currency;
  // Columns of the file by name for people.
  std::vector<RecognisedColumn> recognised;
  std::vector<std::string> unknown;
  std::vector<std::string> left_out;
  std::vector<std::string> missing;
  std::vector<std::string> notes;
};

// kBadInput: Impressions or Clicks are missing or empty, several currencies, dates or numbers that
// can be read in two ways. kUsage: a --set that cannot be.
Result<ColumnPlan> PlanColumns(const FileColumns& columns, const Survey& survey,
                               const CleanOptions& options, const std::string& file);

// The parts of the decision, each in a file of its own.

// Which column of the file stands for `column`; -1 for none. Weak claims that the cells contradict
// do not count.
int ChooseColumn(const FileColumns& columns, const Survey& survey, std::string_view column);

// Whether `some` are at least `percent` percent of `all`.
bool MostOf(int64_t some, int64_t all, int64_t percent);

// Whether a date column's header means a campaign's first day, not just a day.
bool NamesStart(const HeaderForm& form);

// kBadInput for required columns that are not there: what was found, what was looked for, and the
// line to type.
Error LackingColumns(const FileColumns& columns, const std::vector<std::string>& lacking,
                     const std::string& file);

// The decimal mark of every column of numbers in `numeric` (indices into the file's columns;
// `counts` says which hold whole numbers). kBadInput where one stays open.
Result<std::vector<char>> DecideDecimals(const FileColumns& columns, const Survey& survey,
                                         const std::vector<size_t>& numeric,
                                         const std::vector<bool>& counts,
                                         const CleanOptions& options, const std::string& file,
                                         std::vector<std::string>* notes);

// Likewise the order of day and month in the columns of `dates`.
Result<std::vector<DateOrder>> DecideDateOrders(const FileColumns& columns, const Survey& survey,
                                                const std::vector<size_t>& dates,
                                                const CleanOptions& options,
                                                const std::string& file,
                                                std::vector<std::string>* notes);

// The one currency of the columns in `money`, empty where nothing names it.
Result<std::string> DecideCurrency(const FileColumns& columns, const Survey& survey,
                                   const std::vector<size_t>& money, const std::string& file,
                                   std::vector<std::string>* notes);

}  // namespace pythia
