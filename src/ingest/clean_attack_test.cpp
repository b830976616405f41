// Files that are broken, huge, or meant to do harm.
#include <fcntl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zlib.h>

#include <chrono>
#include <ctime>
#include <thread>

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "ingest/clean_in_test.h"

namespace pythia {
namespace {

constexpr std::string_view kHeader = "Campaign,Impressions,Clicks,Spend\n";
constexpr std::string_view kRow = "a,1000,10,5.5\n";

std::string ErrorOf(const Result<Cleaned>& cleaned) {
  return cleaned ? "loaded" : cleaned.error().message;
}

TEST(CleanAttack, EmptyFile) { EXPECT_EQ(ErrorOf(CleanText("")), "the file is empty"); }

TEST(CleanAttack, BlankLinesOnly) {
  EXPECT_EQ(ErrorOf(CleanText("\n\r\n \n")), "no table: the file holds only blank lines");
}

TEST(CleanAttack, HeaderOnly) { EXPECT_EQ(ErrorOf(CleanText(kHeader)), "a header without rows"); }

TEST(CleanAttack, NoHeader) {
  EXPECT_EQ(ErrorOf(CleanText("1,2,3\n4,5,6\n")),
            "no header: no line names columns such as Impressions and Clicks");
}

TEST(CleanAttack, ProseIsNoTable) {
  EXPECT_EQ(ErrorOf(CleanText("Dear all\nplease find the report attached\n")),
            "no table: no line has cells set apart by commas, semicolons, tabs or bars");
}

TEST(CleanAttack, Folder) {
  const TestFolder folder;
  const auto cleaned = CleanFile({.path = folder.path().string()});
  EXPECT_EQ(ErrorOf(cleaned), "a folder, not a file");
}

TEST(CleanAttack, NoSuchFile) {
  const auto cleaned = CleanFile({.path = "/nowhere/at/all.csv"});
  ASSERT_FALSE(cleaned);
  EXPECT_EQ(cleaned.error().code, ErrorCode::kNotFound);
}

TEST(CleanAttack, Workbook) {
  const TestFolder folder;
  const auto cleaned =
      CleanFile({.path = folder.Write("book.xlsx", std::string_view("PK\x03\x04\x14\0\0\0", 8))});
  EXPECT_EQ(ErrorOf(cleaned), "an Excel workbook, not a CSV file");
  EXPECT_NE(cleaned.error().hint.find("Save As"), std::string::npos);
}

TEST(CleanAttack, BinaryFile) {
  std::string bytes;
  for (int i = 0; i < 4096; ++i) bytes += static_cast<char>(i * 37 % 256);
  EXPECT_EQ(ErrorOf(CleanText(bytes)).find("a binary file"), 0U);
}

TEST(CleanAttack, NulAmongTheRows) {
  std::string text(kHeader);
  for (int i = 0; i < 20000; ++i) text += kRow;
  text += std::string_view("b\0c,1,1,1\n", 10);
  EXPECT_EQ(ErrorOf(CleanText(text)),
            fmt::format("a binary file, not text: there is a NUL byte at byte {}",
                        kHeader.size() + 20000 * kRow.size() + 2));
}

TEST(CleanAttack, UnclosedQuote) {
  std::string text(kHeader);
  text += kRow;
  text += "\"b,1000,10,5\n";
  for (int i = 0; i < 200000; ++i) text += kRow;
  const auto cleaned = CleanText(text);
  EXPECT_EQ(ErrorOf(cleaned), "a quote (\") opens here and is never closed");
  EXPECT_EQ(cleaned.error().place.line, 3);
}

TEST(CleanAttack, InvalidUtf8) {
  const auto cleaned = CleanText(std::string(kHeader) + "caf\xC3\xA9,1000,10,5\nb\xFF\xFE,1,1,1\n");
  ASSERT_TRUE(cleaned);
  EXPECT_EQ(cleaned->report.rejected.at("invalid_utf8"), 1);
  EXPECT_EQ(cleaned->report.rejected_rows[0].line, 3);
}

TEST(CleanAttack, LatinFarDownTheFile) {
  std::string text(kHeader);
  for (int i = 0; i < 20000; ++i) text += kRow;
  const auto cleaned = CleanText(text + "caf\xE9,1000,10,5\n");
  ASSERT_TRUE(cleaned);
  EXPECT_EQ(cleaned->report.rows_kept, 20001);
  EXPECT_NE(cleaned->report.format.find("windows-1252"), std::string::npos);
  EXPECT_EQ(cleaned->table.Find("Campaign_Name")->text(20000), "caf\xC3\xA9");
}

// An accent as the last byte of all, or a file that was cut in the middle of a character.
TEST(CleanAttack, EndsInsideACharacter) {
  const std::string header = "Impressions,Clicks,Campaign\n1000,10,a\n";
  const auto latin = CleanText(header + "1000,10,caf\xE9");
  ASSERT_TRUE(latin);
  ASSERT_EQ(latin->report.rows_kept, 2);
  EXPECT_EQ(latin->table.Find("Campaign_Name")->text(1), "caf\xC3\xA9");
  const auto cut = CleanText(header + "1000,10,\xC3\xA9t\xC3");
  ASSERT_TRUE(cut);
  EXPECT_EQ(cut->report.rows_kept, 1);
  EXPECT_EQ(cut->report.rejected.at("invalid_utf8"), 1);
}

// Cells are looked up by what they hold, in time that does not grow with their number.
TEST(CleanAttack, CellsThatBeginAndEndAlike) {
  std::string text = "Company,Landing page,Impressions,Clicks\n";
  for (int i = 0; i < 100'000; ++i) {
    const std::string page = fmt::format("https://www.example.com/products/{}/?medium=cpc", i);
    text += fmt::format("{0},{0},1000,10\n", page);
  }
  const std::clock_t start = std::clock();
  const auto cleaned = CleanText(text);
  EXPECT_LT(static_cast<double>(std::clock() - start) / CLOCKS_PER_SEC, 4);
  ASSERT_TRUE(cleaned);
  EXPECT_EQ(cleaned->table.Find("Company")->dictionary()->size(), 100'000U);
}

TEST(CleanAttack, HundredThousandColumns) {
  std::string text = "Impressions,Clicks";
  for (int i = 0; i < 100000; ++i) text += fmt::format(",c{}", i);
  const auto cleaned = CleanText(text + "\n1,2\n");
  ASSERT_FALSE(cleaned);
  EXPECT_EQ(ErrorOf(cleaned), "100002 columns; at most 4096 can be read");
}

TEST(CleanAttack, ARowOfAHundredThousandCells) {
  const auto cleaned =
      CleanText(std::string(kHeader) + std::string(kRow) + std::string(100000, ',') + "x\n");
  ASSERT_TRUE(cleaned) << ErrorOf(cleaned);
  EXPECT_EQ(cleaned->report.rows_kept, 1);
}

TEST(CleanAttack, GigabyteWithoutANewlineStaysInBounds) {
  const TestFolder folder;
  const std::string path = folder.Write("wide.csv", std::string(kHeader) + std::string(kRow));
  ASSERT_EQ(::truncate(path.c_str(), 0), 0);
  {
    std::ofstream out(path, std::ios::binary);
    out << kHeader << kRow;
    const std::string part(1 << 20, 'x');
    for (int i = 0; i < 64; ++i) out << part;
  }
  const auto cleaned = CleanFile({.path = path});
  EXPECT_EQ(ErrorOf(cleaned), "a row longer than 1048576 bytes");
  EXPECT_EQ(cleaned.error().place.line, 3);
  struct rusage usage{};
  ::getrusage(RUSAGE_SELF, &usage);
  RecordProperty("peak_kb", static_cast<int>(usage.ru_maxrss));
}

// As a sparse file it takes no disk: NULs are no text, and no newline ever comes.
TEST(CleanAttack, SparseGigabyte) {
  const TestFolder folder;
  const std::string path = folder.Write("sparse.csv", kHeader);
  ASSERT_EQ(::truncate(path.c_str(), int64_t{1} << 30), 0);
  EXPECT_EQ(ErrorOf(CleanFile({.path = path})).find("a binary file"), 0U);
}

TEST(CleanAttack, GzipBombOfOneLine) {
  const TestFolder folder;
  const std::string path = (folder.path() / "bomb.csv.gz").string();
  const gzFile file = ::gzopen(path.c_str(), "wb9");
  ::gzwrite(file, kHeader.data(), static_cast<unsigned>(kHeader.size()));
  const std::string part(1 << 20, 'x');
  for (int i = 0; i < 256; ++i) ::gzwrite(file, part.data(), static_cast<unsigned>(part.size()));
  ::gzclose(file);
  EXPECT_EQ(ErrorOf(CleanFile({.path = path})), "a row longer than 1048576 bytes");
}

TEST(CleanAttack, GzipCutShort) {
  const TestFolder folder;
  const std::string path = (folder.path() / "whole.csv.gz").string();
  const gzFile file = ::gzopen(path.c_str(), "wb");
  ::gzwrite(file, kHeader.data(), static_cast<unsigned>(kHeader.size()));
  for (int i = 0; i < 1000; ++i) ::gzprintf(file, "a%d,%d,10,5.5\n", i * 7919, 100000 - i);
  ::gzclose(file);
  EXPECT_TRUE(CleanFile({.path = path}));
  ASSERT_EQ(::truncate(path.c_str(), static_cast<off_t>(std::filesystem::file_size(path) / 2)), 0);
  EXPECT_EQ(ErrorOf(CleanFile({.path = path})), "the gzip file ends too early");
}

TEST(CleanAttack, FileThatChangesWhileItIsRead) {
  const TestFolder folder;
  std::string text(kHeader);
  for (int i = 0; i < 5000; ++i) text += kRow;
  const std::string path = folder.Write("growing.csv", text);
  NoProgress progress;
  auto cleaning = Cleaning::Open({.path = path}, progress, {});
  ASSERT_TRUE(cleaning);
  std::ofstream(path, std::ios::app) << kRow;
  for (;;) {
    const auto block = (*cleaning)->Next();
    ASSERT_TRUE(block);
    if (*block == nullptr) break;
  }
  const auto report = (*cleaning)->Finish();
  ASSERT_FALSE(report);
  EXPECT_EQ(report.error().code, ErrorCode::kConflict);
}

TEST(CleanAttack, FileWhoseBytesChangeInPlace) {
  const TestFolder folder;
  std::string text(kHeader);
  for (int i = 0; i < 50000; ++i) text += kRow;
  const std::string path = folder.Write("edited.csv", text);
  const auto time = std::filesystem::last_write_time(path);
  NoProgress progress;
  auto cleaning = Cleaning::Open({.path = path, .first_rows = 0}, progress, {});
  ASSERT_TRUE(cleaning);
  {
    std::fstream edit(path, std::ios::in | std::ios::out | std::ios::binary);
    edit.seekp(static_cast<std::streamoff>(text.size()) - 3);
    edit << "9";
  }
  std::filesystem::last_write_time(path, time);
  while (*(*cleaning)->Next() != nullptr) {
  }
  const auto report = (*cleaning)->Finish();
  ASSERT_FALSE(report);
  EXPECT_EQ(report.error().code, ErrorCode::kConflict);
}

TEST(CleanAttack, InfinityAndOverflow) {
  const auto cleaned = CleanText(std::string(kHeader) +
                                 "a,Infinity,1,1\nb,1e999,1,1\nc,1,1,inf\nd,9007199254740994,1,1\n"
                                 "e,1000,1,1\n");
  ASSERT_TRUE(cleaned) << ErrorOf(cleaned);
  EXPECT_EQ(cleaned->report.rows_kept, 1);
  EXPECT_EQ(cleaned->report.rejected.at("bad_impressions"), 3);
  EXPECT_EQ(cleaned->report.rejected.at("bad_spend"), 1);
}

TEST(CleanAttack, NothingLeftIsAnError) {
  EXPECT_EQ(ErrorOf(CleanText(std::string(kHeader) + "a,x,1,1\n")),
            "none of 1 rows can be used: 1 bad_impressions");
}

TEST(CleanAttack, StopsWhenAsked) {
  const TestFolder folder;
  std::stop_source stop;
  stop.request_stop();
  NoProgress progress;
  const std::string path = folder.Write("c.csv", std::string(kHeader) + std::string(kRow));
  const auto cleaning = Cleaning::Open({.path = path}, progress, stop.get_token());
  ASSERT_FALSE(cleaning);
  EXPECT_EQ(cleaning.error().code, ErrorCode::kCancelled);
  EXPECT_EQ(cleaning.error().message, "the load was stopped");
}

TEST(CleanAttack, StopsBetweenBlocks) {
  const TestFolder folder;
  std::stop_source stop;
  NoProgress progress;
  const std::string path = folder.Write("c.csv", std::string(kHeader) + std::string(kRow));
  const auto cleaning = Cleaning::Open({.path = path}, progress, stop.get_token());
  ASSERT_TRUE(cleaning);
  stop.request_stop();
  const auto block = (*cleaning)->Next();
  ASSERT_FALSE(block);
  EXPECT_EQ(block.error().message, "the load was stopped");
}

// Nobody writes; or somebody began, and writes no more.
TEST(CleanAttack, StopsWhileAPipeIsSilent) {
  for (const bool began : {false, true}) {
    const TestFolder folder;
    const std::string path = (folder.path() / "pipe").string();
    ASSERT_EQ(::mkfifo(path.c_str(), 0600), 0);
    const int writer = began ? ::open(path.c_str(), O_RDWR | O_CLOEXEC) : -1;
    if (began) {
      ASSERT_EQ(::write(writer, kRow.data(), kRow.size()), static_cast<ssize_t>(kRow.size()));
    }
    std::stop_source stop;
    std::thread later([&stop] {
      std::this_thread::sleep_for(std::chrono::milliseconds(150));
      stop.request_stop();
    });
    NoProgress progress;
    const auto cleaning = Cleaning::Open({.path = path}, progress, stop.get_token());
    later.join();
    if (began) ::close(writer);
    ASSERT_FALSE(cleaning);
    EXPECT_EQ(cleaning.error().code, ErrorCode::kCancelled);
    EXPECT_EQ(cleaning.error().message, "the load was stopped");
  }
}

TEST(CleanAttack, APipeWhoseWriterComesLate) {
  const TestFolder folder;
  const std::string path = (folder.path() / "pipe").string();
  ASSERT_EQ(::mkfifo(path.c_str(), 0600), 0);
  std::thread writer([&path] {
    std::this_thread::sleep_for(std::chrono::milliseconds(250));
    std::ofstream out(path, std::ios::binary);
    out << kHeader << std::flush;
    std::this_thread::sleep_for(std::chrono::milliseconds(250));
    out << kRow;
  });
  const auto cleaned = CleanFile({.path = path});
  writer.join();
  ASSERT_TRUE(cleaned) << ErrorOf(cleaned);
  EXPECT_EQ(cleaned->report.rows_kept, 1);
}

TEST(CleanAttack, RejectsFileOnAFullDisk) {
  const TestFolder folder;
  const std::string path =
      folder.Write("c.csv", std::string(kHeader) + std::string(kRow) + "b,x,1,1\n");
  const auto cleaned = CleanFile({.path = path, .rejects_file = "/proc/nowhere/rejects.csv"});
  ASSERT_FALSE(cleaned);
  EXPECT_TRUE(cleaned.error().code == ErrorCode::kIo ||
              cleaned.error().code == ErrorCode::kNotFound);
}

}  // namespace
}  // namespace pythia
