#include "ingest/bytes.h"

#include <fcntl.h>
#include <poll.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zlib.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <limits>
#include <vector>

#include <fmt/format.h>

#include "base/file.h"

namespace pythia {
namespace {

constexpr size_t kPackedBytes = 1 << 16;
constexpr int kPollMs = 100;

int64_t ModifiedNs(const struct stat& info) {
  return static_cast<int64_t>(info.st_mtim.tv_sec) * 1'000'000'000 + info.st_mtim.tv_nsec;
}

Result<size_t> ReadAt(int descriptor, int64_t offset, char* out, size_t size,
                      const std::string& name) {
  size_t have = 0;
  while (have < size) {
    const ssize_t got =
        ::pread(descriptor, out + have, size - have, offset + static_cast<int64_t>(have));
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return Fail(IoError(errno, "read", name));
    if (got == 0) break;
    have += static_cast<size_t>(got);
  }
  return have;
}

// Until there is something to read, or the end.
Status AwaitBytes(int descriptor, const std::stop_token& stop) {
  for (;;) {
    if (stop.stop_requested()) return Fail(ErrorCode::kCancelled, "the load was stopped");
    struct pollfd waiting{.fd = descriptor, .events = POLLIN, .revents = 0};
    const int ready = ::poll(&waiting, 1, kPollMs);
    if (ready > 0 || (ready < 0 && errno != EINTR)) return {};
  }
}

tl::unexpected<Error> Refuse(const std::string& name, std::string message, std::string hint) {
  return Fail(Error{ErrorCode::kBadInput, std::move(message), {.file = name}, {}, std::move(hint)});
}

}  // namespace

Result<size_t> MemoryStream::Read(char* out, size_t size) {
  const size_t count = rest_.copy(out, size);
  rest_.remove_prefix(count);
  return count;
}

Result<std::unique_ptr<InputFile>> InputFile::Open(const std::string& path,
                                                   const std::stop_token& stop) {
  std::unique_ptr<InputFile> file(new InputFile);
  file->path_ = path;
  file->name_ = path == "-" ? "standard input" : path;
  // Not blocking: a named pipe that nobody writes to could not be given up.
  file->descriptor_ =
      path == "-" ? ::dup(STDIN_FILENO) : ::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK);
  if (file->descriptor_ < 0) return Fail(IoError(errno, "open", file->name_));
  struct stat info{};
  if (::fstat(file->descriptor_, &info) != 0) return Fail(IoError(errno, "read", file->name_));
  if (S_ISDIR(info.st_mode)) {
    return Refuse(path, "a folder, not a file", "Name the files in it one by one.");
  }
  if (!S_ISREG(info.st_mode) || path == "-") {
    PYTHIA_TRY(file->Spool(stop));
    if (::fstat(file->descriptor_, &info) != 0) return Fail(IoError(errno, "read", file->name_));
  }
  file->size_ = info.st_size;
  file->modified_ns_ = ModifiedNs(info);
  PYTHIA_TRY(file->Sniff());
  return file;
}

InputFile::~InputFile() {
  if (descriptor_ >= 0) ::close(descriptor_);
}

Status InputFile::Spool(const std::stop_token& stop) {
  std::error_code failed;
  const std::filesystem::path folder = std::filesystem::temp_directory_path(failed);
  std::string name = ((failed ? "/tmp" : folder) / "pythia-input-XXXXXX").string();
  const int copy = ::mkostemp(name.data(), O_CLOEXEC);
  if (copy < 0) return Fail(IoError(errno, "make a temporary copy of standard input", name));
  ::unlink(name.c_str());  // gone with its last descriptor, however the program ends
  const int source = descriptor_;
  descriptor_ = copy;
  spooled_ = true;
  std::vector<char> part(1 << 18);
  Status status;
  for (;;) {
    status = AwaitBytes(source, stop);
    if (!status) break;
    const ssize_t got = ::read(source, part.data(), part.size());
    if (got < 0 && (errno == EINTR || errno == EAGAIN)) continue;
    if (got < 0) status = Fail(IoError(errno, "read", name_));
    if (got <= 0) break;
    for (ssize_t done = 0; done < got;) {
      const ssize_t wrote = ::write(copy, part.data() + done, static_cast<size_t>(got - done));
      if (wrote < 0 && errno != EINTR) {
        status = Fail(IoError(errno, "keep a temporary copy of standard input", folder));
        break;
      }
      done += std::max<ssize_t>(wrote, 0);
    }
    if (!status) break;
  }
  ::close(source);
  return status;
}

