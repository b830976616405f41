#include "base/file.h"

#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <iterator>
#include <vector>

#include <gtest/gtest.h>

#include "base/check.h"

namespace pythia {
namespace {

namespace fs = std::filesystem;

class FileTest : public testing::Test {
 protected:
  void SetUp() override {
    std::string name = (fs::temp_directory_path() / "pythia_file_XXXXXX").string();
    folder_ = ::mkdtemp(name.data());
  }
  void TearDown() override { fs::remove_all(folder_); }
  int64_t NumFiles() const {
    return std::distance(fs::directory_iterator(folder_), fs::directory_iterator());
  }

  fs::path folder_;
};

TEST_F(FileTest, WritesAndReadsBack) {
  const std::string bytes("a\0b\xff\r\n", 6);
  ASSERT_TRUE(WriteFileAtomically(folder_ / "deep/er/file", bytes).has_value());
  EXPECT_EQ(*ReadFile(folder_ / "deep/er/file", 6), bytes);
  EXPECT_EQ(NumFiles(), 1);
}

TEST_F(FileTest, NothingIsThereBeforeCommit) {
  const fs::path path = folder_ / "file";
  ASSERT_TRUE(WriteFileAtomically(path, "old").has_value());
  {
    auto file = AtomicFile::Create(path);
    ASSERT_TRUE(file.has_value());
    ASSERT_TRUE(file->Write(std::string(3 << 20, 'x')).has_value());
    EXPECT_EQ(*ReadFile(path, 10), "old");
    EXPECT_EQ(file->temporary_path().parent_path(), folder_);
  }
  EXPECT_EQ(*ReadFile(path, 10), "old");
  EXPECT_EQ(NumFiles(), 1);
  ASSERT_TRUE(WriteFileAtomically(path, "new").has_value());
  EXPECT_EQ(*ReadFile(path, 10), "new");
}

TEST_F(FileTest, ManyWritersOfOneNameDoNotMeet) {
  std::vector<AtomicFile> files;
  for (int i = 0; i < 200; ++i) {
    auto file = AtomicFile::Create(folder_ / "file");
    ASSERT_TRUE(file.has_value()) << file.error().ToString();
    files.push_back(std::move(*file));
  }
  ASSERT_TRUE(files[7].Write("seven").has_value());
  ASSERT_TRUE(files[7].Commit().has_value());
  files.clear();
  EXPECT_EQ(*ReadFile(folder_ / "file", 10), "seven");
  EXPECT_EQ(NumFiles(), 1);
}

TEST_F(FileTest, ReadsRegularFilesOfABoundedLengthOnly) {
  EXPECT_EQ(ReadFile(folder_ / "none", 10).error().code, ErrorCode::kNotFound);
  EXPECT_EQ(ReadFile(folder_, 10).error().code, ErrorCode::kBadInput);
  ASSERT_EQ(::mkfifo((folder_ / "pipe").c_str(), 0600), 0);
  EXPECT_EQ(ReadFile(folder_ / "pipe", 10).error().code, ErrorCode::kBadInput);
  ASSERT_TRUE(WriteFileAtomically(folder_ / "file", "12345678901").has_value());
  EXPECT_EQ(ReadFile(folder_ / "file", 10).error().code, ErrorCode::kBadInput);
  EXPECT_TRUE(ReadFile(folder_ / "file", 11).has_value());
}

TEST_F(FileTest, AFolderInTheWayIsAnErrorAndLeavesNothing) {
  fs::create_directories(folder_ / "name/inside");
  EXPECT_EQ(WriteFileAtomically(folder_ / "name", "x").error().code, ErrorCode::kIo);
  EXPECT_EQ(NumFiles(), 1);
}

TEST(IoError, TellsTheWayOutOfAFullDisk) {
  const Error full = IoError(ENOSPC, "write", "out.csv");
  EXPECT_EQ(full.code, ErrorCode::kIo);
  EXPECT_EQ(full.place.file, "out.csv");
  EXPECT_FALSE(full.hint.empty());
  EXPECT_TRUE(IoError(EACCES, "write", "out.csv").hint.empty());
}

TEST(CheckDeathTest, NamesTheConditionAndTheFile) {
  EXPECT_DEATH(PYTHIA_CHECK(1 + 1 == 3), "1 \\+ 1 == 3 is false at .*file_test.cpp");
}

}  // namespace
}  // namespace pythia
