#include "store/duckdb/load_writer.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <iterator>
#include <string>
#include <utility>

#include <fmt/format.h>

#include "base/check.h"
#include "duckdb/appender.h"
#include "store/duckdb/layout.h"

namespace pythia {
namespace {

constexpr int kBatchesKept = 8;  // in DuckDB's memory, at least

// A batch is as good as full with so much text.
constexpr size_t kMostText = 64 << 20;

}  // namespace

LoadWriter::LoadWriter(duckdb::Database database, duckdb::Connection connection, int64_t load_id,
                       const Schema& schema)
    : database_(std::move(database)),
      connection_(std::move(connection)),
      load_id_(load_id),
      schema_(schema),
      batch_(std::make_unique<duckdb::FeedBatch>(schema.size() + 1)) {
  for (size_t c = 0; c < schema_.size(); ++c) {
    forms_.push_back(NarrowestForm(schema_, c));
    codes_.push_back(schema_[c].type == ColumnType::kCategory ? std::make_unique<Codes>()
                                                              : nullptr);
  }
}

Status LoadWriter::Append(const Table& rows) {
  PYTHIA_CHECK(rows.columns().size() == schema_.size());
  for (size_t c = 0; c < schema_.size(); ++c) {
    PYTHIA_CHECK(rows.columns()[c].name() == schema_[c].name &&
                 rows.columns()[c].type() == schema_[c].type);
  }
  for (size_t c = 0; c < schema_.size(); ++c) {
    if (forms_[c] == ColumnForm::kDerived && !IsDerived(rows, c)) PYTHIA_TRY(Widen(c));
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
  PYTHIA_TRY(StartFeed());
  if (batch_->rows() == 0) return {};
  PYTHIA_TRY(feed_->Put(std::move(batch_)));
  batch_ = feed_->NewBatch();
  // What is written is not read again by this load; it would fill the memory that DuckDB may use.
  if (++batches_ % kBatchesKept == 0) static_cast<void>(database_.DropCached());
  return {};
}

// The table is made when its first rows are there, for they say how the columns are kept.
Status LoadWriter::StartFeed() {
  if (feed_) return {};
  const std::string table = LoadTable(load_id_);
  if (!has_table_) PYTHIA_TRY(CreateTable(table));
  has_table_ = true;
  std::vector<duckdb::FeedType> types = {duckdb::FeedType::kInt};
  for (const ColumnForm form : forms_) types.push_back(FeedTypeOf(form));
  PYTHIA_ASSIGN(feed_, duckdb::BulkFeed::Start(database_, connection_, table, std::move(types)));
  return {};
}

Status LoadWriter::CreateTable(const std::string& name) {
  std::string sql =
      fmt::format("CREATE TABLE {}(source_row BIGINT USING COMPRESSION bitpacking", name);
  for (size_t c = 0; c < schema_.size(); ++c) {
    if (forms_[c] == ColumnForm::kDerived) continue;
    std::span<const double> first;
    if (forms_[c] == ColumnForm::kNumber && !has_table_) first = batch_->Values<double>(c + 1);
    sql += fmt::format(", c{} {}{}", c, SqlTypeOf(forms_[c]),
                       CompressionOf(schema_[c], forms_[c], first));
  }
  return connection_.Run(sql + ")");
}

// Rare, so simple: a column that names its compression cannot become one of another type.
Status LoadWriter::RewriteTable(std::optional<size_t> was_derived) {
  const std::string table = LoadTable(load_id_);
  const std::string copy = table + "_wider";
  PYTHIA_TRY(CreateTable(copy));
  std::string values = "source_row";
  for (size_t c = 0; c < schema_.size(); ++c) {
    if (forms_[c] == ColumnForm::kDerived) continue;
    const auto derived = c == was_derived ? DerivedColumn(schema_, c) : std::nullopt;
    values += ", " + (derived ? SqlOf(*derived) : fmt::format("c{}", c));
  }
  PYTHIA_TRY(connection_.Run(fmt::format("INSERT INTO {} SELECT {} FROM {}", copy, values, table)));
  PYTHIA_TRY(connection_.Run("DROP TABLE " + table));
  return connection_.Run(fmt::format("ALTER TABLE {} RENAME TO load_{}", copy, load_id_));
}

// Keeps the column in the form that takes any value: in the table, where there is one already, and
// in the batch.
Status LoadWriter::Widen(size_t c) {
  const ColumnForm form = std::exchange(forms_[c], WiderForm(forms_[c]));
  if (feed_) {
    PYTHIA_TRY(feed_->Finish());
    feed_.reset();
  }
  const bool was_derived = form == ColumnForm::kDerived;
  if (has_table_) PYTHIA_TRY(RewriteTable(was_derived ? std::optional(c) : std::nullopt));
  if (was_derived) return {};  // the batch has its values
  const std::span<const int64_t> values = batch_->Values<int64_t>(c + 1);
  const std::vector<int64_t> kept(values.begin(), values.begin() + batch_->rows());
  batch_->ClearValues(c + 1);
  if (form == ColumnForm::kWhole) {
    std::ranges::copy(kept, batch_->Extend<double>(c + 1, batch_->rows()));
    return {};
  }
  std::string texts;
  ends_.clear();
  for (const int64_t value : kept) {
    fmt::format_to(std::back_inserter(texts), "{}", value);
    ends_.push_back(texts.size());
  }
  return batch_->AppendTexts(c + 1, texts, ends_);
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
      std::ranges::copy(column.days(), batch_->Extend<int32_t>(c + 1, column.size()));
      break;
    case ColumnType::kNumber:
    case ColumnType::kCount:
    case ColumnType::kMoney:
      PYTHIA_TRY(PutNumbers(column, c));
      break;
  }
  if (column.num_missing() == 0) return {};
  for (int64_t i = 0; i < column.size(); ++i) {
    if (column.IsMissing(i)) batch_->SetNull(c + 1, batch_->rows() + i);
  }
  return {};
}

Status LoadWriter::PutNumbers(const Column& column, size_t c) {
  if (forms_[c] == ColumnForm::kWhole) {
    if (PutWhole(column.numbers(), batch_->Extend<int64_t>(c + 1, column.size()))) return {};
    PYTHIA_TRY(Widen(c));
  }
  std::ranges::copy(column.numbers(), batch_->Extend<double>(c + 1, column.size()));
  return {};
}

// Of these rows: whether all values are what DuckDB will compute, bit for bit.
bool LoadWriter::IsDerived(const Table& rows, size_t c) {
  const auto from = DerivedColumn(schema_, c);
  if (!from) return false;
  const std::vector<double>& values = rows.columns()[c].numbers();
  derived_.resize(values.size());
  from->ratio.Of(rows.columns()[from->numerator].numbers(), rows.columns()[from->divisor].numbers(),
                 derived_);
  bool same = true;
  for (size_t i = 0; i < values.size(); ++i) {
    const bool equal = std::bit_cast<uint64_t>(values[i]) == std::bit_cast<uint64_t>(derived_[i]);
    same = same && (equal || (std::isnan(values[i]) && std::isnan(derived_[i])));
  }
  return same;
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

// False where a text is no whole number.
bool LoadWriter::PutWholeTexts(const Column& column, size_t c) {
  auto* out = batch_->Extend<int64_t>(c + 1, column.size());
  for (int64_t row = 0; row < column.size(); ++row) {
    const auto whole = column.IsMissing(row) ? 0 : WholeOf(column.text(row));
    if (!whole) return false;
    *out++ = *whole;
  }
  return true;
}

Status LoadWriter::PutTexts(const Column& column, size_t c) {
  if (column.size() == 0) return {};
  if (forms_[c] == ColumnForm::kWholeText) {
    if (PutWholeTexts(column, c)) return {};
    PYTHIA_TRY(Widen(c));
  }
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
                                                 "($1, $2, $3, $4, $5, $6, $7, $8)"));
  for (size_t c = 0; c < schema_.size(); ++c) {
    PYTHIA_TRY(insert.Int(load_id_)
                   .Int(static_cast<int64_t>(c))
                   .Text(schema_[c].name)
                   .Text(TypeName(schema_[c].type))
                   .Text(RoleName(schema_[c].role))
                   .Text(schema_[c].unit)
                   .Bool(forms_[c] == ColumnForm::kWhole)
                   .Bool(forms_[c] == ColumnForm::kDerived)
                   .Run());
  }
  return {};
}

}  // namespace pythia
