#include "store/mongodb/row_encoder.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <limits>
#include <utility>

#include <bson/bson.h>
#include <fmt/format.h>

#include "base/check.h"
#include "base/utf8.h"
#include "store/mongodb/field_names.h"
#include "store/mongodb/layout.h"

namespace pythia::mongo {
namespace {

constexpr int64_t kMillisPerDay = 86400000;
constexpr double kLargestWhole = 9007199254740992.0;  // 2^53: from there not all are doubles
constexpr size_t kMaxDocument = 16 << 20;
// Levels that an entry keeps: more are counted by the server when someone asks.
constexpr size_t kMaxLevels = 5000;
constexpr size_t kMaxLevelBytes = 256 << 10;

// BSON is little-endian, as every machine that this builds for.
template <typename T>
void PutRaw(T value, std::string* out) {
  char bytes[sizeof(T)];
  std::memcpy(bytes, &value, sizeof(T));
  out->append(bytes, sizeof(T));
}

template <typename T>
void PutRawAt(T value, size_t at, std::string* out) {
  std::memcpy(out->data() + at, &value, sizeof(T));
}

void PutName(uint8_t type, std::string_view name_with_nul, std::string* out) {
  out->push_back(static_cast<char>(type));
  out->append(name_with_nul);
}

std::string_view WithNul(const char* text) { return {text, std::strlen(text) + 1}; }

// {load, row, digest}, the digest still zero. Returns the place of the digest.
size_t PutId(int64_t load, int64_t row, std::string* out) {
  PutName(BSON_TYPE_DOCUMENT, WithNul("_id"), out);
  const size_t begin = out->size();
  PutRaw(int32_t{0}, out);
  PutName(BSON_TYPE_INT64, WithNul("load"), out);
  PutRaw(load, out);
  PutName(BSON_TYPE_INT64, WithNul("row"), out);
  PutRaw(row, out);
  PutName(BSON_TYPE_INT64, WithNul("digest"), out);
  const size_t digest = out->size();
  PutRaw(int64_t{0}, out);
  out->push_back('\0');
  PutRawAt(static_cast<int32_t>(out->size() - begin), begin, out);
  return digest;
}

bool IsWhole(double value) {
  return std::trunc(value) == value && std::abs(value) < kLargestWhole &&
         !(value == 0 && std::signbit(value));
}

Error NotUtf8(const std::string& column, std::string_view text) {
  return Error{ErrorCode::kBadInput, "a text is not UTF-8", {.column = column}, std::string(text)};
}

void Widen(double value, std::optional<Range>* range) {
  if (!*range) {
    *range = Range{value, value};
  } else {
    (*range)->min = std::min((*range)->min, value);
    (*range)->max = std::max((*range)->max, value);
  }
}

}  // namespace

RowDigest::RowDigest(std::string dataset) : prefix_(std::move(dataset)) { prefix_ += '\0'; }

int64_t RowDigest::Of(std::string_view fields) {
  buffer_.assign(prefix_);
  buffer_.append(fields);
  const auto digest = sha256_.Of(buffer_);
  int64_t cut = 0;
  std::memcpy(&cut, digest.data(), sizeof(cut));
  return cut;
}

RowEncoder::RowEncoder(const std::string& dataset, int64_t load_id, const Schema& schema)
    : load_id_(load_id), digest_(dataset) {
  for (const ColumnSpec& spec : schema) {
    ColumnState& state = columns_.emplace_back();
    state.spec = spec;
    state.name = FieldName(spec.name) + '\0';
    order_.push_back(order_.size());
  }
  std::ranges::stable_partition(order_, [&](size_t c) {
    return std::ranges::find(kGuardedColumns, schema[c].name) != kGuardedColumns.end();
  });
}

Status RowEncoder::Append(const Table& rows, int64_t begin, int64_t count, RowBatch* out) {
  PYTHIA_CHECK(rows.columns().size() == columns_.size());
  for (size_t c = 0; c < columns_.size(); ++c) {
    const Column& column = rows.columns()[c];
    PYTHIA_CHECK(column.name() == columns_[c].spec.name && column.type() == columns_[c].spec.type);
    if (column.type() == ColumnType::kCategory) PYTHIA_TRY(PrepareLevels(column, &columns_[c]));
  }
  std::string& bytes = out->bytes;
  for (int64_t row = begin; row < begin + count; ++row) {
    const size_t start = bytes.size();
    PutRaw(int32_t{0}, &bytes);
    const size_t digest = PutId(load_id_, rows_, &bytes);
    const size_t fields = bytes.size();
    for (const size_t c : order_) {
      PYTHIA_TRY(PutField(rows.columns()[c], row, &columns_[c], &bytes));
    }
    PutRawAt(digest_.Of(std::string_view(bytes).substr(fields)), digest, &bytes);
    bytes.push_back('\0');
    const size_t size = bytes.size() - start;
    if (size > kMaxDocument) {
      return Fail(Error{ErrorCode::kBadInput,
                        fmt::format("campaign {} takes {} bytes; a MongoDB store holds up to 16 MB "
                                    "per campaign",
                                    rows_ + 1, size)});
    }
    PutRawAt(static_cast<int32_t>(size), start, &bytes);
    out->ends.push_back(bytes.size());
    ++rows_;
  }
  return {};
}

Status RowEncoder::PrepareLevels(const Column& column, ColumnState* state) {
  if (state->source != column.dictionary()) {
    state->source = column.dictionary();
    state->levels.clear();
  }
  for (auto code = static_cast<uint32_t>(state->levels.size()); code < state->source->size();
       ++code) {
    const std::string_view level = state->source->level(code);
    if (!IsUtf8(level)) return Fail(NotUtf8(state->spec.name, level));
    Level& made = state->levels.emplace_back();
    PutText(state->name, level, &made.field);
    made.rows = &state->counts.try_emplace(std::string(level), 0).first->second;
  }
  return {};
}

Status RowEncoder::PutField(const Column& column, int64_t row, ColumnState* state,
                            std::string* out) {
  if (column.IsMissing(row)) return {};
  const auto i = static_cast<size_t>(row);
  switch (column.type()) {
    case ColumnType::kText: {
      const std::string_view text = column.text(row);
      if (!IsUtf8(text)) return Fail(NotUtf8(state->spec.name, text));
      PutText(state->name, text, out);
      return {};
    }
    case ColumnType::kCategory: {
      const Level& level = state->levels[column.codes()[i]];
      out->append(level.field);
      ++*level.rows;
      return {};
    }
    case ColumnType::kDate:
      PutName(BSON_TYPE_DATE_TIME, state->name, out);
      PutRaw(column.days()[i] * kMillisPerDay, out);
      Widen(column.days()[i], &state->range);
      return {};
    case ColumnType::kNumber:
    case ColumnType::kCount:
    case ColumnType::kMoney:
      PutNumber(column.numbers()[i], *state, out);
      Widen(column.numbers()[i], &state->range);
      return {};
  }
  return {};
}

void RowEncoder::PutText(std::string_view name, std::string_view text, std::string* out) {
  PutName(BSON_TYPE_UTF8, name, out);
  PutRaw(static_cast<int32_t>(text.size() + 1), out);
  out->append(text);
  out->push_back('\0');
}

void RowEncoder::PutNumber(double value, const ColumnState& state, std::string* out) {
  if (state.spec.type != ColumnType::kCount || !IsWhole(value)) {
    PutName(BSON_TYPE_DOUBLE, state.name, out);
    PutRaw(value, out);
  } else if (std::abs(value) <= std::numeric_limits<int32_t>::max()) {
    PutName(BSON_TYPE_INT32, state.name, out);
    PutRaw(static_cast<int32_t>(value), out);
  } else {
    PutName(BSON_TYPE_INT64, state.name, out);
    PutRaw(static_cast<int64_t>(value), out);
  }
}

std::vector<LoadColumn> RowEncoder::Columns() const {
  std::vector<LoadColumn> columns;
  for (const ColumnState& state : columns_) {
    LoadColumn& column = columns.emplace_back();
    column.spec = state.spec;
    column.range = state.range;
    if (state.spec.type != ColumnType::kCategory) continue;
    std::vector<LevelCount> levels;
    size_t bytes = 0;
    for (const auto& [level, rows] : state.counts) {
      if (rows == 0) continue;
      levels.push_back({.level = level, .rows = rows});
      bytes += level.size();
    }
    if (levels.size() <= kMaxLevels && bytes <= kMaxLevelBytes) column.levels = std::move(levels);
  }
  return columns;
}

}  // namespace pythia::mongo
