// Tables as files for other programs: CSV, JSON and Parquet.
//
// The header is the schema's and never depends on the rows. Dates are ISO 8601, doubles in their
// shortest form that reads back exactly, a missing value (and a number that is not finite) is an
// empty cell or null. All text is UTF-8; bytes that are not become U+FFFD.
#pragma once

#include <filesystem>
#include <memory>
#include <string_view>

#include "base/error.h"
#include "campaign/table.h"

namespace pythia {

enum class ExportFormat {
  // RFC 4180 with LF line ends: a field is quoted where it holds a comma, semicolon, tab, quote or
  // line end. A text or header that begins with = + - @ tab, CR or LF gets an apostrophe in front,
  // so that a spreadsheet does not run it as a formula; numbers are left as they are.
  kCsv,
  // An array of objects, one per line, keys in the order of the columns.
  kJson,
  // VARCHAR, DOUBLE (numbers, money), BIGINT (counts), DATE; Zstandard. Column names that differ
  // only in case get a number behind them (Parquet readers often ignore case).
  kParquet,
};

// "csv", "json", "parquet"; also the file's ending.
std::string_view FormatName(ExportFormat format);
// The inverse; false where `name` is none of them.
bool ParseFormat(std::string_view name, ExportFormat* format);

// One file on its way. Rows are streamed in bounded memory; nothing stands under the file's name
// before Commit(), and a writer destroyed without it leaves nothing. Not thread-safe.
class TableWriter {
 public:
  // Makes missing parent folders. kIo where the folder cannot be written.
  static Result<std::unique_ptr<TableWriter>> Create(ExportFormat format,
                                                     const std::filesystem::path& path,
                                                     const Schema& schema);
  virtual ~TableWriter() = default;

  // The columns of `schema` in its order, any number of rows. kIo (a full disk, with a hint);
  // kBadInput for a count that is not whole, Parquet only. No other call after a failure.
  virtual Status Append(const Table& rows) = 0;

  // The file is complete and on disk when it returns; no other call after it.
  virtual Status Commit() = 0;
};

}  // namespace pythia
