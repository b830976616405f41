#include "http/tokens.h"

#include <sys/random.h>

#include <algorithm>
#include <array>
#include <cerrno>

#include <fmt/format.h>

#include "base/file.h"
#include "base/sha256.h"

namespace pythia::http {
namespace {

constexpr size_t kTokenBytes = 32;
constexpr size_t kHashDigits = 64;
constexpr int64_t kMostBytes = 1 << 20;

bool IsTokenName(std::string_view name) {
  return !name.empty() && name != kNoToken && name.size() <= 64 &&
         std::all_of(name.begin(), name.end(), [](char c) {
           return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                  c == '_' || c == '-';
         });
}

bool IsHash(std::string_view text) {
  return text.size() == kHashDigits && std::all_of(text.begin(), text.end(), [](char c) {
           return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f');
         });
}

}  // namespace

Result<std::vector<TokenHash>> ReadTokens(const std::filesystem::path& file) {
  PYTHIA_ASSIGN(const std::string text, ReadFile(file, kMostBytes));
  std::vector<TokenHash> tokens;
  size_t from = 0;
  for (int64_t line = 1; from < text.size(); ++line) {
    const size_t end = std::min(text.find('\n', from), text.size());
    const std::string_view row = std::string_view(text).substr(from, end - from);
    from = end + 1;
    if (row.empty() || row.front() == '#') continue;
    const size_t space = row.find(' ');
    const bool good = space != std::string_view::npos && IsTokenName(row.substr(0, space)) &&
                      IsHash(row.substr(space + 1));
    if (!good) {
      // The text could be a token that someone put here: it is not repeated.
      return Fail(Error{.code = ErrorCode::kBadInput,
                        .message = "not a line of a token file",
                        .place = {.file = file.string(), .line = line},
                        .hint = "pythia token new NAME writes such lines: a name and a SHA-256."});
    }
    tokens.push_back({std::string(row.substr(0, space)), std::string(row.substr(space + 1))});
  }
  return tokens;
}

Result<std::string> NewToken(const std::filesystem::path& file, const std::string& name) {
  if (!IsTokenName(name)) {
    return Fail(Error{.code = ErrorCode::kUsage,
                      .message = "a token's name is up to 64 letters, digits, _ and -, not 'http'",
                      .value = name});
  }
  std::string lines;
  if (std::filesystem::exists(file)) {
    PYTHIA_ASSIGN(const std::vector<TokenHash> known, ReadTokens(file));
    for (const TokenHash& token : known) {
      if (token.name == name) {
        return Fail(Error{.code = ErrorCode::kConflict,
                          .message = "there is a token of this name",
                          .place = {.file = file.string()},
                          .value = name,
                          .hint = "Delete its line to revoke it."});
      }
      lines += token.name + " " + token.sha256 + "\n";
    }
  }
  std::array<unsigned char, kTokenBytes> random{};
  if (::getrandom(random.data(), random.size(), 0) != static_cast<ssize_t>(random.size())) {
    return Fail(IoError(errno, "read", "random numbers"));
  }
  std::string token;
  for (const unsigned char byte : random) token += fmt::format("{:02x}", byte);
  lines += name + " " + HexSha256(token) + "\n";
  PYTHIA_TRY(WriteFileAtomically(file, lines));
  std::error_code ignored;
  std::filesystem::permissions(
      file, std::filesystem::perms::owner_read | std::filesystem::perms::owner_write, ignored);
  return token;
}

}  // namespace pythia::http
