#include "ingest/encoding.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "base/utf8.h"

namespace pythia {
namespace {

std::string Decode(std::string_view bytes, size_t part = 7) {
  MemoryStream source(bytes);
  TextStream text(source, GuessEncoding(bytes));
  std::string out;
  std::string buffer(part, '\0');
  for (;;) {
    const size_t got = text.Read(buffer.data(), part).value();
    if (got == 0) return out;
    out.append(buffer, 0, got);
  }
}

std::string Utf16(std::u16string_view text, bool big, bool mark) {
  std::string out;
  const auto put = [&](char16_t unit) {
    const char high = static_cast<char>(unit >> 8);
    const char low = static_cast<char>(unit & 0xFF);
    out += big ? high : low;
    out += big ? low : high;
  };
  if (mark) put(0xFEFF);
  for (const char16_t unit : text) put(unit);
  return out;
}

TEST(Encoding, IsGuessed) {
  EXPECT_EQ(GuessEncoding("a,b").encoding, Encoding::kUtf8);
  EXPECT_EQ(GuessEncoding("\xEF\xBB\xBF"
                          "a")
                .mark_bytes,
            3U);
  EXPECT_EQ(GuessEncoding("caf\xC3\xA9").encoding, Encoding::kUtf8);
  EXPECT_EQ(GuessEncoding("caf\xE9 au lait").encoding, Encoding::kWindows1252);
  EXPECT_EQ(GuessEncoding("caf\xC3\xA9 \xE9 au lait").encoding, Encoding::kUtf8);
  EXPECT_EQ(GuessEncoding(Utf16(u"header,of,columns", false, false)).encoding, Encoding::kUtf16Le);
  EXPECT_EQ(GuessEncoding(Utf16(u"header,of,columns", true, false)).encoding, Encoding::kUtf16Be);
}

TEST(Encoding, IsDecoded) {
  EXPECT_EQ(Decode("\xEF\xBB\xBF"
                   "a\xC3\xA9"),
            "a\xC3\xA9");
  EXPECT_EQ(Decode("K\xE4ufe \x80 12 abc"), "K\xC3\xA4ufe \xE2\x82\xAC 12 abc");
  for (const bool big : {false, true}) {
    EXPECT_EQ(Decode(Utf16(u"\u00c9t\u00e9 \U0001F600!", big, true)),
              "\xC3\x89t\xC3\xA9 \xF0\x9F\x98\x80!");
    EXPECT_EQ(Decode(Utf16(u"a\xD800z", big, true)), "a\xEF\xBF\xBDz");
  }
}

RC_GTEST_PROP(Encoding, CountsInvalidBytesLikeIsUtf8, (const std::string& bytes)) {
  MemoryStream source(bytes);
  TextStream text(source, {});
  std::string buffer(3, '\0');
  while (text.Read(buffer.data(), buffer.size()).value() > 0) {
  }
  RC_ASSERT((text.invalid() == 0 && !text.cut_off()) == IsUtf8(bytes));
}

TEST(Encoding, FindsNul) {
  const std::string bytes("ab\0c", 4);
  MemoryStream source(bytes);
  TextStream text(source, {});
  std::string buffer(10, '\0');
  ASSERT_EQ(text.Read(buffer.data(), 10).value(), 4U);
  EXPECT_EQ(text.first_nul(), 2);
}

}  // namespace
}  // namespace pythia
