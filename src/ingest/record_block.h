// Some rows of a file as bytes and the places of their separators.
#pragma once

#include <cstdint>
#include <cstring>
#include <deque>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "ingest/records.h"

namespace pythia {

namespace ingest_internal {
struct SeparatorRun;
}

// A block ends where one of these is reached, wherever the reads end: the same blocks at any
// buffer size and number of threads.
inline constexpr size_t kRecordsPerBlock = 2048;
inline constexpr size_t kBytesPerBlock = 1 << 20;  // one longer row makes a block alone

// Memory that grows without being set to zero.
template <typename Value>
class GrowingArray {
 public:
  Value* data() { return values_.get(); }
  const Value* data() const { return values_.get(); }
  size_t room() const { return room_; }
  Value operator[](size_t i) const { return values_[i]; }
  Value& operator[](size_t i) { return values_[i]; }
  // Room for at least `room` values; keeps what there is.
  void Grow(size_t room) {
    if (room <= room_) return;
    auto grown = std::make_unique_for_overwrite<Value[]>(room);
    if (room_ > 0) std::memcpy(grown.get(), values_.get(), room_ * sizeof(Value));
    values_ = std::move(grown);
    room_ = room;
  }

 private:
  std::unique_ptr<Value[]> values_;
  size_t room_ = 0;
};

// Filled by one thread, then used by one. Record r has the cells 0 .. num_cells(r) - 1; cell c lies
// between the separators first(r) + c and first(r) + c + 1.
class RecordBlock {
 public:
  size_t num_records() const { return records; }
  size_t first(size_t record) const { return record == 0 ? 0 : ends[record - 1]; }
  size_t num_cells(size_t record) const { return ends[record] - first(record); }

  // All bytes of the row: equal for equal rows.
  std::string_view Raw(size_t record) const;
  // A cell as it stands in the file.
  std::string_view RawCell(size_t record, size_t cell) const {
    const size_t at = first(record) + cell;
    const size_t begin = uint32_t{places[at] + 1};
    size_t end = places[at + 1];
    if (at + 1 == ends[record] && is_csv && end > begin && bytes()[end - 1] == '\r') --end;
    return {bytes() + begin, end - begin};
  }
  // A cell without its quotes, for at most RecordLimits::max_columns cells.
  std::string_view Cell(size_t record, size_t cell) const;
  void Cells(size_t record, size_t most, std::vector<std::string_view>* cells) const;
  // No cell but blanks, and no quote: not a row.
  bool IsEmpty(size_t record) const;
  // Where the row begins in the file, from 1. Cheap for records in ascending order.
  int64_t Line(size_t record) const;

  // For loops over columns. 64 bytes behind the last can be read.
  const char* bytes() const { return buffer.data(); }
  const uint32_t* separators() const { return places.data(); }

  // The reader's. places[0] is the byte before the first, so that all cells begin behind one.
  GrowingArray<char> buffer;
  GrowingArray<uint32_t> places;
  GrowingArray<uint32_t> ends;  // [records] where in `places` the record ends
  size_t records = 0;
  int64_t first_line = 1;
  Dialect dialect;
  bool is_csv = true;      // quotes and carriage returns are not part of cells; lines are counted
  int64_t bytes_read = 0;  // of the file, behind this block
  // Where in `buffer` the bytes are that were read for this block, its own or the next one's.
  size_t fresh_begin = 0;
  size_t fresh_end = 0;

 private:
  std::string_view Unquote(std::string_view cell) const;

  mutable size_t counted_to_ = 0;  // line ends up to here are in line_
  mutable int64_t line_ = 0;
  mutable std::deque<std::string> unquoted_;

 public:
  void Clear();
};

// Blocks one after another.
class BlockReader {
 public:
  virtual ~BlockReader() = default;
  // The next rows; false where there are no more.
  virtual Result<bool> Read(RecordBlock* block) = 0;
};

// Blocks of a CSV file; the same rows, lines and errors as CsvRecords.
class CsvBlockReader final : public BlockReader {
 public:
  // As CsvRecords. Rows up to `last_skipped_line` are passed over.
  CsvBlockReader(ByteStream& text, std::string name, Dialect dialect, RecordLimits limits,
                 bool partial, int64_t last_skipped_line);
  Result<bool> Read(RecordBlock* block) override;

 private:
  struct Scan;
  Status Fill(RecordBlock* block, size_t most_records);
  Status ReadMore(RecordBlock* block);
  void Index(RecordBlock* block);
  bool IndexRecord(RecordBlock* block, ingest_internal::SeparatorRun* run);
  static void AddPlaces(const std::vector<uint32_t>& places, size_t* count, RecordBlock* block);
  bool ScanRecord(const RecordBlock& block, Scan* scan) const;
  Status EndText(RecordBlock* block);
  void Cut(RecordBlock* block);
  void Skip(RecordBlock* block) const;
  Status CheckLengths(const RecordBlock& block) const;
  size_t RecordBegin(const RecordBlock& block) const;
  int64_t CountLines(const RecordBlock& block, size_t end) const;
  tl::unexpected<Error> Endless(const RecordBlock& block) const;
  tl::unexpected<Error> Unclosed(const RecordBlock& block, size_t quote) const;
  tl::unexpected<Error> TooLong(const RecordBlock& block, size_t record) const;

  ByteStream& text_;
  std::string name_;
  Dialect dialect_;
  RecordLimits limits_;
  bool partial_;
  int64_t last_skipped_line_;
  int64_t next_line_ = 1;
  std::string rest_;  // bytes behind the last block
  size_t usual_bytes_ = 0;
  // While a block is filled: bytes there are, where the index has got to and how it stands there.
  size_t most_records_ = kRecordsPerBlock;
  size_t have_ = 0;
  size_t at_ = 0;
  size_t count_ = 1;  // of places
  uint64_t inside_ = 0;
  uint64_t joint_ = 1;
  bool at_end_ = false;
  bool quoted_lines_ = false;  // there are line ends inside quotes
};

}  // namespace pythia
