#include "report/plot_text.h"

#include <algorithm>
#include <array>
#include <cmath>

#include <fmt/format.h>

#include "base/utf8.h"
#include "report/svg.h"

namespace pythia::plot {
namespace {

constexpr std::string_view kEllipsis = "\xE2\x80\xA6";
constexpr std::string_view kMinus = "\xE2\x88\x92";
constexpr std::string_view kEquals = " = ";
constexpr double kLargestDrawable = 1e300;
constexpr int kMostDecimals = 6;

// Hundredths of the font size for U+0020 to U+007E: DejaVu Sans, the widest of the usual fonts.
constexpr std::array<uint8_t, 95> kAsciiWidths = {
    32, 40, 46, 84, 64, 95, 78, 27, 39,  39, 50, 84, 32, 36, 32, 34, 64, 64, 64, 64, 64, 64, 64, 64,
    64, 64, 34, 34, 84, 84, 84, 53, 100, 68, 69, 70, 77, 63, 58, 77, 75, 29, 29, 66, 56, 86, 75, 79,
    60, 79, 69, 63, 61, 73, 68, 99, 69,  61, 69, 39, 34, 39, 84, 50, 50, 61, 63, 55, 63, 62, 35, 63,
    63, 28, 28, 58, 28, 97, 63, 61, 63,  63, 41, 52, 39, 63, 59, 82, 59, 59, 52, 64, 34, 64, 84};

struct WidthRange {
  uint32_t from;
  uint32_t to;
  double width;
};
// Scripts beyond, wide rather than tight; the first that fits.
constexpr WidthRange kWidths[] = {
    {0x0300, 0x036F, 0},    {0x0370, 0x03FF, 0.75},   {0x0400, 0x052F, 0.85},
    {0x0590, 0x05FF, 0.65}, {0x0600, 0x06FF, 0.8},    {0x1100, 0x11FF, 1.05},
    {0x200B, 0x200F, 0},    {0x2010, 0x206F, 1},      {0x2E80, 0xA4CF, 1.05},
    {0xAC00, 0xD7A3, 1.05}, {0xF900, 0xFAFF, 1.05},   {0xFB50, 0xFDFF, 0.8},
    {0xFE00, 0xFE0F, 0},    {0xFE20, 0xFE2F, 0},      {0xFE30, 0xFE6F, 1.05},
    {0xFE70, 0xFEFE, 0.8},  {0xFF00, 0xFF60, 1.05},   {0xFF61, 0xFFDC, 0.6},
    {0x0080, 0x024F, 0.75}, {0x10000, 0x10FFFF, 1.4}, {0, 0x10FFFF, 1},
};

double CharacterWidth(uint32_t code) {
  if (code >= 0x20 && code < 0x7F) return kAsciiWidths[code - 0x20] / 100.0;
  for (const WidthRange& range : kWidths) {
    if (code >= range.from && code <= range.to) return range.width;
  }
  return 1;
}

struct Glyph {
  std::string_view bytes;
  double width;
};

std::vector<Glyph> Glyphs(std::string_view clean, double size) {
  std::vector<Glyph> glyphs;
  for (size_t at = 0; at < clean.size();) {
    const std::string_view rest = clean.substr(at);
    const size_t length = std::max<size_t>(1, Utf8Length(rest));
    const double width = Utf8Length(rest) == 0 ? 1 : CharacterWidth(DecodeUtf8(rest));
    glyphs.push_back({rest.substr(0, length), width * size});
    at += length;
  }
  return glyphs;
}

std::string WithCommas(std::string digits) {
  const size_t point = std::min(digits.find('.'), digits.size());
  for (size_t at = point; at > 3;) {
    at -= 3;
    digits.insert(at, 1, ',');
  }
  return digits;
}

struct Unit {
  double size;
  std::string_view mark;
};
constexpr Unit kUnits[] = {{1e12, "T"}, {1e9, "B"}, {1e6, "M"}};

std::string Scientific(double size) {
  std::string text = fmt::format("{:.2g}", size);
  // As in "3e−9" and "3e15": no zeros and no plus in front of the exponent.
  const size_t exponent = text.find('e');
  if (exponent == text.npos) return text;
  const std::string sign(text[exponent + 1] == '-' ? kMinus : "");
  const size_t digits = text.find_first_not_of("+-0", exponent + 1);
  return text.substr(0, exponent + 1) + sign + (digits == text.npos ? "0" : text.substr(digits));
}

// `size` is not negative.
std::string SizeText(double size, int decimals) {
  if (size >= 1e15 || (size > 0 && size < 1e-6)) return Scientific(size);
  for (const Unit& unit : kUnits) {
    // What rounds up to the unit belongs to it.
    if (size >= unit.size * 0.9995) {
      const double scaled = size / unit.size;
      return fmt::format("{:.{}f}{}", scaled,
                         scaled < 9.995   ? 2
                         : scaled < 99.95 ? 1
                                          : 0,
                         unit.mark);
    }
  }
  if (size > 0 && size < 0.5 * std::pow(10, -decimals)) {
    decimals = std::min(kMostDecimals, static_cast<int>(std::ceil(-std::log10(size))));
  }
  return WithCommas(fmt::format("{:.{}f}", size, decimals));
}

}  // namespace

bool IsDrawable(double value) { return std::abs(value) < kLargestDrawable; }

double TextWidth(std::string_view text, double size) {
  double width = 0;
  for (const Glyph& glyph : Glyphs(CleanText(text), size)) width += glyph.width;
  return width;
}

std::string Shortened(std::string_view text, double size, double width) {
  std::string clean = CleanText(text);
  const std::vector<Glyph> glyphs = Glyphs(clean, size);
  double total = 0;
  for (const Glyph& glyph : glyphs) total += glyph.width;
  if (total <= width) return clean;

  double room = width - size;  // an ellipsis takes up to the font size
  size_t head = 0;
  size_t tail = glyphs.size();
  double balance = 0;  // what the head has more than the tail
  while (head < tail) {
    const bool at_head = balance <= 0;
    const double next = at_head ? glyphs[head].width : glyphs[tail - 1].width;
    if (next > room) break;
    room -= next;
    balance += at_head ? next : -next;
    if (at_head) {
      ++head;
    } else {
      --tail;
    }
  }
  // No mark that belongs to a letter which is gone.
  while (tail < glyphs.size() && glyphs[tail].width == 0) ++tail;
  std::string out;
  for (size_t i = 0; i < head; ++i) out += glyphs[i].bytes;
  out += kEllipsis;
  for (size_t i = tail; i < glyphs.size(); ++i) out += glyphs[i].bytes;
  return out;
}

std::string ShortenedPair(std::string_view name, std::string_view value, double size,
                          double width) {
  const double room = width - TextWidth(kEquals, size);
  const double name_width = TextWidth(name, size);
  const double value_width = TextWidth(value, size);
  const double name_room = std::max(0.6 * room, room - value_width);
  const double value_room = std::max(0.4 * room, room - name_width);
  return Shortened(name, size, name_room) + std::string(kEquals) +
         Shortened(value, size, value_room);
}

int Decimals(double largest) {
  const double size = std::abs(largest);
  if (!IsDrawable(size) || size < 1e-6) return 2;
  return std::clamp(2 - static_cast<int>(std::floor(std::log10(size))), 0, kMostDecimals);
}

std::string NumberText(double value, int decimals) {
  if (!std::isfinite(value)) return "n/a";
  if (value == 0) return "0";
  const std::string text = SizeText(std::abs(value), decimals);
  return value < 0 ? std::string(kMinus) + text : text;
}

std::string SignedText(double value, int decimals) {
  const std::string text = NumberText(value, decimals);
  return value > 0 && std::isfinite(value) ? "+" + text : text;
}

std::string FigureText(double value) { return NumberText(value, Decimals(value)); }

std::string CountText(int64_t count) {
  const std::string digits = WithCommas(fmt::format("{}", count < 0 ? -count : count));
  return count < 0 ? std::string(kMinus) + digits : digits;
}

std::string PercentText(double share) {
  if (!std::isfinite(share)) return "n/a";
  if (share > 0 && share < 0.001) return "under 0.1 %";
  return NumberText(100 * share, 1) + " %";
}

std::vector<std::string> TickTexts(std::span<const double> ticks, double step) {
  double most = 0;
  for (const double tick : ticks) most = std::max(most, std::abs(tick));
  Unit unit{1, ""};
  if (most >= 1e4) unit = {1e3, "k"};
  for (const Unit& larger : kUnits) {
    if (most >= larger.size) {
      unit = larger;
      break;
    }
  }
  const bool scientific = most >= 1e15 || most < 1e-4;
  const int decimals =
      std::clamp(static_cast<int>(std::ceil(-std::log10(step / unit.size) - 1e-9)), 0, 9);
  std::vector<std::string> texts;
  for (const double tick : ticks) {
    std::string text =
        scientific ? Scientific(std::abs(tick))
                   : WithCommas(fmt::format("{:.{}f}", std::abs(tick) / unit.size, decimals));
    if (!scientific) text += unit.mark;
    texts.push_back(tick == 0 ? "0" : tick < 0 ? std::string(kMinus) + text : text);
  }
  return texts;
}

}  // namespace pythia::plot
