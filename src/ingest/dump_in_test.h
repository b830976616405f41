// For tests: what came of a file, to be compared.
#pragma once

#include <string>

#include <nlohmann/json.hpp>

#include "ingest/clean_in_test.h"
#include "ingest/summary.h"
#include "records/json.h"

namespace pythia {

// All of it as text, codes of categories included.
inline std::string Dump(const Result<Cleaned>& cleaned) {
  if (!cleaned) return "error: " + cleaned.error().ToString();
  std::string text = DumpJson(ToJson(cleaned->report)) + "\n";
  for (int64_t row = 0; row < cleaned->table.num_rows(); ++row) {
    for (const Column& column : cleaned->table.columns()) {
      if (column.type() == ColumnType::kCategory) {
        text += std::to_string(column.codes()[static_cast<size_t>(row)]) + ":";
      }
      text += FormatCell(column, row) + ",";
    }
    text += "\n";
  }
  return text;
}

}  // namespace pythia
