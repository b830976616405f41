#include "report/plot_text.h"

#include <cmath>

#include <gtest/gtest.h>

#include "base/utf8.h"
#include "report/plot_scale.h"

namespace pythia::plot {
namespace {

const std::string kMinus = "\xE2\x88\x92";

TEST(PlotText, NumbersForPeople) {
  EXPECT_EQ(NumberText(1234.5, 1), "1,234.5");
  EXPECT_EQ(NumberText(-4.5, 1), kMinus + "4.5");
  EXPECT_EQ(SignedText(12.34, 1), "+12.3");
  EXPECT_EQ(SignedText(0, 1), "0");
  EXPECT_EQ(NumberText(0.0004, 1), "0.0004");  // never 0 for what is not
  EXPECT_EQ(NumberText(3.1e-9, 2), "3.1e" + kMinus + "9");
  EXPECT_EQ(NumberText(1.25e6, 0), "1.25M");
  EXPECT_EQ(NumberText(999999, 0), "1.00M");
  EXPECT_EQ(NumberText(1e12, 0), "1.00T");
  EXPECT_EQ(NumberText(2e18, 0), "2e18");
  EXPECT_EQ(NumberText(std::nan(""), 0), "n/a");
  EXPECT_EQ(SignedText(INFINITY, 0), "n/a");
  EXPECT_EQ(FigureText(1431.2), "1,431");
  EXPECT_EQ(FigureText(0.0421), "0.0421");
  EXPECT_EQ(CountText(1234567), "1,234,567");
  EXPECT_EQ(PercentText(0.943), "94.3 %");
  EXPECT_EQ(PercentText(0.0001), "under 0.1 %");
}

TEST(PlotText, LongTextLosesItsMiddle) {
  const std::string name(200, 'x');
  const std::string cut = Shortened(name, 12, 120);
  EXPECT_LE(TextWidth(cut, 12), 120);
  EXPECT_NE(cut.find("\xE2\x80\xA6"), std::string::npos);
  EXPECT_EQ(Shortened("short", 12, 120), "short");
  EXPECT_EQ(Shortened("begin_and_then_a_lot_of_words_end", 12, 100).substr(0, 3), "beg");
  EXPECT_TRUE(Shortened("begin_and_then_a_lot_of_words_end", 12, 100).ends_with("end"));
  EXPECT_EQ(Shortened(name, 12, 1), "\xE2\x80\xA6");
}

TEST(PlotText, ShortensAtCharacters) {
  std::string chinese;
  for (int i = 0; i < 60; ++i) chinese += "\xE5\xB9\xBF";
  const std::string cut = Shortened(chinese, 12, 100);
  EXPECT_TRUE(IsUtf8(cut));
  EXPECT_LE(TextWidth(cut, 12), 100);
  EXPECT_GE(TextWidth(chinese, 12), 60 * 12);  // wide
}

TEST(PlotText, BothHalvesOfALabelSurvive) {
  const std::string label = ShortenedPair(std::string(200, 'n'), std::string(200, 'v'), 12, 240);
  EXPECT_LE(TextWidth(label, 12), 240);
  EXPECT_NE(label.find(" = vvv"), std::string::npos) << label;
  EXPECT_EQ(ShortenedPair("Duration", "30", 12, 240), "Duration = 30");
}

TEST(PlotScale, TicksAreNice) {
  const Ticks ticks = NiceTicks({{0, 43210}, {0, 500}}, 5);
  EXPECT_EQ(ticks.text, (std::vector<std::string>{"0", "10k", "20k", "30k", "40k"}));
  EXPECT_EQ(NiceTicks({{-0.012, 0.011}, {0, 500}}, 5).text,
            (std::vector<std::string>{kMinus + "0.010", kMinus + "0.005", "0", "0.005", "0.010"}));
  EXPECT_EQ(NiceTicks({{1000, 2600}, {0, 500}}, 4).text,
            (std::vector<std::string>{"1,000", "1,500", "2,000", "2,500"}));
  EXPECT_EQ(NiceTicks({{1, 1000}, {0, 500}, true}, 4).text,
            (std::vector<std::string>{"1", "10", "100", "1,000"}));
}

// However odd the span, there are a few ticks and all are inside.
TEST(PlotScale, TicksOfAnySpanAreFewAndInside) {
  for (const double from : {-1e299, -1e12, -1.0, -1e-9, 0.0, 1e-300, 1e-9, 1.0, 1e12, 1e299}) {
    for (const double width : {0.0, 1e-300, 1e-9, 1.0, 1e12, 1e299}) {
      Extent extent;
      extent.Add(from);
      extent.Add(from + width);
      const Span span = extent.span();
      EXPECT_LT(span.from, span.to);
      const Ticks ticks = NiceTicks({span, {0, 500}}, 6);
      EXPECT_GE(ticks.at.size(), 1U) << from << " " << width;
      EXPECT_LE(ticks.at.size(), 14U) << from << " " << width;
      EXPECT_EQ(ticks.at.size(), ticks.text.size());
      const double slack = 1e-6 * (span.to - span.from);
      for (const double at : ticks.at) {
        EXPECT_GE(at, span.from - slack);
        EXPECT_LE(at, span.to + slack);
      }
    }
  }
}

}  // namespace
}  // namespace pythia::plot
