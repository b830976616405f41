// Memory for arrays with a place per row of a history, which may be longer than the memory of the
// machine.
//
// Small arrays are ordinary memory. Big ones count against a budget; what goes beyond it lives in a
// file without a name, whose room on the disk is taken before it is used, and is read and written
// as memory. Of such files little stays resident: what was not touched lately is given back to the
// system. So any container works on them, best where it goes through its rows in order; the values
// do not depend on where they are kept.
//
// One for the process, as memory is. Thread-safe.
#pragma once

#include <cstddef>
#include <exception>
#include <filesystem>
#include <string>
#include <utility>
#include <vector>

#include "base/error.h"

namespace pythia {

struct RowMemoryLimits {
  std::filesystem::path folder;    // of the files; empty: the system's for temporary ones
  size_t in_memory = 160U << 20;   // bytes of big arrays in memory
  size_t resident = 96U << 20;     // bytes of files in memory
  size_t smallest_big = 1U << 20;  // shorter arrays are not big
};

// For what is allocated from now on.
void SetRowMemory(const RowMemoryLimits& limits);
RowMemoryLimits RowMemory();

// Bytes of big arrays at this moment.
struct RowMemoryUse {
  size_t in_memory = 0;
  size_t in_files = 0;
  size_t most_in_files = 0;  // since SetRowMemory()
};
RowMemoryUse UsedRowMemory();

// What a RowVector throws that gets no room: a container has no other way to say it. Whoever fills
// large ones turns it into a Result: WithRowMemory().
class RowMemoryError final : public std::exception {
 public:
  explicit RowMemoryError(Error error) : error_(std::move(error)) {}
  const char* what() const noexcept override { return error_.message.c_str(); }
  const Error& error() const { return error_; }

 private:
  Error error_;
};

// What `work` returns, or the error of memory that it did not get.
template <typename Work>
auto WithRowMemory(const Work& work) -> decltype(work()) {
  try {
    return work();
  } catch (const RowMemoryError& failure) {
    return Fail(failure.error());
  }
}

namespace internal {
void* AllocateRows(size_t bytes);
void FreeRows(void* memory, size_t bytes) noexcept;
}  // namespace internal

template <typename T>
struct RowAllocator {
  using value_type = T;

  RowAllocator() = default;
  template <typename U>
  RowAllocator(const RowAllocator<U>& /*other*/) {}  // NOLINT(google-explicit-constructor)

  T* allocate(size_t n) { return static_cast<T*>(internal::AllocateRows(n * sizeof(T))); }
  void deallocate(T* memory, size_t n) noexcept { internal::FreeRows(memory, n * sizeof(T)); }
  bool operator==(const RowAllocator& /*other*/) const { return true; }
};

template <typename T>
using RowVector = std::vector<T, RowAllocator<T>>;

// Gives the memory back (`= {}` keeps it).
template <typename T>
void Release(RowVector<T>* rows) {
  RowVector<T>().swap(*rows);
}

}  // namespace pythia
