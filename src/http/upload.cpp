#include "http/upload.h"

#include <fcntl.h>
#include <sys/random.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdint>
#include <utility>

#include <fmt/format.h>

#include "base/file.h"
#include "http/header_value.h"

namespace pythia::http {
namespace {

constexpr int kOnlyOwner = 0600;

// The fault is this machine's, whatever is missing here; where it lies an answer does not say.
Response DiskProblem(Error error) {
  error.code = ErrorCode::kIo;
  error.place = {};
  return Problem(error);
}

OrRefusal<void> CheckEncoding(const Request& request, bool is_form) {
  const std::string encoding = LowerCase(HeaderOf(request, "content-encoding"));
  if (encoding.empty() || encoding == "identity") return {};
  if (!is_form && (encoding == "gzip" || encoding == "x-gzip")) return {};
  return Refuse(415, is_form ? "a form must come without Content-Encoding"
                             : "a file must come with the Content-Encoding gzip, or none");
}

}  // namespace

Result<TemporaryFile> TemporaryFile::Create(const std::filesystem::path& folder) {
  std::array<uint64_t, 2> random{};
  if (::getrandom(random.data(), sizeof random, 0) != sizeof random) {
    return Fail(IoError(errno, "draw a random name", folder));
  }
  std::filesystem::path path = folder / fmt::format("upload-{:016x}{:016x}", random[0], random[1]);
  constexpr int kFlags = O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC;
  const int descriptor = ::open(path.c_str(), kFlags, kOnlyOwner);
  if (descriptor < 0) return Fail(IoError(errno, "keep the upload", path));
  return TemporaryFile(std::move(path), descriptor);
}

TemporaryFile::TemporaryFile(TemporaryFile&& other) noexcept
    : path_(std::exchange(other.path_, {})), descriptor_(std::exchange(other.descriptor_, -1)) {}

TemporaryFile::~TemporaryFile() {
  if (descriptor_ >= 0) ::close(descriptor_);
  if (!path_.empty()) ::unlink(path_.c_str());
}

Status TemporaryFile::Write(std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t wrote = ::write(descriptor_, bytes.data(), bytes.size());
    if (wrote < 0 && errno == EINTR) continue;
    if (wrote < 0) return Fail(IoError(errno, "keep the upload", path_));
    bytes.remove_prefix(static_cast<size_t>(wrote));
  }
  return {};
}

Status TemporaryFile::Close() {
  if (::close(std::exchange(descriptor_, -1)) != 0) {
    return Fail(IoError(errno, "keep the upload", path_));
  }
  return {};
}

OrRefusal<std::unique_ptr<Upload>> Upload::Begin(const Request& request, const Limits& limits,
                                                 const std::filesystem::path& folder) {
  const std::string_view content_type = HeaderOf(request, "content-type");
  const std::string kind = LowerCase(Trimmed(content_type.substr(0, content_type.find(';'))));
  const bool is_form = kind == "multipart/form-data";
  OrRefusal<void> encoding = CheckEncoding(request, is_form);
  if (!encoding) return Refuse(std::move(encoding).error());
  OrRefusal<std::string> boundary = is_form ? MultipartBoundary(content_type) : "";
  if (!boundary) return Refuse(std::move(boundary).error());
  Result<TemporaryFile> file = TemporaryFile::Create(folder);
  if (!file) return Refuse(DiskProblem(std::move(file).error()));
  std::unique_ptr<Upload> upload(new Upload(*std::move(file)));
  if (is_form) {
    upload->form_.emplace(
        MultipartParser::Options{*std::move(boundary), limits.parts, limits.field_bytes},
        [self = upload.get()](std::string_view bytes) { return self->Write(bytes); });
  }
  return upload;
}

OrRefusal<void> Upload::Write(std::string_view bytes) {
  Status written = file_.Write(bytes);
  if (!written) return Refuse(DiskProblem(std::move(written).error()));
  return {};
}

OrRefusal<void> Upload::Take(std::string_view bytes) {
  return form_ ? form_->Take(bytes) : Write(bytes);
}

OrRefusal<void> Upload::Finish(Request* request) {
  if (form_) {
    OrRefusal<void> whole = form_->Finish();
    if (!whole) return whole;
    request->file_name = form_->file_name();
    request->fields = form_->fields();
  }
  Status closed = file_.Close();
  if (!closed) return Refuse(DiskProblem(std::move(closed).error()));
  request->file = file_.path();
  return {};
}

}  // namespace pythia::http
