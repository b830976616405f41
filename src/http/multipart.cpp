#include "http/multipart.h"

#include <algorithm>
#include <optional>

#include <fmt/format.h>

#include "base/error.h"
#include "base/utf8.h"
#include "http/header_value.h"

namespace pythia::http {
namespace {

constexpr size_t kLongestBoundary = 70;
constexpr size_t kLongestHeader = 4 << 10;
constexpr size_t kMostPadding = 64;  // spaces behind a boundary
constexpr size_t kLongestFileName = 255;
constexpr std::string_view kLineEnd = "\r\n";
constexpr std::string_view kHeaderEnd = "\r\n\r\n";

bool IsBoundaryChar(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
         std::string_view("'()+_,-./:=? ").find(c) != std::string_view::npos;
}

// The last component, whichever system's path it is.
std::string WithoutFolders(std::string_view name) {
  const size_t slash = name.find_last_of("/\\");
  if (slash != std::string_view::npos) name.remove_prefix(slash + 1);
  return Printable(name, kLongestFileName);
}

struct PartHeader {
  std::string name;
  std::string file_name;
};

OrRefusal<void> ReadDisposition(std::string_view text, std::optional<PartHeader>* part) {
  const std::optional<HeaderValue> value = ParseHeaderValue(text);
  const std::optional<std::string> name = value ? value->Parameter("name") : std::nullopt;
  if (!name || value->value != "form-data" || part->has_value()) {
    return Refuse(400, "a part of the form has no proper Content-Disposition");
  }
  if (!IsUtf8(*name)) return Refuse(400, "the name of a part of the form is not UTF-8 text");
  *part = {*name, WithoutFolders(value->Parameter("filename").value_or(""))};
  return {};
}

OrRefusal<void> CheckTransferEncoding(std::string_view text) {
  const std::string encoding = LowerCase(text);
  if (encoding == "7bit" || encoding == "8bit" || encoding == "binary") return {};
  return Refuse(400, "a part of the form has a Content-Transfer-Encoding");
}

OrRefusal<PartHeader> ReadPartHeader(std::string_view header) {
  std::optional<PartHeader> part;
  while (!header.empty()) {
    const std::string_view line = header.substr(0, header.find(kLineEnd));
    header.remove_prefix(std::min(line.size() + kLineEnd.size(), header.size()));
    const size_t colon = line.find(':');
    if (colon == std::string_view::npos) return Refuse(400, "a part's header has no colon");
    const std::string name = LowerCase(line.substr(0, colon));
    const std::string_view value = Trimmed(line.substr(colon + 1));
    OrRefusal<void> read = {};
    if (name == "content-disposition") read = ReadDisposition(value, &part);
    if (name == "content-transfer-encoding") read = CheckTransferEncoding(value);
    if (!read) return Refuse(std::move(read).error());
  }
  if (!part) return Refuse(400, "a part of the form has no Content-Disposition");
  return *std::move(part);
}

}  // namespace

OrRefusal<std::string> MultipartBoundary(std::string_view content_type) {
  const std::optional<HeaderValue> value = ParseHeaderValue(content_type);
  std::optional<std::string> boundary = value ? value->Parameter("boundary") : std::nullopt;
  const bool fit = boundary && !boundary->empty() && boundary->size() <= kLongestBoundary &&
                   boundary->back() != ' ' && std::ranges::all_of(*boundary, IsBoundaryChar);
  if (!fit) return Refuse(400, "the Content-Type of the form names no boundary of 1 to 70 letters");
  return *std::move(boundary);
}

MultipartParser::MultipartParser(const Options& options, Sink file)
    : delimiter_("\r\n--" + options.boundary),
      most_parts_(options.parts),
      field_bytes_(options.field_bytes),
      file_(std::move(file)),
      // The first boundary need not follow a line.
      pending_(kLineEnd) {}

OrRefusal<void> MultipartParser::Take(std::string_view bytes) {
  if (state_ == State::kEpilogue) return {};
  pending_ += bytes;
  for (;;) {
    OrRefusal<bool> more = Step();
    if (!more) return Refuse(std::move(more).error());
    if (!*more) break;
  }
  pending_.erase(0, begin_);
  begin_ = 0;
  return {};
}

// True where there may be another step to take with what is pending.
OrRefusal<bool> MultipartParser::Step() {
  switch (state_) {
    case State::kEpilogue:
      begin_ = pending_.size();
      return false;
    case State::kHeader:
      return StepHeader();
    default:
      return StepContent();
  }
}

OrRefusal<bool> MultipartParser::StepContent() {
  const size_t found = pending_.find(delimiter_, begin_);
  size_t length = 0;
  const Line line = found == std::string::npos ? Line::kUndecided : LineAt(found, &length);
  // Without a boundary all but what may be the beginning of one is content.
  const size_t kept = std::min(pending_.size() - begin_, delimiter_.size() - 1);
  size_t end = found == std::string::npos ? pending_.size() - kept : found;
  if (line == Line::kNone) end = found + delimiter_.size();
  OrRefusal<void> taken = Content(std::string_view(pending_).substr(begin_, end - begin_));
  if (!taken) return Refuse(std::move(taken).error());
  begin_ = end;
  if (line == Line::kUndecided) return false;
  if (line == Line::kNone) return true;
  begin_ += length;
  OrRefusal<void> ended = EndPart(line);
  if (!ended) return Refuse(std::move(ended).error());
  return true;
}

// Whether the boundary at `delimiter` fills its line, and the bytes up to the next one.
MultipartParser::Line MultipartParser::LineAt(size_t delimiter, size_t* length) const {
  const std::string_view rest = std::string_view(pending_).substr(delimiter + delimiter_.size());
  constexpr std::string_view kClose = "--";
  if (rest.starts_with(kClose)) return Line::kEnd;
  if (rest.size() < kClose.size() && kClose.starts_with(rest)) return Line::kUndecided;
  const size_t padding = std::min(rest.find_first_not_of(" \t"), rest.size());
  if (padding > kMostPadding) return Line::kNone;
  const std::string_view end = rest.substr(padding, kLineEnd.size());
  if (end == kLineEnd) {
    // The line's end stays, so that a part without any header is one whose header ends at once.
    *length = delimiter_.size() + padding;
    return Line::kBoundary;
  }
  return kLineEnd.starts_with(end) ? Line::kUndecided : Line::kNone;
}

OrRefusal<bool> MultipartParser::StepHeader() {
  const std::string_view rest = std::string_view(pending_).substr(begin_);
  const size_t end = rest.substr(0, kLongestHeader).find(kHeaderEnd);
  if (end == std::string_view::npos) {
    if (rest.size() >= kLongestHeader) return Refuse(413, "a part of the form has a long header");
    return false;
  }
  // Begins with the end of the boundary's line.
  const std::string_view header = rest.substr(0, end).substr(std::min(kLineEnd.size(), end));
  OrRefusal<void> begun = BeginPart(header);
  if (!begun) return Refuse(std::move(begun).error());
  begin_ += end + kHeaderEnd.size();
  return true;
}

OrRefusal<void> MultipartParser::BeginPart(std::string_view header) {
  if (++num_parts_ > most_parts_) {
    return Refuse(413, fmt::format("a form may have {} parts", most_parts_));
  }
  OrRefusal<PartHeader> part = ReadPartHeader(header);
  if (!part) return Refuse(std::move(part).error());
  if (part->name != "file") {
    fields_.emplace_back(part->name, "");
    state_ = State::kField;
    return {};
  }
  if (has_file_) return Refuse(400, "the form has two parts named \"file\"");
  has_file_ = true;
  file_name_ = part->file_name;
  state_ = State::kFile;
  return {};
}

OrRefusal<void> MultipartParser::Content(std::string_view bytes) {
  if (bytes.empty()) return {};
  if (state_ == State::kFile) return file_(bytes);
  if (state_ != State::kField) return {};  // the preamble means nothing
  auto& [name, value] = fields_.back();
  if (value.size() + bytes.size() > field_bytes_) {
    return Refuse(413, fmt::format("the form's field {} is longer than {} bytes", Printable(name),
                                   field_bytes_));
  }
  value += bytes;
  return {};
}

OrRefusal<void> MultipartParser::EndPart(Line line) {
  if (state_ == State::kField && !IsUtf8(fields_.back().second)) {
    return Refuse(400, "a field of the form is not UTF-8 text");
  }
  state_ = line == Line::kEnd ? State::kEpilogue : State::kHeader;
  return {};
}

OrRefusal<void> MultipartParser::Finish() const {
  if (state_ != State::kEpilogue) return Refuse(400, "the form ends before its last boundary");
  if (!has_file_) return Refuse(400, "the form has no part named \"file\"");
  return {};
}

}  // namespace pythia::http
