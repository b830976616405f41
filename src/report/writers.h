// The writer of each format; see export.h. Private to report/.
#pragma once

#include <filesystem>
#include <memory>

#include "report/export.h"

namespace pythia {

Result<std::unique_ptr<TableWriter>> CreateCsvWriter(const std::filesystem::path& path,
                                                     const Schema& schema);
Result<std::unique_ptr<TableWriter>> CreateJsonWriter(const std::filesystem::path& path,
                                                      const Schema& schema);
Result<std::unique_ptr<TableWriter>> CreateParquetWriter(const std::filesystem::path& path,
                                                         const Schema& schema);

// The text of row `row` of a kText or kCategory column; not missing.
std::string_view TextAt(const Column& column, int64_t row);

// True where there is nothing to write: missing, or a number that is not finite.
bool IsAbsent(const Column& column, int64_t row);

// True where `rows` has the columns of `schema` by type and in number.
bool HasColumns(const Table& rows, const Schema& schema);

// `text` with U+FFFD in place of bytes that are no UTF-8; `scratch` holds it where it differs.
std::string_view ValidUtf8(std::string_view text, std::string* scratch);

}  // namespace pythia
