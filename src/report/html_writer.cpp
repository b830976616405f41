#include "report/html_writer.h"

#include <utility>

#include "base/check.h"
#include "report/svg.h"

namespace pythia {

void HtmlWriter::Open(std::string_view element, std::string_view style_class) {
  out_ += '<';
  out_ += element;
  if (!style_class.empty()) {
    out_ += " class=\"";
    out_ += style_class;
    out_ += '"';
  }
  out_ += '>';
  open_.emplace_back(element);
}

HtmlWriter::Scope HtmlWriter::In(std::string_view element, std::string_view style_class) {
  Open(element, style_class);
  return Scope(this);
}

void HtmlWriter::Text(std::string_view text) {
  const std::string escaped = EscapedXml(text);
  for (size_t i = 0; i < escaped.size(); ++i) {
    // "95 %" stays on one line.
    const bool before_percent =
        escaped[i] == ' ' && i + 1 < escaped.size() && escaped[i + 1] == '%';
    out_ += before_percent ? std::string("\xC2\xA0") : std::string(1, escaped[i]);
  }
}

void HtmlWriter::Close() {
  PYTHIA_CHECK(!open_.empty());
  out_ += "</" + open_.back() + ">\n";
  open_.pop_back();
}

void HtmlWriter::Leaf(std::string_view element, std::string_view text,
                      std::string_view style_class) {
  Open(element, style_class);
  Text(text);
  Close();
}

void HtmlWriter::Plot(std::string_view svg) {
  // HTML knows what <svg> is; the page names no address, not even one that nobody fetches.
  constexpr std::string_view kNamespace = " xmlns=\"http://www.w3.org/2000/svg\"";
  const size_t at = svg.find(kNamespace);
  Open("figure");
  if (at == std::string_view::npos) {
    out_ += svg;
  } else {
    out_ += svg.substr(0, at);
    out_ += svg.substr(at + kNamespace.size());
  }
  Close();
}

std::string HtmlWriter::Take() {
  PYTHIA_CHECK(open_.empty());
  return std::exchange(out_, {});
}

}  // namespace pythia
