#include "report/plots.h"

#include <cmath>
#include <cstdlib>
#include <filesystem>
#include <functional>
#include <sstream>

#include <gtest/gtest.h>

#include "base/file.h"
#include "base/utf8.h"
#include "report/plot_fixture_test.h"
#include "report/plot_text.h"
#include "report/xml_check_test.h"

namespace pythia {
namespace {

using plot_fixture::kNan;
using xml_check::Element;

constexpr std::string_view kUp = "#FF0051";
constexpr std::string_view kDown = "#008BFB";
constexpr std::string_view kNeutral = "#7B5BC8";
constexpr double kRounding = 0.011;  // SVG holds hundredths

std::vector<Element> Parsed(const std::string& svg) {
  xml_check::Reader reader(svg);
  auto elements = reader.Read();
  EXPECT_TRUE(elements.has_value()) << reader.why();
  return elements.value_or(std::vector<Element>{});
}

double Number(const Element& element, const std::string& name) {
  const auto found = element.attributes.find(name);
  return found == element.attributes.end() ? 0 : std::strtod(found->second.c_str(), nullptr);
}

struct TextBox {
  double left = 0;
  double right = 0;
};

TextBox BoxOf(const Element& text) {
  std::string words = text.text;
  std::erase(words, '\n');
  const double bold = text.attributes.at("font-weight") == "600" ? 0.95 : 1;
  const double width = bold * plot::TextWidth(words, Number(text, "font-size"));
  const double x = Number(text, "x");
  const std::string& anchor = text.attributes.at("text-anchor");
  if (anchor == "middle") return {x - width / 2, x + width / 2};
  return anchor == "end" ? TextBox{x - width, x} : TextBox{x, x + width};
}

void ExpectInside(const Element& element, double width, double height) {
  constexpr double kSlack = 1;
  if (element.name == "text") {
    const TextBox box = BoxOf(element);
    EXPECT_GE(box.left, -kSlack) << element.text;
    EXPECT_LE(box.right, width + kSlack) << element.text;
  } else if (element.name == "circle") {
    EXPECT_GE(Number(element, "cx"), 0);
    EXPECT_LE(Number(element, "cx"), width);
    EXPECT_GE(Number(element, "cy"), 0);
    EXPECT_LE(Number(element, "cy"), height);
  } else if (element.name == "rect") {
    EXPECT_GE(Number(element, "width"), 0);
    EXPECT_GE(Number(element, "x"), 0);
    EXPECT_LE(Number(element, "x") + Number(element, "width"), width + kSlack);
    EXPECT_LE(Number(element, "y") + Number(element, "height"), height + kSlack);
  } else if (element.name == "polygon" || element.name == "polyline") {
    std::istringstream points(element.attributes.at("points"));
    char comma = 0;
    for (double x = 0, y = 0; points >> x >> comma >> y;) {
      EXPECT_GE(x, 0);
      EXPECT_LE(x, width);
      EXPECT_GE(y, 0);
      EXPECT_LE(y, height);
    }
  }
}

// Lines of text are at least as far apart as their letters are high, or side by side.
void ExpectApart(const std::vector<Element>& elements) {
  constexpr double kLetters = 8;
  std::vector<const Element*> texts;
  for (const Element& element : elements) {
    if (element.name == "text") texts.push_back(&element);
  }
  for (size_t i = 0; i < texts.size(); ++i) {
    const TextBox box = BoxOf(*texts[i]);
    for (size_t j = 0; j < i; ++j) {
      if (std::abs(Number(*texts[i], "y") - Number(*texts[j], "y")) >= kLetters) continue;
      const TextBox other = BoxOf(*texts[j]);
      EXPECT_TRUE(box.right <= other.left || other.right <= box.left)
          << texts[i]->text << texts[j]->text;
    }
  }
}

// What holds for every plot of anything.
void ExpectSound(const std::string& svg) {
  const std::vector<Element> elements = Parsed(svg);
  ASSERT_GE(elements.size(), 3U);
  EXPECT_EQ(elements[0].name, "svg");
  EXPECT_EQ(elements[0].attributes.at("role"), "img");
  EXPECT_EQ(elements[1].name, "title");
  EXPECT_FALSE(elements[1].text.empty());
  EXPECT_EQ(elements[2].name, "desc");
  EXPECT_FALSE(elements[2].text.empty());
  const double width = Number(elements[0], "width");
  const double height = Number(elements[0], "height");
  ExpectApart(elements);
  for (const Element& element : elements) {
    EXPECT_NE(element.name, "script");
    EXPECT_FALSE(element.attributes.contains("id"));
    EXPECT_FALSE(element.attributes.contains("href"));
    ExpectInside(element, width, height);
    for (const auto& [name, value] : element.attributes) {
      EXPECT_EQ(value.find("nan"), std::string::npos) << name;
      EXPECT_EQ(value.find("inf"), std::string::npos) << name;
    }
  }
}

bool SaysNothingToShow(const std::string& svg) {
  return svg.find("Nothing to show: ") != std::string::npos;
}

std::vector<Element> Filled(const std::vector<Element>& elements, std::string_view name,
                            std::string_view fill) {
  std::vector<Element> found;
  for (const Element& element : elements) {
    if (element.name == name && element.attributes.contains("fill") &&
        element.attributes.at("fill") == fill) {
      found.push_back(element);
    }
  }
  return found;
}

struct Bar {
  double from = 0;
  double to = 0;
  double y = 0;
  bool up = false;
};

// Of a waterfall, from top to bottom.
std::vector<Bar> Bars(const std::string& svg) {
  std::vector<Bar> bars;
  for (const Element& element : Parsed(svg)) {
    if (element.name != "polygon") continue;
    std::istringstream points(element.attributes.at("points"));
    Bar bar;
    char comma = 0;
    double skip = 0;
    points >> bar.from >> comma >> skip >> skip >> comma >> skip >> bar.to >> comma >> bar.y;
    bar.up = element.attributes.at("fill") == kUp;
    bars.push_back(bar);
  }
  std::sort(bars.begin(), bars.end(), [](const Bar& a, const Bar& b) { return a.y < b.y; });
  return bars;
}

TEST(Waterfall, BarsChainFromTheMeanToThePrediction) {
  const TargetExplanation explanation = plot_fixture::ClicksExplained();
  const std::vector<Bar> bars = Bars(WaterfallSvg(explanation));
  ASSERT_EQ(bars.size(), explanation.values.size());
  for (size_t i = 0; i + 1 < bars.size(); ++i) EXPECT_EQ(bars[i].from, bars[i + 1].to);
  const double pixels =
      (bars[0].to - bars.back().from) / (explanation.prediction - explanation.base);
  EXPECT_GT(pixels, 0);
  for (size_t i = 0; i < bars.size(); ++i) {
    const double value = explanation.values[i].value;  // the largest first
    EXPECT_NEAR(bars[i].to - bars[i].from, value * pixels, 3 * kRounding) << i;
    EXPECT_EQ(bars[i].up, value > 0);
  }
}

TEST(Waterfall, NamesTheEndsAndTheInputs) {
  const std::string svg =
      WaterfallSvg(plot_fixture::ClicksExplained(), {.subject = "Spring <b> & co"});
  for (const char* part : {"E[f(X)] = 1,180", "f(x) = 1,431", "Acquisition_Cost = 12000", "+312",
                           "\u2212184", "Location (not given)", "Spring &lt;b&gt; &amp; co",
                           "What makes up the prediction: clicks"}) {
    EXPECT_NE(svg.find(part), std::string::npos) << part;
  }
}

TEST(Waterfall, ValuesStandBesideTheirBars) {
  for (const int count : {1, 2, 7, 60}) {
    const std::string svg = WaterfallSvg(
        plot_fixture::ManyExplained(count, [](int i) { return "F" + std::to_string(i); }));
    for (const Element& text : Parsed(svg)) {
      if (text.name != "text" || text.attributes.at("font-weight") == "600") continue;
      const TextBox box = BoxOf(text);
      for (const Bar& bar : Bars(svg)) {
        if (std::abs(Number(text, "y") - bar.y) > 9) continue;
        const auto [left, right] = std::minmax(bar.from, bar.to);
        EXPECT_TRUE(box.right <= left || box.left >= right) << count << " " << text.text;
      }
    }
  }
}

TEST(Waterfall, SmallInputsShareARow) {
  const auto named = [](int i) { return "F" + std::to_string(i); };
  EXPECT_NE(WaterfallSvg(plot_fixture::ManyExplained(60, named)).find("Sum of 51 other features"),
            std::string::npos);
  EXPECT_EQ(Bars(WaterfallSvg(plot_fixture::ManyExplained(60, named))).size(), 10U);
  EXPECT_EQ(Bars(WaterfallSvg(plot_fixture::ManyExplained(10, named))).size(), 10U);
  EXPECT_EQ(Bars(WaterfallSvg(plot_fixture::ManyExplained(60, named), {.most_rows = 4})).size(),
            4U);
}

TEST(SummaryBar, WidthsAreTheMeansAndTheLargestIsOnTop) {
  TargetSummary summary{.target = "roi", .unit = "probability", .campaigns = 9};
  summary.players = {{"small", 0.1}, {"large", 0.4}, {"middle", 0.2}};
  const std::vector<Element> bars = Filled(Parsed(SummaryBarSvg(summary)), "rect", kNeutral);
  ASSERT_EQ(bars.size(), 3U);
  const double pixels = Number(bars[0], "width") / 0.4;
  EXPECT_NEAR(Number(bars[1], "width"), 0.2 * pixels, 2 * kRounding);
  EXPECT_NEAR(Number(bars[2], "width"), 0.1 * pixels, 2 * kRounding);
  EXPECT_LT(Number(bars[0], "y"), Number(bars[1], "y"));
}

TEST(Beeswarm, ColoursFollowTheInputAndGreyIsWithoutOne) {
  TargetSummary summary{.target = "clicks", .unit = "clicks", .campaigns = 4, .rows = 4};
  summary.players = {{.player = "n",
                      .mean_absolute = 2,
                      .numeric = true,
                      .values = {-2, 0, 2, 1},
                      .inputs = {1, 2, 3, kNan}}};
  std::vector<Element> dots;
  const std::vector<Element> elements = Parsed(BeeswarmSvg(summary));
  for (const Element& element : elements) {
    if (element.name == "circle" && element.parent > 0) dots.push_back(element);
  }
  ASSERT_EQ(dots.size(), 4U);
  EXPECT_EQ(dots[0].attributes.at("fill"), kDown);
  EXPECT_EQ(dots[2].attributes.at("fill"), kUp);
  EXPECT_EQ(dots[3].attributes.at("fill"), "#999999");
  // 0 lies halfway between -2 and 2, and nothing is in its way.
  EXPECT_NEAR(Number(dots[1], "cx"), (Number(dots[0], "cx") + Number(dots[2], "cx")) / 2, 0.02);
  EXPECT_EQ(Number(dots[1], "cy"), Number(dots[0], "cy"));
}

TEST(Dependence, TakesNumbersTextAndNamesThatAreUnknown) {
  const TargetSummary summary = plot_fixture::ClicksSummary(120);
  const std::string numbers = DependenceSvg(summary, "Acquisition_Cost");
  EXPECT_NE(numbers.find(">missing\n") == std::string::npos && numbers.find("missing"),
            std::string::npos);
  const std::string text = DependenceSvg(summary, "Campaign_Type");
  EXPECT_NE(text.find("(missing)"), std::string::npos);
  EXPECT_NE(text.find("Influencer"), std::string::npos);
  EXPECT_TRUE(SaysNothingToShow(DependenceSvg(summary, "Nonsense")));
}

TEST(Calibration, DotsStandWhereTheBinsAre) {
  CalibrationReport report;
  report.bins = {{0, 0, 100}, {1, 1, 100}, {0.5, 0.25, 25}, {kNan, 0.5, 3}, {0.5, 0.5, 0}};
  const std::vector<Element> dots = Filled(Parsed(CalibrationSvg(report)), "circle", kDown);
  ASSERT_EQ(dots.size(), 3U);
  EXPECT_NEAR(Number(dots[2], "cx"), (Number(dots[0], "cx") + Number(dots[1], "cx")) / 2, 0.02);
  EXPECT_NEAR(Number(dots[2], "cy"), 0.75 * Number(dots[0], "cy") + 0.25 * Number(dots[1], "cy"),
              0.02);
  EXPECT_NEAR(Number(dots[2], "r"), Number(dots[0], "r") / 2, 0.02);
}

TEST(BudgetCurve, MarksTheBudgetAndShadesWhatIsUnsupported) {
  const std::string svg = BudgetCurveSvg(plot_fixture::Recommended());
  EXPECT_NE(svg.find("recommended: 24,000 USD"), std::string::npos);
  EXPECT_NE(svg.find("asked for: 60,000 USD"), std::string::npos);
  const std::vector<Element> dots = Filled(Parsed(svg), "circle", kUp);
  ASSERT_EQ(dots.size(), 3U);  // clicks, impressions, probability
  EXPECT_EQ(Number(dots[0], "cx"), Number(dots[2], "cx"));
  double shaded = 0;
  for (const Element& rect : Filled(Parsed(svg), "rect", "#eceff3")) {
    shaded += Number(rect, "width");
  }
  EXPECT_GT(shaded, 3 * 250);  // from 36,000 to 60,000 of an axis that ends there
}

TEST(Coefficients, NamesTermsWithoutAnInterval) {
  ModelReport report = plot_fixture::Fitted();
  for (int i = 0; i < 60; ++i) {
    report.coefficients.push_back({"City=" + std::to_string(i), 0.1, Effect{0.01, -0.1, 0.1}});
  }
  const std::string svg = CoefficientsSvg(report);
  EXPECT_NE(svg.find("Language=Klingon"), std::string::npos);
  EXPECT_NE(svg.find("no interval"), std::string::npos);
  EXPECT_NE(svg.find("37 more terms are not shown."), std::string::npos);
}

TEST(CleaningPlot, BarsAreTheReasonsCounts) {
  const std::string svg = CleaningSvg(plot_fixture::Cleaned());
  const std::vector<Element> bars = Filled(Parsed(svg), "rect", kUp);
  ASSERT_EQ(bars.size(), 6U);  // the share of the file, then five reasons
  const double pixels = Number(bars[1], "width") / 640;
  EXPECT_NEAR(Number(bars[2], "width"), 302 * pixels, 2 * kRounding);
  EXPECT_NEAR(Number(bars[5], "width"), 3 * pixels, 2 * kRounding);
  EXPECT_NE(svg.find("rejected 1,138 (5.7 %)"), std::string::npos);
}

std::vector<std::string> OddNames() {
  std::string turned = "turned ";
  AppendUtf8(0x202E, &turned);
  AppendUtf8(0xFFFE, &turned);
  return {
      "",
      "plain",
      "<script>alert(1)</script>",
      "a\"b'c&d<e>]]>",
      std::string(200, 'W'),
      "\xE5\xB9\xBF\xE5\x91\x8A\xE6\xB8\xA0\xE9\x81\x93",
      "\xD9\x82\xD9\x86\xD8\xA7\xD8\xA9 \xD8\xA7\xD9\x84\xD8\xA5\xD8\xB9\xD9\x84\xD8\xA7\xD9\x86",
      "\xF0\x9F\x8E\x89\xF0\x9F\x8E\x89\xF0\x9F\x8C\x9E",
      "bad \xFF\xC0\xAF bytes",
      std::string("nul\0 esc\x1B tab\t", 14),
      turned};
}

std::vector<std::vector<double>> OddValues() {
  const double infinity = std::numeric_limits<double>::infinity();
  return {{},
          {0, 0, 0},
          {1},
          {-1},
          {1e-9, -1e-9, 1e-300},
          {1e12, 1e-9, -3},
          {1e308, -1e308, 1e299},
          {kNan, 1, kNan},
          {kNan},
          {infinity, -infinity, 5},
          std::vector<double>(60, 0.25)};
}

TEST(PlotsAttack, EveryWaterfallIsSound) {
  for (const std::string& name : OddNames()) {
    for (const std::vector<double>& values : OddValues()) {
      for (const double base : {0.0, 1e12, -1e-9, kNan}) {
        TargetExplanation e{.target = name, .unit = name, .base = base, .prediction = base};
        for (const double value : values) {
          e.values.push_back({name, value, value > 0 ? std::optional(name) : std::nullopt});
          e.prediction += std::isfinite(value) ? value : 0;
        }
        ExpectSound(WaterfallSvg(e, {.subject = name}));
      }
    }
  }
}

TEST(PlotsAttack, EverySummaryIsSound) {
  for (const std::string& name : OddNames()) {
    for (const std::vector<double>& values : OddValues()) {
      TargetSummary s{.target = name, .unit = name, .campaigns = 5, .rows = 3};
      for (int i = 0; i < static_cast<int>(values.size()); ++i) {
        s.players.push_back({.player = name + std::to_string(i),
                             .mean_absolute = values[i],
                             .numeric = i % 2 == 0,
                             .values = values,
                             .inputs = values,
                             .labels = {name, ""}});
      }
      ExpectSound(SummaryBarSvg(s));
      ExpectSound(BeeswarmSvg(s));
      ExpectSound(DependenceSvg(s, name + "0"));
      ExpectSound(DependenceSvg(s, name + "1"));
    }
  }
}

TEST(PlotsAttack, EveryReportIsSound) {
  for (const std::string& name : OddNames()) {
    for (const std::vector<double>& values : OddValues()) {
      ModelReport model{.target = name};
      CalibrationReport calibration;
      Recommendation r{.budget = 5, .used_budget = 3, .currency = name};
      CleaningReport cleaning{.file = name};
      for (const double v : values) {
        model.coefficients.push_back({name, v, Effect{v, v - 1, 2 * v}});
        model.coefficients.push_back({name, v, std::nullopt});
        calibration.bins.push_back({v, std::abs(v), 1});
        r.curve.push_back({.budget = v, .clicks = Expected{v, {v, 2 * v, 0.95}}});
        const auto rows = static_cast<int64_t>(std::abs(v) < 1e18 ? std::abs(v) : 0);
        cleaning.rows_kept = rows;
        cleaning.rejected[name + std::to_string(cleaning.rejected.size())] = rows;
        cleaning.rows_rejected += rows;
      }
      calibration.brier = values.empty() ? 0 : values[0];
      ExpectSound(CoefficientsSvg(model));
      ExpectSound(CalibrationSvg(calibration));
      ExpectSound(BudgetCurveSvg(r));
      r.budget = values.empty() ? kNan : values[0];
      r.used_budget = 1e12;
      ExpectSound(BudgetCurveSvg(r));
      ExpectSound(CleaningSvg(cleaning));
    }
  }
}

TEST(Plots, WhatIsEmptySaysSo) {
  for (const std::string& svg :
       {WaterfallSvg({}), SummaryBarSvg({}), BeeswarmSvg({}), DependenceSvg({}, "x"),
        CalibrationSvg({}), BudgetCurveSvg({}), CoefficientsSvg({}), CleaningSvg({})}) {
    EXPECT_TRUE(SaysNothingToShow(svg));
    ExpectSound(svg);
  }
}

TEST(Plots, ScriptsStayText) {
  TargetExplanation e = plot_fixture::ClicksExplained();
  e.values[0].player = "<script>alert(1)</script>";
  const std::string svg = WaterfallSvg(e);
  EXPECT_EQ(svg.find("<script"), std::string::npos);
  EXPECT_NE(svg.find("&lt;script&gt;"), std::string::npos);
}

// Pictures as they were when somebody looked at them. PYTHIA_UPDATE_GOLDEN=1 writes them anew:
// look at the difference before you keep it.
class GoldenPlot
    : public ::testing::TestWithParam<std::pair<const char*, std::function<std::string()>>> {};

TEST_P(GoldenPlot, IsAsItWas) {
  const auto& [name, draw] = GetParam();
  const auto path =
      std::filesystem::path(PYTHIA_TEST_DATA) / "plots" / (std::string(name) + ".svg");
  const std::string svg = draw();
  ExpectSound(svg);
  EXPECT_EQ(svg, draw());
  if (std::getenv("PYTHIA_UPDATE_GOLDEN") != nullptr) {
    ASSERT_TRUE(WriteFileAtomically(path, svg).has_value());
  }
  const auto golden = ReadFile(path, 1 << 24);
  ASSERT_TRUE(golden.has_value()) << golden.error().ToString();
  EXPECT_EQ(svg, *golden);
}

INSTANTIATE_TEST_SUITE_P(
    Plots, GoldenPlot,
    ::testing::Values(
        std::pair("waterfall", [] { return WaterfallSvg(plot_fixture::ClicksExplained()); }),
        std::pair("summary_bar", [] { return SummaryBarSvg(plot_fixture::ClicksSummary(40)); }),
        std::pair("beeswarm", [] { return BeeswarmSvg(plot_fixture::ClicksSummary(40)); }),
        std::pair("dependence",
                  [] {
                    return DependenceSvg(plot_fixture::ClicksSummary(40), "Acquisition_Cost");
                  }),
        std::pair("calibration", [] { return CalibrationSvg(plot_fixture::Calibrated()); }),
        std::pair("budget_curve", [] { return BudgetCurveSvg(plot_fixture::Recommended()); }),
        std::pair("coefficients", [] { return CoefficientsSvg(plot_fixture::Fitted()); }),
        std::pair("cleaning", [] { return CleaningSvg(plot_fixture::Cleaned()); })),
    [](const auto& plot) { return plot.param.first; });

}  // namespace
}  // namespace pythia
