#include "model/digest.h"

#include "base/sha256.h"

namespace pythia {

std::string DataDigest(const Table& table) {
  Sha256 sha;
  const auto bytes = [&sha](const auto& values) {
    sha.Update(
        {reinterpret_cast<const char*>(values.data()), values.size() * sizeof(values.front())});
  };
  for (const Column& column : table.columns()) {
    sha.Update(column.name());
    sha.Update(TypeName(column.type()));
    if (column.type() == ColumnType::kText) {
      for (int64_t row = 0; row < column.size(); ++row) {
        sha.Update(column.text(row));
        sha.Update(column.IsMissing(row) ? std::string_view("\1", 1) : std::string_view("\0", 1));
      }
    } else if (column.type() == ColumnType::kCategory) {
      // Codes count levels in order of first appearance, which the rows alone decide.
      bytes(column.codes());
      for (uint32_t code = 0; code < column.dictionary()->size(); ++code) {
        sha.Update(column.dictionary()->level(code));
        sha.Update(std::string_view("\0", 1));
      }
    } else if (column.type() == ColumnType::kDate) {
      bytes(column.days());
    } else {
      bytes(column.numbers());
    }
  }
  return sha.HexDigest();
}

}  // namespace pythia
