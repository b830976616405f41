#include "store/mongodb/row_decoder.h"

#include <cmath>

#include <bson/bson.h>

#include "store/mongodb/document.h"
#include "store/mongodb/field_names.h"

namespace pythia::mongo {
namespace {

constexpr int64_t kMillisPerDay = 86400000;

// False where the field is of another type than the column.
bool AppendField(const bson_iter_t& field, Column* column) {
  switch (column->type()) {
    case ColumnType::kText:
    case ColumnType::kCategory: {
      if (!BSON_ITER_HOLDS_UTF8(&field)) return false;
      uint32_t length = 0;
      const char* text = bson_iter_utf8(&field, &length);
      column->AppendString({text, length});
      return true;
    }
    case ColumnType::kDate: {
      if (!BSON_ITER_HOLDS_DATE_TIME(&field)) return false;
      const int64_t millis = bson_iter_date_time(&field);
      const int64_t days = millis / kMillisPerDay - (millis % kMillisPerDay < 0 ? 1 : 0);
      column->AppendDay(static_cast<int32_t>(days));
      return true;
    }
    case ColumnType::kNumber:
    case ColumnType::kCount:
    case ColumnType::kMoney: {
      const double value = NumberOf(&field);
      column->AppendNumber(value);
      return !std::isnan(value);
    }
  }
  return false;
}

}  // namespace

RowDecoder::RowDecoder(Table* table) : table_(table) {
  targets_.reserve(table->columns().size());
  for (Column& column : table->columns()) {
    targets_.push_back({.field = FieldName(column.name()), .column = &column});
    places_.emplace(targets_.back().field, targets_.size() - 1);
  }
}

Column* RowDecoder::ColumnOf(std::string_view field) {
  if (next_ < targets_.size() && targets_[next_].field == field) return targets_[next_++].column;
  const auto place = places_.find(field);
  if (place == places_.end()) return nullptr;
  next_ = place->second + 1;
  return targets_[place->second].column;
}

Status RowDecoder::Append(const uint8_t* document, size_t size) {
  bson_iter_t field;
  if (!bson_iter_init_from_data(&field, document, size)) {
    return Fail(ErrorCode::kInternal, "a campaign of the store is no document");
  }
  const int64_t row = table_->num_rows();
  next_ = 0;
  while (bson_iter_next(&field)) {
    const std::string_view name(bson_iter_key(&field), bson_iter_key_len(&field));
    Column* const column = ColumnOf(name);
    if (column == nullptr) continue;
    if (!AppendField(field, column)) {
      return Fail(Error{.code = ErrorCode::kInternal,
                        .message = "a campaign of the store holds another type here",
                        .place = {.column = std::string(column->name())},
                        .hint = "Something else than pythia wrote it: load the dataset again."});
    }
  }
  for (const Target& target : targets_) {
    if (target.column->size() == row) target.column->AppendMissing();
  }
  return {};
}

}  // namespace pythia::mongo
