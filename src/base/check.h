// Programmer errors end the program, in release builds too.
#pragma once

namespace pythia {
[[noreturn]] void CheckFailed(const char* condition, const char* file, int line);
}  // namespace pythia

#define PYTHIA_CHECK(condition)                              \
  do {                                                       \
    if (!(condition)) [[unlikely]] {                         \
      ::pythia::CheckFailed(#condition, __FILE__, __LINE__); \
    }                                                        \
  } while (false)
