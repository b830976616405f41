// The body of a kFile route on its way to disk.
#pragma once

#include <filesystem>
#include <memory>
#include <optional>
#include <string_view>

#include "base/error.h"
#include "http/message.h"
#include "http/multipart.h"
#include "http/refusal.h"
#include "http/server.h"

namespace pythia::http {

// A new file with a random name that only this user can read; removed with this object.
class TemporaryFile {
 public:
  static Result<TemporaryFile> Create(const std::filesystem::path& folder);
  TemporaryFile(TemporaryFile&& other) noexcept;
  TemporaryFile& operator=(TemporaryFile&&) = delete;
  ~TemporaryFile();

  Status Write(std::string_view bytes);
  Status Close();
  const std::filesystem::path& path() const { return path_; }

 private:
  TemporaryFile(std::filesystem::path path, int descriptor)
      : path_(std::move(path)), descriptor_(descriptor) {}

  std::filesystem::path path_;
  int descriptor_;
};

// Writes the file of a form, or the whole body of any other type. The file is removed with this
// object. Not thread-safe.
class Upload {
 public:
  // 400, 415 or 507.
  static OrRefusal<std::unique_ptr<Upload>> Begin(const Request& request, const Limits& limits,
                                                  const std::filesystem::path& folder);
  OrRefusal<void> Take(std::string_view bytes);
  // Fills in the file, its name and the fields.
  OrRefusal<void> Finish(Request* request);

 private:
  explicit Upload(TemporaryFile file) : file_(std::move(file)) {}
  OrRefusal<void> Write(std::string_view bytes);

  TemporaryFile file_;
  std::optional<MultipartParser> form_;
};

}  // namespace pythia::http
