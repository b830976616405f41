// The index of separators on every kind of processor, and the blocks that it makes, beside the
// reader that goes byte by byte: the same rows, cells, lines and errors.
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>
#include <vector>

#include "ingest/record_block.h"
#include "ingest/separators.h"

namespace {

using pythia::ingest_internal::SeparatorKernels;
using pythia::ingest_internal::SeparatorRun;

struct Read {
  std::vector<std::string> cells;  // and, before those of a row, its line
  std::string error;

  bool operator==(const Read&) const = default;
};

Read ByRecords(std::string_view text, pythia::Dialect dialect) {
  pythia::MemoryStream stream(text);
  pythia::CsvRecords records(stream, "fuzz", dialect, {}, false);
  Read read;
  for (;;) {
    const pythia::Result<bool> more = records.Next();
    if (!more) return {{}, more.error().ToString()};
    if (!*more) return read;
    read.cells.push_back(std::to_string(records.line()));
    for (const std::string_view cell : records.fields()) read.cells.emplace_back(cell);
  }
}

Read ByBlocks(std::string_view text, pythia::Dialect dialect, size_t buffer) {
  pythia::MemoryStream stream(text);
  pythia::CsvBlockReader reader(stream, "fuzz", dialect, {.buffer_bytes = buffer}, false, 0);
  pythia::RecordBlock block;
  Read read;
  std::vector<std::string_view> cells;
  for (;;) {
    const pythia::Result<bool> more = reader.Read(&block);
    if (!more) return {{}, more.error().ToString()};
    if (!*more) return read;
    for (size_t r = 0; r < block.num_records(); ++r) {
      if (block.IsEmpty(r)) continue;
      read.cells.push_back(std::to_string(block.Line(r)));
      block.Cells(r, pythia::RecordLimits{}.max_columns, &cells);
      read.cells.insert(read.cells.end(), cells.begin(), cells.end());
    }
  }
}

// What a run finds, as one list.
std::vector<uint64_t> Index(const SeparatorKernels& kernels, const std::string& padded,
                            size_t size) {
  std::vector<uint32_t> separators(size + 128);
  std::vector<uint32_t> ends(1024 + 64);
  SeparatorRun run{.bytes = padded.data(),
                   .end = size,
                   .most_records = 1024,
                   .separators = separators.data(),
                   .room = separators.size(),
                   .ends = ends.data()};
  kernels.index(&run);
  std::vector<uint64_t> found = {run.at, run.inside, run.joint, run.irregular, run.quoted_lines};
  found.insert(found.end(), separators.begin(),
               separators.begin() + static_cast<ptrdiff_t>(run.count));
  found.insert(found.end(), ends.begin(), ends.begin() + static_cast<ptrdiff_t>(run.records));
  return found;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  if (size < 2) return 0;
  constexpr std::string_view kDelimiters = ",;\t|\" a5";
  const pythia::Dialect dialect{.delimiter = kDelimiters[data[0] % kDelimiters.size()],
                                .cr_ends_lines = (data[0] & 0x80) != 0};
  const std::string text(reinterpret_cast<const char*>(data) + 2, size - 2);
  const Read expected = ByRecords(text, dialect);
  for (const size_t buffer : {size_t{data[1]} + 1, size_t{1} << 18}) {
    if (!(ByBlocks(text, dialect, buffer) == expected)) std::abort();
  }
  const std::string padded = text + std::string(64, ',');
  using pythia::ingest_internal::kPlainSeparators;
  const SeparatorKernels& best = pythia::ingest_internal::SeparatorsInUse();
  if (Index(best, padded, text.size()) != Index(kPlainSeparators, padded, text.size())) {
    std::abort();
  }
  return 0;
}
