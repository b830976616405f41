// Many rows on their way into one table, through all threads of DuckDB and in order.
#pragma once

#include <cstdint>
#include <cstring>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "duckdb/database.h"

namespace pythia::duckdb {

enum class FeedType {
  kInt,     // BIGINT, int64_t
  kCode,    // UINTEGER, uint32_t
  kDay,     // DATE, int32_t since 1970
  kNumber,  // DOUBLE
  kText,    // VARCHAR
  kNone,    // no column of the table; the batch's values are not looked at
};

// Rows of a full batch: DuckDB compresses so many at a time.
inline constexpr int64_t kBatchRows = 122'880;

// Rows of one batch, column by column; every column gets all of them.
class FeedBatch {
 public:
  explicit FeedBatch(size_t columns) : columns_(columns) {}

  // Room for further values, whatever they are so far.
  template <typename T>
  T* Extend(size_t column, int64_t rows) {
    return reinterpret_cast<T*>(columns_[column].values.Extend(
        static_cast<size_t>(rows) * sizeof(T), (kBatchRows + 1) * sizeof(T)));
  }
  // What the column has so far, of a type without texts.
  template <typename T>
  std::span<const T> Values(size_t column) const {
    const Bytes& bytes = columns_[column].values;
    return {reinterpret_cast<const T*>(bytes.data()), bytes.size() / sizeof(T)};
  }
  // Not which of its rows are null.
  void ClearValues(size_t column) { columns_[column].values.Clear(); }
  // Texts that lie side by side, and where each ends. kBadInput where one is no UTF-8.
  Status AppendTexts(size_t column, std::string_view bytes, std::span<const uint64_t> ends);
  // Row `row` of the batch; a text that is null is appended empty.
  void SetNull(size_t column, int64_t row);
  void AddRows(int64_t rows) { rows_ += rows; }

  int64_t rows() const { return rows_; }
  size_t text_bytes() const { return text_bytes_; }

 private:
  friend class BulkFeed;
  // Bytes that are not set to zero before they are written.
  class Bytes {
   public:
    char* Extend(size_t more, size_t usual);
    const char* data() const { return bytes_.get(); }
    size_t size() const { return size_; }
    void Clear() { size_ = 0; }

   private:
    std::unique_ptr<char[]> bytes_;
    size_t size_ = 0;
    size_t room_ = 0;
  };
  struct ColumnValues {
    Bytes values;  // of a text: where it ends
    std::string text;
    std::vector<uint8_t> present;  // a bit each; empty: all
    int64_t nulls = 0;
  };
  void Clear();

  std::vector<ColumnValues> columns_;
  int64_t rows_ = 0;
  size_t text_bytes_ = 0;
};

// A statement that takes batches as they come. Put() and Finish() are one thread's; nobody else
// uses the connection before Finish(). Destroyed before it, nothing of the statement stays, and the
// connection's transaction has to be rolled back.
class BulkFeed {
 public:
  // `table` exists and has columns of these types, in this order: one for each of the batches'.
  static Result<std::unique_ptr<BulkFeed>> Start(const Database& database, Connection connection,
                                                 const std::string& table,
                                                 std::vector<FeedType> types);
  ~BulkFeed();
  BulkFeed(const BulkFeed&) = delete;
  BulkFeed& operator=(const BulkFeed&) = delete;

  // An empty one, with the memory of one that is done with.
  std::unique_ptr<FeedBatch> NewBatch();
  // Waits while two batches wait. Fails with what the statement failed with.
  Status Put(std::unique_ptr<FeedBatch> batch);
  // Everything is in the table when it returns; no other call after it.
  Status Finish();

 private:
  struct State;
  explicit BulkFeed(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

}  // namespace pythia::duckdb
