// BSON documents: a builder and a reader over libbson, for everything but campaigns (rows.h).
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <bson/bson.h>

namespace pythia::mongo {

// A document in the making; fields come in the order of the calls. Keys are ours, or escaped
// (field_names.h): never an operator that a user made. Not thread-safe.
class Document {
 public:
  Document() { bson_init(&bson_); }
  ~Document() { bson_destroy(&bson_); }
  Document(const Document& other) { bson_copy_to(&other.bson_, &bson_); }
  Document(Document&& other) noexcept : Document() { *this = std::move(other); }
  Document& operator=(const Document& other);
  Document& operator=(Document&& other) noexcept;

  Document& Text(std::string_view key, std::string_view value);
  Document& Whole(std::string_view key, int64_t value);
  Document& Number(std::string_view key, double value);
  Document& Flag(std::string_view key, bool value);
  Document& Null(std::string_view key);
  Document& Day(std::string_view key, int32_t days);  // midnight UTC
  Document& Bytes(std::string_view key, std::string_view value);
  Document& Inner(std::string_view key, const Document& value);
  Document& List(std::string_view key, const std::vector<Document>& values);
  Document& Texts(std::string_view key, const std::vector<std::string>& values);
  Document& Wholes(std::string_view key, const std::vector<int64_t>& values);

  // {operation: [left, right]} of an aggregation expression; texts are "$field" or "$$VARIABLE".
  Document& Operands(std::string_view operation, std::string_view left, int64_t right);
  Document& Operands(std::string_view operation, std::string_view left, const Document& right);

  const bson_t* get() const { return &bson_; }
  bson_t* get() { return &bson_; }

 private:
  bson_t bson_;
};

// {key: value} in one go, for filters.
Document Of(std::string_view key, std::string_view value);
Document Of(std::string_view key, int64_t value);
Document Of(std::string_view key, const Document& value);

// The fields of a document that someone else holds. A field that is missing or of another type
// reads as empty, zero or false. Valid as long as the document.
class Reader {
 public:
  Reader() = default;
  explicit Reader(const bson_t* document) : data_(bson_get_data(document)), size_(document->len) {}
  Reader(const uint8_t* data, uint32_t size) : data_(data), size_(size) {}

  bool Has(std::string_view key) const;
  std::string Text(std::string_view key) const;
  int64_t Whole(std::string_view key) const;
  double Number(std::string_view key) const;
  std::optional<double> NumberOrNone(std::string_view key) const;
  bool Flag(std::string_view key) const;
  std::string Bytes(std::string_view key) const;
  Reader Inner(std::string_view key) const;
  std::vector<Reader> List(std::string_view key) const;
  std::vector<int64_t> Wholes(std::string_view key) const;

  // False at the end of the fields or where there are none.
  bool Start(bson_iter_t* fields) const;

 private:
  bool Find(std::string_view key, bson_iter_t* field) const;

  const uint8_t* data_ = nullptr;
  uint32_t size_ = 0;
};

// A number of any BSON type, else NaN.
double NumberOf(const bson_iter_t* field);

}  // namespace pythia::mongo
