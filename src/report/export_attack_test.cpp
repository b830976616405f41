// Hostile cells, and disks that are full.
#include <sys/resource.h>

#include <csignal>
#include <limits>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "records/json.h"
#include "report/export_fixture.h"

namespace pythia {
namespace {

// The text of a one-column table with this one cell, as CSV.
std::string CsvCell(std::string_view text) {
  const Schema schema = {{"t", ColumnType::kText}};
  Table table(schema);
  table.columns()[0].AppendText(text);
  const std::string file = Written(ExportFormat::kCsv, table, schema);
  return file.substr(2, file.size() - 3);
}

TEST(ExportAttack, FormulasAreDefused) {
  EXPECT_EQ(CsvCell("=1+1"), "'=1+1");
  EXPECT_EQ(CsvCell("+1"), "'+1");
  EXPECT_EQ(CsvCell("-1"), "'-1");
  EXPECT_EQ(CsvCell("@SUM(A1)"), "'@SUM(A1)");
  EXPECT_EQ(CsvCell("\t=1"), "\"'\t=1\"");
  EXPECT_EQ(CsvCell("\r=1"), "\"'\r=1\"");
  EXPECT_EQ(CsvCell("\n=1"), "\"'\n=1\"");
  EXPECT_EQ(CsvCell("=HYPERLINK(\"http://x\",\"y\")"),
            "\"'=HYPERLINK(\"\"http://x\"\",\"\"y\"\")\"");
  EXPECT_EQ(CsvCell("x;=cmd|' /C calc'!A0"), "\"x;=cmd|' /C calc'!A0\"");
  EXPECT_EQ(CsvCell("\",=1+1"), "\"\"\",=1+1\"");
  EXPECT_EQ(CsvCell("a=1"), "a=1");
  EXPECT_EQ(CsvCell(" =1"), " =1");
  EXPECT_EQ(CsvCell(""), "");
}

TEST(ExportAttack, HeadersAreGuardedAndNegativeNumbersAreNot) {
  const Schema schema = {{"=cmd()", ColumnType::kNumber}, {"a,b", ColumnType::kCategory}};
  Table table(schema);
  table.columns()[0].AppendNumber(-5);
  table.columns()[1].AppendString("@x");
  EXPECT_EQ(Written(ExportFormat::kCsv, table, schema), "'=cmd(),\"a,b\"\n-5,'@x\n");
}

TEST(ExportAttack, BytesThatAreNoTextOrNumberDoNotBreakTheFile) {
  const Schema schema = {{"t\xff", ColumnType::kText}, {"n", ColumnType::kNumber}};
  Table table(schema);
  table.columns()[0].AppendText(std::string_view("a\xff\0b", 4));
  table.columns()[1].AppendNumber(std::numeric_limits<double>::infinity());
  EXPECT_EQ(Written(ExportFormat::kCsv, table, schema),
            std::string("t\xEF\xBF\xBD,n\na\xEF\xBF\xBD\0b,\n", 15));
  const auto json = ParseJson(Written(ExportFormat::kJson, table, schema));
  ASSERT_TRUE(json.has_value());
  EXPECT_EQ(json->at(0)["t\xEF\xBF\xBD"], std::string("a\xEF\xBF\xBD\0b", 6));
  EXPECT_TRUE(json->at(0)["n"].is_null());
  EXPECT_TRUE(Written(ExportFormat::kParquet, table, schema).starts_with("PAR1"));
}

// A limit on the size of files stands in for a full disk.
class SmallFiles {
 public:
  explicit SmallFiles(rlim_t bytes) {
    old_handler_ = std::signal(SIGXFSZ, SIG_IGN);
    ::getrlimit(RLIMIT_FSIZE, &old_limit_);
    const rlimit limit = {bytes, old_limit_.rlim_max};
    ::setrlimit(RLIMIT_FSIZE, &limit);
  }
  ~SmallFiles() {
    ::setrlimit(RLIMIT_FSIZE, &old_limit_);
    (void)std::signal(SIGXFSZ, old_handler_);
  }
  SmallFiles(const SmallFiles&) = delete;
  SmallFiles& operator=(const SmallFiles&) = delete;

 private:
  rlimit old_limit_{};
  void (*old_handler_)(int) = nullptr;
};

TEST(ExportAttack, AFullDiskLeavesNoHalfFile) {
  for (const ExportFormat format :
       {ExportFormat::kCsv, ExportFormat::kJson, ExportFormat::kParquet}) {
    const Folder folder;
    const fs::path path = folder / "file";
    ASSERT_TRUE(WriteFileAtomically(path, "old").has_value());
    Table table(AllTypes());
    for (int i = 0; i < 100; ++i) table.Append(OneOfEach());
    Status status;
    {
      const SmallFiles limit(1 << 20);
      auto writer = TableWriter::Create(format, path, AllTypes());
      if (!writer) {
        status = Fail(std::move(writer).error());
      } else {
        for (int i = 0; i < 20000 && status; ++i) status = (*writer)->Append(table);
        if (status) status = (*writer)->Commit();
      }
    }
    ASSERT_FALSE(status.has_value()) << FormatName(format);
    EXPECT_EQ(status.error().code, ErrorCode::kIo) << status.error().ToString();
    EXPECT_EQ(status.error().place.file, path.string());
    EXPECT_EQ(*ReadFile(path, 100), "old");
    EXPECT_EQ(folder.num_files(), 1) << FormatName(format);
  }
}

}  // namespace
}  // namespace pythia
