// Rows of text cells, one after another.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "ingest/bytes.h"

namespace pythia {

// Not thread-safe.
class Records {
 public:
  virtual ~Records() = default;

  // The next row; false at the end.
  virtual Result<bool> Next() = 0;

  // The cells, without quotes; valid until Next(). At most the columns that the reader allows:
  // num_fields() is the true number.
  std::span<const std::string_view> fields() const { return fields_; }
  size_t num_fields() const { return num_fields_; }
  // Where the row begins in the file, counted from 1: a line, or a row where there are no lines.
  int64_t line() const { return line_; }
  // All bytes of the row: equal for equal rows.
  std::string_view raw() const { return raw_; }

 protected:
  std::vector<std::string_view> fields_;
  size_t num_fields_ = 0;
  int64_t line_ = 0;
  std::string_view raw_;
};

struct Dialect {
  char delimiter = ',';
  bool cr_ends_lines = false;  // lone carriage returns, as on old Macs

  bool operator==(const Dialect&) const = default;
};

struct RecordLimits {
  size_t buffer_bytes = 1 << 18;      // read at once; grows for a longer row
  size_t max_record_bytes = 1 << 20;  // a longer row ends the reading
  size_t max_columns = 4096;          // further cells are counted, not kept
};

// RFC 4180 with the liberties that real files take: any delimiter, LF, CRLF or CR, blanks before
// an opening quote, text behind a closing one. Lines without a cell are passed over.
class CsvRecords final : public Records {
 public:
  // UTF-8 from `text`, which must outlive it; `name` is for messages. `partial`: a row that the end
  // of the text cuts off is dropped (a sample), else it is a row.
  CsvRecords(ByteStream& text, std::string name, Dialect dialect, RecordLimits limits,
             bool partial);

  // kBadInput for a quote that is never closed (the place is the line where it opens) and for a row
  // longer than the limit.
  Result<bool> Next() override;

 private:
  struct Scan;
  // A cell in the buffer, with its quotes.
  struct Span {
    size_t begin;
    size_t end;
    bool quoted;
    bool messy;  // doubled quotes, or a quote behind the closing one
  };
  Status Refill();
  bool ScanRecord(Scan* scan);
  bool OnSeparator(size_t at, Scan* scan);
  void OnQuote(size_t at, Scan* scan);
  void EndField(size_t at, Scan* scan);
  void EndRecord(size_t at, size_t next, Scan* scan);
  bool IsEmpty(size_t record_end) const;
  void Deliver(size_t record_end);
  std::string_view Unquote(const Span& span);
  tl::unexpected<Error> Unclosed(const Scan& scan) const;
  tl::unexpected<Error> TooLong(const Scan& scan) const;

  ByteStream& text_;
  std::string name_;
  Dialect dialect_;
  RecordLimits limits_;
  bool partial_;
  std::vector<char> buffer_;  // with 64 spare bytes, for whole-block scans
  size_t begin_ = 0;          // of the next record
  size_t end_ = 0;
  bool at_end_ = false;
  int64_t next_line_ = 1;
  std::vector<Span> spans_;
  // The block of 64 bytes that was scanned last, and where its separators are.
  size_t mask_block_ = ~size_t{0};
  uint64_t mask_ = 0;
};

}  // namespace pythia
