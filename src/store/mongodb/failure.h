// What went wrong in the driver or on the server, as an Error that says what to do.
#pragma once

#include <string>
#include <string_view>

#include <mongoc/mongoc.h>

#include "base/error.h"

namespace pythia::mongo {

// What the driver fills where a call fails. One call each; not copied.
class Reply {
 public:
  Reply() = default;
  ~Reply() { bson_destroy(&document); }
  Reply(const Reply&) = delete;
  Reply& operator=(const Reply&) = delete;

  // The call may work when it is made again: the connection broke, or another server leads now.
  bool IsTransient() const;
  // Every document that was refused is there already, and nothing else went wrong.
  bool IsOnlyDuplicates() const;
  bool IsUnauthorized() const;
  bool HasLabel(const char* label) const { return mongoc_error_has_label(&document, label); }

  bson_error_t error{};
  bson_t document = BSON_INITIALIZER;
};

// `store` is what people call the store, without secrets. kBusy where the server cannot be
// reached now, kIo where it refuses, kBadInput for a document that is too large for it.
Error ErrorFrom(const bson_error_t& error, std::string_view store);

// kConflict where the server answered `hello` with versions that this program does not speak.
Status CheckServer(int64_t max_wire_version, std::string_view store);

}  // namespace pythia::mongo
