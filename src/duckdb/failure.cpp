#include "duckdb/failure.h"

#include <array>
#include <string>

#include <fmt/format.h>

namespace pythia::duckdb {
namespace {

constexpr std::string_view kDiskHint =
    "Make room on that disk and run the command again; what was stored before is intact.";

struct Rule {
  std::string_view words;  // anywhere in the message
  ErrorCode code;
  std::string_view message;  // empty: DuckDB's own first line
  std::string_view hint;
};

// The first that fits wins.
constexpr std::array<Rule, 19> kRules = {{
    {"not a valid DuckDB database file", ErrorCode::kBadInput, "is no DuckDB file",
     "Name another file, or move this one away."},
    {"database file with version number", ErrorCode::kBadInput,
     "was written by another version of DuckDB that this program cannot read", ""},
    {"created with a newer DuckDB version", ErrorCode::kBadInput,
     "was written by a newer version of DuckDB that this program cannot read", ""},
    {"Corrupt database file", ErrorCode::kBadInput, "is a damaged DuckDB file",
     "Put back a copy of it, or name another file."},
    {"sqlite", ErrorCode::kBadInput, "is no DuckDB file",
     "Name another file, or move this one away."},
    {"No space left on device", ErrorCode::kIo, "the disk is full", kDiskHint},
    {"File too large", ErrorCode::kIo, "the file may not grow further", kDiskHint},
    {"Disk quota exceeded", ErrorCode::kIo, "the disk quota is used up", kDiskHint},
    {"Could not write", ErrorCode::kIo, "", kDiskHint},
    {"failed to offload", ErrorCode::kIo, "", kDiskHint},
    {"database has been invalidated", ErrorCode::kIo,
     "the store stopped after a failed write; what was stored before is intact",
     "Look for a full disk, then run the command again."},
    {"Out of Memory Error", ErrorCode::kIo, "", "Free some memory, or load smaller files."},
    {"TransactionContext Error: Failed to commit", ErrorCode::kConflict, "", "Try it again."},
    {"Conflict", ErrorCode::kConflict, "the store was changed at the same time", "Try it again."},
    {"IO Error", ErrorCode::kIo, "", ""},
    {"Permission Error", ErrorCode::kIo, "", ""},
    {"Invalid Input Error", ErrorCode::kBadInput, "", ""},
    {"Conversion Error", ErrorCode::kBadInput, "", ""},
    {"INTERRUPT Error", ErrorCode::kCancelled, "stopped", ""},
}};

// "... Conflicting lock is held in /usr/bin/pythia (PID 123) by user ..."
std::string HolderOf(std::string_view message) {
  const size_t begin = message.find("(PID ");
  if (begin == std::string_view::npos) return "";
  const size_t end = message.find(')', begin);
  if (end == std::string_view::npos) return "";
  return " " + std::string(message.substr(begin, end - begin + 1));
}

// Without DuckDB's class of error in front and without its advice on the lines below.
std::string FirstLine(std::string_view message) {
  message = message.substr(0, message.find('\n'));
  const size_t colon = message.find("Error: ");
  if (colon != std::string_view::npos) message.remove_prefix(colon + 7);
  return std::string(message);
}

}  // namespace

Error ToError(std::string_view message) {
  if (message.find("Could not set lock") != std::string_view::npos) {
    return Error{ErrorCode::kBusy,
                 fmt::format("is in use by another process{}", HolderOf(message)),
                 {},
                 {},
                 "Wait for it or stop it."};
  }
  for (const Rule& rule : kRules) {
    if (message.find(rule.words) == std::string_view::npos) continue;
    return Error{rule.code,
                 rule.message.empty() ? FirstLine(message) : std::string(rule.message),
                 {},
                 {},
                 std::string(rule.hint)};
  }
  return Error{ErrorCode::kInternal, std::string(message)};
}

}  // namespace pythia::duckdb
