#include "report/model_card.h"

#include <cmath>

#include <gtest/gtest.h>

namespace pythia {
namespace {

bool Has(const std::string& text, std::string_view part) {
  return text.find(part) != std::string::npos;
}

TEST(ModelCard, TextFromDataStaysText) {
  EXPECT_EQ(EscapedMarkdown("Channel_Used"), "Channel_Used");
  EXPECT_EQ(EscapedMarkdown("_a_ __b__"), "\\_a\\_ \\_\\_b\\_\\_");
  EXPECT_EQ(EscapedMarkdown("a|b"), "a\\|b");
  EXPECT_EQ(EscapedMarkdown("<script>`x`</script>"), "\\<script\\>\\`x\\`\\</script\\>");
  EXPECT_EQ(EscapedMarkdown("[a](b) ![c](d) *e* ~f~ $g$ # &amp;"),
            "\\[a\\](b) \\!\\[c\\](d) \\*e\\* \\~f\\~ \\$g\\$ \\# \\&amp;");
  EXPECT_EQ(EscapedMarkdown("one\r\n\r\n# two\tthree"),
            "one\\\\x0d\\\\x0a\\\\x0d\\\\x0a\\# two\\\\x09three");
  EXPECT_EQ(EscapedMarkdown("Z\xC3\xBCrich"), "Z\xC3\xBCrich");
  EXPECT_EQ(EscapedMarkdown("\xFF"), "\\\\xff");
  EXPECT_EQ(EscapedMarkdown("a\\|b"), "a\\\\\\|b");
}

ModelCard FullCard() {
  ModelCard card;
  card.info.version = "campaigns-123456789abc";
  card.info.dataset = "campaigns";
  card.info.sha256 = "file-hash";
  card.data_sha256 = "data-hash";
  card.dates = {"2021-01-01", "2021-12-31"};
  card.loads.push_back({.load = {.source = "a|b\n.csv", .rows = 90},
                        .rows_kept = 95,
                        .rows_rejected = 5,
                        .rejected = {{"bad_date", 2}, {"duplicate", 3}}});
  card.loads.push_back({.load = {.source = "old.csv", .rows = 7}});
  TrainingReport& report = card.info.report;
  report.rows = 97;
  report.features = {"Channel_Used", "x|y"};
  report.planned_spend = true;
  report.roi_threshold = RoiThreshold{0, "break_even"};
  report.warnings = {"comes from `Cost` | or\nnot"};
  ModelReport& roi = report.models["roi"];
  roi.verdict = Verdict{.verdict = "no_signal", .words = "nothing tells them apart"};
  roi.shuffled_gain_share = -0.012;
  roi.metrics["accuracy"] = {.value = 0.75, .baseline = 0.5, .baseline_name = "rate by a|b"};
  roi.metrics["unheard_of"] = {.value = 1};
  roi.confusion = ConfusionMatrix{11, 12, 13, 14};
  roi.intervals["clicks"] = {.level = 0.9, .method = "none", .note = "too few"};
  roi.calibration = CalibrationReport{.bins = {{0.2, 0.25, 40}}, .brier = std::nan("")};
  roi.coefficients.push_back({"Channel_Used=<b>|x</b>", 0.5, Effect{.value = 0.4}});
  roi.coefficients.push_back({"pooled", 0, std::nullopt});
  return card;
}

TEST(ModelCard, HasEveryPart) {
  const std::string text = ModelCardMarkdown(FullCard());
  for (const char* part :
       {"# Model campaigns-123456789abc\n",
        "97 campaigns of dataset campaigns, generation 0, 2021-01-01 to 2021-12-31.\n",
        "| a\\|b\\\\x0a.csv | bad_date 2, duplicate 3 | 90 | 95 | 5 |\n",
        "| old.csv |  | 7 | unknown | unknown |\n",
        "Features: Channel_Used, x\\|y. Spend is declared as planned.\n",
        "- Warning: comes from \\`Cost\\` \\| or\\\\x0anot\n", "## ROI above break-even (0)\n",
        "Verdict: **no signal**: nothing tells them apart.\n", "it gains -1.2 %.\n",
        "| accuracy | rate by a\\|b | 75.0 % | 50.0 % |\n", "| predicted positive | 11 | 12 |\n",
        "| clicks | none: too few |  |  |  |  |\n", "| 20.0 % | 25.0 % | 40 |\n",
        "| Channel_Used=\\<b\\>\\|x\\</b\\> | +0.5000 | +0.4000 |", "| pooled | +0.0000 | none |",
        "| data SHA-256 | data-hash |\n", "| model file SHA-256 | file-hash |\n",
        "| program | unknown |\n", "| seed | 0 |\n"}) {
    EXPECT_TRUE(Has(text, part)) << part << "\n" << text;
  }
  EXPECT_FALSE(Has(text, "unheard_of"));
  EXPECT_FALSE(Has(text, " nan") || Has(text, "-nan")) << text;
}

// A row that data could stretch or split would break its table.
TEST(ModelCard, EveryTableRowHasTheCellsOfItsHead) {
  const std::string text = ModelCardMarkdown(FullCard());
  size_t cells = 0;
  for (size_t at = 0; at < text.size();) {
    const size_t end = text.find('\n', at);
    const std::string line = text.substr(at, end - at);
    at = end + 1;
    size_t bars = 0;
    for (size_t i = 0; i < line.size(); ++i) {
      if (line[i] == '\\') {
        ++i;
      } else if (line[i] == '|') {
        ++bars;
      }
    }
    if (bars == 0) {
      cells = 0;
    } else {
      if (cells == 0) cells = bars;
      EXPECT_EQ(bars, cells) << line;
    }
  }
}

TEST(ModelCard, APrunedGenerationIsSaid) {
  ModelCard card = FullCard();
  card.loads.clear();
  EXPECT_TRUE(Has(ModelCardMarkdown(card), "no longer kept"));
}

}  // namespace
}  // namespace pythia
