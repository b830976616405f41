// The two scalars that files are made of, as text: one spelling for JSON and for exported tables,
// without locale or allocation beyond the target's growth.
#pragma once

#include <string>
#include <string_view>

namespace pythia {

// Appends the shortest decimal text that reads back as exactly `value`: plain digits where
// 1e-6 <= |value| < 1e15 ("16174", "0.125"), an exponent else ("1e+22"). Zero is "0", negative
// zero "-0.0" (which stays a float in JSON). Requires that `value` is finite.
void AppendNumberText(double value, std::string* out);

// Appends `text` as a JSON string, quotes included. Bytes that are no UTF-8 become U+FFFD: the
// output is valid whatever a file held.
void AppendJsonText(std::string_view text, std::string* out);

}  // namespace pythia
