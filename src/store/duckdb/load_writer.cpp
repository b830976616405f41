#include "store/duckdb/load_writer.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <string>
#include <utility>

#include <fmt/format.h>

#include "base/check.h"
#include "store/duckdb/layout.h"

namespace pythia {
namespace {

constexpr double kLargestWhole = 9007199254740992.0;  // 2^53: from there not all are doubles

std::string_view SqlType(ColumnType type) {
  switch (type) {
    case ColumnType::kText:
      return "VARCHAR";
    case ColumnType::kCategory:
      return "UINTEGER";
    case ColumnType::kDate:
      return "DATE";
    case ColumnType::kNumber:
    case ColumnType::kCount:
    case ColumnType::kMoney:
      return "DOUBLE";
  }
  PYTHIA_CHECK(false);
}

bool IsWhole(double value) { return std::trunc(value) == value && std::abs(value) < kLargestWhole; }

}  // namespace

LoadWriter::LoadWriter(duckdb::Connection connection, int64_t load_id, const Schema& schema,
                       duckdb::Appender appender)
    : connection_(std::move(connection)),
      load_id_(load_id),
      schema_(schema),
      appender_(std::move(appender)),
      whole_(schema.size(), true) {
  for (const ColumnSpec& spec : schema_) {
    codes_.push_back(spec.type == ColumnType::kCategory ? std::make_unique<Codes>() : nullptr);
  }
}

Result<LoadWriter> LoadWriter::Create(duckdb::Connection connection, int64_t load_id,
                                      const Schema& schema) {
  std::string sql = fmt::format("CREATE TABLE {}(source_row BIGINT", LoadTable(load_id));
  for (size_t c = 0; c < schema.size(); ++c) {
    sql += fmt::format(", c{} {}", c, SqlType(schema[c].type));
  }
  PYTHIA_TRY(connection.Run(sql + ")"));
  PYTHIA_ASSIGN(auto appender, duckdb::Appender::Open(connection, "pythia_loads",
                                                      fmt::format("load_{}", load_id)));
  return LoadWriter(std::move(connection), load_id, schema, std::move(appender));
}

Status LoadWriter::Append(const Table& rows) {
  PYTHIA_CHECK(rows.columns().size() == schema_.size());
  for (size_t c = 0; c < schema_.size(); ++c) {
    PYTHIA_CHECK(rows.columns()[c].name() == schema_[c].name &&
                 rows.columns()[c].type() == schema_[c].type);
  }
  const int64_t step = duckdb::Appender::capacity();
  for (int64_t begin = 0; begin < rows.num_rows(); begin += step) {
    PYTHIA_TRY(AppendSlice(rows, begin, std::min(step, rows.num_rows() - begin)));
  }
  return {};
}

Status LoadWriter::AppendSlice(const Table& rows, int64_t begin, int64_t count) {
  auto* source_row = appender_.Data<int64_t>(0);
  for (int64_t i = 0; i < count; ++i) source_row[i] = rows_ + i;
  for (size_t c = 0; c < schema_.size(); ++c) {
    PYTHIA_TRY(PutColumn(rows.columns()[c], c, begin, count));
  }
  rows_ += count;
  return appender_.Flush(count);
}

Status LoadWriter::PutColumn(const Column& column, size_t c, int64_t begin, int64_t count) {
  const auto target = static_cast<int64_t>(c) + 1;
  switch (schema_[c].type) {
    case ColumnType::kText:
      PYTHIA_TRY(PutTexts(column, c, begin, count));
      break;
    case ColumnType::kCategory:
      PutCodes(column, c, begin, count);
      break;
    case ColumnType::kDate:
      std::memcpy(appender_.Data<int32_t>(target), column.days().data() + begin,
                  static_cast<size_t>(count) * sizeof(int32_t));
      break;
    case ColumnType::kNumber:
    case ColumnType::kCount:
    case ColumnType::kMoney:
      PutNumbers(column, c, begin, count);
      break;
  }
  if (column.num_missing() == 0) return {};
  for (int64_t i = 0; i < count; ++i) {
    if (column.IsMissing(begin + i)) appender_.SetNull(target, i);
  }
  return {};
}

void LoadWriter::PutNumbers(const Column& column, size_t c, int64_t begin, int64_t count) {
  const double* values = column.numbers().data() + begin;
  std::memcpy(appender_.Data<double>(static_cast<int64_t>(c) + 1), values,
              static_cast<size_t>(count) * sizeof(double));
  if (schema_[c].type != ColumnType::kCount || !whole_[c]) return;
  whole_[c] = std::all_of(values, values + count,
                          [](double value) { return std::isnan(value) || IsWhole(value); });
}

void LoadWriter::PutCodes(const Column& column, size_t c, int64_t begin, int64_t count) {
  Codes& codes = *codes_[c];
  if (codes.source != column.dictionary()) {
    codes.source = column.dictionary();
    codes.code_of.clear();
  }
  codes.code_of.resize(codes.source->size(), kMissingCode);
  auto* out = appender_.Data<uint32_t>(static_cast<int64_t>(c) + 1);
  const uint32_t* in = column.codes().data() + begin;
  for (int64_t i = 0; i < count; ++i) {
    if (in[i] == kMissingCode) {
      out[i] = 0;
      continue;
    }
    uint32_t& code = codes.code_of[in[i]];
    if (code == kMissingCode) code = codes.levels.Intern(codes.source->level(in[i]));
    out[i] = code;
  }
}

Status LoadWriter::PutTexts(const Column& column, size_t c, int64_t begin, int64_t count) {
  for (int64_t i = 0; i < count; ++i) {
    if (column.IsMissing(begin + i)) continue;
    if (Status put = appender_.SetText(static_cast<int64_t>(c) + 1, i, column.text(begin + i));
        !put) {
      Error error = std::move(put).error();
      error.place.column = schema_[c].name;
      return Fail(std::move(error));
    }
  }
  return {};
}

Status LoadWriter::Finish() {
  PYTHIA_TRY(appender_.Finish());
  PYTHIA_TRY(WriteLevels());
  return WriteColumns();
}

Status LoadWriter::WriteLevels() {
  PYTHIA_ASSIGN(auto levels, duckdb::Appender::Open(connection_, "pythia_catalog", "levels"));
  int64_t row = 0;
  for (size_t c = 0; c < schema_.size(); ++c) {
    const uint32_t size = codes_[c] == nullptr ? 0 : codes_[c]->levels.size();
    for (uint32_t code = 0; code < size; ++code) {
      levels.Data<int64_t>(0)[row] = load_id_;
      levels.Data<int64_t>(1)[row] = static_cast<int64_t>(c);
      levels.Data<uint32_t>(2)[row] = code;
      PYTHIA_TRY(levels.SetText(3, row, codes_[c]->levels.level(code)));
      if (++row < duckdb::Appender::capacity()) continue;
      PYTHIA_TRY(levels.Flush(std::exchange(row, 0)));
    }
  }
  PYTHIA_TRY(levels.Flush(row));
  return levels.Finish();
}

Status LoadWriter::WriteColumns() {
  PYTHIA_ASSIGN(auto insert, connection_.Prepare("INSERT INTO pythia_catalog.load_columns VALUES "
                                                 "($1, $2, $3, $4, $5, $6, $7)"));
  for (size_t c = 0; c < schema_.size(); ++c) {
    PYTHIA_TRY(insert.Int(load_id_)
                   .Int(static_cast<int64_t>(c))
                   .Text(schema_[c].name)
                   .Text(TypeName(schema_[c].type))
                   .Text(RoleName(schema_[c].role))
                   .Text(schema_[c].unit)
                   .Bool(whole_[c])
                   .Run());
  }
  return {};
}

}  // namespace pythia
