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

double ReadDay(const Fields& fields, std::string_view key) {
  int32_t day = 0;
  if (!fields.IsNull(key) && !ParseIsoDay(fields.Text(key), &day)) {
    fields.Refuse(key, "must be a day as in 2026-11-22");
  }
  return day;
}

ColumnSummary ReadDistribution(const Fields& fields) {
  ColumnSummary column;
  column.name = fields.Text("name");
  if (!ParseTypeName(fields.Text("type"), &column.type)) {
    fields.Refuse("type", "no column type of this program");
  }
  if (!ParseRoleName(fields.Text("role"), &column.role)) {
    fields.Refuse("role", "no column role of this program");
  }
  column.present = fields.Whole("present");
  column.missing = fields.Whole("missing");
  if (column.type == ColumnType::kCategory) {
    column.distinct = fields.Whole("distinct");
    for (const Fields& level : fields.Objects("largest")) {
      column.largest.emplace_back(level.Text("level"), level.Whole("rows"));
    }
  } else if (column.type == ColumnType::kDate) {
    column.min = ReadDay(fields, "min");
    column.max = ReadDay(fields, "max");
  } else if (IsNumeric(column.type)) {
    column.min = fields.NumberOrNan("min");
    column.max = fields.NumberOrNan("max");
    column.mean = fields.NumberOrNan("mean");
  }
  return column;
}

void ReadColumns(const Fields& fields, CleaningReport* report) {
  for (const Fields& column : fields.Objects("recognised")) {
    report->recognised.push_back(
        {column.Text("header"), column.Text("column"), column.Text("how")});
  }
  report->unknown = fields.Texts("unknown");
  report->left_out = fields.Texts("left_out");
  report->missing = fields.Texts("missing");
}

}  // namespace

Json ToJson(const CleaningReport& report) {
  Json json = {{"file", report.file},
               {"dataset", report.dataset},
               {"generation", report.generation},
               {"unchanged", report.unchanged},
               {"dry_run", report.dry_run},
               {"sha256", TextOrNullJson(report.sha256)},
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

Result<CleaningReport> CleaningReportFromJson(const Json& json) {
  FirstError error;
  const Fields fields(json, "", &error);
  CleaningReport report;
  report.file = fields.Text("file");
  report.dataset = fields.Text("dataset");
  report.generation = fields.Whole("generation");
  report.unchanged = fields.Flag("unchanged");
  report.dry_run = fields.Flag("dry_run");
  report.sha256 = fields.TextOrNull("sha256");
  report.format = fields.Text("format");
  report.grain = fields.Text("grain");
  report.currency = fields.TextOrNull("currency");
  report.rows_read = fields.Whole("rows_read");
  report.rows_kept = fields.Whole("rows_kept");
  report.rows_rejected = fields.Whole("rows_rejected");
  report.rejected = fields.Counts("rejected");
  report.flagged = fields.Counts("flagged");
  if (!fields.IsNull("rolled_up")) {
    const Fields rolled = fields.Object("rolled_up");
    report.rolled_up = RolledUp{rolled.Whole("rows"), rolled.Whole("campaigns")};
  }
  ReadColumns(fields.Object("columns"), &report);
  report.notes = fields.Texts("notes");
  report.rejects_file = fields.TextOrNull("rejects_file");
  for (const Fields& row : fields.Objects("rejected_rows")) {
    report.rejected_rows.push_back(
        {row.Whole("line"), row.TextOrNull("column"), row.Text("value"), row.Text("reason")});
  }
  for (const Fields& column : fields.Objects("distributions")) {
    report.columns.push_back(ReadDistribution(column));
  }
  if (fields.Has("preview")) {
    const Fields preview = fields.Object("preview");
    report.preview_header = preview.Texts("header");
    report.preview = preview.TextRows("rows");
  }
  return std::move(error).Or(std::move(report));
}

}  // namespace pythia
