#include "base/file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <cerrno>
#include <cstring>
#include <utility>

#include <fmt/format.h>

#include "base/clock.h"
#include "base/random.h"

namespace pythia {
namespace {

constexpr size_t kBufferBytes = 1 << 20;

class Descriptor {
 public:
  explicit Descriptor(int fd) : fd_(fd) {}
  ~Descriptor() {
    if (fd_ >= 0) ::close(fd_);
  }
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  int get() const { return fd_; }

 private:
  int fd_;
};

}  // namespace

Error IoError(int code, std::string_view what, const std::filesystem::path& path) {
  Error error{code == ENOENT ? ErrorCode::kNotFound : ErrorCode::kIo,
              fmt::format("cannot {}: {}", what, std::strerror(code)),
              {.file = path.string()}};
  if (code == ENOSPC || code == EDQUOT) {
    error.hint = "Make room on that disk and run the command again; nothing was changed.";
  }
  return error;
}

Result<std::string> ReadFile(const std::filesystem::path& path, int64_t max_bytes) {
  // O_NONBLOCK: opening a pipe that nobody writes to would wait for ever.
  const Descriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
  if (file.get() < 0) return Fail(IoError(errno, "open", path));
  struct stat info{};
  if (::fstat(file.get(), &info) != 0) return Fail(IoError(errno, "read", path));
  if (!S_ISREG(info.st_mode)) {
    return Fail(Error{ErrorCode::kBadInput, "not a regular file", {.file = path.string()}});
  }
  std::string bytes;
  for (;;) {
    std::array<char, 65536> part{};
    const ssize_t got = ::read(file.get(), part.data(), part.size());
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return Fail(IoError(errno, "read", path));
    if (got == 0) return bytes;
    bytes.append(part.data(), static_cast<size_t>(got));
    if (std::cmp_greater(bytes.size(), max_bytes)) {
      return Fail(Error{ErrorCode::kBadInput,
                        fmt::format("longer than the {} bytes allowed here", max_bytes),
                        {.file = path.string()}});
    }
  }
}

Result<AtomicFile> AtomicFile::Create(const std::filesystem::path& path) {
  AtomicFile file;
  file.path_ = path;
  std::error_code failed;
  if (std::filesystem::is_symlink(path, failed)) {
    file.path_ = std::filesystem::weakly_canonical(path, failed);
    if (failed) return Fail(IoError(failed.value(), "write", path));
  }
  struct stat info{};
  const bool exists = ::stat(file.path_.c_str(), &info) == 0;
  if (exists && S_ISDIR(info.st_mode)) return Fail(IoError(EISDIR, "write", path));
  file.in_place_ = exists && !S_ISREG(info.st_mode);
  PYTHIA_TRY(file.in_place_ ? file.OpenInPlace() : file.OpenTemporary());
  return file;
}

Status AtomicFile::OpenInPlace() {
  temporary_ = path_;
  descriptor_ = ::open(path_.c_str(), O_WRONLY | O_CLOEXEC);
  if (descriptor_ < 0) return Fail(IoError(errno, "write", path_));
  return {};
}

Status AtomicFile::OpenTemporary() {
  const std::filesystem::path folder = path_.has_parent_path() ? path_.parent_path() : ".";
  std::error_code failed;
  std::filesystem::create_directories(folder, failed);
  if (failed) return Fail(IoError(failed.value(), "make the folder", folder));
  // Two files of one name may begin in the same microsecond.
  static std::atomic<uint64_t> files_made = 0;
  const auto salt =
      Mix64(static_cast<uint64_t>(NowMicros()) ^ static_cast<uint64_t>(::getpid()) << 40) +
      ++files_made;
  temporary_ = folder / fmt::format(".{}.{:016x}.tmp", path_.filename().string(), Mix64(salt));
  descriptor_ = ::open(temporary_.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0644);
  if (descriptor_ < 0) return Fail(IoError(errno, "write", path_));
  return {};
}

AtomicFile::AtomicFile(AtomicFile&& other) noexcept
    : path_(std::move(other.path_)),
      temporary_(std::move(other.temporary_)),
      descriptor_(std::exchange(other.descriptor_, -1)),
      in_place_(other.in_place_),
      buffer_(std::move(other.buffer_)) {}

AtomicFile::~AtomicFile() {
  if (descriptor_ < 0) return;
  ::close(descriptor_);
  if (!in_place_) ::unlink(temporary_.c_str());
}

Status AtomicFile::Write(std::string_view bytes) {
  buffer_ += bytes;
  return buffer_.size() >= kBufferBytes ? Flush() : Status{};
}

Status AtomicFile::Flush() {
  std::string_view rest = buffer_;
  while (!rest.empty()) {
    const ssize_t wrote = ::write(descriptor_, rest.data(), rest.size());
    if (wrote < 0 && errno == EINTR) continue;
    if (wrote < 0) return Fail(IoError(errno, "write", path_));
    rest.remove_prefix(static_cast<size_t>(wrote));
  }
  buffer_.clear();
  return {};
}

Status AtomicFile::Commit() {
  PYTHIA_TRY(Flush());
  if (in_place_) {
    if (::close(std::exchange(descriptor_, -1)) != 0) return Fail(IoError(errno, "write", path_));
    return {};
  }
  if (::fsync(descriptor_) != 0) return Fail(IoError(errno, "write", path_));
  ::close(std::exchange(descriptor_, -1));
  if (::rename(temporary_.c_str(), path_.c_str()) != 0) {
    const int code = errno;
    ::unlink(temporary_.c_str());
    return Fail(IoError(code, "write", path_));
  }
  const std::filesystem::path folder = path_.has_parent_path() ? path_.parent_path() : ".";
  const Descriptor directory(::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (directory.get() >= 0) ::fsync(directory.get());
  return {};
}

Status WriteFileAtomically(const std::filesystem::path& path, std::string_view bytes) {
  PYTHIA_ASSIGN(AtomicFile file, AtomicFile::Create(path));
  PYTHIA_TRY(file.Write(bytes));
  return file.Commit();
}

}  // namespace pythia
