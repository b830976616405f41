// Which service holds the file of a store: a note beside it, "<store>.server", while it runs.
#pragma once

#include <filesystem>
#include <optional>
#include <string>

#include "base/error.h"

namespace pythia {

// The note is gone with this object. Not thread-safe.
class ServedAt {
 public:
  // Replaces a note that another process left behind.
  static Result<ServedAt> Write(const std::filesystem::path& store, const std::string& address);
  ServedAt(ServedAt&& other) noexcept;
  ServedAt& operator=(ServedAt&&) = delete;
  ~ServedAt();

 private:
  explicit ServedAt(std::filesystem::path note) : note_(std::move(note)) {}

  std::filesystem::path note_;
};

// The address that the note names, if the process that wrote it still runs.
std::optional<std::string> AddressOfServer(const std::filesystem::path& store);

}  // namespace pythia
