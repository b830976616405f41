// Errors as values.
//
// Result<T> is either a T or an Error. What a user did wrong, and what the machine refused, come
// back as an Error; what the programmer did wrong ends the program (check.h). Thread-safe: plain
// values.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

#include <tl/expected.hpp>

namespace pythia {

// One row of the table in error.cpp for each: its exit status and its HTTP status.
enum class ErrorCode {
  kUsage,      // the words of a command or request are off
  kBadInput,   // a file or plan that was handed in cannot be used
  kNotFound,   // a named dataset, model, file ... does not exist
  kConflict,   // refused so that nothing is overwritten or mixed by accident
  kNoModel,    // a prediction was asked for before any training
  kBusy,       // the store is held by another process
  kIo,         // the machine refused: disk full, no permission, unreadable
  kCancelled,  // stopped on request
  kInternal,   // a defect of this program
};

// Where in the input the fault is. Empty parts are unknown; line and row count from 1.
struct Place {
  std::string file = {};
  int64_t line = 0;
  std::string column = {};
};

// A message that a user can act on. `value` is the offending text and is printed last, shortened;
// `hint` is the way out.
struct [[nodiscard]] Error {
  ErrorCode code = ErrorCode::kInternal;
  std::string message;
  Place place = {};
  std::string value = {};
  std::string hint = {};

  // "file:line: column: message: 'value'", then the hint on a line of its own.
  std::string ToString() const;
};

// The exit status of the program for a code; 0 is success. docs/cli.md lists them.
int ExitStatus(ErrorCode code);

// The HTTP status for a code.
int HttpStatus(ErrorCode code);

// A name for machines, as in "bad_input".
std::string_view CodeName(ErrorCode code);
// The code of such a name; kInternal for an unknown one.
ErrorCode CodeOfName(std::string_view name);

// `text` made fit for a message: control characters and invalid UTF-8 as \xNN, at most
// `max_bytes` bytes of the original, then an ellipsis.
std::string Printable(std::string_view text, size_t max_bytes = 80);

template <typename T>
class [[nodiscard]] Result : public tl::expected<T, Error> {
 public:
  using tl::expected<T, Error>::expected;
};

using Status = Result<void>;

inline tl::unexpected<Error> Fail(Error error) { return tl::unexpected<Error>(std::move(error)); }
inline tl::unexpected<Error> Fail(ErrorCode code, std::string message) {
  return tl::unexpected<Error>(Error{code, std::move(message)});
}

}  // namespace pythia

#define PYTHIA_CONCAT_(a, b) a##b
#define PYTHIA_CONCAT(a, b) PYTHIA_CONCAT_(a, b)

// Returns the error of `expr` from the current function.
#define PYTHIA_TRY(expr)                                    \
  do {                                                      \
    if (auto pythia_try = (expr); !pythia_try) {            \
      return ::pythia::Fail(std::move(pythia_try).error()); \
    }                                                       \
  } while (false)

// `declaration` = the value of `expr`, or its error returned from the current function.
#define PYTHIA_ASSIGN(declaration, expr) \
  PYTHIA_ASSIGN_(PYTHIA_CONCAT(pythia_result_, __LINE__), declaration, expr)
#define PYTHIA_ASSIGN_(result, declaration, expr)                \
  auto result = (expr);                                          \
  if (!result) return ::pythia::Fail(std::move(result).error()); \
  declaration = std::move(*result)
