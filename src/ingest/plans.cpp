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

Plan PlanOf(const RecordBlock& block, size_t record, const std::vector<std::string>& columns) {
  Plan plan;
  for (size_t i = 0; i < block.num_cells(record); ++i) {
    const std::string_view cell = Trim(block.Cell(record, i));
    if (!IsMissingMark(cell)) plan.values.emplace(columns[i], std::string(cell));
  }
  return plan;
}

Status AddPlan(const RecordBlock& block, size_t record, const std::string& path, PlanFile* file) {
  const auto refuse = [&](std::string message) {
    return Fail(Error{.code = ErrorCode::kBadInput,
                      .message = std::move(message),
                      .place = {.file = path, .line = block.Line(record)}});
  };
  const size_t cells = block.num_cells(record);
  if (cells > file->columns.size()) {
    return refuse(fmt::format("the row has {} cells, the header {}", cells, file->columns.size()));
  }
  if (std::cmp_equal(file->plans.size(), kMaxPlans)) {
    return refuse(fmt::format("more than {} plans in one file", kMaxPlans));
  }
  file->plans.push_back(PlanOf(block, record, file->columns));
  file->lines.push_back(block.Line(record));
  return {};
}

}  // namespace

Result<PlanFile> ReadPlanFile(const std::string& path) {
  PYTHIA_ASSIGN(const std::unique_ptr<TableFile> table, TableFile::Open(path, 0, {}, false));
  PlanFile file;
  PYTHIA_ASSIGN(file.columns, ColumnsOf(table->header(), path));
  PYTHIA_ASSIGN(const std::unique_ptr<TablePass> pass, table->Read(PassKind::kInspect));
  RecordBlock block;
  for (;;) {
    PYTHIA_ASSIGN(const bool more, pass->blocks().Read(&block));
    if (!more) break;
    for (size_t r = 0; r < block.num_records(); ++r) {
      if (!block.IsEmpty(r)) PYTHIA_TRY(AddPlan(block, r, path, &file));
    }
  }
  PYTHIA_TRY(pass->CheckText());
  return file;
}

}  // namespace pythia
