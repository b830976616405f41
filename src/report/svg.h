// Writes SVG. It cannot be got wrong: what comes from data is cleaned and escaped here, and every
// element is closed. Knows nothing of plots.
#pragma once

#include <cstddef>
#include <initializer_list>
#include <string>
#include <string_view>
#include <vector>

namespace pythia {

// `text` as XML may hold it: line ends and tabs become spaces, other control characters and
// non-characters vanish, bytes that are no UTF-8 become U+FFFD.
std::string CleanText(std::string_view text);

// CleanText with & < > " ' as entities: fits text and attributes.
std::string EscapedXml(std::string_view text);

// To a hundredth, without trailing zeros: "12.5", "0", "-3". What is not finite is "0".
std::string SvgNumber(double value);

struct SvgAttribute {
  // NOLINTBEGIN(google-explicit-constructor): lists of attributes are written as {{"x", 1}}.
  SvgAttribute(std::string_view key, double amount) : name(key), number(amount), is_number(true) {}
  SvgAttribute(std::string_view key, std::string_view words) : name(key), text(words) {}
  // NOLINTEND(google-explicit-constructor)

  std::string_view name;
  double number = 0;
  std::string_view text;
  bool is_number = false;
};
using SvgAttributes = std::initializer_list<SvgAttribute>;

// Names of elements and attributes are the program's own, never data.
class SvgWriter {
 public:
  void Open(std::string_view element, SvgAttributes attributes = {});
  void Text(std::string_view text);
  void Close();
  // An element without children; with `text` where that is not empty.
  void Leaf(std::string_view element, SvgAttributes attributes, std::string_view text = {});
  // The document; requires that every element is closed.
  std::string Take();

 private:
  void Begin(std::string_view element, SvgAttributes attributes);

  std::string out_;
  std::vector<std::string> open_;
};

}  // namespace pythia
