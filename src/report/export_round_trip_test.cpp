// Whatever a table holds, its file gives it back.
#include <bit>
#include <cmath>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>
#include <rapidcheck/gtest.h>

#include "campaign/dates.h"
#include "records/json.h"
#include "report/export_fixture.h"

namespace pythia {
namespace {

// Fields of RFC 4180 records.
std::vector<std::vector<std::string>> ReadCsv(std::string_view text) {
  std::vector<std::vector<std::string>> records(1);
  records.back().emplace_back();
  bool quoted = false;
  for (size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    std::string& field = records.back().back();
    if (quoted && c == '"' && i + 1 < text.size() && text[i + 1] == '"') {
      field += text[++i];
    } else if (c == '"') {
      quoted = !quoted;
    } else if (!quoted && c == ',') {
      records.back().emplace_back();
    } else if (!quoted && c == '\n') {
      records.emplace_back().emplace_back();
    } else {
      field += c;
    }
  }
  EXPECT_FALSE(quoted);
  records.pop_back();
  return records;
}

Table AnyTable() {
  Table table(AllTypes());
  const int rows = *rc::gen::inRange(0, 30);
  for (int row = 0; row < rows; ++row) {
    for (Column& column : table.columns()) {
      if (*rc::gen::inRange(0, 5) == 0) {
        column.AppendMissing();
      } else if (column.type() == ColumnType::kDate) {
        column.AppendDay(*rc::gen::inRange(-100000, 100000));
      } else if (column.type() == ColumnType::kCount) {
        column.AppendNumber(*rc::gen::inRange(0, 1 << 30));
      } else if (IsNumeric(column.type())) {
        const auto value = std::bit_cast<double>(*rc::gen::arbitrary<uint64_t>());
        column.AppendNumber(std::isfinite(value) ? value : 0);
      } else {
        std::string text(*rc::gen::element("", "=", "ü", "\"", "x"));
        text += *rc::gen::container<std::string>(rc::gen::inRange<char>(1, 127));
        column.AppendString(text);
      }
    }
  }
  return table;
}

// The cell as a reader of `table` would spell it.
std::string Spelled(const Column& column, int64_t row) {
  const auto i = static_cast<size_t>(row);
  if (column.IsMissing(row)) return "";
  if (column.type() == ColumnType::kDate) return FormatDay(column.days()[i]);
  if (column.type() == ColumnType::kText) return std::string(column.text(row));
  if (column.type() == ColumnType::kCategory) return std::string(column.level(row));
  return {};
}

RC_GTEST_PROP(Export, CsvReadsBackExactly, ()) {
  const Table table = AnyTable();
  const auto records = ReadCsv(Written(ExportFormat::kCsv, table, AllTypes()));
  RC_ASSERT(std::cmp_equal(records.size(), table.num_rows() + 1));
  for (int64_t row = 0; row < table.num_rows(); ++row) {
    const std::vector<std::string>& fields = records[static_cast<size_t>(row) + 1];
    RC_ASSERT(fields.size() == 6U);
    for (size_t c = 0; c < 6; ++c) {
      const Column& column = table.columns()[c];
      if (IsNumeric(column.type()) && !column.IsMissing(row)) {
        RC_ASSERT(std::strtod(fields[c].c_str(), nullptr) ==
                  column.numbers()[static_cast<size_t>(row)]);
        continue;
      }
      const bool guarded = fields[c].starts_with('\'') && fields[c] != Spelled(column, row);
      RC_ASSERT(fields[c].substr(guarded ? 1 : 0) == Spelled(column, row));
      RC_ASSERT(fields[c].find_first_of("=+-@\t\r\n") != 0);
    }
  }
}

RC_GTEST_PROP(Export, JsonReadsBackExactly, ()) {
  const Table table = AnyTable();
  const auto json = ParseJson(Written(ExportFormat::kJson, table, AllTypes()));
  RC_ASSERT(json.has_value());
  RC_ASSERT(std::cmp_equal(json->size(), table.num_rows()));
  for (int64_t row = 0; row < table.num_rows(); ++row) {
    for (const Column& column : table.columns()) {
      const Json& value = json->at(static_cast<size_t>(row)).at(column.name());
      RC_ASSERT(value.is_null() == column.IsMissing(row));
      if (value.is_null()) continue;
      if (IsNumeric(column.type())) {
        RC_ASSERT(value.get<double>() == column.numbers()[static_cast<size_t>(row)]);
      } else {
        RC_ASSERT(value.get<std::string>() == Spelled(column, row));
      }
    }
  }
}

RC_GTEST_PROP(ExportSlow, ParquetReadsBackExactly, ()) {
  const Folder folder;
  const fs::path path = folder / "rows.parquet";
  const Table table = AnyTable();
  auto writer = TableWriter::Create(ExportFormat::kParquet, path, AllTypes());
  RC_ASSERT(writer.has_value());
  RC_ASSERT((*writer)->Append(table).has_value());
  RC_ASSERT((*writer)->Commit().has_value());
  auto rows = ReadParquet(path, R"(id, "Channel_Used", "ROI", "Date")");
  RC_ASSERT(rows.has_value());
  const duckdb::Chunk* chunk = *rows->Next();
  RC_ASSERT((chunk == nullptr ? 0 : chunk->rows) == table.num_rows());
  for (int64_t row = 0; row < table.num_rows(); ++row) {
    for (const auto& [from, to] : {std::pair{0, 0}, {1, 1}, {2, 2}, {5, 3}}) {
      const Column& column = table.columns()[static_cast<size_t>(from)];
      const duckdb::Vector& vector = chunk->columns[static_cast<size_t>(to)];
      RC_ASSERT(vector.IsNull(row) == column.IsMissing(row));
      if (column.IsMissing(row)) continue;
      if (to < 2) RC_ASSERT(vector.Text(row) == Spelled(column, row));
      if (to == 2) {
        RC_ASSERT(vector.Data<double>()[row] == column.numbers()[static_cast<size_t>(row)]);
      }
      if (to == 3) {
        RC_ASSERT(vector.Data<int32_t>()[row] == column.days()[static_cast<size_t>(row)]);
      }
    }
  }
}

}  // namespace
}  // namespace pythia
