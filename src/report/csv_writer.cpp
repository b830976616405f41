#include <utility>

#include "base/check.h"
#include "base/file.h"
#include "campaign/dates.h"
#include "records/json_text.h"
#include "report/writers.h"

namespace pythia {
namespace {

// Semicolons and tabs are quoted too: a spreadsheet of another locale would split at them and
// find the beginning of a cell where we saw the middle of one.
void AppendField(std::string_view raw, std::string* scratch, std::string* out) {
  const std::string_view text = ValidUtf8(raw, scratch);
  const bool guard = !text.empty() && std::string_view("=+-@\t\r\n").find(text[0]) != text.npos;
  const bool quote = text.find_first_of(",;\"\t\r\n") != text.npos;
  if (quote) *out += '"';
  if (guard) *out += '\'';
  for (const char c : text) {
    if (c == '"') *out += '"';
    *out += c;
  }
  if (quote) *out += '"';
}

class CsvWriter final : public TableWriter {
 public:
  CsvWriter(AtomicFile file, Schema schema) : file_(std::move(file)), schema_(std::move(schema)) {
    for (const ColumnSpec& spec : schema_) {
      if (&spec != schema_.data()) text_ += ',';
      AppendField(spec.name, &scratch_, &text_);
    }
    text_ += '\n';
  }

  Status Append(const Table& rows) override {
    PYTHIA_CHECK(HasColumns(rows, schema_));
    for (int64_t row = 0; row < rows.num_rows(); ++row) {
      for (const Column& column : rows.columns()) {
        if (&column != rows.columns().data()) text_ += ',';
        if (!IsAbsent(column, row)) AppendCell(column, row);
      }
      text_ += '\n';
      PYTHIA_TRY(Flush());
    }
    return {};
  }

  Status Commit() override {
    PYTHIA_TRY(Flush());
    return file_.Commit();
  }

 private:
  void AppendCell(const Column& column, int64_t row) {
    switch (column.type()) {
      case ColumnType::kText:
      case ColumnType::kCategory:
        return AppendField(TextAt(column, row), &scratch_, &text_);
      case ColumnType::kDate:
        text_ += FormatDay(column.days()[static_cast<size_t>(row)]);
        return;
      case ColumnType::kNumber:
      case ColumnType::kCount:
      case ColumnType::kMoney:
        return AppendNumberText(column.numbers()[static_cast<size_t>(row)], &text_);
    }
  }

  Status Flush() {
    Status status = file_.Write(text_);
    text_.clear();
    return status;
  }

  AtomicFile file_;
  Schema schema_;
  std::string text_;
  std::string scratch_;
};

}  // namespace

Result<std::unique_ptr<TableWriter>> CreateCsvWriter(const std::filesystem::path& path,
                                                     const Schema& schema) {
  PYTHIA_ASSIGN(AtomicFile file, AtomicFile::Create(path));
  return std::make_unique<CsvWriter>(std::move(file), schema);
}

}  // namespace pythia
