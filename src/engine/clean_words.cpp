#include "engine/clean_words.h"

#include <algorithm>
#include <initializer_list>
#include <map>
#include <string_view>

namespace pythia {
namespace {

// "name=value" pairs; the last '=' separates where `last` is set, so that headers may hold one.
Result<std::map<std::string, std::string>> Pairs(const std::vector<std::string>& words,
                                                 const std::string& name, bool last) {
  std::map<std::string, std::string> pairs;
  for (const std::string& word : words) {
    const size_t at = last ? word.rfind('=') : word.find('=');
    if (at == std::string::npos || at == 0 || at + 1 == word.size()) {
      return Fail(Error{.code = ErrorCode::kUsage,
                        .message = "takes NAME=VALUE",
                        .place = {.column = name},
                        .value = word,
                        .hint = std::string("As in ") +
                                (last ? "\"Their header=Clicks\"" : "Channel_Used=Google")});
    }
    pairs[word.substr(0, at)] = word.substr(at + 1);
  }
  return pairs;
}

Status OneOf(std::string_view name, const std::optional<std::string>& word,
             std::initializer_list<std::string_view> known) {
  if (!word || std::find(known.begin(), known.end(), *word) != known.end()) return {};
  std::string words;
  for (const std::string_view one : known)
    words += (words.empty() ? "" : " or ") + std::string(one);
  return Fail(Error{.code = ErrorCode::kUsage,
                    .message = "takes " + words,
                    .place = {.column = std::string(name)},
                    .value = *word});
}

}  // namespace

Result<CleanOptions> CleanOptionsFrom(const CleanWords& words) {
  CleanOptions options;
  PYTHIA_ASSIGN(options.map, Pairs(words.map, "map", true));
  PYTHIA_ASSIGN(options.set, Pairs(words.set, "set", false));
  PYTHIA_TRY(OneOf("grain", words.grain, {"campaign", "row"}));
  PYTHIA_TRY(OneOf("date_order", words.date_order, {"dmy", "mdy"}));
  PYTHIA_TRY(OneOf("decimal", words.decimal, {",", "."}));
  if (words.grain) options.grain = *words.grain == "row" ? Grain::kRow : Grain::kCampaign;
  if (words.date_order) {
    options.date_order = *words.date_order == "dmy" ? DateOrder::kDmy : DateOrder::kMdy;
  }
  if (words.decimal) options.decimal = words.decimal->front();
  options.strict = words.strict;
  options.keep_personal = words.keep_personal;
  return options;
}

}  // namespace pythia