Status InputFile::Sniff() {
  std::array<char, 8> head{};
  PYTHIA_ASSIGN(const size_t got, ReadAt(descriptor_, 0, head.data(), head.size(), name_));
  const std::string_view magic(head.data(), got);
  if (got == 0) {
    return Refuse(name_, "the file is empty", "Export it again and look whether it has rows.");
  }
  if (magic.starts_with("PK\x03\x04") || magic.starts_with("\xD0\xCF\x11\xE0")) {
    const bool workbook = magic[0] == '\xD0' || path_.ends_with(".xlsx") || path_ == "-";
    return Refuse(name_,
                  workbook ? "an Excel workbook, not a CSV file"
                           : "a zip archive (an Excel workbook is one, too), not a CSV file",
                  "In Excel: File > Save As > \"CSV UTF-8 (Comma delimited) (*.csv)\"; in "
                  "LibreOffice: File > Save As > Text CSV. Then load that file.");
  }
  if (magic.starts_with("\x1F\x8B")) kind_ = FileKind::kGzip;
  if (magic.starts_with("PAR1")) kind_ = FileKind::kParquet;
  return {};
}

std::string InputFile::readable_path() const {
  return spooled_ ? fmt::format("/proc/self/fd/{}", descriptor_) : path_;
}

Status InputFile::CheckUnchanged() const {
  struct stat info{};
  const bool found =
      spooled_ ? ::fstat(descriptor_, &info) == 0 : ::stat(path_.c_str(), &info) == 0;
  if (found && info.st_size == size_ && ModifiedNs(info) == modified_ns_) return {};
  return Fail(Error{ErrorCode::kConflict,
                    "the file changed while it was read",
                    {.file = name_},
                    {},
                    "Nothing was kept of it. Wait until it is complete and load it again."});
}

struct FilePass::Inflater {
  z_stream stream{};
  std::vector<char> packed = std::vector<char>(kPackedBytes);
  bool in_member = false;  // a gzip member has begun and not ended
  bool done = false;

  Inflater() {
    constexpr int kGzipWindow = 16 + MAX_WBITS;
    inflateInit2(&stream, kGzipWindow);
  }
  ~Inflater() { inflateEnd(&stream); }
  Inflater(const Inflater&) = delete;
  Inflater& operator=(const Inflater&) = delete;
};

FilePass::FilePass(const InputFile& file, int64_t max_bytes, bool digests)
    : file_(file), limit_(max_bytes > 0 ? max_bytes : std::numeric_limits<int64_t>::max()) {
  if (digests) digest_.emplace();
  if (file.kind() == FileKind::kGzip) inflater_ = std::make_unique<Inflater>();
}

FilePass::~FilePass() = default;

Result<size_t> FilePass::ReadRaw(char* out, size_t size) {
  const auto wanted =
      static_cast<size_t>(std::min<int64_t>(static_cast<int64_t>(size), limit_ - offset_));
  PYTHIA_ASSIGN(const size_t got, ReadAt(file_.descriptor(), offset_, out, wanted, file_.name()));
  if (!leaves_digest_) Digest({out, got});
  offset_ += static_cast<int64_t>(got);
  cut_ = cut_ || (offset_ == limit_ && offset_ < file_.size());
  return got;
}

Result<size_t> FilePass::ReadGzip(char* out, size_t size) {
  Inflater& inflater = *inflater_;
  z_stream& stream = inflater.stream;
  stream.next_out = reinterpret_cast<Bytef*>(out);
  stream.avail_out = static_cast<uInt>(size);
  while (stream.avail_out > 0 && !inflater.done) {
    if (stream.avail_in == 0) {
      PYTHIA_ASSIGN(const size_t got, ReadRaw(inflater.packed.data(), inflater.packed.size()));
      stream.next_in = reinterpret_cast<Bytef*>(inflater.packed.data());
      stream.avail_in = static_cast<uInt>(got);
      if (got == 0) {
        inflater.done = true;
        if (!inflater.in_member || cut_) break;
        return Refuse(file_.name(), "the gzip file ends too early", "Fetch or pack it again.");
      }
    }
    const int result = inflate(&stream, Z_NO_FLUSH);
    inflater.in_member = result != Z_STREAM_END;
    if (result == Z_STREAM_END) {
      inflateReset(&stream);  // another member may follow
    } else if (result != Z_OK && result != Z_BUF_ERROR) {
      return Refuse(file_.name(), "the gzip file is damaged", "Fetch or pack it again.");
    }
  }
  return size - stream.avail_out;
}

Result<size_t> FilePass::Read(char* out, size_t size) {
  return inflater_ ? ReadGzip(out, size) : ReadRaw(out, size);
}

void FilePass::Digest(std::string_view bytes) {
  if (digest_) digest_->Update(bytes);
}

Status FilePass::ReadRest() {
  leaves_digest_ = false;
  std::vector<char> rest(kPackedBytes);
  for (;;) {
    PYTHIA_ASSIGN(const size_t got, ReadRaw(rest.data(), rest.size()));
    if (got == 0) return {};
  }
}

Result<std::string> FilePass::HexDigest() {
  PYTHIA_TRY(ReadRest());
  return digest_ ? digest_->HexDigest() : std::string();
}

}  // namespace pythia
