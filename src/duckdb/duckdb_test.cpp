#include <cmath>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <limits>
#include <string>
#include <utility>
#include <vector>

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "duckdb/appender.h"
#include "duckdb/bulk_feed.h"
#include "duckdb/database.h"
#include "duckdb/failure.h"
#include "duckdb/quoting.h"
#include "duckdb/transaction.h"

namespace pythia::duckdb {
namespace {

class Folder {
 public:
  Folder() {
    std::string pattern =
        (std::filesystem::temp_directory_path() / "pythia-duckdb-XXXXXX").string();
    path_ = ::mkdtemp(pattern.data());
  }
  Folder(const Folder&) = delete;
  Folder& operator=(const Folder&) = delete;
  ~Folder() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }
  std::string operator/(const char* name) const { return (path_ / name).string(); }

 private:
  std::filesystem::path path_;
};

Connection Memory() { return *Database::InMemory({})->Connect(); }

std::vector<std::string> Texts(Connection& connection, const std::string& sql) {
  auto chunks = connection.Query(sql);
  if (!chunks) return {chunks.error().ToString()};
  const int64_t columns = chunks->num_columns();
  RowReader rows(*std::move(chunks));
  std::vector<std::string> lines;
  while (*rows.Next()) {
    std::string line;
    for (int64_t c = 0; c < columns; ++c) line += (rows.IsNull(c) ? "-" : rows.Text(c)) + "|";
    lines.push_back(line);
  }
  return lines;
}

TEST(Duckdb, ReadsTypedValues) {
  Connection connection = Memory();
  auto chunks = connection.Query(
      "SELECT * FROM (VALUES (1::BIGINT, 0.5::DOUBLE, 'a', true, 'x'::BLOB), "
      "(NULL, NULL, NULL, NULL, NULL)) t(i, d, s, b, y)");
  ASSERT_TRUE(chunks);
  EXPECT_EQ(chunks->num_columns(), 5);
  EXPECT_EQ(chunks->ColumnName(2), "s");
  EXPECT_EQ(chunks->ColumnType(1), DUCKDB_TYPE_DOUBLE);
  RowReader rows(*std::move(chunks));
  ASSERT_TRUE(*rows.Next());
  EXPECT_EQ(rows.Int(0), 1);
  EXPECT_EQ(rows.Number(1), 0.5);
  EXPECT_EQ(rows.Text(2), "a");
  EXPECT_TRUE(rows.Bool(3));
  EXPECT_EQ(rows.Text(4), "x");
  ASSERT_TRUE(*rows.Next());
  EXPECT_TRUE(rows.IsNull(0) && rows.IsNull(4));
  EXPECT_EQ(rows.Int(0), 0);
  EXPECT_TRUE(std::isnan(rows.Number(1)));
  EXPECT_EQ(rows.Text(2), "");
  EXPECT_FALSE(*rows.Next());
  EXPECT_FALSE(*rows.Next());
}

TEST(Duckdb, BindsParametersAndRunsAgain) {
  Connection connection = Memory();
  auto select = connection.Prepare(
      "SELECT $1::VARCHAR, $2::BIGINT, $3::DOUBLE, $4::BOOLEAN, $5::DATE::VARCHAR, "
      "$6::BLOB, $7::VARCHAR");
  ASSERT_TRUE(select);
  const std::string text = std::string("'; drop\0 \"$1", 12);
  for (int round = 0; round < 2; ++round) {
    auto chunks = select->Text(text)
                      .Int(std::numeric_limits<int64_t>::min())
                      .Number(0.1)
                      .Bool(true)
                      .Day(-1)
                      .Bytes(std::string("\0\xff", 2))
                      .Null()
                      .Execute();
    ASSERT_TRUE(chunks) << chunks.error().ToString();
    RowReader rows(*std::move(chunks));
    ASSERT_TRUE(*rows.Next());
    EXPECT_EQ(rows.Text(0), text);
    EXPECT_EQ(rows.Int(1), std::numeric_limits<int64_t>::min());
    EXPECT_EQ(rows.Number(2), 0.1);
    EXPECT_TRUE(rows.Bool(3));
    EXPECT_EQ(rows.Text(4), "1969-12-31");
    EXPECT_EQ(rows.Text(5), std::string("\0\xff", 2));
    EXPECT_TRUE(rows.IsNull(6));
  }
  EXPECT_FALSE(select->Text("a")
                   .Text("b")
                   .Text("c")
                   .Text("d")
                   .Text("e")
                   .Text("f")
                   .Text("g")
                   .Text("h")
                   .Execute());
}

TEST(Duckdb, StreamsInOrderByChunk) {
  auto database = Database::InMemory({.threads = 2});
  Connection connection = *database->Connect();
  ASSERT_TRUE(connection.Run("CREATE TABLE t AS SELECT range AS i FROM range(500000)"));
  auto chunks = connection.Prepare("SELECT i FROM t WHERE i % 3 <> 1")->Stream();
  ASSERT_TRUE(chunks);
  int64_t expected = 0;
  for (;;) {
    const auto chunk = chunks->Next();
    ASSERT_TRUE(chunk);
    if (*chunk == nullptr) break;
    ASSERT_LE((*chunk)->rows, 2048);
    for (int64_t row = 0; row < (*chunk)->rows; ++row) {
      ASSERT_EQ((*chunk)->columns[0].Data<int64_t>()[row], expected);
      expected += expected % 3 == 0 ? 2 : 1;
    }
  }
  EXPECT_GE(expected, 499999);
}

TEST(Duckdb, AnErrorInTheMiddleOfAStreamIsTold) {
  Connection connection = Memory();
  auto chunks =
      connection
          .Prepare(
              "SELECT CASE WHEN range < 100000 THEN range ELSE error('broken here') END FROM "
              "range(200000)")
          ->Stream();
  Error error;
  if (chunks) {
    for (;;) {
      const auto chunk = chunks->Next();
      if (!chunk) {
        error = chunk.error();
        break;
      }
      ASSERT_NE(*chunk, nullptr);
    }
  } else {
    error = chunks.error();
  }
  EXPECT_NE(error.message.find("broken here"), std::string::npos);
}

TEST(Duckdb, TransactionsAreAllOrNothing) {
  Connection connection = Memory();
  ASSERT_TRUE(connection.Run("CREATE TABLE t(i BIGINT)"));
  {
    auto transaction = Transaction::Begin(connection);
    ASSERT_TRUE(transaction->connection().Run("INSERT INTO t VALUES (1)"));
  }
  {
    auto transaction = Transaction::Begin(connection);
    EXPECT_FALSE(connection.Run("INSERT INTO nothing VALUES (1)"));
  }
  EXPECT_EQ(Texts(connection, "SELECT count(*)::VARCHAR FROM t"), std::vector<std::string>{"0|"});
  {
    auto transaction = Transaction::Begin(connection);
    ASSERT_TRUE(connection.Run("INSERT INTO t VALUES (1)"));
    ASSERT_TRUE(transaction->Commit());
  }
  EXPECT_EQ(Texts(connection, "SELECT count(*)::VARCHAR FROM t"), std::vector<std::string>{"1|"});
}

TEST(Duckdb, AppendsByChunk) {
  Connection connection = Memory();
  ASSERT_TRUE(connection.Run("CREATE TABLE t(i BIGINT, d DOUBLE, s VARCHAR, y DATE)"));
  auto appender = Appender::Open(connection, "main", "t");
  ASSERT_TRUE(appender) << appender.error().ToString();
  for (int part = 0; part < 3; ++part) {
    for (int64_t row = 0; row < 2; ++row) {
      appender->Data<int64_t>(0)[row] = part;
      appender->Data<double>(1)[row] = 0.25;
      ASSERT_TRUE(appender->SetText(2, row, std::string("a\0é", 4)));
      appender->Data<int32_t>(3)[row] = 1;
    }
    appender->SetNull(1, 1);
    appender->SetNull(2, 1);
    ASSERT_TRUE(appender->Flush(part == 2 ? 1 : 2));
  }
  EXPECT_EQ(appender->SetText(2, 0, "\xc3").error().code, ErrorCode::kBadInput);
  ASSERT_TRUE(appender->Flush(0));
  ASSERT_TRUE(appender->Finish());
  const std::string full = std::string("|0.25|a\0é|1970-01-02|", 22);
  EXPECT_EQ(Texts(connection, "SELECT COLUMNS(*)::VARCHAR FROM t"),
            (std::vector<std::string>{"0" + full, "0|-|-|1970-01-02|", "1" + full,
                                      "1|-|-|1970-01-02|", "2" + full}));
  EXPECT_FALSE(Appender::Open(connection, "main", "nothing"));
}

TEST(Duckdb, WhatAnAppenderDoesNotFinishIsNotThere) {
  Connection connection = Memory();
  ASSERT_TRUE(connection.Run("CREATE TABLE t(i BIGINT CHECK (i < 10))"));
  const auto append = [&](int64_t value, bool finish) {
    auto appender = Appender::Open(connection, "main", "t");
    appender->Data<int64_t>(0)[0] = value;
    EXPECT_TRUE(appender->Flush(1));
    return finish && appender->Finish();
  };
  const auto rows = [&] { return Texts(connection, "SELECT count(*)::VARCHAR FROM t"); };
  EXPECT_FALSE(append(1, false));
  EXPECT_EQ(rows(), std::vector<std::string>{"0|"});
  EXPECT_FALSE(append(10, true));
  EXPECT_EQ(rows(), std::vector<std::string>{"0|"});
  EXPECT_TRUE(append(1, true));
  EXPECT_EQ(rows(), std::vector<std::string>{"1|"});
  {
    auto transaction = Transaction::Begin(connection);
    ASSERT_TRUE(transaction);
    EXPECT_TRUE(append(2, true));
    EXPECT_FALSE(append(3, false));
  }
  EXPECT_EQ(rows(), std::vector<std::string>{"1|"});
}

TEST(Duckdb, ReadsAndWritesParquetAndJsonLines) {
  const Folder folder;
  const std::string parquet = folder / "it's.parquet";
  const std::string json = folder / "x.jsonl";
  std::ofstream(json) << "{\"a\": 1, \"b\": \"x\"}\n{\"a\": 2.50, \"c\": [1]}\n";
  Connection connection = Memory();
  ASSERT_TRUE(
      connection.Run("COPY (SELECT 1.5 AS a, DATE '2026-01-02' AS \"b\"\"c\", 'x' AS d) TO " +
                     QuoteText(parquet) + " (FORMAT parquet)"));
  EXPECT_EQ(
      Texts(connection, "SELECT COLUMNS(*)::VARCHAR FROM read_parquet(" + QuoteText(parquet) + ")"),
      std::vector<std::string>{"1.5|2026-01-02|x|"});
  const std::string read_json =
      "FROM read_json(" + QuoteText(json) + ", format = 'newline_delimited')";
  EXPECT_EQ(Texts(connection, "SELECT COLUMNS(*)::VARCHAR " + read_json),
            (std::vector<std::string>{"1.0|x|-|", "2.5|-|[1]|"}));
  std::ofstream(json) << "{\"a\": 1}\nnot json\n";
  EXPECT_EQ(connection.Query("SELECT * " + read_json).error().code, ErrorCode::kBadInput);
  std::ofstream(parquet) << "not parquet";
  EXPECT_EQ(connection.Query("SELECT * FROM read_parquet(" + QuoteText(parquet) + ")").error().code,
            ErrorCode::kBadInput);
}

TEST(Duckdb, NeverDownloads) {
  Connection connection = Memory();
  EXPECT_EQ(Texts(connection,
                  "SELECT name || value FROM duckdb_settings() WHERE name IN "
                  "('autoinstall_known_extensions', 'autoload_known_extensions') ORDER BY name"),
            (std::vector<std::string>{"autoinstall_known_extensionsfalse|",
                                      "autoload_known_extensionsfalse|"}));
}

TEST(Duckdb, OpensAFileOnce) {
  const Folder folder;
  const std::string path = folder / "new/folder/x.duckdb";
  {
    auto database = Database::Open(path, {});
    ASSERT_TRUE(database) << database.error().ToString();
    ASSERT_TRUE(database->Connect()->Run("CREATE TABLE t(i BIGINT)"));
    EXPECT_EQ(Database::Open(path, {}).error().code, ErrorCode::kBusy);
    EXPECT_EQ(Database::Open(folder / "new/../new/folder/x.duckdb", {}).error().code,
              ErrorCode::kBusy);
  }
  auto database = Database::Open(path, {.read_only = true});
  ASSERT_TRUE(database);
  EXPECT_FALSE(database->Connect()->Run("INSERT INTO t VALUES (1)"));
  EXPECT_EQ(Database::Open(folder / "new", {}).error().code, ErrorCode::kBadInput);
  EXPECT_EQ(Database::Open("/proc/nope/x.duckdb", {}).error().code, ErrorCode::kNotFound);
}

TEST(Duckdb, NamesItsErrors) {
  EXPECT_EQ(ToError("IO Error: Could not set lock on file \"x\": Conflicting lock is held in "
                    "/usr/bin/p (PID 42). See also")
                .message,
            "is in use by another process (PID 42)");
  EXPECT_EQ(ToError("IO Error: Could not write file \"x\": No space left on device").code,
            ErrorCode::kIo);
  EXPECT_EQ(ToError("Invalid Input Error: no such thing\n\nLINE 1").message, "no such thing");
  EXPECT_EQ(ToError("Binder Error: x").code, ErrorCode::kInternal);
}

RC_GTEST_PROP(Duckdb, QuotedNamesAndTextsAreThemselves, (const std::string& raw)) {
  std::string text;
  for (const char c : raw) text += static_cast<char>(c & 0x7f);
  std::erase(text, '\0');
  Connection connection = Memory();
  const std::string name = text.empty() ? "_" : text;
  auto chunks = connection.Query("SELECT " + QuoteText(text) + " AS " + QuoteName(text));
  RC_ASSERT(chunks.has_value());
  RC_ASSERT(chunks->ColumnName(0) == name);
  RowReader rows(*std::move(chunks));
  RC_ASSERT(*rows.Next());
  RC_ASSERT(rows.Text(0) == text);
}

std::unique_ptr<FeedBatch> Batch(int64_t first, int64_t rows) {
  auto batch = std::make_unique<FeedBatch>(5);
  auto* ints = batch->Extend<int64_t>(0, rows);
  auto* codes = batch->Extend<uint32_t>(1, rows);
  auto* days = batch->Extend<int32_t>(2, rows);
  auto* numbers = batch->Extend<double>(3, rows);
  for (int64_t i = 0; i < rows; ++i) {
    ints[i] = first + i;
    codes[i] = static_cast<uint32_t>((first + i) % 7);
    days[i] = static_cast<int32_t>(first + i) % 1000;
    numbers[i] = static_cast<double>(first + i) / 4;
    const std::vector<uint64_t> ends = {static_cast<uint64_t>(i % 20)};
    EXPECT_TRUE(batch->AppendTexts(4, std::string(ends[0], 'x'), ends));
    if ((first + i) % 11 == 0) batch->SetNull(3, i);
  }
  batch->AddRows(rows);
  return batch;
}

constexpr const char* kFed = "CREATE TABLE fed(i BIGINT, c UINTEGER, d DATE, n DOUBLE, t VARCHAR)";
const std::vector<FeedType> kFedTypes = {FeedType::kInt, FeedType::kCode, FeedType::kDay,
                                         FeedType::kNumber, FeedType::kText};

TEST(BulkFeed, KeepsRowsAndTheirOrder) {
  const Folder folder;
  auto database = Database::Open(folder / "a.duckdb", {.threads = 3});
  ASSERT_TRUE(database);
  {
    auto transaction = Transaction::Begin(*database->Connect());
    ASSERT_TRUE(transaction->connection().Run(kFed));
    auto feed = BulkFeed::Start(*database, transaction->connection(), "fed", kFedTypes);
    ASSERT_TRUE(feed);
    int64_t first = 0;
    for (const int64_t rows : {122'880L, 100L, 122'880L, 122'880L, 5000L, 1L}) {
      ASSERT_TRUE((*feed)->Put(Batch(first, rows)));
      first += rows;
    }
    ASSERT_TRUE((*feed)->Finish());
    ASSERT_TRUE(transaction->Commit());
  }
  auto chunks = database->Connect()->Query(
      "SELECT count(*), count(*) FILTER (i = rowid), count(n), count(*) FILTER (c = i % 7 AND n = "
      "i / 4.0 AND d = DATE '1970-01-01' + (i % 1000)::INTEGER), sum(length(t))::BIGINT FROM fed");
  ASSERT_TRUE(chunks);
  RowReader rows(*std::move(chunks));
  ASSERT_TRUE(*rows.Next());
  EXPECT_EQ(rows.Int(0), 373'741);
  EXPECT_EQ(rows.Int(1), 373'741);
  EXPECT_EQ(rows.Int(2), 373'741 - 33'977);
  EXPECT_EQ(rows.Int(3), rows.Int(2));
  EXPECT_GT(rows.Int(4), 3'500'000);
}

TEST(BulkFeed, LeavesNothingWhenItIsLeft) {
  const Folder folder;
  auto database = Database::Open(folder / "a.duckdb", {.threads = 2});
  {
    auto transaction = Transaction::Begin(*database->Connect());
    ASSERT_TRUE(transaction->connection().Run(kFed));
    auto feed = BulkFeed::Start(*database, transaction->connection(), "fed", kFedTypes);
    ASSERT_TRUE((*feed)->Put(Batch(0, 122'880)));
  }
  EXPECT_FALSE(database->Connect()->Query("SELECT * FROM fed"));
}

TEST(BulkFeed, SaysWhatTheStatementFailedWith) {
  auto database = Database::InMemory({});
  auto connection = database->Connect();
  auto feed = BulkFeed::Start(*database, *connection, "no_such_table", kFedTypes);
  ASSERT_TRUE(feed);
  EXPECT_FALSE((*feed)->Finish());
}

TEST(BulkFeed, FollowsAnotherInOneTransaction) {
  const Folder folder;
  const auto database = Database::Open(folder / "a.duckdb", {.threads = 2, .memory_mb = 256});
  auto transaction = Transaction::Begin(*database->Connect());
  ASSERT_TRUE(transaction->connection().Run("CREATE TABLE fed(x BIGINT)"));
  for (int64_t i = 0; i < 3; ++i) {
    auto feed = BulkFeed::Start(*database, transaction->connection(), "fed", {FeedType::kInt});
    ASSERT_TRUE(feed) << feed.error().ToString();
    const auto other = BulkFeed::Start(*database, *database->Connect(), "none", {FeedType::kInt});
    auto batch = (*feed)->NewBatch();
    *batch->Extend<int64_t>(0, 1) = i;
    batch->AddRows(1);
    ASSERT_TRUE((*feed)->Put(std::move(batch)));
    const Status done = (*feed)->Finish();
    ASSERT_TRUE(done) << done.error().ToString();
  }
  ASSERT_TRUE(transaction->Commit());
  Connection connection = *database->Connect();
  EXPECT_EQ(Texts(connection, "SELECT string_agg(x::VARCHAR, ' ' ORDER BY x) FROM fed")[0],
            "0 1 2|");
  EXPECT_EQ(Texts(connection,
                  "SELECT count(*)::VARCHAR FROM duckdb_databases() WHERE "
                  "database_name LIKE 'pythia_feed%'")[0],
            "0|");
}

TEST(BulkFeed, RefusesWhatIsNoUtf8) {
  FeedBatch batch(1);
  const std::vector<uint64_t> ends = {1, 2};
  EXPECT_EQ(batch.AppendTexts(0, "a\xFF", ends).error().value, "\xFF");
  // Together they are a character, each alone is none.
  EXPECT_EQ(batch.AppendTexts(0, "\xC3\xA9", ends).error().code, ErrorCode::kBadInput);
}

TEST(Duckdb, ForgetsWhatItKeepsOfTheFile) {
  const Folder folder;
  const auto database = Database::Open(folder / "a.duckdb", {.threads = 1, .memory_mb = 256});
  ASSERT_TRUE(database);
  Connection connection = *database->Connect();
  ASSERT_TRUE(connection.Run("CREATE TABLE t AS SELECT random() AS x FROM range(8000000)"));
  const std::string used =
      "SELECT (sum(memory_usage_bytes) // 1000000)::VARCHAR FROM "
      "duckdb_memory()";
  EXPECT_GT(std::stoi(Texts(connection, used)[0]), 40);
  {
    const auto one = database->AtWork();
    const auto other = database->AtWork();
    ASSERT_TRUE(database->DropCached(20));  // each of them may need more
    EXPECT_GT(std::stoi(Texts(connection, used)[0]), 40);
  }
  const auto alone = database->AtWork();
  ASSERT_TRUE(database->DropCached(20));
  EXPECT_LE(std::stoi(Texts(connection, used)[0]), 20);
  const std::string limit = "SELECT current_setting('memory_limit')";
  EXPECT_EQ(Texts(connection, limit)[0], "244.1 MiB|");
  // What is at work stays, and so does the limit.
  auto chunks = connection.Query("SELECT x FROM t ORDER BY x");
  ASSERT_TRUE(chunks);
  EXPECT_TRUE(database->DropCached(1));
  EXPECT_EQ(Texts(connection, limit)[0], "244.1 MiB|");
  EXPECT_TRUE(Database::InMemory({})->DropCached(1));  // has no limit: nothing to do
}

}  // namespace
}  // namespace pythia::duckdb
