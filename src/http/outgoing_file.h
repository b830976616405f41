// The file that an answer consists of.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>

namespace pythia::http {

// Removed with this object. One thread at a time.
class OutgoingFile {
 public:
  // None where `path` is empty.
  explicit OutgoingFile(std::filesystem::path path);
  ~OutgoingFile();
  OutgoingFile(const OutgoingFile&) = delete;
  OutgoingFile& operator=(const OutgoingFile&) = delete;

  bool wanted() const { return !path_.empty(); }
  bool usable() const { return usable_; }
  uint64_t size() const { return size_; }

  // At most buffer->size() bytes; empty at the end and where reading fails.
  std::string_view Read(std::string* buffer) const;

 private:
  std::filesystem::path path_;
  int descriptor_ = -1;
  bool usable_ = false;
  uint64_t size_ = 0;
};

}  // namespace pythia::http
