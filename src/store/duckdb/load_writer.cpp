#include "store/duckdb/load_writer.h"

#include <algorithm>
#include <cmath>
#include <string>
#include <utility>

#include <fmt/format.h>

#include "base/check.h"
#include "duckdb/appender.h"
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

// How a column is compressed where that is clear beforehand: DuckDB need not try every other way
// on all of its values then. What cannot be compressed so it keeps as it is.
std::string_view CompressionOf(const ColumnSpec& spec) {
  if (spec.type == ColumnType::kCategory) return " USING COMPRESSION bitpacking";
  // Nearly every id is another text.
  if (spec.type == ColumnType::kText && spec.role == Role::kId) return " USING COMPRESSION fsst";
  return "";
}

duckdb::FeedType FeedTypeOf(ColumnType type) {
  switch (type) {
    case ColumnType::kText:
      return duckdb::FeedType::kText;
    case ColumnType::kCategory:
      return duckdb::FeedType::kCode;
    case ColumnType::kDate:
      return duckdb::FeedType::kDay;
    case ColumnType::kNumber:
    case ColumnType::kCount:
    case ColumnType::kMoney:
      return duckdb::FeedType::kNumber;
  }
  PYTHIA_CHECK(false);
}

// A batch is as good as full with so much text.
constexpr size_t kMostText = 64 << 20;

bool IsWhole(double value) { return std::trunc(value) == value && std::abs(value) < kLargestWhole; }

}  // namespace

LoadWriter::LoadWriter(duckdb::Connection connection, int64_t load_id, const Schema& schema,
                       std::unique_ptr<duckdb::BulkFeed> feed)
    : connection_(std::move(connection)),
      load_id_(load_id),
      schema_(schema),
      feed_(std::move(feed)),
      batch_(feed_->NewBatch()),
      whole_(schema.size(), true) {
  for (const ColumnSpec& spec : schema_) {
    codes_.push_back(spec.type == ColumnType::kCategory ? std::make_unique<Codes>() : nullptr);
  }
}

Result<LoadWriter> LoadWriter::Create(const duckdb::Database& database,
                                      duckdb::Connection connection, int64_t load_id,
                                      const Schema& schema) {
  std::string sql = fmt::format("CREATE TABLE {}(source_row BIGINT USING COMPRESSION bitpacking",
                                LoadTable(load_id));
  std::vector<duckdb::FeedType> types = {duckdb::FeedType::kInt};
  for (size_t c = 0; c < schema.size(); ++c) {
    sql += fmt::format(", c{} {}{}", c, SqlType(schema[c].type), CompressionOf(schema[c]));
    types.push_back(FeedTypeOf(schema[c].type));
  }
  PYTHIA_TRY(connection.Run(sql + ")"));
  PYTHIA_ASSIGN(auto feed,
                duckdb::BulkFeed::Start(database, connection, LoadTable(load_id),
                                        fmt::format("load_{}", load_id), std::move(types)));
  return LoadWriter(std::move(connection), load_id, schema, std::move(feed));
}

Status LoadWriter::Append(const Table& rows) {
  PYTHIA_CHECK(rows.columns().size() == schema_.size());
  for (size_t c = 0; c < schema_.size(); ++c) {
    PYTHIA_CHECK(rows.columns()[c].name() == schema_[c].name &&
                 rows.columns()[c].type() == schema_[c].type);
  }
  const int64_t count = rows.num_rows();
  auto* source_row = batch_->Extend<int64_t>(0, count);
  for (int64_t i = 0; i < count; ++i) source_row[i] = rows_ + i;
  for (size_t c = 0; c < schema_.size(); ++c) PYTHIA_TRY(PutColumn(rows.columns()[c], c));
  batch_->AddRows(count);
  rows_ += count;
  const bool full =
      batch_->rows() + kBlockRows > duckdb::kBatchRows || batch_->text_bytes() > kMostText;
  return full ? PutBatch() : Status();
}

Status LoadWriter::PutBatch() {
  if (batch_->rows() == 0) return {};
  PYTHIA_TRY(feed_->Put(std::move(batch_)));
  batch_ = feed_->NewBatch();
  return {};
}

Status LoadWriter::PutColumn(const Column& column, size_t c) {
  switch (schema_[c].type) {
    case ColumnType::kText:
      PYTHIA_TRY(PutTexts(column, c));
      break;
    case ColumnType::kCategory:
      PutCodes(column, c);
      break;
    case ColumnType::kDate:
      std::copy(column.days().begin(), column.days().end(),
                batch_->Extend<int32_t>(c + 1, column.size()));
      break;
    case ColumnType::kNumber:
    case ColumnType::kCount:
    case ColumnType::kMoney:
      PutNumbers(column, c);
      break;
  }
  if (column.num_missing() == 0) return {};
  for (int64_t i = 0; i < column.size(); ++i) {
    if (column.IsMissing(i)) batch_->SetNull(c + 1, batch_->rows() + i);
  }
  return {};
}

void LoadWriter::PutNumbers(const Column& column, size_t c) {
  const std::vector<double>& values = column.numbers();
  std::copy(values.begin(), values.end(), batch_->Extend<double>(c + 1, column.size()));
  if (schema_[c].type != ColumnType::kCount || !whole_[c]) return;
  whole_[c] = std::all_of(values.begin(), values.end(),
                          [](double value) { return std::isnan(value) || IsWhole(value); });
}

void LoadWriter::PutCodes(const Column& column, size_t c) {
  Codes& codes = *codes_[c];
  if (codes.source != column.dictionary()) {
    codes.source = column.dictionary();
    codes.code_of.clear();
  }
  codes.code_of.resize(codes.source->size(), kMissingCode);
  auto* out = batch_->Extend<uint32_t>(c + 1, column.size());
  for (const uint32_t in : column.codes()) {
    if (in == kMissingCode) {
      *out++ = 0;
      continue;
    }
    uint32_t& code = codes.code_of[in];
    if (code == kMissingCode) code = codes.levels.Intern(codes.source->level(in));
    *out++ = code;
  }
}

Status LoadWriter::PutTexts(const Column& column, size_t c) {
  if (column.size() == 0) return {};
  ends_.clear();
  uint64_t end = 0;
  for (int64_t i = 0; i < column.size(); ++i) ends_.push_back(end += column.text(i).size());
  // A column's texts lie side by side.
  const char* begin = column.text(0).data();
  Status put = batch_->AppendTexts(c + 1, {begin, end}, ends_);
  if (put) return put;
  Error error = std::move(put).error();
  error.place.column = schema_[c].name;
  return Fail(std::move(error));
}

Status LoadWriter::Finish() {
  PYTHIA_TRY(PutBatch());
  PYTHIA_TRY(feed_->Finish());
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
