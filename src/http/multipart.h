// multipart/form-data (RFC 7578) as it comes in, in bounded memory.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

#include "http/message.h"
#include "http/refusal.h"

namespace pythia::http {

// The boundary that a Content-Type names: 1 to 70 characters (RFC 2046); 400 else.
OrRefusal<std::string> MultipartBoundary(std::string_view content_type);

// Takes a form's bytes in pieces of any size; how they are cut makes no difference. The part named
// "file" goes to a sink, the others are kept. Lines end in CRLF; a boundary counts only as a whole
// line. Holds at most one piece, a boundary and a part's header or field. Not thread-safe.
class MultipartParser {
 public:
  struct Options {
    std::string boundary;
    size_t parts = 16;              // more: 413
    size_t field_bytes = 64 << 10;  // of each part but the file; more: 413
  };
  using Sink = std::function<OrRefusal<void>(std::string_view bytes)>;

  MultipartParser(const Options& options, Sink file);

  // After a refusal the parser is of no use any more.
  OrRefusal<void> Take(std::string_view bytes);
  // 400 where the last boundary or the file is missing.
  OrRefusal<void> Finish() const;

  // Without folders; for people.
  const std::string& file_name() const { return file_name_; }
  const Parameters& fields() const { return fields_; }

 private:
  enum class State { kPreamble, kHeader, kFile, kField, kEpilogue };
  enum class Line { kNone, kUndecided, kBoundary, kEnd };

  OrRefusal<bool> Step();
  OrRefusal<bool> StepContent();
  OrRefusal<bool> StepHeader();
  Line LineAt(size_t delimiter, size_t* length) const;
  OrRefusal<void> BeginPart(std::string_view header);
  OrRefusal<void> Content(std::string_view bytes);
  OrRefusal<void> EndPart(Line line);

  std::string delimiter_;  // CRLF, two dashes, the boundary
  size_t most_parts_;
  size_t field_bytes_;
  Sink file_;

  State state_ = State::kPreamble;
  std::string pending_;  // what no step could take yet
  size_t begin_ = 0;     // of the rest of pending_
  size_t num_parts_ = 0;
  bool has_file_ = false;
  std::string file_name_;
  Parameters fields_;
};

}  // namespace pythia::http
