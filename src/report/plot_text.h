// Words and numbers in plots: how wide they are, and how they are written. Private to report/.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace pythia::plot {

// Pixels that `text` takes at most in a common sans-serif font of `size`. An estimate on the wide
// side: the font is the reader's.
double TextWidth(std::string_view text, double size);

// `text`, cleaned; where it is wider than `width`, its beginning and end around an ellipsis.
std::string Shortened(std::string_view text, double size, double width);

// "name = value", both shortened where they must be, so that each keeps a fair part of `width`.
std::string ShortenedPair(std::string_view name, std::string_view value, double size, double width);

// Digits after the point that show `largest` with three significant ones.
int Decimals(double largest);

// "1,234.5", "−0.02", "1.25M", "3.1e−9"; never 0 for what is not 0. "n/a" where not finite.
std::string NumberText(double value, int decimals);
// The same with a sign: "+12.3".
std::string SignedText(double value, int decimals);
// Three significant digits.
std::string FigureText(double value);
std::string CountText(int64_t count);
std::string PercentText(double share);

// Labels of an axis: one unit (k, M, B, T) and as many digits for all as `step` needs.
std::vector<std::string> TickTexts(std::span<const double> ticks, double step);

// False for NaN, the infinities, and what overflows as soon as it is added up.
bool IsDrawable(double value);

}  // namespace pythia::plot
