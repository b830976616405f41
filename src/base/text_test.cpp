// utf8, sha256, clock and error: what turns into text.
#include <algorithm>
#include <vector>

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "base/clock.h"
#include "base/error.h"
#include "base/sha256.h"
#include "base/utf8.h"

namespace pythia {
namespace {

TEST(Utf8, KnowsWhatIsWellFormed) {
  EXPECT_EQ(Utf8Length("a"), 1U);
  EXPECT_EQ(Utf8Length(std::string_view("\0", 1)), 1U);
  EXPECT_EQ(Utf8Length("é"), 2U);
  EXPECT_EQ(Utf8Length("€"), 3U);
  EXPECT_EQ(Utf8Length("😀"), 4U);
  for (const char* bad : {"", "\x80", "\xbf", "\xc0\xaf", "\xc1\xbf", "\xc3", "\xc3(",
                          "\xe0\x80\x80", "\xe2\x82", "\xed\xa0\x80", "\xed\xbf\xbf",
                          "\xf0\x80\x80\x80", "\xf4\x90\x80\x80", "\xf5\x80\x80\x80", "\xff"}) {
    EXPECT_EQ(Utf8Length(bad), 0U) << Printable(bad);
  }
  EXPECT_TRUE(IsUtf8(""));
  EXPECT_TRUE(IsUtf8("Größe €😀"));
  EXPECT_FALSE(IsUtf8("Gr\xf6\xdf"));
  for (size_t at = 0; at < 20; ++at) {  // wherever the byte stands among plain ones
    std::string text(20, 'a');
    text[at] = '\xf6';
    EXPECT_FALSE(IsUtf8(text)) << at;
  }
}

RC_GTEST_PROP(Utf8, EveryScalarValueIsWellFormed, ()) {
  const auto code = *rc::gen::inRange<uint32_t>(0, 0x120000);
  std::string text;
  AppendUtf8(code, &text);
  RC_ASSERT(IsUtf8(text));
  RC_ASSERT(Utf8Length(text) == text.size());
  const bool scalar = code <= 0x10FFFF && (code < 0xD800 || code >= 0xE000);
  RC_ASSERT(scalar || text == "\xEF\xBF\xBD");
}

RC_GTEST_PROP(Utf8, NeverReadsPastTheEnd, (const std::string& bytes)) {
  for (size_t at = 0; at < bytes.size(); ++at) {
    // An exact copy, so that a sanitizer sees the end.
    const std::vector<char> exact(bytes.begin() + static_cast<std::ptrdiff_t>(at), bytes.end());
    RC_ASSERT(Utf8Length({exact.data(), exact.size()}) <= exact.size());
    (void)DisplayWidth({exact.data(), exact.size()});
  }
}

TEST(Utf8, WidthOnATerminal) {
  EXPECT_EQ(DisplayWidth("abc"), 3U);
  EXPECT_EQ(DisplayWidth("Größe"), 5U);
  EXPECT_EQ(DisplayWidth("e\xCC\x81"), 1U);
  EXPECT_EQ(DisplayWidth("広告"), 4U);
  EXPECT_EQ(DisplayWidth("\xff"), 1U);
}

TEST(Sha256, TheStandardsExamples) {
  EXPECT_EQ(HexSha256(""), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
  EXPECT_EQ(HexSha256("abc"), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  Sha256 hash;
  for (int i = 0; i < 1000000; ++i) hash.Update("a");
  EXPECT_EQ(hash.HexDigest(), "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0");
}

TEST(Clock, FormatsUtc) {
  EXPECT_EQ(FormatTimestamp(0), "1970-01-01T00:00:00.000000Z");
  EXPECT_EQ(FormatTimestamp(1795362787123456), "2026-11-22T15:53:07.123456Z");
  EXPECT_EQ(FormatTimestamp(-1), "1969-12-31T23:59:59.999999Z");
  EXPECT_GT(NowMicros(), 1700000000000000);
}

TEST(Error, SaysWhereAndWhatLast) {
  EXPECT_EQ((Error{ErrorCode::kBadInput, "is no number", {"a.csv", 3, "Clicks"}, "abc", "Fix it."})
                .ToString(),
            "a.csv:3: Clicks: is no number: 'abc'\n  Fix it.");
  EXPECT_EQ((Error{ErrorCode::kIo, "disk full"}).ToString(), "disk full");
  EXPECT_EQ((Error{ErrorCode::kIo, "m", {"f", 0, ""}}).ToString(), "f: m");
}

TEST(Error, EveryCodeHasItsStatus) {
  std::vector<int> statuses;
  for (int code = 0; code <= static_cast<int>(ErrorCode::kInternal); ++code) {
    const auto value = static_cast<ErrorCode>(code);
    EXPECT_FALSE(CodeName(value).empty());
    EXPECT_GT(ExitStatus(value), 0);
    EXPECT_GE(HttpStatus(value), 400);
    EXPECT_EQ(std::count(statuses.begin(), statuses.end(), ExitStatus(value)), 0);
    statuses.push_back(ExitStatus(value));
  }
}

TEST(Error, PrintableShowsWhatIsHidden) {
  using std::string_view_literals::operator""sv;
  EXPECT_EQ(Printable("a\n\x1b[31m\xff\0é"sv), "a\\x0a\\x1b[31m\\xff\\x00é");
  EXPECT_EQ(Printable("abcdef", 3), "abc…");
  EXPECT_EQ(Printable("abc", 3), "abc");
}

RC_GTEST_PROP(Error, PrintableIsAlwaysPlainText, (const std::string& bytes)) {
  const std::string text = Printable(bytes);
  RC_ASSERT(IsUtf8(text));
  RC_ASSERT(std::none_of(text.begin(), text.end(),
                         [](char c) { return (c >= 0 && c < 0x20) || c == 0x7f; }));
}

Result<int> Half(int value) {
  if (value % 2 != 0) return Fail(ErrorCode::kBadInput, "odd");
  return value / 2;
}

Result<int> Quarter(int value) {
  PYTHIA_ASSIGN(const int half, Half(value));
  return Half(half);
}

Status Check(int value) {
  PYTHIA_TRY(Half(value));
  return {};
}

TEST(Result, CarriesValuesAndErrorsOn) {
  EXPECT_EQ(*Quarter(8), 2);
  EXPECT_EQ(Quarter(6).error().message, "odd");
  EXPECT_EQ(Quarter(7).error().message, "odd");
  EXPECT_TRUE(Check(2).has_value());
  EXPECT_FALSE(Check(3).has_value());
}

}  // namespace
}  // namespace pythia
