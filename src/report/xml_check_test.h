// A strict reader of XML for tests: what it takes, every browser takes.
#pragma once

#include <algorithm>
#include <cctype>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/utf8.h"

namespace pythia::xml_check {

struct Element {
  std::string name;
  std::map<std::string, std::string> attributes;
  std::string text;  // its own, with entities resolved
  int parent = -1;   // an index; -1: the root
};

class Reader {
 public:
  explicit Reader(std::string_view text) : text_(text) {}

  // In document order; nothing where the document is not well-formed, and why() says where.
  std::optional<std::vector<Element>> Read() {
    if (!HasLegalBytes()) return Broken("illegal character");
    while (at_ < text_.size()) {
      if (text_[at_] != '<') {
        if (!ReadText()) return Broken("text");
      } else if (text_.substr(at_, 2) == "</") {
        if (!ReadEnd()) return Broken("end tag");
      } else if (!ReadStart()) {
        return Broken("start tag");
      }
    }
    if (elements_.empty() || !open_.empty()) return Broken("end of document");
    return elements_;
  }
  const std::string& why() const { return why_; }

 private:
  std::nullopt_t Broken(std::string_view what) {
    why_ = std::string(what) + " at " + std::to_string(at_) + ": " +
           std::string(text_.substr(std::min(at_, text_.size()), 60));
    return std::nullopt;
  }

  bool HasLegalBytes() const {
    if (!IsUtf8(text_)) return false;
    for (size_t i = 0; i < text_.size(); i += Utf8Length(text_.substr(i))) {
      const uint32_t code = DecodeUtf8(text_.substr(i));
      if ((code < 0x20 && code != '\n') || code == 0xFFFE || code == 0xFFFF) return false;
    }
    return true;
  }

  bool ReadEntity(std::string* out) {
    static constexpr std::pair<std::string_view, char> kKnown[] = {
        {"&amp;", '&'}, {"&lt;", '<'}, {"&gt;", '>'}, {"&quot;", '"'}, {"&#39;", '\''}};
    for (const auto& [name, c] : kKnown) {
      if (text_.substr(at_, name.size()) != name) continue;
      *out += c;
      at_ += name.size();
      return true;
    }
    return false;
  }

  bool ReadText() {
    std::string text;
    while (at_ < text_.size() && text_[at_] != '<') {
      if (text_[at_] == '&') {
        if (!ReadEntity(&text)) return false;
      } else {
        text += text_[at_++];
      }
    }
    if (open_.empty()) return text.find_first_not_of('\n') == std::string::npos;
    elements_[open_.back()].text += text;
    return true;
  }

  std::string ReadName() {
    const size_t from = at_;
    while (at_ < text_.size() && (std::isalnum(static_cast<unsigned char>(text_[at_])) != 0 ||
                                  text_[at_] == '-' || text_[at_] == ':')) {
      ++at_;
    }
    return std::string(text_.substr(from, at_ - from));
  }

  bool Take(std::string_view word) {
    if (text_.substr(at_, word.size()) != word) return false;
    at_ += word.size();
    return true;
  }

  bool ReadEnd() {
    at_ += 2;
    if (open_.empty() || ReadName() != elements_[open_.back()].name || !Take(">")) return false;
    open_.pop_back();
    return true;
  }

  bool ReadStart() {
    ++at_;
    if (open_.empty() && !elements_.empty()) return false;  // a second root
    Element element;
    element.name = ReadName();
    element.parent = open_.empty() ? -1 : static_cast<int>(open_.back());
    if (element.name.empty()) return false;
    while (Take(" ")) {
      const std::string name = ReadName();
      std::string value;
      if (name.empty() || !Take("=\"")) return false;
      while (at_ < text_.size() && text_[at_] != '"') {
        if (text_[at_] == '<') return false;
        if (text_[at_] == '&') {
          if (!ReadEntity(&value)) return false;
        } else {
          value += text_[at_++];
        }
      }
      if (!Take("\"") || !element.attributes.emplace(name, value).second) return false;
    }
    const bool leaf = Take("/");
    if (!Take(">")) return false;
    if (!leaf) open_.push_back(elements_.size());
    elements_.push_back(std::move(element));
    return true;
  }

  std::string_view text_;
  size_t at_ = 0;
  std::string why_;
  std::vector<Element> elements_;
  std::vector<size_t> open_;
};

}  // namespace pythia::xml_check
