#include "records/json_text.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>

#include <fmt/format.h>

#include "base/check.h"
#include "base/utf8.h"

namespace pythia {
namespace {

void AppendEscaped(char byte, std::string* out) {
  constexpr std::string_view kPlain = "\"\\\b\f\n\r\t";
  constexpr std::string_view kLetters = "\"\\bfnrt";
  const size_t at = kPlain.find(byte);
  if (at != kPlain.npos) {
    *out += '\\';
    *out += kLetters[at];
  } else {
    *out += fmt::format("\\u{:04x}", static_cast<unsigned char>(byte));
  }
}

// ASCII that stands in a JSON string as it is.
bool IsPlain(char byte) { return byte >= 0x20 && byte < 0x7f && byte != '"' && byte != '\\'; }

}  // namespace

void AppendNumberText(double value, std::string* out) {
  PYTHIA_CHECK(std::isfinite(value));
  if (value == 0) {
    *out += std::signbit(value) ? "-0.0" : "0";
    return;
  }
  const double size = std::fabs(value);
  const bool plain = size >= 1e-6 && size < 1e15;
  std::array<char, 40> text{};
  const auto end = std::to_chars(text.data(), text.data() + text.size(), value,
                                 plain ? std::chars_format::fixed : std::chars_format::scientific);
  PYTHIA_CHECK(end.ec == std::errc{});
  out->append(text.data(), end.ptr);
}

void AppendJsonText(std::string_view text, std::string* out) {
  *out += '"';
  while (!text.empty()) {
    size_t plain = 0;
    while (plain < text.size() && IsPlain(text[plain])) ++plain;
    out->append(text, 0, plain);
    text.remove_prefix(plain);
    if (text.empty()) break;
    const size_t length = Utf8Length(text);
    const auto first = static_cast<unsigned char>(text[0]);
    if (length == 0) {
      *out += "\xEF\xBF\xBD";
    } else if (first < 0x20 || first == 0x7f || first == '"' || first == '\\') {
      AppendEscaped(text[0], out);
    } else {
      *out += text.substr(0, length);
    }
    text.remove_prefix(std::max<size_t>(1, length));
  }
  *out += '"';
}

}  // namespace pythia
