#include "ingest/rejects.h"

#include <gtest/gtest.h>

#include "ingest/clean_in_test.h"

namespace pythia {
namespace {

// The line of a rejected row with this value, without its line number and reason.
std::string Written(const std::string& value, const std::string& column = "Clicks") {
  const TestFolder folder;
  const std::filesystem::path path = folder.path() / "rejects.csv";
  RejectsFile rejects(path);
  EXPECT_TRUE(rejects.Add({.line = 2, .column = column, .value = value, .reason = "bad"}));
  EXPECT_TRUE(rejects.Commit());
  std::ifstream file(path, std::ios::binary);
  std::string text((std::istreambuf_iterator<char>(file)), std::istreambuf_iterator<char>());
  const std::string head = "line,column,value,reason\n2,";
  EXPECT_TRUE(text.starts_with(head) && text.ends_with(",bad\n")) << text;
  return text.substr(head.size(), text.size() - head.size() - 5);
}

TEST(RejectsFile, MarksWhatASpreadsheetWouldRun) {
  EXPECT_EQ(Written("-2+3+cmd|' /C calc'!A0"), "Clicks,'-2+3+cmd|' /C calc'!A0");
  EXPECT_EQ(Written("+1+1"), "Clicks,'+1+1");
  EXPECT_EQ(Written("+-1"), "Clicks,'+-1");
  EXPECT_EQ(Written("--1"), "Clicks,'--1");
  EXPECT_EQ(Written("-.5e3x"), "Clicks,'-.5e3x");
  EXPECT_EQ(Written("-"), "Clicks,'-");
  EXPECT_EQ(Written("-inf"), "Clicks,'-inf");
  EXPECT_EQ(Written("@SUM(A1)"), "Clicks,'@SUM(A1)");
  EXPECT_EQ(Written("=1+1"), "Clicks,'=1+1");
  EXPECT_EQ(Written("\t=1+1"), "Clicks,\"'\t=1+1\"");
  EXPECT_EQ(Written("\r=1"), "Clicks,\"'\r=1\"");
  EXPECT_EQ(Written("1", "=a"), "'=a,1");
}

TEST(RejectsFile, LeavesNumbersAsTheyAre) {
  for (const char* number : {"-5", "-2.5", "+7", "-1e308", "-.5", "12"}) {
    EXPECT_EQ(Written(number), std::string("Clicks,") + number);
  }
}

TEST(RejectsFile, QuotesWhatAnotherLocaleSplitsAt) {
  EXPECT_EQ(Written("a;=1+1"), "Clicks,\"a;=1+1\"");
  EXPECT_EQ(Written("a\t=1+1"), "Clicks,\"a\t=1+1\"");
  EXPECT_EQ(Written("say \"no\", then"), "Clicks,\"say \"\"no\"\", then\"");
}

}  // namespace
}  // namespace pythia
