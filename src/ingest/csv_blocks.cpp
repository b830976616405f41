#include <algorithm>
#include <cstring>

#include <fmt/format.h>

#include "ingest/record_block.h"
#include "ingest/separators.h"

namespace pythia {
namespace {

using ingest_internal::SeparatorRun;

constexpr size_t kSpare = ingest_internal::kIndexGroup;  // for loads and stores of whole groups

bool IsBlank(char c) { return c == ' ' || c == '\t'; }

}  // namespace

// One record, byte by byte: what the index leaves aside.
struct CsvBlockReader::Scan {
  size_t at = 0;  // next byte; behind the record's end where it was found
  std::vector<uint32_t> separators;
  bool in_quotes = false;
  size_t quote = 0;  // that opened the cell
  bool quoted_lines = false;
};

CsvBlockReader::CsvBlockReader(ByteStream& text, std::string name, Dialect dialect,
                               RecordLimits limits, bool partial, int64_t last_skipped_line)
    : text_(text),
      name_(std::move(name)),
      dialect_(dialect),
      limits_(limits),
      partial_(partial),
      last_skipped_line_(last_skipped_line) {}

Result<bool> CsvBlockReader::Read(RecordBlock* block) {
  while (next_line_ <= last_skipped_line_) {
    // Rows have a line each, or more: so many reach the last that is skipped.
    const int64_t lines = last_skipped_line_ - next_line_ + 1;
    PYTHIA_TRY(Fill(block, std::min(kRecordsPerBlock, static_cast<size_t>(lines))));
    if (block->num_records() == 0) return false;
    Skip(block);
    if (block->num_records() > 0) return true;
  }
  PYTHIA_TRY(Fill(block, kRecordsPerBlock));
  return block->num_records() > 0;
}

Status CsvBlockReader::Fill(RecordBlock* block, size_t most_records) {
  most_records_ = most_records;
  block->Clear();
  block->dialect = dialect_;
  block->is_csv = true;
  block->first_line = next_line_;
  block->buffer.Grow(rest_.size() + kSpare);
  std::memcpy(block->buffer.data(), rest_.data(), rest_.size());
  have_ = rest_.size();
  block->fresh_begin = have_;
  at_ = 0;
  count_ = 1;
  inside_ = 0;
  joint_ = 1;
  quoted_lines_ = false;
  for (;;) {
    Index(block);
    const size_t records = block->num_records();
    if (records >= most_records_ || (records > 0 && have_ >= kBytesPerBlock)) break;
    PYTHIA_TRY(CheckLengths(*block));
    if (have_ - RecordBegin(*block) > limits_.max_record_bytes) return Endless(*block);
    if (at_end_) {
      PYTHIA_TRY(EndText(block));
      break;
    }
    PYTHIA_TRY(ReadMore(block));
  }
  Cut(block);
  return CheckLengths(*block);
}

// A little more than the last block had, so that few bytes are left over and copied.
Status CsvBlockReader::ReadMore(RecordBlock* block) {
  size_t room = std::max<size_t>(limits_.buffer_bytes, 1);
  if (usual_bytes_ > have_) room = std::min(room, usual_bytes_ - have_);
  if (have_ + room + kSpare > block->buffer.room()) {
    block->buffer.Grow(std::max(have_ + room + kSpare, block->buffer.room() * 3 / 2));
  }
  PYTHIA_ASSIGN(const size_t got, text_.Read(block->buffer.data() + have_, room));
  have_ += got;
  at_end_ = got < room;
  return {};
}

size_t CsvBlockReader::RecordBegin(const RecordBlock& block) const {
  return block.records == 0 ? 0 : size_t{block.places[block.ends[block.records - 1]]} + 1;
}

// All that there is, as far as one block may hold it.
void CsvBlockReader::Index(RecordBlock* block) {
  const auto& kernels = ingest_internal::SeparatorsInUse();
  SeparatorRun run{.bytes = block->buffer.data(),
                   .at = at_,
                   .end = have_,
                   .delimiter = dialect_.delimiter,
                   .line_end = dialect_.cr_ends_lines ? '\r' : '\n',
                   .has_quotes = dialect_.delimiter != '"',
                   .most_records = most_records_,
                   .count = count_,
                   .records = block->records,
                   .inside = inside_,
                   .joint = joint_};
  block->ends.Grow(kRecordsPerBlock + kSpare);
  while (run.at < run.end && run.records < most_records_ &&
         (run.at < kBytesPerBlock || run.records == 0)) {
    if (block->places.room() < run.count + 2 * kSpare) block->places.Grow(run.count * 2 + 4096);
    run.separators = block->places.data();
    run.room = block->places.room();
    run.ends = block->ends.data();
    run.irregular = false;
    kernels.index(&run);
    if (run.irregular && !IndexRecord(block, &run)) break;
  }
  count_ = run.count;
  block->records = run.records;
  at_ = run.at;
  inside_ = run.inside;
  joint_ = run.joint;
  quoted_lines_ = quoted_lines_ || run.quoted_lines;
}

// The record in which the run has stopped, from its first byte on. False where its end is not there
// yet; the run is back at its first byte then.
bool CsvBlockReader::IndexRecord(RecordBlock* block, SeparatorRun* run) {
  run->count = run->records == 0 ? 1 : size_t{run->ends[run->records - 1]} + 1;
  run->at = run->records == 0 ? 0 : size_t{run->separators[run->count - 1]} + 1;
  run->inside = 0;
  run->joint = 1;
  Scan scan{.at = run->at, .separators = {}};
  if (!ScanRecord(*block, &scan)) return false;
  run->at = scan.at;
  AddPlaces(scan.separators, &run->count, block);
  run->quoted_lines = run->quoted_lines || scan.quoted_lines;
  block->ends[run->records++] = static_cast<uint32_t>(run->count - 1);
  return true;
}

void CsvBlockReader::AddPlaces(const std::vector<uint32_t>& places, size_t* count,
                               RecordBlock* block) {
  if (block->places.room() < *count + places.size())
    block->places.Grow((*count + places.size()) * 2);
  std::copy(places.begin(), places.end(), block->places.data() + *count);
  *count += places.size();
}

// True where the record ends in what there is.
bool CsvBlockReader::ScanRecord(const RecordBlock& block, Scan* scan) const {
  const char* bytes = block.bytes();
  bool quoted = false;
  bool blank = true;  // nothing else in the cell so far
  size_t closed_at = 0;
  for (; scan->at < have_; ++scan->at) {
    const char c = bytes[scan->at];
    const bool line_end = c == '\n' || (c == '\r' && dialect_.cr_ends_lines);
    if (c == '"' && dialect_.delimiter != '"') {
      if (scan->in_quotes) {
        scan->in_quotes = false;
        closed_at = scan->at;
      } else if (quoted) {
        scan->in_quotes = scan->at == closed_at + 1;
      } else if (blank) {
        quoted = scan->in_quotes = true;
        scan->quote = scan->at;
      }
    } else if (scan->in_quotes) {
      scan->quoted_lines = scan->quoted_lines || line_end;
    } else if (c == dialect_.delimiter || line_end) {
      scan->separators.push_back(static_cast<uint32_t>(scan->at));
      quoted = false;
      blank = true;
      if (!line_end) continue;
      ++scan->at;
      return true;
    }
    blank = blank && IsBlank(c);
  }
  return false;
}

// The last row of the text has no line end.
Status CsvBlockReader::EndText(RecordBlock* block) {
  const size_t begin = RecordBegin(*block);
  if (begin == have_ || partial_) return {};
  Scan scan{.at = begin, .separators = {}};
  ScanRecord(*block, &scan);
  if (scan.in_quotes) return Unclosed(*block, scan.quote);
  scan.separators.push_back(static_cast<uint32_t>(have_));
  count_ = block->records == 0 ? 1 : size_t{block->ends[block->records - 1]} + 1;
  AddPlaces(scan.separators, &count_, block);
  block->ends[block->records++] = static_cast<uint32_t>(count_ - 1);
  return {};
}

// What goes beyond the block is the beginning of the next.
void CsvBlockReader::Cut(RecordBlock* block) {
  size_t keep = std::min(block->num_records(), most_records_);
  while (keep > 1 && block->places[block->ends[keep - 1]] >= kBytesPerBlock) --keep;
  block->records = keep;
  block->fresh_end = have_;
  const size_t end = std::min(RecordBegin(*block), have_);
  rest_.assign(block->bytes() + end, have_ - end);
  usual_bytes_ = end + end / 64 + 256;
  next_line_ += quoted_lines_ ? CountLines(*block, end) : static_cast<int64_t>(keep);
}

int64_t CsvBlockReader::CountLines(const RecordBlock& block, size_t end) const {
  return std::count_if(block.bytes(), block.bytes() + end, [this](char c) {
    return c == '\n' || (c == '\r' && dialect_.cr_ends_lines);
  });
}

void CsvBlockReader::Skip(RecordBlock* block) const {
  size_t skipped = 0;
  while (skipped < block->num_records() && block->Line(skipped) <= last_skipped_line_) ++skipped;
  const size_t shift = block->first(skipped);
  const size_t places = block->records == skipped ? shift : size_t{block->ends[block->records - 1]};
  std::copy(block->places.data() + shift, block->places.data() + places + 1, block->places.data());
  for (size_t r = skipped; r < block->records; ++r) {
    block->ends[r - skipped] = block->ends[r] - static_cast<uint32_t>(shift);
  }
  block->records -= skipped;
}

Status CsvBlockReader::CheckLengths(const RecordBlock& block) const {
  if (have_ <= limits_.max_record_bytes) return {};
  for (size_t r = 0; r < block.num_records(); ++r) {
    if (block.Raw(r).size() > limits_.max_record_bytes) return TooLong(block, r);
  }
  return {};
}

// Of a row whose end is not in sight.
tl::unexpected<Error> CsvBlockReader::Endless(const RecordBlock& block) const {
  Scan scan{.at = RecordBegin(block), .separators = {}};
  ScanRecord(block, &scan);
  return scan.in_quotes ? Unclosed(block, scan.quote) : TooLong(block, block.num_records());
}

tl::unexpected<Error> CsvBlockReader::Unclosed(const RecordBlock& block, size_t quote) const {
  return Fail(Error{ErrorCode::kBadInput,
                    "a quote (\") opens here and is never closed",
                    {.file = name_, .line = next_line_ + CountLines(block, quote)},
                    {},
                    "Close it, or double it (\"\") where it is meant as a character."});
}

tl::unexpected<Error> CsvBlockReader::TooLong(const RecordBlock& block, size_t record) const {
  const size_t begin = record == 0 ? 0 : size_t{block.places[block.ends[record - 1]]} + 1;
  return Fail(Error{ErrorCode::kBadInput,
                    fmt::format("a row longer than {} bytes", limits_.max_record_bytes),
                    {.file = name_, .line = next_line_ + CountLines(block, begin)},
                    {},
                    "Is this a table with one campaign per line? Export it as CSV."});
}

}  // namespace pythia
