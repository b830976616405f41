#include "http/header_value.h"

#include <algorithm>

namespace pythia::http {
namespace {

// Takes `"..."` from the front of `text`. Only \" and \\ are escapes: old browsers send file names
// with bare backslashes.
std::optional<std::string> TakeQuoted(std::string_view* text) {
  std::string out;
  for (size_t at = 1; at < text->size(); ++at) {
    const char c = (*text)[at];
    if (c == '"') {
      text->remove_prefix(at + 1);
      return out;
    }
    const bool escape =
        c == '\\' && at + 1 < text->size() && ((*text)[at + 1] == '"' || (*text)[at + 1] == '\\');
    if (escape) ++at;
    out += (*text)[at];
  }
  return std::nullopt;
}

// Takes what comes before the next ';'.
std::string_view TakePlain(std::string_view* text) {
  const std::string_view plain = text->substr(0, text->find(';'));
  text->remove_prefix(plain.size());
  return Trimmed(plain);
}

// Takes `name=value`.
bool TakeParameter(std::string_view* text, HeaderValue* value) {
  const size_t equals = text->find('=');
  if (equals == std::string_view::npos) return false;
  std::string name = LowerCase(Trimmed(text->substr(0, equals)));
  if (name.empty() || name.find(';') != std::string::npos || value->Parameter(name)) return false;
  text->remove_prefix(equals + 1);
  if (!text->starts_with('"')) {
    value->parameters.emplace_back(std::move(name), TakePlain(text));
    return true;
  }
  std::optional<std::string> quoted = TakeQuoted(text);
  if (!quoted || !TakePlain(text).empty()) return false;
  value->parameters.emplace_back(std::move(name), *std::move(quoted));
  return true;
}

}  // namespace

std::string LowerCase(std::string_view text) {
  std::string out(text);
  std::ranges::transform(out, out.begin(), [](char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  });
  return out;
}

std::string_view Trimmed(std::string_view text) {
  const size_t begin = text.find_first_not_of(" \t");
  if (begin == std::string_view::npos) return {};
  return text.substr(begin, text.find_last_not_of(" \t") - begin + 1);
}

std::string_view HeaderOf(const Request& request, const std::string& name) {
  const auto found = request.headers.find(name);
  return found == request.headers.end() ? std::string_view{} : std::string_view(found->second);
}

std::optional<std::string> HeaderValue::Parameter(std::string_view name) const {
  for (const auto& [key, text] : parameters) {
    if (key == name) return text;
  }
  return std::nullopt;
}

std::optional<HeaderValue> ParseHeaderValue(std::string_view text) {
  HeaderValue out;
  out.value = LowerCase(TakePlain(&text));
  while (!text.empty()) {
    text.remove_prefix(1);  // the ';'
    text = Trimmed(text);
    if (!text.empty() && !TakeParameter(&text, &out)) return std::nullopt;
  }
  return out;
}

}  // namespace pythia::http
