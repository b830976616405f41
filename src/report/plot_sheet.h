// The sheet that plots are drawn on: one look for all of them. Private to report/.
//
// Colours stand twice: as attributes for renderers that know no media queries (light), and as CSS
// variables that follow the reader's light or dark mode. A page that holds a plot inline can set
// the variables --pythia-* itself. There are no ids, so plots may share a page.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "report/plot_scale.h"
#include "report/svg.h"

namespace pythia::plot {

inline constexpr double kWidth = 760;
inline constexpr double kMargin = 24;
inline constexpr double kTop = 80;  // below the heading and the note
inline constexpr double kHeadingSize = 17;
inline constexpr double kLabelSize = 12.5;
inline constexpr double kSmallSize = 11.5;
inline constexpr double kGap = 10;         // between a label and what it labels
inline constexpr double kTextDrop = 0.35;  // of its size: centres a line of text on a y
inline constexpr double kDotRadius = 2.6;

enum class Tone { kInk, kMuted, kAxis, kGrid, kShade, kPaper, kUp, kDown, kNeutral, kGrey };

enum class Anchor { kStart, kMiddle, kEnd };

struct Look {
  double size = kLabelSize;
  Anchor anchor = Anchor::kStart;
  Tone tone = Tone::kInk;
  bool bold = false;
};

struct Point {
  double x = 0;
  double y = 0;
};

class Sheet {
 public:
  // `heading` is the title; `summary` the sentence for those who cannot see it.
  Sheet(double height, std::string_view heading, std::string_view note, std::string_view summary);

  // With the whole of it as a tooltip where `full` is longer.
  void Text(Point at, std::string_view text, const Look& look = {}, std::string_view full = {});
  // Shortened to `width`.
  void Fitted(Point at, std::string_view text, double width, const Look& look = {});
  void Line(Point from, Point to, Tone tone, double width = 1, std::string_view dashes = "none");
  void Rect(Point corner, double width, double height, Tone tone, double opacity = 1,
            double radius = 0);
  // From `from` to `to` around `y`, its tip pointing at `to`.
  void Arrow(double from, double to, double y, double height, Tone tone);
  void Path(std::span<const Point> points, Tone tone, double width);
  void Area(std::span<const Point> points, Tone tone, double opacity);
  // Filled, with a rim of paper around it.
  void Dot(Point at, double radius, Tone tone, std::string_view tooltip = {});
  void Ring(Point at, double radius, Tone tone);

  // Many small dots, coloured by a share in [0, 1] from low (blue) to high (red); NaN is grey.
  void OpenDots();
  void AddDot(Point at, double share);
  void CloseDots();
  // "low ▭ high" and, where `grey` is not empty, what grey dots are; ends at the right margin.
  void ColourKey(double y, std::string_view grey);

  // Grid lines between `top` and `bottom`, numbers and `name` below.
  void BottomAxis(const Scale& x, double top, double bottom, std::string_view name);
  void BottomTicks(const Ticks& ticks, const Scale& x, double top, double bottom);
  void LeftTicks(const Ticks& ticks, const Scale& y, double left, double right);

  std::string Take();

 private:
  SvgWriter svg_;
};

// How far below an axis its numbers and its name reach.
inline constexpr double kAxisHeight = 44;

// The colour of a dot in a low-to-high key.
std::string ShareColour(double share);

// The width of the widest text, up to `most`.
double WidestText(std::span<const std::string> texts, double size, double most);

// A small picture that says that there is nothing to show, and `why`.
std::string NothingToShow(std::string_view heading, std::string_view why);

// "clicks", "clicks (log clicks)", "ROI (probability)".
std::string TargetWords(std::string_view target, std::string_view unit);

}  // namespace pythia::plot
