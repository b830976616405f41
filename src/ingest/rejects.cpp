#include "ingest/rejects.h"

#include <charconv>
#include <cmath>

#include <fmt/format.h>

namespace pythia {
namespace {

bool IsNumber(std::string_view text) {
  if (text[0] == '+' && !text.starts_with("+-")) text.remove_prefix(1);
  double value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  return error == std::errc() && end == text.data() + text.size() && std::isfinite(value);
}

// A cell that is a number as a whole is left alone, whatever its sign.
bool LooksLikeFormula(std::string_view text) {
  return !text.empty() && std::string_view("=+-@\t\r\n").find(text[0]) != text.npos &&
         !IsNumber(text);
}

// The rule of exported tables: semicolons and tabs are quoted too, for a spreadsheet of another
// locale splits at them.
void AppendCell(std::string_view text, std::string* line) {
  const bool formula = LooksLikeFormula(text);
  const bool quotes = text.find_first_of(",;\"\t\r\n") != text.npos;
  if (quotes) *line += '"';
  if (formula) *line += '\'';
  for (const char c : text) {
    if (c == '"') *line += '"';
    *line += c;
  }
  if (quotes) *line += '"';
}

}  // namespace

Status RejectsFile::Add(const RejectedRow& row) {
  if (path_.empty()) return {};
  if (!file_) {
    PYTHIA_ASSIGN(AtomicFile file, AtomicFile::Create(path_));
    file_.emplace(std::move(file));
    PYTHIA_TRY(file_->Write("line,column,value,reason\n"));
  }
  line_ = fmt::format("{},", row.line);
  AppendCell(row.column, &line_);
  line_ += ',';
  AppendCell(row.value, &line_);
  line_ += ',';
  line_ += row.reason;
  line_ += '\n';
  return file_->Write(line_);
}

Result<bool> RejectsFile::Commit() {
  if (!file_) return false;
  PYTHIA_TRY(file_->Commit());
  return true;
}

}  // namespace pythia
