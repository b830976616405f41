#include "store/mongodb/document.h"

#include <cmath>
#include <utility>

#include "base/check.h"

namespace pythia::mongo {
namespace {

constexpr int64_t kMillisPerDay = 86400000;

int Length(std::string_view text) { return static_cast<int>(text.size()); }

}  // namespace

Document& Document::operator=(const Document& other) {
  if (this == &other) return *this;
  bson_destroy(&bson_);
  bson_copy_to(&other.bson_, &bson_);
  return *this;
}

Document& Document::operator=(Document&& other) noexcept {
  if (this == &other) return *this;
  bson_destroy(&bson_);
  // Small documents lie inside bson_t itself: only bson_steal() knows.
  PYTHIA_CHECK(bson_steal(&bson_, &other.bson_));
  bson_init(&other.bson_);
  return *this;
}

Document& Document::Text(std::string_view key, std::string_view value) {
  PYTHIA_CHECK(bson_append_utf8(&bson_, key.data(), Length(key), value.data(), Length(value)));
  return *this;
}
Document& Document::Whole(std::string_view key, int64_t value) {
  PYTHIA_CHECK(bson_append_int64(&bson_, key.data(), Length(key), value));
  return *this;
}
Document& Document::Number(std::string_view key, double value) {
  PYTHIA_CHECK(bson_append_double(&bson_, key.data(), Length(key), value));
  return *this;
}
Document& Document::Flag(std::string_view key, bool value) {
  PYTHIA_CHECK(bson_append_bool(&bson_, key.data(), Length(key), value));
  return *this;
}
Document& Document::Null(std::string_view key) {
  PYTHIA_CHECK(bson_append_null(&bson_, key.data(), Length(key)));
  return *this;
}
Document& Document::Day(std::string_view key, int32_t days) {
  PYTHIA_CHECK(bson_append_date_time(&bson_, key.data(), Length(key), days * kMillisPerDay));
  return *this;
}
Document& Document::Bytes(std::string_view key, std::string_view value) {
  PYTHIA_CHECK(bson_append_binary(&bson_, key.data(), Length(key), BSON_SUBTYPE_BINARY,
                                  reinterpret_cast<const uint8_t*>(value.data()),
                                  static_cast<uint32_t>(value.size())));
  return *this;
}
Document& Document::Inner(std::string_view key, const Document& value) {
  PYTHIA_CHECK(bson_append_document(&bson_, key.data(), Length(key), value.get()));
  return *this;
}

Document& Document::List(std::string_view key, const std::vector<Document>& values) {
  Document list;
  for (size_t i = 0; i < values.size(); ++i) list.Inner(std::to_string(i), values[i]);
  PYTHIA_CHECK(bson_append_array(&bson_, key.data(), Length(key), list.get()));
  return *this;
}
Document& Document::Texts(std::string_view key, const std::vector<std::string>& values) {
  Document list;
  for (size_t i = 0; i < values.size(); ++i) list.Text(std::to_string(i), values[i]);
  PYTHIA_CHECK(bson_append_array(&bson_, key.data(), Length(key), list.get()));
  return *this;
}
Document& Document::Wholes(std::string_view key, const std::vector<int64_t>& values) {
  Document list;
  for (size_t i = 0; i < values.size(); ++i) list.Whole(std::to_string(i), values[i]);
  PYTHIA_CHECK(bson_append_array(&bson_, key.data(), Length(key), list.get()));
  return *this;
}

Document& Document::Operands(std::string_view operation, std::string_view left, int64_t right) {
  Document list;
  list.Text("0", left).Whole("1", right);
  PYTHIA_CHECK(bson_append_array(&bson_, operation.data(), Length(operation), list.get()));
  return *this;
}
Document& Document::Operands(std::string_view operation, std::string_view left,
                             const Document& right) {
  Document list;
  list.Text("0", left).Inner("1", right);
  PYTHIA_CHECK(bson_append_array(&bson_, operation.data(), Length(operation), list.get()));
  return *this;
}

Document Of(std::string_view key, std::string_view value) {
  Document document;
  document.Text(key, value);
  return document;
}
Document Of(std::string_view key, int64_t value) {
  Document document;
  document.Whole(key, value);
  return document;
}
Document Of(std::string_view key, const Document& value) {
  Document document;
  document.Inner(key, value);
  return document;
}

double NumberOf(const bson_iter_t* field) {
  switch (bson_iter_type(field)) {
    case BSON_TYPE_DOUBLE:
      return bson_iter_double(field);
    case BSON_TYPE_INT32:
      return bson_iter_int32(field);
    case BSON_TYPE_INT64:
      return static_cast<double>(bson_iter_int64(field));
    default:
      return std::nan("");
  }
}

bool Reader::Start(bson_iter_t* fields) const {
  return data_ != nullptr && bson_iter_init_from_data(fields, data_, size_);
}

bool Reader::Find(std::string_view key, bson_iter_t* field) const {
  return Start(field) && bson_iter_find_w_len(field, key.data(), Length(key));
}

bool Reader::Has(std::string_view key) const {
  bson_iter_t field;
  return Find(key, &field) && !BSON_ITER_HOLDS_NULL(&field);
}

std::string Reader::Text(std::string_view key) const {
  bson_iter_t field;
  if (!Find(key, &field) || !BSON_ITER_HOLDS_UTF8(&field)) return {};
  uint32_t length = 0;
  const char* text = bson_iter_utf8(&field, &length);
  return {text, length};
}

int64_t Reader::Whole(std::string_view key) const {
  bson_iter_t field;
  return Find(key, &field) ? bson_iter_as_int64(&field) : 0;
}

double Reader::Number(std::string_view key) const {
  bson_iter_t field;
  return Find(key, &field) ? NumberOf(&field) : std::nan("");
}

std::optional<double> Reader::NumberOrNone(std::string_view key) const {
  if (!Has(key)) return std::nullopt;
  return Number(key);
}

bool Reader::Flag(std::string_view key) const {
  bson_iter_t field;
  return Find(key, &field) && BSON_ITER_HOLDS_BOOL(&field) && bson_iter_bool(&field);
}

std::string Reader::Bytes(std::string_view key) const {
  bson_iter_t field;
  if (!Find(key, &field) || !BSON_ITER_HOLDS_BINARY(&field)) return {};
  uint32_t length = 0;
  const uint8_t* bytes = nullptr;
  bson_iter_binary(&field, nullptr, &length, &bytes);
  return {reinterpret_cast<const char*>(bytes), length};
}

Reader Reader::Inner(std::string_view key) const {
  bson_iter_t field;
  if (!Find(key, &field) || !BSON_ITER_HOLDS_DOCUMENT(&field)) return {};
  uint32_t size = 0;
  const uint8_t* data = nullptr;
  bson_iter_document(&field, &size, &data);
  return {data, size};
}

std::vector<Reader> Reader::List(std::string_view key) const {
  std::vector<Reader> list;
  bson_iter_t field;
  bson_iter_t item;
  if (!Find(key, &field) || !BSON_ITER_HOLDS_ARRAY(&field) || !bson_iter_recurse(&field, &item)) {
    return list;
  }
  while (bson_iter_next(&item)) {
    if (!BSON_ITER_HOLDS_DOCUMENT(&item)) continue;
    uint32_t size = 0;
    const uint8_t* data = nullptr;
    bson_iter_document(&item, &size, &data);
    list.emplace_back(data, size);
  }
  return list;
}

std::vector<int64_t> Reader::Wholes(std::string_view key) const {
  std::vector<int64_t> list;
  bson_iter_t field;
  bson_iter_t item;
  if (!Find(key, &field) || !BSON_ITER_HOLDS_ARRAY(&field) || !bson_iter_recurse(&field, &item)) {
    return list;
  }
  while (bson_iter_next(&item)) list.push_back(bson_iter_as_int64(&item));
  return list;
}

}  // namespace pythia::mongo
