// Reports and plots of a stored history.
#include <cstdlib>
#include <filesystem>
#include <string>

#include <gtest/gtest.h>

#include "base/file.h"
#include "engine/engine.h"
#include "engine/engine_home_test.h"

namespace pythia {
namespace {

class EngineReport : public EngineHome {
 protected:
  void Load(Engine& engine, const std::string& file) {
    const auto cleaned = engine.Clean({.file = file}, quiet_, {});
    ASSERT_TRUE(cleaned) << cleaned.error().ToString();
    const auto trained = engine.Train({}, quiet_, {});
    ASSERT_TRUE(trained) << trained.error().ToString();
  }
  std::string Simulated(Engine& engine) {
    const std::string file = (folder_ / "h.csv").string();
    EXPECT_TRUE(engine.Simulate({.options = {.rows = 1000, .seed = 1}, .file = file}, quiet_, {}));
    return file;
  }
  static bool Has(const std::string& text, std::string_view part) {
    return text.find(part) != std::string::npos;
  }

  NoProgress quiet_;
};

TEST_F(EngineReport, IsOnePageAndLogsNothing) {
  Engine engine(config_, {.actor = "test", .program = "pythia test"});
  EXPECT_EQ(engine.Report("", std::nullopt, quiet_, {}).error().code, ErrorCode::kNoModel);
  Load(engine, Simulated(engine));
  const auto report = engine.Report("", std::nullopt, quiet_, {});
  ASSERT_TRUE(report) << report.error().ToString();
  EXPECT_TRUE(report->starts_with("<!DOCTYPE html>"));
  EXPECT_TRUE(Has(*report, "the median spend of the history"));
  EXPECT_TRUE(Has(*report, "pythia test"));
  const auto asked = engine.Report("", PlanValue(std::string("$9,000")), quiet_, {});
  ASSERT_TRUE(asked) << asked.error().ToString();
  EXPECT_TRUE(Has(*asked, "9,000 USD"));
  EXPECT_TRUE(engine.ListRecommendations({})->empty());
  const auto bad = engine.Report("", PlanValue(std::string("much")), quiet_, {});
  ASSERT_FALSE(bad);
  EXPECT_EQ(bad.error().place.column, "budget");
  EXPECT_EQ(engine.Report("other", std::nullopt, quiet_, {}).error().code, ErrorCode::kNoModel);
}

TEST_F(EngineReport, SaysWhyAHistoryWithoutSpendHasNoRecommendation) {
  Engine engine(config_, {.actor = "test"});
  std::string csv = "Channel_Used,Impressions,Clicks\n";
  for (int i = 0; i < 300; ++i) {
    csv += (i % 2 == 0 ? "Email," : "Search,") + std::to_string(1000 + i) + "," +
           std::to_string(20 + i % 7 + 10 * (i % 2)) + "\n";
  }
  const std::string file = (folder_ / "s.csv").string();
  ASSERT_TRUE(WriteFileAtomically(file, csv));
  Load(engine, file);
  const auto report = engine.Report("", std::nullopt, quiet_, {});
  ASSERT_TRUE(report) << report.error().ToString();
  EXPECT_TRUE(Has(*report, "This history supports no recommendation: "));
  const auto curve = engine.PlotSvg({.name = "budget_curve", .dataset = ""}, quiet_, {});
  ASSERT_FALSE(curve);
  EXPECT_EQ(curve.error().code, ErrorCode::kBadInput);
  const auto roi = engine.PlotSvg({.name = "summary_bar_roi", .dataset = ""}, quiet_, {});
  ASSERT_FALSE(roi);
  EXPECT_EQ(roi.error().code, ErrorCode::kNotFound);
}

TEST_F(EngineReport, DrawsEveryPlotByItsName) {
  Engine engine(config_, {.actor = "test"});
  Load(engine, Simulated(engine));
  for (const char* name :
       {"summary_bar_clicks", "summary_bar_roi", "beeswarm_clicks", "beeswarm_roi",
        "dependence_clicks", "dependence_roi", "calibration", "coefficients_clicks",
        "coefficients_roi", "coefficients_reach", "budget_curve"}) {
    const PlotCommand command{.name = name, .dataset = "", .input = "Channel_Used"};
    const auto svg = engine.PlotSvg(command, quiet_, {});
    ASSERT_TRUE(svg) << name << ": " << svg.error().ToString();
    EXPECT_TRUE(svg->starts_with("<svg ")) << name;
    EXPECT_FALSE(Has(*svg, "Nothing to show")) << name;
  }
  const auto png = engine.PlotPng({.name = "calibration", .dataset = ""}, quiet_, {});
  ASSERT_TRUE(png) << png.error().ToString();
  EXPECT_TRUE(png->starts_with("\x89PNG\r\n"));
}

TEST_F(EngineReport, NamesWhatThereIs) {
  Engine engine(config_, {.actor = "test"});
  const auto unknown = engine.PlotSvg({.name = "pie", .dataset = ""}, quiet_, {});
  ASSERT_FALSE(unknown);
  EXPECT_EQ(unknown.error().code, ErrorCode::kNotFound);
  EXPECT_TRUE(Has(unknown.error().hint, "beeswarm_clicks, beeswarm_roi"));
  Load(engine, Simulated(engine));
  const auto input =
      engine.PlotSvg({.name = "dependence_roi", .dataset = "", .input = "Moon"}, quiet_, {});
  ASSERT_FALSE(input);
  EXPECT_EQ(input.error().code, ErrorCode::kNotFound);
  EXPECT_TRUE(Has(input.error().hint, "Channel_Used"));
  const auto none = engine.PlotSvg({.name = "dependence_roi", .dataset = ""}, quiet_, {});
  ASSERT_FALSE(none);
  EXPECT_EQ(none.error().code, ErrorCode::kUsage);
}

TEST_F(EngineReport, SavesTheSummaryAmongTheExports) {
  Engine engine(config_, {.actor = "test"});
  Load(engine, Simulated(engine));
  const auto path = engine.SaveSummaryBar("", quiet_);
  ASSERT_TRUE(path) << path.error().ToString();
  EXPECT_EQ(*path, (config_.exports / "shap_summary_bar.png").string());
  EXPECT_TRUE(ReadFile(*path, 1 << 24)->starts_with("\x89PNG"));
}

}  // namespace
}  // namespace pythia
