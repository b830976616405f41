// Writes HTML that is well-formed XML too. It cannot be got wrong: what comes from data is cleaned
// and escaped here, and every element is closed. Private to report/.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace pythia {

// Names of elements and classes are the program's own, never data.
class HtmlWriter {
 public:
  // As Open, for as long as it lives.
  class Scope {
   public:
    explicit Scope(HtmlWriter* writer) : writer_(writer) {}
    Scope(const Scope&) = delete;
    Scope& operator=(const Scope&) = delete;
    ~Scope() { writer_->Close(); }

   private:
    HtmlWriter* writer_;
  };

  void Open(std::string_view element, std::string_view style_class = {});
  [[nodiscard]] Scope In(std::string_view element, std::string_view style_class = {});
  void Text(std::string_view text);
  void Close();
  void Leaf(std::string_view element, std::string_view text, std::string_view style_class = {});
  // A document of report/plots.h, in the page.
  void Plot(std::string_view svg);
  // What the program itself wrote.
  void Raw(std::string_view html) { out_ += html; }
  // Requires that every element is closed.
  std::string Take();

 private:
  std::string out_;
  std::vector<std::string> open_;
};

}  // namespace pythia
