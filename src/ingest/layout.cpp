#include "ingest/layout.h"

#include <algorithm>
#include <array>
#include <map>

#include <fmt/format.h>

#include "ingest/fields.h"
#include "ingest/headers.h"

namespace pythia {
namespace {

constexpr size_t kHeaderWithin = 64;  // rows in which the header is looked for
constexpr size_t kSampleRows = 200;

struct SampleRow {
  int64_t line = 0;
  std::vector<std::string> cells;
  size_t num_cells = 0;
};

// Carriage returns end lines where there is no line feed at all.
bool CrEndsLines(std::string_view sample) {
  return sample.find('\n') == std::string_view::npos && sample.find('\r') != std::string_view::npos;
}

// "sep=;" on the first line is Excel's way to name the delimiter.
char NamedDelimiter(std::string_view sample) {
  const bool named =
      sample.size() > 4 && (sample.starts_with("sep=") || sample.starts_with("SEP="));
  return named ? sample[4] : '\0';
}

Result<std::vector<SampleRow>> ReadSample(std::string_view sample, bool complete,
                                          const std::string& file, Dialect dialect,
                                          RecordLimits limits) {
  MemoryStream stream(sample);
  CsvRecords records(stream, file, dialect, limits, !complete);
  std::vector<SampleRow> rows;
  while (rows.size() < kSampleRows) {
    const Result<bool> more = records.Next();
    // The reading proper meets a later fault again, and says where; here the rows above it count.
    if (!more && rows.empty()) return Fail(more.error());
    if (!more || !*more) break;
    SampleRow& row = rows.emplace_back();
    row.line = records.line();
    row.num_cells = records.num_fields();
    for (const std::string_view cell : records.fields()) row.cells.emplace_back(Trim(cell));
  }
  return rows;
}

// The number of cells that most rows have, and how many have it.
std::pair<size_t, size_t> UsualWidth(const std::vector<SampleRow>& rows) {
  std::map<size_t, size_t> counts;
  for (const SampleRow& row : rows) ++counts[row.num_cells];
  std::pair<size_t, size_t> usual{0, 0};
  for (const auto& [width, count] : counts) {
    if (count >= usual.second) usual = {width, count};
  }
  return usual;
}

struct Candidate {
  Dialect dialect;
  std::vector<SampleRow> rows;
  size_t header = 0;
  int claims = 0;
  size_t agreeing = 0;  // rows as wide as the header

  // Claims first; then tables before single columns; then the agreement of the rows.
  auto Rank() const {
    const size_t width = rows.empty() ? 0 : rows[header].num_cells;
    return std::tuple(claims, width > 1, agreeing * 100 / std::max<size_t>(rows.size(), 1), width);
  }
};

bool LooksLikeHeader(const SampleRow& row) {
  return std::none_of(row.cells.begin(), row.cells.end(),
                      [](const std::string& cell) { return !cell.empty() && ScanNumber(cell).ok; });
}

void ChooseHeader(Candidate* candidate) {
  const std::vector<SampleRow>& rows = candidate->rows;
  const auto [usual, count] = UsualWidth(rows);
  bool chosen = false;
  for (size_t i = 0; i < std::min(rows.size(), kHeaderWithin); ++i) {
    const int claims = rows[i].cells.size() > 4096 ? 0 : CountClaims(rows[i].cells);
    if (claims > candidate->claims) {
      candidate->claims = claims;
      candidate->header = i;
    }
    if (candidate->claims == 0 && !chosen && rows[i].num_cells == usual) {
      candidate->header = i;
      chosen = true;
    }
  }
  const size_t width = rows.empty() ? 0 : rows[candidate->header].num_cells;
  candidate->agreeing = static_cast<size_t>(std::count_if(
      rows.begin(), rows.end(), [width](const SampleRow& row) { return row.num_cells == width; }));
}

Result<Candidate> Examine(std::string_view sample, bool complete, const std::string& file,
                          Dialect dialect, RecordLimits limits) {
  Candidate candidate;
  candidate.dialect = dialect;
  auto rows = ReadSample(sample, complete, file, dialect, limits);
  if (!rows) return Fail(std::move(rows).error());
  candidate.rows = std::move(*rows);
  ChooseHeader(&candidate);
  return candidate;
}

Result<Candidate> BestCandidate(std::string_view sample, bool complete, const std::string& file,
                                RecordLimits limits) {
  const bool cr = CrEndsLines(sample);
  if (const char named = NamedDelimiter(sample); named != '\0') {
    return Examine(sample, complete, file, {named, cr}, limits);
  }
  constexpr std::array<char, 4> kDelimiters = {',', ';', '\t', '|'};
  Result<Candidate> best = Fail(ErrorCode::kBadInput, "");
  for (const char delimiter : kDelimiters) {
    Result<Candidate> candidate = Examine(sample, complete, file, {delimiter, cr}, limits);
    const bool better = candidate && (!best || best->Rank() < candidate->Rank());
    if (better || (!best && best.error().message.empty())) best = std::move(candidate);
  }
  return best;
}

}  // namespace

Result<Layout> FindLayout(std::string_view sample, bool complete, const std::string& file,
                          RecordLimits limits) {
  PYTHIA_ASSIGN(const Candidate best, BestCandidate(sample, complete, file, limits));
  if (best.rows.empty()) {
    return Fail(Error{ErrorCode::kBadInput,
                      complete ? "no table: the file holds only blank lines"
                               : "no table: the first row is longer than any sensible row",
                      {.file = file},
                      {},
                      "Export it as CSV with one campaign per line."});
  }
  const SampleRow& header = best.rows[best.header];
  if (header.num_cells > limits.max_columns) {
    return Fail(Error{
        ErrorCode::kBadInput,
        fmt::format("{} columns; at most {} can be read", header.num_cells, limits.max_columns),
        {.file = file, .line = header.line},
        {},
        "Export only the columns that describe campaigns."});
  }
  if (best.claims == 0 && header.num_cells < 2) {
    return Fail(Error{ErrorCode::kBadInput,
                      "no table: no line has cells set apart by commas, semicolons, tabs or bars",
                      {.file = file},
                      {},
                      "Export it as CSV with one campaign per line."});
  }
  if (best.claims == 0 && !LooksLikeHeader(header)) {
    return Fail(Error{ErrorCode::kBadInput,
                      "no header: no line names columns such as Impressions and Clicks",
                      {.file = file, .line = header.line},
                      header.cells.front(),
                      "Put a line with the names of the columns above the rows."});
  }
  return Layout{best.dialect, header.cells, header.line, best.header};
}

}  // namespace pythia
