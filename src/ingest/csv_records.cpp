#include <algorithm>
#include <bit>
#include <cstring>

#if defined(__SSE2__)
#include <emmintrin.h>
#endif

#include <fmt/format.h>

#include "ingest/records.h"

namespace pythia {
namespace {

constexpr size_t kBlock = 64;

// Bit i: byte i is a quote, the delimiter or a line end.
uint64_t SeparatorMask(const char* bytes, Dialect dialect) {
  const char return_or_quote = dialect.cr_ends_lines ? '\r' : '"';
#if defined(__SSE2__)
  const __m128i delimiter = _mm_set1_epi8(dialect.delimiter);
  const __m128i newline = _mm_set1_epi8('\n');
  const __m128i quote = _mm_set1_epi8('"');
  const __m128i other = _mm_set1_epi8(return_or_quote);
  uint64_t mask = 0;
  for (size_t part = 0; part < kBlock; part += 16) {
    const __m128i x = _mm_loadu_si128(reinterpret_cast<const __m128i*>(bytes + part));
    const __m128i hit =
        _mm_or_si128(_mm_or_si128(_mm_cmpeq_epi8(x, delimiter), _mm_cmpeq_epi8(x, newline)),
                     _mm_or_si128(_mm_cmpeq_epi8(x, quote), _mm_cmpeq_epi8(x, other)));
    mask |= static_cast<uint64_t>(static_cast<uint32_t>(_mm_movemask_epi8(hit))) << part;
  }
  return mask;
#else
  uint64_t mask = 0;
  for (size_t i = 0; i < kBlock; ++i) {
    const char c = bytes[i];
    const bool hit = c == dialect.delimiter || c == '\n' || c == '"' || c == return_or_quote;
    mask |= static_cast<uint64_t>(hit) << i;
  }
  return mask;
#endif
}

bool IsBlank(char c) { return c == ' ' || c == '\t'; }

}  // namespace

// One record while its end is looked for.
struct CsvRecords::Scan {
  size_t field_begin = 0;
  size_t closed_at = 0;  // the quote that closed the field last
  int64_t newlines = 0;  // inside quotes
  int64_t quote_line = 0;
  bool quoted = false;
  bool in_quotes = false;
  bool messy = false;  // doubled quotes, or text behind the closing one
  size_t record_end = 0;
  size_t next_begin = 0;
};

CsvRecords::CsvRecords(ByteStream& text, std::string name, Dialect dialect, RecordLimits limits,
                       bool partial)
    : text_(text), name_(std::move(name)), dialect_(dialect), limits_(limits), partial_(partial) {
  buffer_.resize(std::max<size_t>(limits_.buffer_bytes, 1) + kBlock);
}

Result<bool> CsvRecords::Next() {
  for (;;) {
    Scan scan;
    line_ = next_line_;
    for (;;) {
      scan = Scan{.field_begin = begin_};
      spans_.clear();
      num_fields_ = 0;
      if (ScanRecord(&scan)) break;
      if (end_ - begin_ > limits_.max_record_bytes) return TooLong(scan);
      if (!at_end_) {
        PYTHIA_TRY(Refill());
        continue;
      }
      if (begin_ == end_ || partial_) return false;
      if (scan.in_quotes) return Unclosed(scan);
      EndRecord(buffer_[end_ - 1] == '\r' ? end_ - 1 : end_, end_, &scan);
      break;
    }
    if (scan.record_end - begin_ > limits_.max_record_bytes) return TooLong(scan);
    const bool empty = num_fields_ == 1 && !scan.quoted && IsEmpty(scan.record_end);
    next_line_ += scan.newlines + 1;
    if (!empty) Deliver(scan.record_end);
    begin_ = scan.next_begin;
    if (!empty) return true;
  }
}

bool CsvRecords::IsEmpty(size_t record_end) const {
  return std::all_of(buffer_.begin() + static_cast<ptrdiff_t>(begin_),
                     buffer_.begin() + static_cast<ptrdiff_t>(record_end), IsBlank);
}

// Cells are unquoted only now: what was scanned before a refill is scanned again.
void CsvRecords::Deliver(size_t record_end) {
  fields_.clear();
  for (const Span& span : spans_) {
    fields_.push_back(span.quoted
                          ? Unquote(span)
                          : std::string_view(buffer_.data() + span.begin, span.end - span.begin));
  }
  raw_ = {buffer_.data() + begin_, record_end - begin_};
}

Status CsvRecords::Refill() {
  if (begin_ > 0) {
    std::memmove(buffer_.data(), buffer_.data() + begin_, end_ - begin_);
    end_ -= begin_;
    begin_ = 0;
  }
  mask_block_ = ~size_t{0};
  if (end_ + kBlock == buffer_.size()) buffer_.resize((buffer_.size() - kBlock) * 2 + kBlock);
  const size_t room = buffer_.size() - kBlock - end_;
  PYTHIA_ASSIGN(const size_t got, text_.Read(buffer_.data() + end_, room));
  end_ += got;
  at_end_ = got < room;
  return {};
}

bool CsvRecords::ScanRecord(Scan* scan) {
  for (size_t block = begin_ & ~(kBlock - 1); block < end_; block += kBlock) {
    if (block != mask_block_) {
      mask_ = SeparatorMask(buffer_.data() + block, dialect_);
      mask_block_ = block;
    }
    uint64_t bits = mask_;
    if (block < begin_) bits &= ~uint64_t{0} << (begin_ - block);
    if (end_ - block < kBlock) bits &= (uint64_t{1} << (end_ - block)) - 1;
    for (; bits != 0; bits &= bits - 1) {
      if (OnSeparator(block + static_cast<size_t>(std::countr_zero(bits)), scan)) return true;
    }
  }
  return false;
}

// True where the record ends.
bool CsvRecords::OnSeparator(size_t at, Scan* scan) {
  const char c = buffer_[at];
  if (c == '"' && dialect_.delimiter != '"') {
    OnQuote(at, scan);
    return false;
  }
  if (scan->in_quotes) {
    scan->newlines += c == '\n' || c == '\r' ? 1 : 0;
    return false;
  }
  if (c == dialect_.delimiter) {
    EndField(at, scan);
    scan->field_begin = at + 1;
    return false;
  }
  const bool crlf = c == '\n' && at > begin_ && buffer_[at - 1] == '\r';
  EndRecord(crlf ? at - 1 : at, at + 1, scan);
  return true;
}

void CsvRecords::OnQuote(size_t at, Scan* scan) {
  if (scan->in_quotes) {
    scan->in_quotes = false;
    scan->closed_at = at;
    return;
  }
  if (scan->quoted) {
    scan->in_quotes = at == scan->closed_at + 1;
    scan->messy = true;
    return;
  }
  for (size_t i = scan->field_begin; i < at; ++i) {
    if (!IsBlank(buffer_[i])) return;  // a quote inside plain text is a character
  }
  scan->quoted = true;
  scan->in_quotes = true;
  scan->quote_line = line_ + scan->newlines;
}

void CsvRecords::EndField(size_t at, Scan* scan) {
  if (num_fields_ < limits_.max_columns) {
    const size_t begin = std::min(scan->field_begin, at);
    spans_.push_back({begin, at, scan->quoted, scan->messy});
  }
  ++num_fields_;
  scan->quoted = false;
  scan->messy = false;
}

void CsvRecords::EndRecord(size_t at, size_t next, Scan* scan) {
  const bool quoted = scan->quoted;
  EndField(at, scan);
  scan->quoted = quoted;
  scan->record_end = at;
  scan->next_begin = next;
}

std::string_view CsvRecords::Unquote(const Span& span) {
  size_t open = span.begin;
  while (buffer_[open] != '"') ++open;
  size_t end = span.end;
  if (!span.messy) {
    while (buffer_[end - 1] != '"') --end;  // blanks or text behind the closing quote
    if (std::all_of(buffer_.begin() + static_cast<ptrdiff_t>(end),
                    buffer_.begin() + static_cast<ptrdiff_t>(span.end), IsBlank)) {
      return {buffer_.data() + open + 1, end - open - 2};
    }
    end = span.end;
  }
  size_t out = open + 1;
  bool inside = true;
  for (size_t i = open + 1; i < end; ++i) {
    const char c = buffer_[i];
    if (c != '"') {
      buffer_[out++] = c;
    } else if (inside && i + 1 < end && buffer_[i + 1] == '"') {
      buffer_[out++] = c;
      ++i;
    } else {
      inside = !inside;
    }
  }
  return {buffer_.data() + open + 1, out - open - 1};
}

tl::unexpected<Error> CsvRecords::Unclosed(const Scan& scan) const {
  return Fail(Error{ErrorCode::kBadInput,
                    "a quote (\") opens here and is never closed",
                    {.file = name_, .line = scan.quote_line},
                    {},
                    "Close it, or double it (\"\") where it is meant as a character."});
}

tl::unexpected<Error> CsvRecords::TooLong(const Scan& scan) const {
  if (scan.in_quotes) return Unclosed(scan);
  return Fail(Error{ErrorCode::kBadInput,
                    fmt::format("a row longer than {} bytes", limits_.max_record_bytes),
                    {.file = name_, .line = line_},
                    {},
                    "Is this a table with one campaign per line? Export it as CSV."});
}

}  // namespace pythia
