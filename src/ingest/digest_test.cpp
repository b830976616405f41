// The SHA-256 of a file is that of its bytes, whoever reads and hashes them.
#include <zlib.h>

#include <string>
#include <vector>

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "base/sha256.h"
#include "ingest/clean_in_test.h"

namespace pythia {
namespace {

std::string Rows(int count, std::string_view end) {
  std::string text = fmt::format("Campaign_ID,Impressions,Clicks,Note{}", end);
  for (int i = 0; i < count; ++i) {
    text += fmt::format("{},{},{},the words of row {}{}", i, 1000 + i % 900, i % 7, i % 11, end);
  }
  return text;
}

std::string Wide(std::string_view text) {
  std::string wide = "\xFF\xFE";
  for (const char c : text) wide += {c, '\0'};
  return wide;
}

std::string Packed(const std::string& text) {
  const TestFolder folder;
  const std::string path = folder.Write("packed.gz", "");
  const gzFile file = ::gzopen(path.c_str(), "wb1");
  ::gzwrite(file, text.data(), static_cast<unsigned>(text.size()));
  ::gzclose(file);
  std::ifstream packed(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(packed), std::istreambuf_iterator<char>()};
}

std::vector<std::pair<std::string, std::string>> Files(int rows) {
  const std::string plain = Rows(rows, "\n");
  std::string title;
  for (int i = 0; i < 40; ++i) title += fmt::format("Campaign report {}\n", i);
  return {{"plain", plain},
          {"carriage returns", Rows(rows, "\r\n")},
          {"no last line end", plain.substr(0, plain.size() - 1)},
          {"blank lines behind", plain + "\n\n\n"},
          {"a byte-order mark", "\xEF\xBB\xBF" + plain},
          {"a title", title + plain},
          {"UTF-16", Wide(plain)},
          {"Windows-1252", Rows(rows, " caf\xE9\n")},
          {"gzip", Packed(plain)}};
}

TEST(FileDigest, IsOfTheBytesOfEveryFile) {
  for (const int rows : {3, 30000, 140000}) {
    for (const auto& [name, bytes] : Files(rows)) {
      const TestFolder folder;
      CleanRequest request{.path = folder.Write("a.csv", bytes)};
      for (const int threads : {1, 2, 3}) {
        request.threads = threads;
        const auto cleaned = CleanFile(request);
        ASSERT_TRUE(cleaned) << name << ": " << cleaned.error().message;
        EXPECT_EQ(cleaned->report.rows_kept, rows) << name;
        EXPECT_EQ(cleaned->report.sha256, HexSha256(bytes)) << name << ", threads " << threads;
      }
    }
  }
}

TEST(FileDigest, IsNotTakenWhereItIsNotWanted) {
  for (const int rows : {3, 140000}) {
    for (const auto& [name, bytes] : Files(rows)) {
      const TestFolder folder;
      const auto cleaned = CleanFile({.path = folder.Write("a.csv", bytes), .digest = false});
      ASSERT_TRUE(cleaned) << name;
      EXPECT_EQ(cleaned->report.rows_kept, rows) << name;
      EXPECT_EQ(cleaned->report.sha256, "") << name;
    }
  }
}

}  // namespace
}  // namespace pythia
