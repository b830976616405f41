#include "store/mongodb/row_decoder.h"

#include <algorithm>
#include <cmath>
#include <cstring>

#include <bson/bson.h>

#include "store/mongodb/field_names.h"

namespace pythia::mongo {
namespace {

constexpr int64_t kMillisPerDay = 86400000;
// Documents of something else may have any number of names.
constexpr size_t kMostKnown = 4096;

// BSON is little-endian, as every machine that this builds for.
template <typename T>
T Raw(const uint8_t* bytes) {
  T value;
  std::memcpy(&value, bytes, sizeof(T));
  return value;
}

// A value's bytes in a document; `size` is -1 where they do not fit into `room`, or no campaign
// holds such a type.
struct Value {
  uint8_t type = 0;
  const uint8_t* bytes = nullptr;
  int64_t size = -1;
};

int64_t SizeOf(uint8_t type, const uint8_t* bytes, int64_t room) {
  switch (type) {
    case BSON_TYPE_DOUBLE:
    case BSON_TYPE_DATE_TIME:
    case BSON_TYPE_INT64:
    case BSON_TYPE_TIMESTAMP:
      return 8;
    case BSON_TYPE_INT32:
      return 4;
    case BSON_TYPE_BOOL:
      return 1;
    case BSON_TYPE_NULL:
      return 0;
    case BSON_TYPE_OID:
      return 12;
    case BSON_TYPE_DECIMAL128:
      return 16;
    case BSON_TYPE_UTF8: {
      const int64_t length = room < 4 ? 0 : Raw<int32_t>(bytes);
      return length < 1 || length > room - 4 || bytes[3 + length] != 0 ? -1 : 4 + length;
    }
    case BSON_TYPE_DOCUMENT:
    case BSON_TYPE_ARRAY: {
      const int64_t length = room < 4 ? 0 : Raw<int32_t>(bytes);
      return length < 5 ? -1 : length;
    }
    case BSON_TYPE_BINARY: {
      const int64_t length = room < 4 ? -1 : Raw<int32_t>(bytes);
      return length < 0 ? -1 : 5 + length;
    }
    default:
      return -1;
  }
}

double NumberIn(const Value& value) {
  switch (value.type) {
    case BSON_TYPE_DOUBLE:
      return Raw<double>(value.bytes);
    case BSON_TYPE_INT32:
      return Raw<int32_t>(value.bytes);
    case BSON_TYPE_INT64:
      return static_cast<double>(Raw<int64_t>(value.bytes));
    default:
      return std::nan("");
  }
}

// False where the value is of another type than the column.
bool AppendValue(const Value& value, Column* column) {
  switch (column->type()) {
    case ColumnType::kText:
    case ColumnType::kCategory:
      if (value.type != BSON_TYPE_UTF8) return false;
      column->AppendString(
          {reinterpret_cast<const char*>(value.bytes) + 4, static_cast<size_t>(value.size) - 5});
      return true;
    case ColumnType::kDate: {
      if (value.type != BSON_TYPE_DATE_TIME) return false;
      const auto millis = Raw<int64_t>(value.bytes);
      const int64_t days = millis / kMillisPerDay - (millis % kMillisPerDay < 0 ? 1 : 0);
      column->AppendDay(static_cast<int32_t>(days));
      return true;
    }
    case ColumnType::kNumber:
    case ColumnType::kCount:
    case ColumnType::kMoney: {
      const double number = NumberIn(value);
      if (std::isnan(number)) return false;
      column->AppendNumber(number);
      return true;
    }
  }
  return false;
}

Error OtherType(const Column& column) {
  return {.code = ErrorCode::kInternal,
          .message = "a campaign of the store holds another type here",
          .place = {.column = std::string(column.name())},
          .hint = "Something else than pythia wrote it: load the dataset again."};
}

Error NoDocument() {
  return {.code = ErrorCode::kInternal,
          .message = "a campaign of the store is no document, or holds what none holds",
          .hint = "Something else than pythia wrote it: load the dataset again."};
}

}  // namespace

RowDecoder::RowDecoder(Table* table) : table_(table) {
  for (Column& column : table->columns()) columns_.emplace(FieldName(column.name()), &column);
}

const RowDecoder::Known* RowDecoder::Find(const char* name, size_t room) {
  if (next_ < known_.size()) {
    const std::string& expected = known_[next_].name;
    if (expected.size() <= room && std::memcmp(expected.data(), name, expected.size()) == 0) {
      return &known_[next_++];
    }
  }
  const void* const nul = std::memchr(name, '\0', room);
  if (nul == nullptr) return nullptr;
  const std::string with_nul(name, static_cast<const char*>(nul) + 1);
  const auto known = std::ranges::find(known_, with_nul, &Known::name);
  if (known != known_.end()) {
    next_ = static_cast<size_t>(known - known_.begin()) + 1;
    return &*known;
  }
  const auto column = columns_.find(with_nul.substr(0, with_nul.size() - 1));
  Known found{.name = with_nul, .column = column == columns_.end() ? nullptr : column->second};
  if (known_.size() >= kMostKnown && found.column == nullptr) {
    unknown_ = std::move(found);
    return &unknown_;
  }
  next_ = std::min(next_, known_.size());
  known_.insert(known_.begin() + static_cast<std::ptrdiff_t>(next_), std::move(found));
  return &known_[next_++];
}

Status RowDecoder::Append(const uint8_t* document, size_t size) {
  if (size < 5 || Raw<uint32_t>(document) != size || document[size - 1] != 0) {
    return Fail(NoDocument());
  }
  const int64_t row = table_->num_rows();
  const uint8_t* at = document + 4;
  const uint8_t* const end = document + size - 1;
  size_t appended = 0;
  next_ = 0;
  while (at < end) {
    Value value{.type = *at++};
    const Known* const field =
        Find(reinterpret_cast<const char*>(at), static_cast<size_t>(end - at));
    if (field == nullptr) return Fail(NoDocument());
    value.bytes = at + field->name.size();
    value.size = SizeOf(value.type, value.bytes, end - value.bytes);
    if (value.size < 0 || value.size > end - value.bytes) return Fail(NoDocument());
    at = value.bytes + value.size;
    Column* const column = field->column;
    if (column == nullptr) continue;
    // Twice in one document: the first counts, as it does for the server.
    if (column->size() != row) continue;
    if (!AppendValue(value, column)) return Fail(OtherType(*column));
    ++appended;
  }
  if (appended == columns_.size()) return {};
  for (Column& column : table_->columns()) {
    if (column.size() == row) column.AppendMissing();
  }
  return {};
}

}  // namespace pythia::mongo
