#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <iostream>

#include <fmt/format.h>

#include "base/file.h"
#include "campaign/dates.h"
#include "cli/print.h"
#include "cli/terminal.h"

namespace pythia {
namespace {

void PrintCounts(const std::string& title, const std::map<std::string, int64_t>& counts,
                 int64_t of) {
  if (counts.empty()) return;
  std::vector<std::pair<std::string, int64_t>> sorted(counts.begin(), counts.end());
  std::stable_sort(sorted.begin(), sorted.end(),
                   [](const auto& a, const auto& b) { return a.second > b.second; });
  TextTable table({title, "rows", "share"});
  for (const auto& [reason, rows] : sorted) {
    table.AddRow({reason, WithCommas(rows),
                  of > 0 ? Percent(static_cast<double>(rows) / static_cast<double>(of), 2) : ""});
  }
  Print(table.ToString());
}

// "Email 18 %, Facebook 17 %, ..." or the range and mean.
std::string Distribution(const ColumnSummary& column) {
  if (column.present == 0) return "";
  if (column.type == ColumnType::kDate) {
    return FormatDay(static_cast<int32_t>(column.min)) + " … " +
           FormatDay(static_cast<int32_t>(column.max));
  }
  if (IsNumeric(column.type)) {
    return fmt::format("{} … {}, mean {}", ShortNumber(column.min), ShortNumber(column.max),
                       ShortNumber(column.mean));
  }
  if (column.type == ColumnType::kText) return "";
  std::string text = fmt::format("{} levels: ", column.distinct);
  bool first = true;
  for (const auto& [level, rows] : column.largest) {
    const double share = static_cast<double>(rows) / static_cast<double>(column.present);
    text += fmt::format("{}{} {}", first ? "" : ", ", Printable(level, 24), Percent(share, 0));
    first = false;
  }
  if (std::cmp_greater(column.distinct, column.largest.size())) text += ", …";
  return text;
}

void PrintColumns(const CleaningReport& report) {
  TextTable table({"column", "from", "type", "present", "missing", "values"});
  for (const size_t column : {1, 2, 5}) table.Left(column);
  for (const ColumnSummary& column : report.columns) {
    std::string from;
    for (const RecognisedColumn& recognised : report.recognised) {
      if (recognised.column != column.name) continue;
      if (recognised.how == "name")
        from = "=";
      else if (recognised.how == "derived" || recognised.how == "set")
        from = recognised.how;
      else
        from = recognised.header;
    }
    table.AddRow({column.name, from, std::string(TypeName(column.type)), WithCommas(column.present),
                  WithCommas(column.missing), Distribution(column)});
  }
  Print(table.ToString());
}

void PrintPreview(const CleaningReport& report) {
  if (report.preview.empty()) return;
  TextTable table(report.preview_header);
  for (const auto& row : report.preview) table.AddRow(row);
  Print("first rows, as understood");
  Print(table.ToString());
}

int write_error = 0;  // errno of the first failed write to standard output

}  // namespace

void PrintRaw(const std::string& text) {
  // FinishOutput reports a failure. The stream keeps that it failed but not why, and only the first
  // failure says why.
  errno = 0;
  const bool good = std::fwrite(text.data(), 1, text.size(), stdout) == text.size();
  if (!good && write_error == 0) write_error = errno;
}

void Print(const std::string& text) { PrintRaw(text + "\n"); }

int FinishOutput(int status) {
  errno = 0;
  std::cout.flush();
  const bool good = std::fflush(stdout) == 0 && std::ferror(stdout) == 0 && std::cout.good();
  const int why = write_error != 0 ? write_error : errno;
  // A reader that went away (pythia ... | head) has what it wanted.
  if (good || why == EPIPE || status != 0) return status;
  Error error = IoError(why == 0 ? EIO : why, "write", "standard output");
  error.hint.clear();  // the verb itself was done
  return Report(error);
}

void PrintReport(const CleaningReport& report) {
  if (report.unchanged) {
    Print(
        fmt::format("{}: already in dataset {} (generation {}) with these options; nothing "
                    "changed",
                    Printable(report.file), report.dataset, report.generation));
    return;
  }
  Print(report.dry_run
            ? Bold(fmt::format("dry run of {}: nothing was stored", Printable(report.file)))
            : Bold(fmt::format("dataset {}, generation {}", report.dataset, report.generation)) +
                  " from " + Printable(report.file));
  Print(fmt::format("  {}{}\n", report.format,
                    report.currency.empty() ? "" : ", currency " + report.currency));
  TextTable rows({"rows", "read", "kept", "rejected"});
  rows.AddRow({"", WithCommas(report.rows_read), WithCommas(report.rows_kept),
               WithCommas(report.rows_rejected)});
  Print(rows.ToString());
  if (report.rolled_up) {
    Print(fmt::format("  {} daily rows → {} campaigns\n", WithCommas(report.rolled_up->rows),
                      WithCommas(report.rolled_up->campaigns)));
  }
  PrintCounts("rejected because", report.rejected, report.rows_read);
  PrintCounts("kept, but note", report.flagged, report.rows_read);
  PrintColumns(report);
  const auto list = [](const char* title, const std::vector<std::string>& names) {
    if (names.empty()) return;
    std::vector<std::string> shown;
    for (const std::string& name : names) shown.push_back(Printable(name));
    Print(fmt::format("  {}: {}", title, fmt::join(shown, ", ")));
  };
  list("not recognised, kept under their own name", report.unknown);
  list("left out (personal data)", report.left_out);
  list("not in the file", report.missing);
  for (const std::string& note : report.notes) Print("  note: " + Printable(note, 400));
  if (!report.rejects_file.empty()) {
    Print("  every rejected row with its reason: " + report.rejects_file);
  }
  PrintPreview(report);
}

}  // namespace pythia
