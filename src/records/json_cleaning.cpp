#include <nlohmann/json.hpp>

#include "campaign/dates.h"
#include "records/json.h"
#include "records/json_fields.h"

namespace pythia {
namespace {

Json DistributionJson(const ColumnSummary& column) {
  Json json = {{"name", column.name},
               {"type", TypeName(column.type)},
               {"role", RoleName(column.role)},
               {"present", column.present},
               {"missing", column.missing}};
  const bool known = column.present > 0;
  if (column.type == ColumnType::kCategory) {
    json["distinct"] = column.distinct;
    Json& largest = json["largest"] = Json::array();
    for (const auto& [level, rows] : column.largest) {
      largest.push_back({{"level", level}, {"rows", rows}});
    }
  } else if (column.type == ColumnType::kDate) {
    const auto day = [](double days) { return FormatDay(static_cast<int32_t>(days)); };
    json["min"] = known ? Json(day(column.min)) : Json();
    json["max"] = known ? Json(day(column.max)) : Json();
  } else if (IsNumeric(column.type)) {
    json["min"] = known ? NumberOrNullJson(column.min) : Json();
    json["max"] = known ? NumberOrNullJson(column.max) : Json();
    json["mean"] = known ? NumberOrNullJson(column.mean) : Json();
  }
  return json;
}

Json ColumnsJson(const CleaningReport& report) {
  Json recognised = Json::array();
  for (const RecognisedColumn& column : report.recognised) {
    recognised.push_back(
        {{"header", column.header}, {"column", column.column}, {"how", column.how}});
  }
  return {{"recognised", std::move(recognised)},
          {"unknown", report.unknown},
          {"left_out", report.left_out},
          {"missing", report.missing}};
}

Json RejectedRowsJson(const std::vector<RejectedRow>& rows) {
  Json json = Json::array();
  for (const RejectedRow& row : rows) {
    json.push_back({{"line", row.line},
                    {"column", TextOrNullJson(row.column)},
                    {"value", row.value},
                    {"reason", row.reason}});
  }
  return json;
}

}  // namespace

Json ToJson(const CleaningReport& report) {
  Json json = {{"file", report.file},
               {"dataset", report.dataset},
               {"generation", report.generation},
               {"unchanged", report.unchanged},
               {"dry_run", report.dry_run},
               {"sha256", report.sha256},
               {"format", report.format},
               {"grain", report.grain},
               {"currency", TextOrNullJson(report.currency)},
               {"rows_read", report.rows_read},
               {"rows_kept", report.rows_kept},
               {"rows_rejected", report.rows_rejected},
               {"rejected", report.rejected},
               {"flagged", report.flagged},
               {"rolled_up", nullptr},
               {"columns", ColumnsJson(report)},
               {"notes", report.notes},
               {"rejects_file", TextOrNullJson(report.rejects_file)},
               {"rejected_rows", RejectedRowsJson(report.rejected_rows)}};
  if (report.rolled_up) {
    json["rolled_up"] = {{"rows", report.rolled_up->rows},
                         {"campaigns", report.rolled_up->campaigns}};
  }
  Json& distributions = json["distributions"] = Json::array();
  for (const ColumnSummary& column : report.columns) {
    distributions.push_back(DistributionJson(column));
  }
  if (report.dry_run) {
    json["preview"] = {{"header", report.preview_header}, {"rows", report.preview}};
  }
  return json;
}

}  // namespace pythia
