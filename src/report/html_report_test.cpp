#include "report/html_report.h"

#include <map>

#include <gtest/gtest.h>

#include "report/plot_fixture_test.h"
#include "report/xml_check_test.h"

namespace pythia {
namespace {

constexpr std::string_view kDoctype = "<!DOCTYPE html>\n";

bool Has(const std::string& text, std::string_view part) {
  return text.find(part) != std::string::npos;
}

// Everything that a report can hold; `name` wherever data can stand.
ReportContents FullContents(const std::string& name) {
  ReportContents contents;
  ModelCard& card = contents.card;
  card.info.version = "campaigns-123456789abc";
  card.info.dataset = "campaigns";
  card.info.created_at = "2026-11-22T15:53:07.123456Z";
  card.info.file = "campaigns-123456789abc.json";
  card.info.sha256 = "file-hash";
  card.data_sha256 = "data-hash";
  card.dates = {"2021-01-01", "2021-12-31"};
  card.program = "pythia 0.1.0";
  card.loads.push_back({.load = {.source = name, .rows = 90},
                        .rows_kept = 95,
                        .rows_rejected = 5,
                        .rejected = {{"bad_date", 2}, {"missing_clicks", 3}}});
  TrainingReport& report = card.info.report;
  report.rows = 2097;
  report.seed = 7;
  report.features = {"Channel_Used", name};
  report.roi_threshold = RoiThreshold{0, "break_even"};
  report.warnings = {"comes from " + name};
  ModelReport& clicks = report.models["clicks"] = plot_fixture::Fitted();
  clicks.coefficients.push_back({name, 0.2, Effect{.value = 0.2, .lower = 0.1, .upper = 0.3}});
  clicks.verdict = Verdict{.verdict = "signal", .words = "closer than " + name};
  clicks.metrics["mae"] = {.value = 667, .baseline = 1292, .baseline_name = name};
  clicks.split = {.rule = "forward " + name, .train_rows = 80, .test_rows = 40};
  clicks.intervals["clicks"] = {.level = 0.9, .method = "out_of_fold", .coverage = 0.91};
  clicks.shuffled_gain_share = -0.012;
  ModelReport& roi = report.models["roi"] = plot_fixture::Fitted();
  roi.verdict = Verdict{.verdict = "no_signal", .words = "nothing tells them apart"};
  roi.metrics["accuracy"] = {.value = 0.5, .baseline = 0.75, .baseline_name = "rate"};
  roi.intervals["ctr"] = {.method = "none", .note = name};
  roi.calibration = plot_fixture::Calibrated();
  contents.summary = ExplanationSummary{.targets = {plot_fixture::ClicksSummary(50)}};
  contents.summary->targets[0].players[0].player = name;
  contents.recommendation = plot_fixture::Recommended();
  Recommendation& r = *contents.recommendation;
  r.plan.values = {{"Channel_Used", name}, {"Duration", 30.0}, {"Acquisition_Cost", 24000.0}};
  r.decided = {"Channel_Used"};
  r.verdict = "better";
  r.words = "campaigns like " + name;
  r.expected.clicks = Expected{3742, {3500, 4000, 0.95}};
  r.average.expected.clicks = Expected{3000, {2900, 3100, 0.95}};
  r.roi_probability = 0.58;
  r.alternatives = {{.plan = r.plan, .expected = {3600, {3400, 3800, 0.95}}, .campaigns = 12}};
  r.warnings = {"mind " + name};
  contents.warnings = {"stale " + name};
  contents.made_at = "2026-11-23T08:05:00.000000Z";
  contents.program = name;
  return contents;
}

std::vector<xml_check::Element> Read(const std::string& html) {
  EXPECT_TRUE(html.starts_with(kDoctype));
  xml_check::Reader reader(std::string_view(html).substr(kDoctype.size()));
  const auto elements = reader.Read();
  EXPECT_TRUE(elements) << reader.why();
  return elements.value_or(std::vector<xml_check::Element>());
}

// How often each element of the page itself is there; plots shorten long names.
std::map<std::string, int> PageElements(const std::string& html) {
  std::map<std::string, int> counts;
  for (const xml_check::Element& element : Read(html)) {
    for (const char* own : {"section", "p", "li", "th", "td", "dd", "figure", "svg", "style"}) {
      if (element.name == own) ++counts[own];
    }
  }
  return counts;
}

TEST(HtmlReport, HasEveryPart) {
  const std::string html = HtmlReport(FullContents("Email"));
  for (const char* part :
       {"<h1>What 2,097 campaigns say about clicks and ROI</h1>",
        "Campaigns from 1 January 2021 to 31 December 2021. Report of 23 November 2026.",
        "Clicks can be predicted better than by an average",
        "Closer than Email.",
        "ROI: no model beats a simple figure of the past",
        "Recommended: Email, 30 days",
        "<h2>What the data was</h2>",
        "a day that does not exist",
        "the cell is empty",
        "<h2>How good the predictions are</h2>",
        "667 clicks",
        "1,292 clicks",
        "Are the predicted probabilities right?",
        "<h2>What matters</h2>",
        "What matters on average: clicks",
        "<h2>Effects, and how sure they are</h2>",
        "some would look sure by chance alone",
        "<h2>What a budget is best spent on</h2>",
        "What a budget can be expected to bring",
        "24,000 USD",
        "Next in line",
        "<h2>What to be careful about</h2>",
        "Mind Email.",
        "Stale Email.",
        "<h2>Where this comes from</h2>",
        "data-hash",
        "file-hash",
        "campaigns-123456789abc.json",
        "22 November 2026, 15:53 UTC"}) {
    EXPECT_TRUE(Has(html, part)) << part;
  }
}

TEST(HtmlReport, IsWellFormedAndFetchesNothing) {
  const std::string html = HtmlReport(FullContents("Email"));
  for (const xml_check::Element& element : Read(html)) {
    EXPECT_TRUE(element.name != "script" && element.name != "link" && element.name != "a");
    for (const auto& [name, value] : element.attributes) {
      EXPECT_FALSE(name.starts_with("on") || name == "src" || name == "href" ||
                   name.ends_with(":href") || name == "style")
          << name << "=" << value;
    }
  }
  for (const char* address : {"http://", "https://", "url(", "@import"}) {
    EXPECT_FALSE(Has(html, address)) << address;
  }
  EXPECT_TRUE(Has(html,
                  "content=\"default-src &#39;none&#39;; style-src &#39;unsafe-inline&#39;; "
                  "img-src data:\""));
}

TEST(HtmlReport, TextFromDataStaysText) {
  for (const std::string name :
       {"<script>alert(1)</script>", "</style><script>x</script>", "]]><!--", "\"'>&amp;",
        "\xFF\xFE\x01 broken", "\xE2\x80\xAE rtl"}) {
    const std::string html = HtmlReport(FullContents(name));
    EXPECT_EQ(PageElements(html), PageElements(HtmlReport(FullContents("plain")))) << name;
    EXPECT_FALSE(Has(html, "<script")) << name;
  }
}

TEST(HtmlReport, WithoutARecommendationItSaysWhy) {
  ReportContents contents = FullContents("Email");
  contents.recommendation.reset();
  contents.no_recommendation = "the history has no spend";
  const std::string html = HtmlReport(contents);
  Read(html);
  EXPECT_TRUE(Has(html, "This history supports no recommendation: the history has no spend."));
  EXPECT_FALSE(Has(html, "What a budget can be expected to bring"));
}

TEST(HtmlReport, WhatIsNotThereIsLeftOut) {
  ReportContents contents;
  contents.card.info.report.rows = 1;
  const std::string html = HtmlReport(contents);
  Read(html);
  EXPECT_TRUE(Has(html, "What 1 campaign says about"));
  for (const char* part : {"<svg", "What matters</h2>", "best spent on</h2>", "careful about</h2>",
                           "how sure they are</h2>"}) {
    EXPECT_FALSE(Has(html, part)) << part;
  }
  EXPECT_TRUE(Has(html, "no longer kept"));
}

// Most histories without signal: nothing is drawn where there is nothing to see.
TEST(HtmlReport, NothingThatMovesIsSaidNotDrawn) {
  ReportContents contents = FullContents("Email");
  for (PlayerSummary& player : contents.summary->targets[0].players) player.mean_absolute = 0;
  const std::string html = HtmlReport(contents);
  EXPECT_TRUE(Has(html, "one figure serves all campaigns"));
  EXPECT_FALSE(Has(html, "What matters on average"));
  EXPECT_FALSE(Has(html, "What moves the prediction most"));
}

TEST(HtmlReport, AMedianBudgetIsNamedAsOne) {
  ReportContents contents = FullContents("Email");
  EXPECT_FALSE(Has(HtmlReport(contents), "median spend"));
  contents.median_budget = true;
  EXPECT_TRUE(Has(HtmlReport(contents), "the median spend of the history"));
}

}  // namespace
}  // namespace pythia
