// UTF-8, RFC 3629: what is valid, and how wide it prints.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace pythia {

// Bytes of the well-formed character that `text` begins with; 0 where it begins with none
// (empty, truncated, overlong, surrogate, above U+10FFFF).
size_t Utf8Length(std::string_view text);

bool IsUtf8(std::string_view text);

// The character that `text` begins with; requires Utf8Length(text) > 0.
uint32_t DecodeUtf8(std::string_view text);

// True for characters that steer a terminal or turn text around instead of showing something:
// C0 and C1 controls, DEL, the bidirectional marks and overrides.
bool IsControl(uint32_t code_point);

// Appends the UTF-8 form of `code_point`; U+FFFD where it is no scalar value.
void AppendUtf8(uint32_t code_point, std::string* out);

// Terminal columns that `text` takes: one per character, two for East Asian wide ones, none for
// combining marks.
size_t DisplayWidth(std::string_view text);

}  // namespace pythia
