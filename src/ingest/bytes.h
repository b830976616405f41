// The bytes of an input file, as often as needed, with their SHA-256.
//
// Standard input, pipes and other things that can be read only once are first copied to a
// temporary file. gzip is unpacked on the way; size, digest and limits are those of the file as it
// lies there. Not thread-safe.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>
#include <string_view>

#include "base/error.h"
#include "base/sha256.h"

namespace pythia {

// Bytes in order.
class ByteStream {
 public:
  virtual ~ByteStream() = default;
  // Up to `size` bytes; fewer than `size` only at the end, 0 from there on.
  virtual Result<size_t> Read(char* out, size_t size) = 0;
};

// Bytes in memory; they must outlive it.
class MemoryStream final : public ByteStream {
 public:
  explicit MemoryStream(std::string_view bytes) : rest_(bytes) {}
  Result<size_t> Read(char* out, size_t size) override;

 private:
  std::string_view rest_;
};

enum class FileKind { kText, kGzip, kParquet };

class InputFile {
 public:
  // "-" is standard input. kNotFound, kIo; kBadInput, with what to do instead, for a folder, an
  // empty file and an Excel workbook; kCancelled where `stop` is asked for while a pipe is silent.
  static Result<std::unique_ptr<InputFile>> Open(const std::string& path,
                                                 const std::stop_token& stop = {});
  ~InputFile();
  InputFile(const InputFile&) = delete;
  InputFile& operator=(const InputFile&) = delete;

  const std::string& name() const { return name_; }  // for messages
  // Where the bytes can be opened: the path, or the temporary copy.
  std::string readable_path() const;
  FileKind kind() const { return kind_; }
  int64_t size() const { return size_; }
  int descriptor() const { return descriptor_; }
  // kConflict where size, time or place differ from what Open() met.
  Status CheckUnchanged() const;

 private:
  InputFile() = default;
  Status Spool(const std::stop_token& stop);
  Status Sniff();

  std::string path_;
  std::string name_;
  FileKind kind_ = FileKind::kText;
  int descriptor_ = -1;
  bool spooled_ = false;
  int64_t size_ = 0;
  int64_t modified_ns_ = 0;
};

// One pass over an InputFile, which must outlive it.
class FilePass final : public ByteStream {
 public:
  // `max_bytes` of the file, 0: all. `digests`: there will be a HexDigest().
  FilePass(const InputFile& file, int64_t max_bytes, bool digests);
  ~FilePass() override;

  Result<size_t> Read(char* out, size_t size) override;
  // From now on Read() leaves the bytes of a file that is not packed to Digest(): in their order,
  // all of them before HexDigest(), perhaps by another thread while this one reads on.
  void LeaveDigest() { leaves_digest_ = true; }
  void Digest(std::string_view bytes);
  int64_t bytes_read() const { return offset_; }  // of the file, packed where it is packed
  bool cut() const { return cut_; }               // `max_bytes` ended the pass early
  // Reads what is left. At the end, once.
  Result<std::string> HexDigest();

 private:
  struct Inflater;
  Result<size_t> ReadRaw(char* out, size_t size);
  Result<size_t> ReadGzip(char* out, size_t size);

  const InputFile& file_;
  int64_t limit_;
  int64_t offset_ = 0;
  bool cut_ = false;
  Status ReadRest();

  std::optional<Sha256> digest_;
  bool leaves_digest_ = false;
  std::unique_ptr<Inflater> inflater_;
};

}  // namespace pythia
