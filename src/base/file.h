// Whole files: read with a bound, written all or nothing.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>

#include "base/error.h"

namespace pythia {

// The bytes of a regular file. kNotFound, kIo, or kBadInput where it is longer than `max_bytes`
// or no regular file.
Result<std::string> ReadFile(const std::filesystem::path& path, int64_t max_bytes);

// An Error for errno `code` while doing `what` with `path`: kNotFound for ENOENT, kIo else, with
// a hint for a full disk.
Error IoError(int code, std::string_view what, const std::filesystem::path& path);

// A file that appears under its name only when it is complete: bytes go to a temporary file in
// the same folder; Commit() syncs it, renames it and syncs the folder. Without Commit() the
// temporary file is removed and an older file of that name stays as it was. A symbolic link keeps
// pointing at the file, which is replaced; a device or pipe is written to as it comes. Not
// thread-safe.
class AtomicFile {
 public:
  // Makes missing parent folders.
  static Result<AtomicFile> Create(const std::filesystem::path& path);
  AtomicFile(AtomicFile&& other) noexcept;
  AtomicFile& operator=(AtomicFile&&) = delete;
  ~AtomicFile();

  // Buffered.
  Status Write(std::string_view bytes);
  Status Commit();
  // Where the bytes go until Commit(): for writers that take a path.
  const std::filesystem::path& temporary_path() const { return temporary_; }

 private:
  AtomicFile() = default;
  Status OpenInPlace();
  Status OpenTemporary();
  Status Flush();

  std::filesystem::path path_;
  std::filesystem::path temporary_;
  int descriptor_ = -1;
  bool in_place_ = false;  // a device or pipe, which no rename may replace
  std::string buffer_;
};

Status WriteFileAtomically(const std::filesystem::path& path, std::string_view bytes);

}  // namespace pythia
