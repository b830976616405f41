#include "campaign/source.h"

#include <algorithm>

namespace pythia {
namespace {

// An empty table with the columns of `other`, sharing its dictionaries.
Table EmptyLike(const Table& other) {
  Table table;
  for (const Column& column : other.columns()) {
    table.AddColumn(column.spec(), column.dictionary());
  }
  return table;
}

}  // namespace

Result<Table> ReadAll(CampaignSource& source) {
  Table all(source.schema());
  bool first = true;
  for (;;) {
    PYTHIA_ASSIGN(const Table* block, source.Next());
    if (block == nullptr) return all;
    if (first) all = EmptyLike(*block);
    first = false;
    all.Append(*block);
  }
}

TableSource::TableSource(const Table& table)
    : table_(table), schema_(table.schema()), block_(EmptyLike(table)) {}

Result<const Table*> TableSource::Next() {
  const int64_t end = std::min(table_.num_rows(), next_row_ + kBlockRows);
  if (next_row_ == end) return nullptr;
  block_.Clear();
  for (size_t c = 0; c < table_.columns().size(); ++c) {
    for (int64_t row = next_row_; row < end; ++row) {
      block_.columns()[c].AppendFrom(table_.columns()[c], row);
    }
  }
  next_row_ = end;
  return &block_;
}

Status TableSource::Rewind() {
  next_row_ = 0;
  return {};
}

}  // namespace pythia
