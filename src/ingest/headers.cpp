#include "ingest/headers.h"

#include <algorithm>
#include <array>
#include <set>
#include <unordered_map>

#include "base/utf8.h"
#include "campaign/schema.h"
#include "ingest/aliases.h"
#include "ingest/fields.h"

namespace pythia {
namespace {

constexpr int kBracketPenalty = 100;  // a name that only fits without its brackets

// U+00C0..U+017F without their marks, in lower case; '?' is no letter.
constexpr std::string_view kFolded =
    "aaaaaaaceeeeiiiidnooooo?ouuuuytsaaaaaaaceeeeiiiidnooooo?ouuuuyty"
    "aaaaaaccccccccddddeeeeeeeeeegggggggghhhhiiiiiiiiiiiijjkkklllllll"
    "lllnnnnnnnnnoooooooorrrrrrssssssssttttttuuuuuuuuuuuuwwyyyzzzzzzs";

// `text` in lower case without accents.
std::string Fold(std::string_view text) {
  std::string out;
  for (size_t at = 0; at < text.size();) {
    const size_t length = std::max<size_t>(Utf8Length(text.substr(at)), 1);
    const auto first = static_cast<unsigned char>(text[at]);
    if (length == 1) {
      out += first >= 'A' && first <= 'Z' ? static_cast<char>(first + 32) : text[at];
    } else if (length == 2 && first >= 0xC3 && first <= 0xC5) {
      const uint32_t code =
          (first & 0x1FU) << 6 | (static_cast<unsigned char>(text[at + 1]) & 0x3FU);
      out += kFolded[std::min<size_t>(code - 0xC0, kFolded.size() - 1)];
    } else {
      out += text.substr(at, length);
    }
    at += length;
  }
  return out;
}

bool IsWordByte(char c) {
  return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || static_cast<unsigned char>(c) >= 0x80;
}

std::vector<std::string> Words(std::string_view folded) {
  std::vector<std::string> words(1);
  for (const char c : folded) {
    if (IsWordByte(c)) {
      words.back() += c;
    } else if (!words.back().empty()) {
      words.emplace_back();
    }
  }
  if (words.back().empty()) words.pop_back();
  return words;
}

std::string Join(const std::vector<std::string>& words) {
  std::string out;
  for (const std::string& word : words) out += word;
  return out;
}

// `header` without what stands in brackets, which goes to `inside`.
std::string TakeBrackets(std::string_view header, std::vector<std::string>* inside) {
  std::string outside;
  int depth = 0;
  for (const char c : header) {
    const bool opens = c == '(' || c == '[' || c == '{';
    const bool closes = c == ')' || c == ']' || c == '}';
    if (opens && depth++ == 0) inside->emplace_back();
    if (closes && depth > 0 && --depth == 0) continue;
    if (depth == 0) {
      outside += c;
    } else if (!(opens && depth == 1)) {
      inside->back() += c;
    }
  }
  return outside;
}

void DropUnits(std::vector<std::string>* words, HeaderForm* form) {
  const auto ends = [words](std::string_view last) {
    return words->size() > 1 && words->back() == last;
  };
  while (ends("micros") || ends("micro")) {
    form->micros = true;
    words->pop_back();
  }
  const std::string_view code = words->size() > 1 ? CurrencyCode(words->back()) : "";
  if (!code.empty() && form->currency.empty()) {
    form->currency = code;
    words->pop_back();
  }
  while (ends("in")) words->pop_back();
}

void DropFillers(std::vector<std::string>* words) {
  constexpr std::array<std::string_view, 6> kFillers = {"number", "of", "total", "sum", "no", "nr"};
  while (words->size() > 1 &&
         std::find(kFillers.begin(), kFillers.end(), words->front()) != kFillers.end()) {
    words->erase(words->begin());
  }
}

using ClaimMap = std::unordered_map<std::string, Claim>;

const ClaimMap& Claims() {
  static const ClaimMap claims = [] {
    ClaimMap map;
    for (const ColumnSpec& spec : CanonicalColumns()) {
      map.emplace(Join(Words(Fold(spec.name))), Claim{spec.name, 0});
    }
    map.emplace("campaignname", Claim{column::kCampaignName, 0});
    for (const AliasList& list : Aliases()) {
      int rank = 0;
      std::string_view rest = list.names;
      while (!rest.empty()) {
        const size_t bar = std::min(rest.find('|'), rest.size());
        map.emplace(Join(Words(rest.substr(0, bar))), Claim{list.column, ++rank});
        rest.remove_prefix(std::min(bar + 1, rest.size()));
      }
    }
    return map;
  }();
  return claims;
}

// Sørensen–Dice over pairs of letters: 1 for equal texts, 0 for nothing in common.
double Likeness(std::string_view a, std::string_view b) {
  if (a.size() < 2 || b.size() < 2) return 0;
  std::multiset<std::string_view> pairs;
  for (size_t i = 0; i + 1 < a.size(); ++i) pairs.insert(a.substr(i, 2));
  size_t common = 0;
  for (size_t i = 0; i + 1 < b.size(); ++i) {
    const auto found = pairs.find(b.substr(i, 2));
    if (found == pairs.end()) continue;
    pairs.erase(found);
    ++common;
  }
  return 2.0 * static_cast<double>(common) / static_cast<double>(a.size() + b.size() - 2);
}

}  // namespace

HeaderForm ParseHeader(std::string_view header) {
  HeaderForm form;
  form.key = Join(Words(Fold(header)));
  std::vector<std::string> inside;
  const std::string outside = TakeBrackets(header, &inside);
  form.percent = header.find('%') != std::string_view::npos;
  for (const std::string& part : inside) {
    const std::string_view unit = Trim(part);
    if (form.currency.empty()) form.currency = CurrencyCode(unit);
  }
  std::vector<std::string> words = Words(Fold(outside));
  DropUnits(&words, &form);
  DropFillers(&words);
  form.core = Join(words);
  return form;
}

std::optional<Claim> FindClaim(const HeaderForm& header) {
  const ClaimMap& claims = Claims();
  const auto whole = claims.find(header.key);
  if (whole != claims.end()) return whole->second;
  const auto core = claims.find(header.core);
  if (core == claims.end() || header.core.empty()) return std::nullopt;
  const std::string_view target = core->second.column;
  const bool share =
      header.percent &&
      (target == column::kImpressions || target == column::kClicks || target == column::kRevenue ||
       target == column::kAcquisitionCost || target == column::kConversions);
  if (share) return std::nullopt;
  return Claim{target, core->second.rank + kBracketPenalty};
}

bool MeansRealisedSpend(std::string_view header) {
  constexpr std::array<std::string_view, 5> kNotSpentYet = {
      "acquisitioncost", "budget", "campaignbudget", "plannedspend", "plannedbudget"};
  const HeaderForm form = ParseHeader(header);
  const std::optional<Claim> claim = FindClaim(form);
  return claim && claim->column == column::kAcquisitionCost &&
         std::find(kNotSpentYet.begin(), kNotSpentYet.end(), form.core) == kNotSpentYet.end();
}

int CountClaims(const std::vector<std::string>& cells) {
  std::set<std::string_view> claimed;
  for (const std::string& cell : cells) {
    const std::optional<Claim> claim = FindClaim(ParseHeader(cell));
    if (claim) claimed.insert(claim->column);
  }
  return static_cast<int>(claimed.size());
}

std::string_view FindColumnName(std::string_view text) {
  const auto found = Claims().find(Join(Words(Fold(text))));
  return found != Claims().end() && found->second.rank == 0 ? found->second.column
                                                            : std::string_view{};
}

std::string GuessHeader(const std::vector<std::string>& headers, std::string_view column) {
  constexpr double kNear = 0.5;
  double best = kNear;
  std::string guess;
  for (const std::string& header : headers) {
    const HeaderForm form = ParseHeader(header);
    if (FindClaim(form)) continue;  // it stands for something else
    const std::string& core = form.core;
    double likeness = 0;
    for (const std::string& name : KnownNames(column)) {
      const std::string known = Join(Words(Fold(name)));
      likeness = std::max(likeness, Likeness(core, known));
      if (known.size() > 4 && core.find(known) != std::string::npos) {
        likeness = std::max(likeness, 0.5 + 0.4 * static_cast<double>(known.size()) /
                                                static_cast<double>(core.size()));
      }
    }
    if (likeness > best) {
      best = likeness;
      guess = header;
    }
  }
  return guess;
}

std::vector<std::string> KnownNames(std::string_view column) {
  constexpr size_t kSome = 12;
  std::vector<std::string> names = {std::string(column)};
  for (const AliasList& list : Aliases()) {
    if (list.column != column) continue;
    std::string_view rest = list.names;
    while (!rest.empty() && names.size() < kSome) {
      const size_t bar = std::min(rest.find('|'), rest.size());
      names.emplace_back(rest.substr(0, bar));
      rest.remove_prefix(std::min(bar + 1, rest.size()));
    }
  }
  return names;
}

}  // namespace pythia
