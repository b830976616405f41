// What the tests of exports share. Include after gtest.
#pragma once

#include <unistd.h>

#include <filesystem>
#include <string>
#include <string_view>

#include <gtest/gtest.h>

#include "base/file.h"
#include "duckdb/database.h"
#include "duckdb/quoting.h"
#include "report/export.h"

namespace pythia {

namespace fs = std::filesystem;

class Folder {
 public:
  Folder() {
    std::string name = (fs::temp_directory_path() / "pythia_export_XXXXXX").string();
    path_ = ::mkdtemp(name.data());
  }
  ~Folder() { fs::remove_all(path_); }
  Folder(const Folder&) = delete;
  Folder& operator=(const Folder&) = delete;
  fs::path operator/(const std::string& name) const { return path_ / name; }
  int64_t num_files() const {
    return std::distance(fs::directory_iterator(path_), fs::directory_iterator());
  }

 private:
  fs::path path_;
};

inline Schema AllTypes() {
  return {{"id", ColumnType::kText, Role::kId},
          {"Channel_Used", ColumnType::kCategory},
          {"ROI", ColumnType::kNumber},
          {"Clicks", ColumnType::kCount},
          {"Acquisition_Cost", ColumnType::kMoney},
          {"Date", ColumnType::kDate}};
}

inline Table OneOfEach() {
  Table table(AllTypes());
  std::vector<Column>& columns = table.columns();
  columns[0].AppendText("a,\"b\"\nc");
  columns[1].AppendString("E-mail");
  columns[2].AppendNumber(0.1);
  columns[3].AppendNumber(250);
  columns[4].AppendNumber(16174);
  columns[5].AppendDay(18686);
  for (Column& column : columns) column.AppendMissing();
  return table;
}

inline std::string Written(ExportFormat format, const Table& table, const Schema& schema) {
  const Folder folder;
  const fs::path path = folder / "file";
  auto writer = TableWriter::Create(format, path, schema);
  EXPECT_TRUE(writer.has_value());
  EXPECT_TRUE((*writer)->Append(table).has_value());
  EXPECT_FALSE(fs::exists(path));
  EXPECT_TRUE((*writer)->Commit().has_value());
  writer->reset();
  EXPECT_EQ(folder.num_files(), 1);
  return *ReadFile(path, 1 << 28);
}

inline Result<duckdb::ChunkReader> ReadParquet(const fs::path& path, std::string_view what) {
  PYTHIA_ASSIGN(const auto database, duckdb::Database::InMemory({}));
  PYTHIA_ASSIGN(auto connection, database.Connect());
  return connection.Query("SELECT " + std::string(what) + " FROM read_parquet(" +
                          duckdb::QuoteText(path.string()) + ")");
}

}  // namespace pythia
