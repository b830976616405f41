#include "store/duckdb/backup.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <string>
#include <string_view>

#include "base/file.h"

namespace pythia {
namespace {

constexpr size_t kBlock = 1 << 20;

// The lock that DuckDB takes: as long as it is held no process opens the store.
Status Lock(int descriptor) {
  struct flock whole = {};
  whole.l_type = F_WRLCK;
  whole.l_whence = SEEK_SET;
  if (::fcntl(descriptor, F_SETLK, &whole) == 0) return {};
  return Fail(ErrorCode::kBusy, "another process has the store open");
}

Status Copy(int from, const std::filesystem::path& file, AtomicFile* to) {
  std::string block(kBlock, '\0');
  for (;;) {
    const ssize_t count = ::read(from, block.data(), block.size());
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return Fail(IoError(errno, "read", file));
    if (count == 0) return {};
    PYTHIA_TRY(to->Write(std::string_view(block).substr(0, static_cast<size_t>(count))));
  }
}

}  // namespace

Status BackUp(const std::filesystem::path& file, const std::filesystem::path& to) {
  const int from = ::open(file.c_str(), O_RDWR | O_CLOEXEC);
  if (from < 0) return Fail(IoError(errno, "open", file));
  Status copied = Lock(from);
  if (copied) {
    Result<AtomicFile> out = AtomicFile::Create(to);
    copied = out ? Copy(from, file, &*out) : Status(Fail(out.error()));
    if (copied) copied = out->Commit();
  }
  ::close(from);
  return copied;
}

}  // namespace pythia
