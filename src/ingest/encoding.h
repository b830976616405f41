// Text of any usual encoding, as UTF-8.
#pragma once

#include <cstdint>
#include <memory>
#include <string_view>
#include <vector>

#include "ingest/bytes.h"

namespace pythia {

enum class Encoding { kUtf8, kUtf16Le, kUtf16Be, kWindows1252 };
std::string_view EncodingName(Encoding encoding);  // "utf-8", "utf-16le", ...

struct EncodingGuess {
  Encoding encoding = Encoding::kUtf8;
  size_t mark_bytes = 0;  // length of the byte-order mark
};

// From the first bytes of a file: its byte-order mark; else NUL bytes in every other place mean
// UTF-16; else bytes that are no UTF-8, with no longer character among them that is, mean
// Windows-1252 (of which Latin-1 is nearly a part).
EncodingGuess GuessEncoding(std::string_view sample);

// The stream as UTF-8. Bytes in a UTF-8 file pass as they are and are only counted; in the others
// what is no character becomes U+FFFD. Not thread-safe.
class TextStream final : public ByteStream {
 public:
  // Skips `guess.mark_bytes`. `source` must outlive it. What is said of the bytes is said only
  // where `inspects`.
  TextStream(ByteStream& source, EncodingGuess guess, bool inspects = true);
  Result<size_t> Read(char* out, size_t size) override;

  int64_t multibyte() const { return multibyte_; }  // well-formed characters beyond ASCII
  int64_t invalid() const { return invalid_; }      // bytes that belong to no character
  // Whether the text has ended inside a character.
  bool cut_off() const { return cut_off_; }
  // Where the first NUL is, in bytes of UTF-8 from 0; -1: none so far.
  int64_t first_nul() const { return first_nul_; }

 private:
  void Inspect(std::string_view text);
  void InspectPart(std::string_view text, size_t begin);
  void InspectByte(unsigned char byte);
  Result<bool> FillWide(size_t bytes);
  void AppendUtf16(std::string_view bytes);

  ByteStream& source_;
  EncodingGuess guess_;
  bool inspects_;
  int64_t multibyte_ = 0;
  int64_t invalid_ = 0;
  bool cut_off_ = false;
  int64_t first_nul_ = -1;
  int64_t offset_ = 0;
  // The rest of a character whose lead byte has been seen: bytes to come, and bounds of the next.
  int need_ = 0;
  unsigned char low_ = 0x80;
  unsigned char high_ = 0xBF;
  // Other encodings: bytes read, and characters not yet handed out.
  std::vector<char> wide_;
  size_t wide_left_ = 0;
  uint32_t high_surrogate_ = 0;
  std::string ready_;
  size_t ready_at_ = 0;
  bool ended_ = false;
};

}  // namespace pythia
