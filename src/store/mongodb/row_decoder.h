// BSON documents of campaigns into typed columns, without a tree in between.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "base/error.h"
#include "campaign/table.h"

namespace pythia::mongo {

// Appends documents to the table that it is made for. Fields that the table lacks are skipped.
// Not thread-safe.
class RowDecoder {
 public:
  // The table and its columns must outlive the decoder and keep their places.
  explicit RowDecoder(Table* table);

  // One document of `size` bytes. kInternal where a field is of another type than its column, or
  // the bytes are no document: something else than pythia wrote it. The table has half a row then.
  Status Append(const uint8_t* document, size_t size);

 private:
  // A field as documents had it before, in their order.
  struct Known {
    std::string name;          // with its NUL
    Column* column = nullptr;  // null: skipped
  };

  // The field whose name begins at `name`, for which `room` bytes are left; null where its NUL is
  // not among them.
  const Known* Find(const char* name, size_t room);

  Table* table_;
  std::unordered_map<std::string, Column*> columns_;  // by field
  std::vector<Known> known_;
  size_t next_ = 0;  // in known_, the one after the last that was found
  Known unknown_;    // one too many to be remembered
};

}  // namespace pythia::mongo
