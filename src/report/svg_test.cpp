#include "report/svg.h"

#include <cmath>
#include <limits>

#include <gtest/gtest.h>

#include "base/utf8.h"
#include "report/xml_check_test.h"

namespace pythia {
namespace {

TEST(Svg, NumbersAreShort) {
  EXPECT_EQ(SvgNumber(12.5), "12.5");
  EXPECT_EQ(SvgNumber(100), "100");
  EXPECT_EQ(SvgNumber(-0.001), "0");
  EXPECT_EQ(SvgNumber(-3), "-3");
  EXPECT_EQ(SvgNumber(1.0 / 3), "0.33");
  EXPECT_EQ(SvgNumber(std::nan("")), "0");
  EXPECT_EQ(SvgNumber(std::numeric_limits<double>::infinity()), "0");
}

TEST(Svg, TextIsCleanedAndEscaped) {
  EXPECT_EQ(EscapedXml("<script>'a' & \"b\"</script>"),
            "&lt;script&gt;&#39;a&#39; &amp; &quot;b&quot;&lt;/script&gt;");
  EXPECT_EQ(EscapedXml("a\tb\nc"), "a b c");
  EXPECT_EQ(EscapedXml(std::string_view("a\0b\x01\x7F\x1B[31m", 10)), "ab[31m");
  EXPECT_EQ(EscapedXml("a\xFFz"), "a\xEF\xBF\xBDz");
  EXPECT_EQ(EscapedXml("a\xEF\xBF\xBEz\xEF\xBF\xBF"), "az");  // U+FFFE, U+FFFF
  std::string turned = "a";
  AppendUtf8(0x202E, &turned);  // turns text around
  EXPECT_EQ(EscapedXml(turned + "z"), "az");
  EXPECT_EQ(EscapedXml("\xF0\x9F\x8E\x89"), "\xF0\x9F\x8E\x89");                 // an emoji
  EXPECT_EQ(CleanText("\xED\xA0\x80"), "\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD");  // a surrogate
}

TEST(Svg, WritesNestedElements) {
  SvgWriter svg;
  svg.Open("svg", {{"width", 10.5}, {"class", "a\"b"}});
  svg.Leaf("title", {}, "x<y");
  svg.Leaf("rect", {{"x", 1}});
  svg.Close();
  EXPECT_EQ(svg.Take(),
            "<svg width=\"10.5\" class=\"a&quot;b\">\n<title>x&lt;y</title>\n<rect "
            "x=\"1\"/>\n</svg>\n");
}

TEST(SvgDeathTest, AnOpenElementIsADefect) {
  SvgWriter svg;
  svg.Open("svg");
  EXPECT_DEATH((void)svg.Take(), "open_");
}

// The checker that the other tests rely on.
TEST(XmlCheck, RefusesWhatIsBroken) {
  for (const char* bad :
       {"", "<a>", "<a></b>", "<a/><b/>", "<a x=1/>", R"(<a x="1" x="2"/>)", "<a>&nbsp;</a>",
        "<a>&</a>", R"(<a x="<"/>)", "<a>\x01</a>", "text", "<a>\xFF</a>", "<a><b></a></b>"}) {
    EXPECT_FALSE(xml_check::Reader(bad).Read()) << bad;
  }
  EXPECT_TRUE(xml_check::Reader("<a x=\"1\"><b/>t&amp;</a>\n").Read());
}

}  // namespace
}  // namespace pythia
