#include "report/export.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <utility>

#include "base/check.h"
#include "base/utf8.h"
#include "report/writers.h"

namespace pythia {
namespace {

constexpr std::array<std::pair<ExportFormat, std::string_view>, 3> kFormats = {{
    {ExportFormat::kCsv, "csv"},
    {ExportFormat::kJson, "json"},
    {ExportFormat::kParquet, "parquet"},
}};

}  // namespace

std::string_view FormatName(ExportFormat format) {
  for (const auto& [candidate, name] : kFormats) {
    if (candidate == format) return name;
  }
  PYTHIA_CHECK(false);
}

bool ParseFormat(std::string_view name, ExportFormat* format) {
  for (const auto& [candidate, known] : kFormats) {
    if (known != name) continue;
    *format = candidate;
    return true;
  }
  return false;
}

Result<std::unique_ptr<TableWriter>> TableWriter::Create(ExportFormat format,
                                                         const std::filesystem::path& path,
                                                         const Schema& schema) {
  PYTHIA_CHECK(!schema.empty());
  switch (format) {
    case ExportFormat::kCsv:
      return CreateCsvWriter(path, schema);
    case ExportFormat::kJson:
      return CreateJsonWriter(path, schema);
    case ExportFormat::kParquet:
      return CreateParquetWriter(path, schema);
  }
  PYTHIA_CHECK(false);
}

std::string_view TextAt(const Column& column, int64_t row) {
  return column.type() == ColumnType::kCategory ? column.level(row) : column.text(row);
}

bool IsAbsent(const Column& column, int64_t row) {
  return column.IsMissing(row) ||
         (IsNumeric(column.type()) && !std::isfinite(column.numbers()[static_cast<size_t>(row)]));
}

bool HasColumns(const Table& rows, const Schema& schema) {
  return std::equal(rows.columns().begin(), rows.columns().end(), schema.begin(), schema.end(),
                    [](const Column& column, const ColumnSpec& spec) {
                      return column.type() == spec.type && column.name() == spec.name;
                    });
}

std::string_view ValidUtf8(std::string_view text, std::string* scratch) {
  if (IsUtf8(text)) return text;
  scratch->clear();
  while (!text.empty()) {
    const size_t length = Utf8Length(text);
    if (length == 0) {
      *scratch += "\xEF\xBF\xBD";
    } else {
      *scratch += text.substr(0, length);
    }
    text.remove_prefix(std::max<size_t>(1, length));
  }
  return *scratch;
}

}  // namespace pythia
