#include "store/duckdb/scan.h"

#include <algorithm>
#include <span>
#include <utility>

#include <fmt/format.h>

#include "store/column_rules.h"
#include "store/duckdb/column_form.h"
#include "store/duckdb/duckdb_store.h"
#include "store/duckdb/layout.h"

namespace pythia {
namespace {

constexpr int64_t kChunksKept = 512;  // in DuckDB's memory, at least

void Bind(const LoadFilter& filter, duckdb::Statement* statement) {
  for (const auto& value : filter.values) {
    if (const auto* number = std::get_if<double>(&value)) {
      statement->Number(*number);
    } else if (const auto* day = std::get_if<DayValue>(&value)) {
      statement->Day(day->days);
    } else {
      statement->Text(std::get<std::string>(value));
    }
  }
}

// A category or text value of a load in a column of the scan. `code_of` keeps the way from the
// load's codes to the scan's.
void AppendLevel(uint32_t code, const std::vector<std::string>& levels,
                 std::vector<uint32_t>* code_of, Column* out) {
  if (out->type() == ColumnType::kText) return out->AppendText(levels[code]);
  uint32_t& mapped = (*code_of)[code];
  if (mapped == kMissingCode) mapped = out->dictionary()->Intern(levels[code]);
  out->AppendCode(mapped);
}

template <typename T>
std::span<const T> Values(const duckdb::Vector& values, int64_t begin, int64_t count) {
  return {values.Data<T>() + begin, static_cast<size_t>(count)};
}

}  // namespace

ScanSource::ScanSource(duckdb::Database database, duckdb::Transaction transaction, Schema schema,
                       std::vector<StoredLoad> loads, std::vector<ColumnFilter> filters)
    : database_(std::move(database)),
      transaction_(std::move(transaction)),
      schema_(std::move(schema)),
      loads_(std::move(loads)),
      filters_(std::move(filters)),
      block_(schema_),
      origins_(schema_.size()) {
  for (Column& column : block_.columns()) column.Reserve(kBlockRows);
}

Result<std::unique_ptr<CampaignSource>> ScanSource::Open(const duckdb::Database& database,
                                                         const ScanRequest& request) {
  PYTHIA_ASSIGN(duckdb::Connection connection, database.Connect());
  PYTHIA_ASSIGN(auto transaction, duckdb::Transaction::Begin(std::move(connection)));
  PYTHIA_ASSIGN(const DatasetInfo info,
                RequireGeneration(transaction.connection(), request.dataset, request.generation));
  PYTHIA_ASSIGN(Schema schema, Project(info.schema, request.columns));
  PYTHIA_TRY(CheckFilters(request.filters, info.schema));
  PYTHIA_ASSIGN(auto loads, ReadLoads(transaction.connection(), info.name, info.generation));
  return std::unique_ptr<CampaignSource>(new ScanSource(
      database, std::move(transaction), std::move(schema), std::move(loads), request.filters));
}

Result<const Table*> ScanSource::Next() {
  block_.Clear();
  while (block_.num_rows() < kBlockRows) {
    if (chunk_ == nullptr || next_row_ == chunk_->rows) {
      PYTHIA_ASSIGN(const bool more, NextChunk());
      if (!more) break;
    }
    CopyRows(std::min(chunk_->rows - next_row_, kBlockRows - block_.num_rows()));
  }
  return block_.num_rows() == 0 ? nullptr : &block_;
}

Status ScanSource::Rewind() {
  chunk_ = nullptr;
  reader_.reset();
  next_load_ = 0;
  return {};
}

Result<bool> ScanSource::NextChunk() {
  next_row_ = 0;
  for (;;) {
    if (reader_) {
      PYTHIA_ASSIGN(chunk_, reader_->Next());
      if (chunk_ != nullptr) {
        // What a long scan has read would fill the memory that DuckDB may use.
        if (++chunks_ % kChunksKept == 0) static_cast<void>(database_.DropCached());
        return true;
      }
      reader_.reset();
    }
    if (next_load_ == loads_.size()) return false;
    PYTHIA_TRY(OpenLoad(loads_[next_load_++]));
  }
}

Status ScanSource::OpenLoad(const StoredLoad& load) {
  duckdb::Connection& connection = transaction_.connection();
  PYTHIA_ASSIGN(const LoadFilter filter, FilterOf(connection, load, filters_));
  if (filter.none) return {};
  // Rows are counted by it where the load has none of the columns.
  std::string columns = "source_row";
  int64_t vectors = 1;
  for (size_t c = 0; c < schema_.size(); ++c) {
    Origin& origin = origins_[c];
    origin.position = FindColumn(load.schema, schema_[c].name);
    if (origin.position < 0) continue;
    origin.stored = load.schema[static_cast<size_t>(origin.position)].type;
    origin.vector = vectors++;
    columns += ", " + ValueOf(load, origin.position);
    if (origin.stored == ColumnType::kCategory) PYTHIA_TRY(ReadLevels(load, &origin));
  }
  PYTHIA_ASSIGN(auto select,
                connection.Prepare(fmt::format("SELECT {} FROM {}{}", columns,
                                               LoadTable(load.load_id), filter.where)));
  Bind(filter, &select);
  PYTHIA_ASSIGN(reader_, select.Stream());
  return {};
}

Status ScanSource::ReadLevels(const StoredLoad& load, Origin* origin) {
  origin->levels.clear();
  PYTHIA_ASSIGN(auto select, transaction_.connection().Prepare(
                                 "SELECT level FROM pythia_catalog.levels WHERE load_id = $1 AND "
                                 "position = $2 ORDER BY code"));
  PYTHIA_ASSIGN(auto chunks, select.Int(load.load_id).Int(origin->position).Execute());
  duckdb::RowReader rows(std::move(chunks));
  for (;;) {
    PYTHIA_ASSIGN(const bool more, rows.Next());
    if (!more) break;
    origin->levels.push_back(rows.Text(0));
  }
  origin->code_of.assign(origin->levels.size(), kMissingCode);
  return {};
}

void ScanSource::CopyRows(int64_t count) {
  for (size_t c = 0; c < origins_.size(); ++c) {
    Origin& origin = origins_[c];
    const duckdb::Vector* values =
        origin.position < 0 ? nullptr : &chunk_->columns[static_cast<size_t>(origin.vector)];
    CopyColumn(values, next_row_, count, &origin, &block_.columns()[c]);
  }
  next_row_ += count;
}

// All at once, where nothing is null; false for texts.
bool ScanSource::CopyWhole(const duckdb::Vector& values, int64_t begin, int64_t count,
                           Origin* origin, Column* out) {
  if (IsNumeric(origin->stored)) {
    out->AppendNumbers(Values<double>(values, begin, count));
    return true;
  }
  if (origin->stored == ColumnType::kDate) {
    out->AppendDays(Values<int32_t>(values, begin, count));
    return true;
  }
  if (origin->stored != ColumnType::kCategory || out->type() != ColumnType::kCategory) return false;
  std::vector<uint32_t>& codes = origin->codes;
  codes.clear();
  for (const uint32_t code : Values<uint32_t>(values, begin, count)) {
    uint32_t& mapped = origin->code_of[code];
    if (mapped == kMissingCode) mapped = out->dictionary()->Intern(origin->levels[code]);
    codes.push_back(mapped);
  }
  out->AppendCodes(codes);
  return true;
}

void ScanSource::CopyColumn(const duckdb::Vector* values, int64_t begin, int64_t count,
                            Origin* origin, Column* out) {
  const auto each = [&](auto append) {
    for (int64_t row = begin; row < begin + count; ++row) {
      if (values == nullptr || values->IsNull(row)) {
        out->AppendMissing();
      } else {
        append(row);
      }
    }
  };
  if (values == nullptr) return each([](int64_t) {});
  if (!values->MayHaveNulls() && CopyWhole(*values, begin, count, origin, out)) return;
  switch (origin->stored) {
    case ColumnType::kText:
      return each([&](int64_t row) { out->AppendString(values->Text(row)); });
    case ColumnType::kCategory:
      return each([&, codes = values->Data<uint32_t>()](int64_t row) {
        AppendLevel(codes[row], origin->levels, &origin->code_of, out);
      });
    case ColumnType::kDate:
      return each([&, days = values->Data<int32_t>()](int64_t row) { out->AppendDay(days[row]); });
    case ColumnType::kNumber:
    case ColumnType::kCount:
    case ColumnType::kMoney:
      return each(
          [&, numbers = values->Data<double>()](int64_t row) { out->AppendNumber(numbers[row]); });
  }
}

Result<std::unique_ptr<CampaignSource>> DuckdbStore::Scan(const ScanRequest& request) {
  const std::scoped_lock lock(mutex_);
  return ScanSource::Open(database_, request);
}

}  // namespace pythia
