#include "ingest/rejects.h"

#include <fmt/format.h>

namespace pythia {
namespace {

bool LooksLikeFormula(std::string_view text) {
  if (text.empty()) return false;
  if (text[0] == '=' || text[0] == '@') return true;
  const bool sign = text[0] == '+' || text[0] == '-';
  return sign && text.size() > 1 && (text[1] < '0' || text[1] > '9') && text[1] != '.' &&
         text[1] != '-';
}

void AppendCell(std::string_view text, std::string* line) {
  const bool formula = LooksLikeFormula(text);
  const bool quotes = text.find_first_of(",\"\r\n") != std::string_view::npos;
  if (!quotes && !formula) {
    *line += text;
    return;
  }
  *line += '"';
  if (formula) *line += '\'';
  for (const char c : text) {
    if (c == '"') *line += '"';
    *line += c;
  }
  *line += '"';
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
