#include "report/svg.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include <fmt/format.h>

#include "base/check.h"
#include "base/utf8.h"

namespace pythia {
namespace {

bool IsSpaceByte(uint32_t code) { return code == '\t' || code == '\n' || code == '\r'; }

// U+FFFE, U+FFFF and their like on every plane; XML 1.0 forbids the first two.
bool IsNonCharacter(uint32_t code) {
  return (code & 0xFFFE) == 0xFFFE || (code >= 0xFDD0 && code <= 0xFDEF);
}

}  // namespace

std::string CleanText(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  while (!text.empty()) {
    const size_t length = Utf8Length(text);
    if (length == 0) {
      AppendUtf8(0xFFFD, &out);
    } else if (const uint32_t code = DecodeUtf8(text); IsSpaceByte(code)) {
      out += ' ';
    } else if (!IsControl(code) && !IsNonCharacter(code)) {
      out += text.substr(0, length);
    }
    text.remove_prefix(std::max<size_t>(1, length));
  }
  return out;
}

std::string EscapedXml(std::string_view text) {
  std::string out;
  for (const char c : CleanText(text)) {
    switch (c) {
      case '&':
        out += "&amp;";
        break;
      case '<':
        out += "&lt;";
        break;
      case '>':
        out += "&gt;";
        break;
      case '"':
        out += "&quot;";
        break;
      case '\'':
        out += "&#39;";
        break;
      default:
        out += c;
    }
  }
  return out;
}

std::string SvgNumber(double value) {
  if (!std::isfinite(value)) return "0";
  std::string text = fmt::format("{:.2f}", value);
  while (text.back() == '0') text.pop_back();
  if (text.back() == '.') text.pop_back();
  return text == "-0" ? "0" : text;
}

void SvgWriter::Begin(std::string_view element, SvgAttributes attributes) {
  out_ += '<';
  out_ += element;
  for (const SvgAttribute& attribute : attributes) {
    out_ += ' ';
    out_ += attribute.name;
    out_ += "=\"";
    out_ += attribute.is_number ? SvgNumber(attribute.number) : EscapedXml(attribute.text);
    out_ += '"';
  }
}

void SvgWriter::Open(std::string_view element, SvgAttributes attributes) {
  Begin(element, attributes);
  out_ += ">\n";
  open_.emplace_back(element);
}

void SvgWriter::Text(std::string_view text) { out_ += EscapedXml(text); }

void SvgWriter::Close() {
  PYTHIA_CHECK(!open_.empty());
  out_ += "</" + open_.back() + ">\n";
  open_.pop_back();
}

void SvgWriter::Leaf(std::string_view element, SvgAttributes attributes, std::string_view text) {
  Begin(element, attributes);
  if (text.empty()) {
    out_ += "/>\n";
    return;
  }
  out_ += '>';
  Text(text);
  out_ += "</";
  out_ += element;
  out_ += ">\n";
}

std::string SvgWriter::Take() {
  PYTHIA_CHECK(open_.empty());
  return std::move(out_);
}

}  // namespace pythia
