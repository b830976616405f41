// What the header of a foreign file means in our words.
//
// A header is compared without case, accents, punctuation, blanks and units in brackets, so
// "Amount spent (USD)", "amount_spent" and "AmountSpent" are the same. The table of names in
// aliases.cpp is ordered: where two headers of a file claim one column, the earlier name wins.
// Thread-safe: free functions.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "campaign/rollup.h"  // column::kCampaignName

namespace pythia {

// What a file may say beside the columns of a dataset.
namespace column {
inline constexpr std::string_view kEndDate = "@end_date";   // with Date gives Duration
inline constexpr std::string_view kCurrency = "@currency";  // the dataset's currency
inline constexpr std::string_view kRoas = "@roas";          // revenue / spend = 1 + ROI
inline constexpr std::string_view kPersonal = "@personal";  // e-mail addresses, phone numbers
}  // namespace column

struct HeaderForm {
  std::string key;       // the whole header, squeezed
  std::string core;      // without brackets, units and filler words
  std::string currency;  // ISO code in the header, as in "(USD)"; empty: none
  bool percent = false;  // "(%)"
  bool micros = false;   // millionths, as in "cost_micros"
};
HeaderForm ParseHeader(std::string_view header);

// The column that a header claims, and how strongly.
struct Claim {
  std::string_view column;  // canonical, or one of those above
  int rank = 0;             // smaller is stronger; 0: the canonical name itself
};
std::optional<Claim> FindClaim(const HeaderForm& header);

// True for a name that programs give to the money spent in the end ("Amount spent", "Cost"), and
// neither to a budget nor to our own.
bool MeansRealisedSpend(std::string_view header);

// How many different columns a row of cells claims: what tells a header from data.
int CountClaims(const std::vector<std::string>& cells);

// A name of ours in any case and punctuation, as in "channel used"; empty where it is none.
std::string_view FindColumnName(std::string_view text);

// Of `headers` the one that `column` most likely stands under; empty where none comes near.
std::string GuessHeader(const std::vector<std::string>& headers, std::string_view column);

// A few names by which `column` is known, for messages.
std::vector<std::string> KnownNames(std::string_view column);

}  // namespace pythia
