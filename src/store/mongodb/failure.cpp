#include "store/mongodb/failure.h"

#include <algorithm>
#include <array>

#include <fmt/format.h>

#include "store/mongodb/document.h"

namespace pythia::mongo {
namespace {

// Server error codes, as the server's own list names them.
constexpr uint32_t kUnauthorized = 13;
constexpr uint32_t kAuthenticationFailed = 18;
constexpr uint32_t kDocumentValidationFailure = 121;
constexpr uint32_t kObjectTooLarge = 10334;
constexpr uint32_t kDuplicateKey = 11000;
constexpr uint32_t kOutOfDiskSpace = 14031;
// Host unreachable, host not found, network timeout, shutdown in progress, write concern timeout,
// exceeded time limit, primary stepped down, no primary, interrupted, socket trouble.
constexpr std::array<uint32_t, 16> kTransient = {
    6, 7, 89, 91, 64, 189, 262, 317, 9001, 10058, 10107, 11600, 11602, 13435, 13436, 175};

constexpr int64_t kMinWireVersion = 13;  // MongoDB 5.0

Error Make(ErrorCode code, std::string_view store, std::string_view what, const bson_error_t& error,
           std::string hint) {
  return Error{.code = code,
               .message = fmt::format("the store {} {}: {}", store, what, error.message),
               .hint = std::move(hint)};
}

bool IsConnection(const bson_error_t& error) {
  return error.domain == MONGOC_ERROR_STREAM || error.domain == MONGOC_ERROR_SERVER_SELECTION;
}

}  // namespace

bool Reply::IsTransient() const {
  if (error.domain == MONGOC_ERROR_CLIENT && error.code == MONGOC_ERROR_CLIENT_AUTHENTICATE) {
    return false;
  }
  if (IsConnection(error) || HasLabel("RetryableWriteError") ||
      HasLabel("TransientTransactionError")) {
    return true;
  }
  const bool server = error.domain == MONGOC_ERROR_SERVER ||
                      error.domain == MONGOC_ERROR_WRITE_CONCERN ||
                      error.domain == MONGOC_ERROR_QUERY;
  return server && std::ranges::find(kTransient, error.code) != kTransient.end();
}

bool Reply::IsOnlyDuplicates() const {
  const Reader reply(&document);
  if (!reply.List("writeConcernErrors").empty() || reply.Has("writeConcernError")) return false;
  const auto errors = reply.List("writeErrors");
  if (errors.empty()) {
    return error.domain == MONGOC_ERROR_SERVER && error.code == kDuplicateKey;
  }
  return std::ranges::all_of(errors,
                             [](const Reader& one) { return one.Whole("code") == kDuplicateKey; });
}

bool Reply::IsUnauthorized() const {
  return error.domain == MONGOC_ERROR_SERVER && error.code == kUnauthorized;
}

Error ErrorFrom(const bson_error_t& error, std::string_view store) {
  if (error.code == MONGOC_ERROR_CLIENT_AUTHENTICATE && error.domain == MONGOC_ERROR_CLIENT) {
    return Make(ErrorCode::kIo, store, "refuses the user or the password", error,
                "Check user and password (PYTHIA_STORE, PYTHIA_STORE_PASSWORD or [store] in "
                "pythia.toml), and the database that knows the user (?authSource=admin).");
  }
  if (error.domain == MONGOC_ERROR_PROTOCOL &&
      error.code == MONGOC_ERROR_PROTOCOL_BAD_WIRE_VERSION) {
    return Make(ErrorCode::kConflict, store, "runs on another version of MongoDB", error,
                "Use a server of MongoDB 5.0 or later.");
  }
  if (IsConnection(error)) {
    return Make(ErrorCode::kBusy, store, "cannot be reached", error,
                "Check that the server runs and that the address is right; of a replica set, that "
                "it has a primary and that its name (?replicaSet=) is right.");
  }
  switch (error.code) {
    case kAuthenticationFailed:
      return Make(ErrorCode::kIo, store, "refuses the user or the password", error,
                  "Check user and password, and ?authSource=.");
    case kUnauthorized:
      return Make(ErrorCode::kIo, store, "does not let this user do that", error,
                  "Give the user the role readWrite on the database (dbAdmin too for the first "
                  "use, which makes the collections), or use another user.");
    case kDocumentValidationFailure:
      return Make(ErrorCode::kInternal, store, "refuses a document", error, {});
    case kObjectTooLarge:
      return Make(ErrorCode::kBadInput, store, "cannot hold a row this large", error,
                  "A campaign may take 16 MB in MongoDB.");
    case kOutOfDiskSpace:
      return Make(ErrorCode::kIo, store, "has no space left", error, "Free some on its server.");
    default:
      return Make(ErrorCode::kIo, store, "refuses", error, {});
  }
}

Status CheckServer(int64_t max_wire_version, std::string_view store) {
  if (max_wire_version >= kMinWireVersion) return {};
  return Fail(Error{.code = ErrorCode::kConflict,
                    .message = fmt::format("the server of the store {} is older than MongoDB 5.0 "
                                           "(wire version {})",
                                           store, max_wire_version),
                    .hint = "Use a newer server, or a DuckDB file (--store pythia.duckdb)."});
}

}  // namespace pythia::mongo
