#include "base/error.h"

#include <algorithm>
#include <array>

#include <fmt/format.h>

#include "base/check.h"
#include "base/utf8.h"

namespace pythia {
namespace {

struct CodeRow {
  ErrorCode code;
  std::string_view name;
  int exit_status;
  int http_status;
};

constexpr std::array<CodeRow, 9> kCodes = {{
    {ErrorCode::kInternal, "internal", 1, 500},
    {ErrorCode::kUsage, "usage", 2, 400},
    {ErrorCode::kBadInput, "bad_input", 3, 400},
    {ErrorCode::kNotFound, "not_found", 4, 404},
    {ErrorCode::kConflict, "conflict", 5, 409},
    {ErrorCode::kNoModel, "no_model", 6, 409},
    {ErrorCode::kBusy, "busy", 7, 503},
    {ErrorCode::kIo, "io", 8, 507},
    {ErrorCode::kCancelled, "cancelled", 130, 499},
}};

const CodeRow& RowOf(ErrorCode code) {
  for (const CodeRow& row : kCodes) {
    if (row.code == code) return row;
  }
  PYTHIA_CHECK(false);
}

}  // namespace

int ExitStatus(ErrorCode code) { return RowOf(code).exit_status; }
int HttpStatus(ErrorCode code) { return RowOf(code).http_status; }
std::string_view CodeName(ErrorCode code) { return RowOf(code).name; }

ErrorCode CodeOfName(std::string_view name) {
  for (const CodeRow& row : kCodes) {
    if (row.name == name) return row.code;
  }
  return ErrorCode::kInternal;
}

std::string Printable(std::string_view text, size_t max_bytes) {
  std::string out;
  size_t at = 0;
  while (at < text.size() && at < max_bytes) {
    const size_t length = Utf8Length(text.substr(at));
    const bool control = length > 0 && IsControl(DecodeUtf8(text.substr(at)));
    if (length == 0 || (control && length == 1)) {
      out += fmt::format("\\x{:02x}", static_cast<unsigned char>(text[at]));
    } else if (control) {
      out += fmt::format("\\u{:04x}", DecodeUtf8(text.substr(at)));
    } else {
      out += text.substr(at, length);
    }
    at += std::max<size_t>(length, 1);
  }
  if (at < text.size()) out += "…";
  return out;
}

std::string Error::ToString() const {
  constexpr size_t kWhole = 4096;
  std::string out;
  if (!place.file.empty()) out += Printable(place.file, kWhole) + ":";
  if (place.line > 0) out += fmt::format("{}:", place.line);
  if (!out.empty()) out += ' ';
  if (!place.column.empty()) out += Printable(place.column) + ": ";
  out += Printable(message, kWhole);
  if (!value.empty()) out += fmt::format(": '{}'", Printable(value));
  for (size_t at = 0; at < hint.size();) {  // a hint may have several lines
    const size_t end = std::min(hint.find('\n', at), hint.size());
    out += "\n  " + Printable(std::string_view(hint).substr(at, end - at), kWhole);
    at = end + 1;
  }
  return out;
}

}  // namespace pythia
