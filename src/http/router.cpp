#include "http/router.h"

#include <algorithm>
#include <optional>
#include <set>

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace pythia::http {
namespace {

constexpr size_t kLongestArgument = 128;

bool IsArgumentPattern(std::string_view part) {
  return part.starts_with('{') && part.ends_with('}');
}

bool IsArgumentChar(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
         c == '.' || c == '-';
}

bool IsArgument(std::string_view text) {
  return !text.empty() && text.size() <= kLongestArgument && text != "." && text != ".." &&
         std::ranges::all_of(text, IsArgumentChar);
}

std::vector<std::string> PartsOf(std::string_view path) {
  std::vector<std::string> parts;
  while (!path.empty()) {
    path.remove_prefix(1);  // the slash
    parts.emplace_back(path.substr(0, path.find('/')));
    path.remove_prefix(parts.back().size());
  }
  return parts;
}

bool Fits(const std::vector<std::string>& pattern, const std::vector<std::string>& parts) {
  if (pattern.size() != parts.size()) return false;
  for (size_t i = 0; i < parts.size(); ++i) {
    const bool fits = IsArgumentPattern(pattern[i]) ? IsArgument(parts[i]) : pattern[i] == parts[i];
    if (!fits) return false;
  }
  return true;
}

std::map<std::string, std::string> Arguments(const std::vector<std::string>& pattern,
                                             const std::vector<std::string>& parts) {
  std::map<std::string, std::string> arguments;
  for (size_t i = 0; i < parts.size(); ++i) {
    if (!IsArgumentPattern(pattern[i])) continue;
    arguments[pattern[i].substr(1, pattern[i].size() - 2)] = parts[i];
  }
  return arguments;
}

}  // namespace

Router::Router(std::vector<Route> routes) {
  for (Route& route : routes) {
    std::vector<std::string> parts = PartsOf(route.pattern);
    const auto arguments = static_cast<size_t>(std::ranges::count_if(parts, IsArgumentPattern));
    const auto place = std::ranges::upper_bound(rows_, arguments, {}, &Row::num_arguments);
    rows_.insert(place, {std::move(route), std::move(parts), arguments});
  }
}

OrRefusal<Router::Match> Router::Find(std::string_view method, std::string_view path) const {
  const std::vector<std::string> parts = PartsOf(path);
  for (const std::string_view wanted : {method, std::string_view(method == "HEAD" ? "GET" : "")}) {
    for (const Row& row : rows_) {
      if (row.route.method != wanted || !Fits(row.parts, parts)) continue;
      return Match{&row.route, Arguments(row.parts, parts)};
    }
  }
  const std::string allowed = Allowed(path);
  if (allowed.empty()) return Refuse(404, "there is nothing at this path");
  Response response =
      Problem(405, StatusText(405), fmt::format("this path answers to {}", allowed));
  response.headers.emplace_back("Allow", allowed);
  return Refuse(std::move(response));
}

std::string Router::Allowed(std::string_view path) const {
  const std::vector<std::string> parts = PartsOf(path);
  std::set<std::string> methods;
  for (const Row& row : rows_) {
    if (Fits(row.parts, parts)) methods.insert(row.route.method);
  }
  if (methods.empty()) return {};
  if (methods.contains("GET")) methods.insert("HEAD");
  methods.insert("OPTIONS");
  return fmt::format("{}", fmt::join(methods, ", "));
}

}  // namespace pythia::http
