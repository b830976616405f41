// Columns of equal length: a whole history, or one block of it; also flat records on their way to
// a file.
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "campaign/column.h"

namespace pythia {

// Rows of one block: eight columns of it fit the first-level cache, all columns the second.
inline constexpr int64_t kBlockRows = 2048;

using Schema = std::vector<ColumnSpec>;

// Not thread-safe for writing.
class Table {
 public:
  Table() = default;
  explicit Table(const Schema& schema);

  int64_t num_rows() const { return columns_.empty() ? 0 : columns_.front().size(); }
  const std::vector<Column>& columns() const { return columns_; }
  std::vector<Column>& columns() { return columns_; }
  Schema schema() const;

  // Null where there is none of that name.
  const Column* Find(std::string_view name) const;
  Column* Find(std::string_view name);

  // The new column must get its rows before the table is used.
  Column& AddColumn(ColumnSpec spec, std::shared_ptr<Dictionary> dictionary = nullptr);

  // All rows of `block`, which has the same columns in the same order.
  void Append(const Table& block);
  // Drops the rows, keeps columns, dictionaries and memory.
  void Clear();

 private:
  std::vector<Column> columns_;
};

}  // namespace pythia
