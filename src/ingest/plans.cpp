#include "ingest/plans.h"

#include <algorithm>
#include <memory>

#include <fmt/format.h>

#include "ingest/fields.h"
#include "ingest/headers.h"
#include "ingest/table_file.h"

namespace pythia {
namespace {

// Headers as columns; what only a history has ("@end_date") keeps its own name.
Result<std::vector<std::string>> ColumnsOf(const std::vector<std::string>& header,
                                           const std::string& path) {
  std::vector<std::string> columns;
  for (const std::string& name : header) {
    const auto claim = FindClaim(ParseHeader(name));
    columns.emplace_back(claim && !claim->column.starts_with('@') ? std::string(claim->column)
                                                                  : std::string(Trim(name)));
    const auto same = std::find(columns.begin(), columns.end() - 1, columns.back());
    if (same != columns.end() - 1) {
      return Fail(Error{.code = ErrorCode::kBadInput,
                        .message = fmt::format("two columns of the file are {}", columns.back()),
                        .place = {.file = path},
                        .value = name,
                        .hint = "Remove one of them."});
    }
  }
  return columns;
}

Plan PlanOf(const Records& records, const std::vector<std::string>& columns) {
  Plan plan;
  for (size_t i = 0; i < records.fields().size(); ++i) {
    const std::string_view cell = Trim(records.fields()[i]);
    if (!IsMissingMark(cell)) plan.values.emplace(columns[i], std::string(cell));
  }
  return plan;
}

}  // namespace

Result<PlanFile> ReadPlanFile(const std::string& path) {
  PYTHIA_ASSIGN(const std::unique_ptr<TableFile> table, TableFile::Open(path, 0, {}));
  PlanFile file;
  PYTHIA_ASSIGN(file.columns, ColumnsOf(table->header(), path));
  PYTHIA_ASSIGN(const std::unique_ptr<TablePass> pass, table->Read());
  Records& records = pass->records();
  for (;;) {
    PYTHIA_ASSIGN(const bool more, records.Next());
    if (!more) break;
    const auto refuse = [&](std::string message) {
      return Fail(Error{.code = ErrorCode::kBadInput,
                        .message = std::move(message),
                        .place = {.file = path, .line = records.line()}});
    };
    if (records.num_fields() > file.columns.size()) {
      return refuse(fmt::format("the row has {} cells, the header {}", records.num_fields(),
                                file.columns.size()));
    }
    if (std::cmp_equal(file.plans.size(), kMaxPlans)) {
      return refuse(fmt::format("more than {} plans in one file", kMaxPlans));
    }
    file.plans.push_back(PlanOf(records, file.columns));
    file.lines.push_back(records.line());
  }
  PYTHIA_TRY(pass->CheckText());
  return file;
}

}  // namespace pythia
