#include "store/mongodb/scan.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include <fmt/format.h>

#include "store/column_rules.h"
#include "store/mongodb/field_names.h"
#include "store/mongodb/layout.h"

namespace pythia::mongo {
namespace {

// Rows of one query: some megabytes.
constexpr int64_t kRowsAtATime = 8192;
constexpr double kMillisPerDay = 86400000;

void PutBound(const char* operation, double value, ColumnType type, Document* out) {
  if (type != ColumnType::kDate) {
    out->Number(operation, value);
    return;
  }
  // Beyond the calendar on either side, where a double holds the milliseconds.
  const double days = std::clamp(value, -1e8, 1e8);
  const auto millis = static_cast<int64_t>(
      (operation == std::string_view("$gte") ? std::ceil(days) : std::floor(days)) * kMillisPerDay);
  bson_append_date_time(out->get(), operation, -1, millis);
}

Document ConditionOf(const ColumnFilter& filter, ColumnType type) {
  Document condition;
  if (!filter.levels.empty()) return condition.Texts("$in", filter.levels);
  if (filter.min) PutBound("$gte", *filter.min, type, &condition);
  if (filter.max) PutBound("$lte", *filter.max, type, &condition);
  if (!filter.min && !filter.max) condition.Null("$ne");
  return condition;
}

// Empty where no row of the load can match.
std::optional<std::vector<Document>> ConditionsOf(const LoadEntry& load,
                                                  const std::vector<ColumnFilter>& filters) {
  std::vector<Document> conditions;
  for (const ColumnFilter& filter : filters) {
    const LoadColumn* column = load.Find(filter.column);
    if (column == nullptr) return std::nullopt;
    conditions.push_back(
        mongo::Of(FieldName(filter.column), ConditionOf(filter, column->spec.type)));
  }
  return conditions;
}

// Picking fields costs the server more than sending a few that nobody asked for, unless they are
// long. Empty: all of them.
Document ProjectionOf(const LoadEntry& load, const Schema& schema) {
  Document fields;
  int64_t wanted = 0;
  bool text_left_out = false;
  for (const LoadColumn& column : load.columns) {
    if (FindColumn(schema, column.spec.name) >= 0) {
      fields.Whole(FieldName(column.spec.name), 1);
      ++wanted;
    } else if (column.spec.type == ColumnType::kText) {
      text_left_out = true;
    }
  }
  if (!text_left_out && wanted * 4 >= std::ssize(load.columns) * 3) return {};
  // Without one, the rows are still counted.
  fields.Whole("_id", wanted > 0 ? 0 : 1);
  return fields;
}

}  // namespace

ScanSource::ScanSource(Shared shared, Schema schema, Snapshot snapshot,
                       std::vector<ColumnFilter> filters)
    : shared_(std::move(shared)),
      schema_(std::move(schema)),
      snapshot_(std::move(snapshot)),
      filters_(std::move(filters)),
      block_(schema_),
      decoder_(&block_) {
  for (const LoadEntry& load : snapshot_.loads) loads_.push_back(load.id);
  shared_.pins->Add(loads_);
  for (Column& column : block_.columns()) column.Reserve(kBlockRows);
}

ScanSource::~ScanSource() {
  stream_.reset();
  const auto free = shared_.pins->Remove(loads_);
  const auto dropped =
      shared_.database->Find(kLoads, Document(AnyOf(free)).Text("state", kDropped),
                             mongo::Of("projection", mongo::Of("_id", int64_t{1})));
  if (!dropped) return;  // swept later
  std::vector<int64_t> gone;
  for (const Document& one : *dropped) gone.push_back(Reader(one.get()).Whole("_id"));
  static_cast<void>(DropLoads(*shared_.database, shared_.names, *shared_.pins, gone));
}

std::vector<RowQuery> ScanSource::Queries() const {
  std::vector<RowQuery> queries;
  for (const LoadEntry& load : snapshot_.loads) {
    const auto conditions = ConditionsOf(load, filters_);
    if (!conditions) continue;
    const Document projection = ProjectionOf(load, schema_);
    for (int64_t begin = 0; begin < load.info.rows; begin += kRowsAtATime) {
      Document filter = RowsOf(load.id, begin, begin + kRowsAtATime);
      if (!conditions->empty()) filter.List("$and", *conditions);
      queries.push_back({.filter = std::move(filter), .projection = projection});
    }
  }
  return queries;
}

Result<const Table*> ScanSource::Next() {
  block_.Clear();
  if (stream_ == nullptr && !ended_) {
    stream_ =
        std::make_unique<RowStream>(shared_.database, shared_.names.clean_campaigns, Queries());
  }
  while (!ended_ && block_.num_rows() < kBlockRows) {
    if (!rows_ || next_row_ == rows_->ends.size()) {
      PYTHIA_ASSIGN(rows_, stream_->Next());
      next_row_ = 0;
      if (rows_) continue;
      ended_ = true;
      PYTHIA_TRY(CheckLoads());
      break;
    }
    const size_t begin = next_row_ == 0 ? 0 : rows_->ends[next_row_ - 1];
    PYTHIA_TRY(decoder_.Append(reinterpret_cast<const uint8_t*>(rows_->bytes.data()) + begin,
                               rows_->ends[next_row_] - begin));
    ++next_row_;
    ++rows_read_;
  }
  return block_.num_rows() == 0 ? nullptr : &block_;
}

Status ScanSource::Rewind() {
  stream_.reset();
  rows_.reset();
  next_row_ = 0;
  rows_read_ = 0;
  ended_ = false;
  return {};
}

Status ScanSource::CheckLoads() const {
  Document there = AnyOf(loads_);
  there.Inner("state", mongo::Of("$ne", kGone));
  PYTHIA_ASSIGN(const int64_t count, shared_.database->Count(kLoads, there));
  if (count < static_cast<int64_t>(loads_.size())) {
    return Fail(Error{ErrorCode::kConflict,
                      "this generation was removed by another process while it was read",
                      {},
                      snapshot_.info.name,
                      "Try again: the dataset has a newer one, or is deleted."});
  }
  if (filters_.empty() && rows_read_ != snapshot_.info.rows) {
    return Fail(Error{ErrorCode::kInternal,
                      fmt::format("the store {} holds {} campaigns of this generation, not {}",
                                  shared_.database->store(), rows_read_, snapshot_.info.rows),
                      {},
                      snapshot_.info.name,
                      "Something else than pythia removed some: load the dataset again."});
  }
  return {};
}

Result<std::unique_ptr<CampaignSource>> MongoStore::Scan(const ScanRequest& request) {
  PYTHIA_ASSIGN(Snapshot snapshot,
                RequireSnapshot(*shared_.database, request.dataset, request.generation));
  PYTHIA_ASSIGN(Schema schema, Project(snapshot.info.schema, request.columns));
  PYTHIA_TRY(CheckFilters(request.filters, snapshot.info.schema));
  return std::make_unique<ScanSource>(shared_, std::move(schema), std::move(snapshot),
                                      request.filters);
}

}  // namespace pythia::mongo
