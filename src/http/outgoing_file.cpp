#include "http/outgoing_file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <utility>

namespace pythia::http {

OutgoingFile::OutgoingFile(std::filesystem::path path) : path_(std::move(path)) {
  if (path_.empty()) return;
  descriptor_ = ::open(path_.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
  struct stat info{};
  usable_ = descriptor_ >= 0 && ::fstat(descriptor_, &info) == 0 && S_ISREG(info.st_mode);
  if (usable_) size_ = static_cast<uint64_t>(info.st_size);
}

OutgoingFile::~OutgoingFile() {
  if (descriptor_ >= 0) ::close(descriptor_);
  if (!path_.empty()) ::unlink(path_.c_str());
}

std::string_view OutgoingFile::Read(std::string* buffer) const {
  for (;;) {
    const ssize_t got = ::read(descriptor_, buffer->data(), buffer->size());
    if (got < 0 && errno == EINTR) continue;
    return std::string_view(*buffer).substr(0, static_cast<size_t>(std::max<ssize_t>(got, 0)));
  }
}

}  // namespace pythia::http
