#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "ingest/records.h"

namespace pythia {
namespace {

using Rows = std::vector<std::vector<std::string>>;

struct ReadRows {
  Rows rows;
  std::vector<int64_t> lines;
  std::string error;
  int64_t error_line = 0;
};

ReadRows ReadCsv(std::string_view text, Dialect dialect = {}, RecordLimits limits = {},
                 bool partial = false) {
  MemoryStream stream(text);
  CsvRecords records(stream, "test", dialect, limits, partial);
  ReadRows read;
  for (;;) {
    const Result<bool> more = records.Next();
    if (!more) {
      read.error = more.error().message;
      read.error_line = more.error().place.line;
      return read;
    }
    if (!*more) return read;
    read.rows.emplace_back(records.fields().begin(), records.fields().end());
    read.lines.push_back(records.line());
  }
}

TEST(CsvRecords, ReadsCells) {
  EXPECT_EQ(ReadCsv("a,b,c\n1,,3\n").rows, (Rows{{"a", "b", "c"}, {"1", "", "3"}}));
  EXPECT_EQ(ReadCsv("a,b\r\n1,2").rows, (Rows{{"a", "b"}, {"1", "2"}}));
  EXPECT_EQ(ReadCsv("a;b\n", {.delimiter = ';'}).rows, (Rows{{"a", "b"}}));
  EXPECT_EQ(ReadCsv("a,b\r1,2\r", {.cr_ends_lines = true}).rows, (Rows{{"a", "b"}, {"1", "2"}}));
  EXPECT_EQ(ReadCsv("").rows, Rows{});
  EXPECT_EQ(ReadCsv("\n\r\n  \n").rows, Rows{});
}

TEST(CsvRecords, ReadsQuotes) {
  EXPECT_EQ(ReadCsv("\"a,b\",\"c\"\"d\"\n").rows, (Rows{{"a,b", "c\"d"}}));
  EXPECT_EQ(ReadCsv("\"two\nlines\",x\n").rows, (Rows{{"two\nlines", "x"}}));
  EXPECT_EQ(ReadCsv("a, \"2,794\" ,c\n").rows, (Rows{{"a", "2,794", "c"}}));
  EXPECT_EQ(ReadCsv("5\" pipe,b\n").rows, (Rows{{"5\" pipe", "b"}}));
  EXPECT_EQ(ReadCsv("\"a\"b,c\n").rows, (Rows{{"ab", "c"}}));
  EXPECT_EQ(ReadCsv("\"\",\"\"\"\"\n").rows, (Rows{{"", "\""}}));
}

TEST(CsvRecords, CountsLines) {
  EXPECT_EQ(ReadCsv("a\n\n\"b\nc\",1\nd\n").lines, (std::vector<int64_t>{1, 3, 5}));
}

TEST(CsvRecords, NamesTheLineOfAnUnclosedQuote) {
  const ReadRows read = ReadCsv("a,b\n1,\"2\n3,4\n");
  EXPECT_EQ(read.error, "a quote (\") opens here and is never closed");
  EXPECT_EQ(read.error_line, 2);
  EXPECT_EQ(ReadCsv("a,\"b\nc\",\"d\n", {}, {}).error_line, 2);
  EXPECT_EQ(ReadCsv("a,b\n1,\"2\n3,4\n", {}, {}, true).rows, (Rows{{"a", "b"}}));
}

TEST(CsvRecords, RefusesLongRowsWhateverTheBuffer) {
  const std::string text = "a,b\n" + std::string(5000, 'x') + "\n";
  for (const size_t buffer : {1, 64, 4096, 100000}) {
    const ReadRows read =
        ReadCsv(text, {}, {.buffer_bytes = buffer, .max_record_bytes = 1000, .max_columns = 10});
    EXPECT_EQ(read.error, "a row longer than 1000 bytes") << buffer;
    EXPECT_EQ(read.error_line, 2);
    EXPECT_EQ(ReadCsv(text, {}, {.buffer_bytes = buffer, .max_record_bytes = 5000}).error, "");
  }
}

TEST(CsvRecords, CountsColumnsBeyondTheLimit) {
  MemoryStream stream("1,2,3,4,5\n");
  CsvRecords records(stream, "test", {}, {.max_columns = 3}, false);
  ASSERT_TRUE(records.Next().value());
  EXPECT_EQ(records.num_fields(), 5U);
  EXPECT_EQ(records.fields().size(), 3U);
}

// Cells with everything that needs care, and rows that are not blank lines.
rc::Gen<Rows> ArbitraryRows() {
  const auto cell =
      rc::gen::container<std::string>(rc::gen::elementOf(std::string("ab1 ,;\t|\"\n'.")));
  const auto row = rc::gen::nonEmpty(rc::gen::container<std::vector<std::string>>(cell));
  return rc::gen::container<Rows>(row);
}

std::string WriteCsv(const Rows& rows, char delimiter, const std::string& end, bool quote_all) {
  std::string text;
  for (const auto& row : rows) {
    for (size_t i = 0; i < row.size(); ++i) {
      if (i > 0) text += delimiter;
      const bool quote = quote_all || row[i].find_first_of(" \t\"\r\n") != std::string::npos ||
                         row[i].find(delimiter) != std::string::npos || row.size() == 1;
      if (!quote) {
        text += row[i];
        continue;
      }
      text += '"';
      for (const char c : row[i]) text += c == '"' ? std::string("\"\"") : std::string(1, c);
      text += '"';
    }
    text += end;
  }
  return text;
}

RC_GTEST_PROP(CsvRecords, RoundTripsInAnyDialectAndBuffer, ()) {
  const Rows rows = *ArbitraryRows();
  const char delimiter = *rc::gen::element(',', ';', '\t', '|');
  const std::string end = *rc::gen::element<std::string>("\n", "\r\n");
  const bool quote_all = *rc::gen::arbitrary<bool>();
  const auto buffer = static_cast<size_t>(*rc::gen::inRange(1, 200));
  const std::string text = WriteCsv(rows, delimiter, end, quote_all);
  const ReadRows read = ReadCsv(text, {.delimiter = delimiter}, {.buffer_bytes = buffer});
  RC_ASSERT(read.error.empty());
  RC_ASSERT(read.rows == rows);
}

RC_GTEST_PROP(CsvRecords, GivesTheSameForAnyBuffer, ()) {
  const auto text = *rc::gen::container<std::string>(rc::gen::elementOf(std::string("a1,\"\n\r ")));
  const auto buffer = static_cast<size_t>(*rc::gen::inRange(1, 100));
  const bool cr = *rc::gen::arbitrary<bool>();
  const ReadRows whole = ReadCsv(text, {.cr_ends_lines = cr});
  const ReadRows parts = ReadCsv(text, {.cr_ends_lines = cr}, {.buffer_bytes = buffer});
  RC_ASSERT(whole.rows == parts.rows);
  RC_ASSERT(whole.lines == parts.lines);
  RC_ASSERT(whole.error == parts.error);
  RC_ASSERT(whole.error_line == parts.error_line);
}

}  // namespace
}  // namespace pythia
