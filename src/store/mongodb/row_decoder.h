// BSON documents of campaigns into typed columns, without a tree in between.
#pragma once

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

  // One document of `size` bytes. kInternal where a field is of another type than its column:
  // something else than pythia wrote it.
  Status Append(const uint8_t* document, size_t size);

 private:
  struct Target {
    std::string field;
    Column* column = nullptr;
  };

  Column* ColumnOf(std::string_view field);

  Table* table_;
  std::vector<Target> targets_;  // [columns]
  std::unordered_map<std::string_view, size_t> places_;
  size_t next_ = 0;  // fields mostly come in the order of the last document
};

}  // namespace pythia::mongo
