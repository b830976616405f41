#include "report/png.h"

#include <limits>
#include <set>

#include <gtest/gtest.h>

#include "report/plot_fixture_test.h"
#include "report/plots.h"

// Fontconfig keeps its fonts until the process ends, and so do leak checkers' complaints.
// NOLINTNEXTLINE(bugprone-reserved-identifier,cert-dcl37-c,cert-dcl51-cpp)
extern "C" const char* __lsan_default_suppressions() { return "leak:libfontconfig\n"; }

namespace pythia {
namespace {

uint32_t BigEndian(std::string_view bytes) {
  uint32_t value = 0;
  for (const char byte : bytes.substr(0, 4)) value = value << 8 | static_cast<unsigned char>(byte);
  return value;
}

constexpr size_t kWidthAt = 16;  // of the IHDR chunk
constexpr size_t kHeightAt = 20;

TEST(Png, HasItsSignatureAndSize) {
  const auto png =
      RenderPng(R"(<svg xmlns="http://www.w3.org/2000/svg" width="30" height="20"></svg>)", 2);
  ASSERT_TRUE(png.has_value()) << png.error().ToString();
  EXPECT_TRUE(png->starts_with("\x89PNG\r\n\x1A\n"));
  EXPECT_EQ(BigEndian(png->substr(kWidthAt)), 60U);
  EXPECT_EQ(BigEndian(png->substr(kHeightAt)), 40U);
}

TEST(Png, APlotIsNotOneColour) {
  const auto blank =
      RenderPng(R"(<svg xmlns="http://www.w3.org/2000/svg" width="760" height="400"></svg>)", 1);
  const std::string svg = WaterfallSvg(plot_fixture::ClicksExplained());
  const auto plot = RenderPng(svg, 1);
  ASSERT_TRUE(blank.has_value() && plot.has_value());
  EXPECT_EQ(BigEndian(plot->substr(kWidthAt)), 760U);
  // Deflate leaves next to nothing of one colour.
  EXPECT_GT(plot->size(), 5 * blank->size());
  EXPECT_EQ(*plot, *RenderPng(svg, 1));
}

TEST(Png, RefusesWhatItCannotDraw) {
  const std::string svg = R"(<svg xmlns="http://www.w3.org/2000/svg" width="30" height="20"/>)";
  for (const double scale : {0.0, -1.0, 1e9, std::numeric_limits<double>::quiet_NaN(),
                             std::numeric_limits<double>::infinity()}) {
    const auto png = RenderPng(svg, scale);
    ASSERT_FALSE(png.has_value()) << scale;
    EXPECT_EQ(png.error().code, ErrorCode::kBadInput);
  }
  for (const char* bad : {"", "no svg", "<svg", "<html/>"}) {
    const auto png = RenderPng(bad, 1);
    ASSERT_FALSE(png.has_value()) << bad;
    EXPECT_EQ(png.error().code, ErrorCode::kBadInput);
  }
}

}  // namespace
}  // namespace pythia
