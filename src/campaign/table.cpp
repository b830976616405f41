#include "campaign/table.h"

#include <utility>

#include "base/check.h"

namespace pythia {

Table::Table(const Schema& schema) {
  columns_.reserve(schema.size());
  for (const ColumnSpec& spec : schema) columns_.emplace_back(spec);
}

Schema Table::schema() const {
  Schema schema;
  schema.reserve(columns_.size());
  for (const Column& column : columns_) schema.push_back(column.spec());
  return schema;
}

const Column* Table::Find(std::string_view name) const {
  for (const Column& column : columns_) {
    if (column.name() == name) return &column;
  }
  return nullptr;
}

Column* Table::Find(std::string_view name) {
  return const_cast<Column*>(std::as_const(*this).Find(name));
}

Column& Table::AddColumn(ColumnSpec spec, std::shared_ptr<Dictionary> dictionary) {
  return columns_.emplace_back(std::move(spec), std::move(dictionary));
}

void Table::Append(const Table& block) {
  PYTHIA_CHECK(block.columns_.size() == columns_.size());
  for (size_t c = 0; c < columns_.size(); ++c) {
    for (int64_t row = 0; row < block.num_rows(); ++row) {
      columns_[c].AppendFrom(block.columns_[c], row);
    }
  }
}

void Table::Clear() {
  for (Column& column : columns_) column.Clear();
}

}  // namespace pythia
