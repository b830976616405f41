// Parquet and JSON lines, read through DuckDB. Every cell comes as the text that DuckDB gives it
// and is then cleaned by the same rules as a cell of a CSV file.
#pragma once

#include <memory>

#include "ingest/table_file.h"

namespace pythia {

// kBadInput where the file is damaged, or nested where it should be flat.
Result<std::unique_ptr<TableFile>> OpenWithDuckDb(std::unique_ptr<InputFile> input,
                                                  RecordLimits limits, bool digests);

}  // namespace pythia
