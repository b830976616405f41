#include "ingest/record_block.h"

#include <algorithm>

namespace pythia {
namespace {

bool IsBlank(char c) { return c == ' ' || c == '\t'; }

bool IsLineEnd(char c, Dialect dialect) {
  return c == '\n' || (c == '\r' && dialect.cr_ends_lines);
}

}  // namespace

std::string_view RecordBlock::Raw(size_t record) const {
  const size_t begin = uint32_t{places[first(record)] + 1};
  size_t end = places[ends[record]];
  if (is_csv && end > begin && bytes()[end - 1] == '\r') --end;
  return {bytes() + begin, end - begin};
}

std::string_view RecordBlock::Cell(size_t record, size_t cell) const {
  const std::string_view text = RawCell(record, cell);
  if (text.empty() || text[0] > '"' || !is_csv || dialect.delimiter == '"') return text;
  return Unquote(text);
}

void RecordBlock::Cells(size_t record, size_t most, std::vector<std::string_view>* cells) const {
  const size_t count = std::min(num_cells(record), most);
  cells->clear();
  for (size_t c = 0; c < count; ++c) cells->push_back(Cell(record, c));
}

bool RecordBlock::IsEmpty(size_t record) const {
  if (!is_csv || num_cells(record) != 1) return false;
  const std::string_view raw = Raw(record);
  return std::all_of(raw.begin(), raw.end(), IsBlank);
}

int64_t RecordBlock::Line(size_t record) const {
  if (!is_csv) return first_line + static_cast<int64_t>(record);
  const size_t begin = uint32_t{places[first(record)] + 1};
  if (begin < counted_to_) {
    counted_to_ = 0;
    line_ = 0;
  }
  line_ += std::count_if(bytes() + counted_to_, bytes() + begin,
                         [this](char c) { return IsLineEnd(c, dialect); });
  counted_to_ = begin;
  return first_line + line_;
}

// RFC 4180, with blanks before the opening quote, and text behind the closing one.
std::string_view RecordBlock::Unquote(std::string_view cell) const {
  const size_t open = cell.find_first_not_of(" \t");
  if (open == std::string_view::npos || cell[open] != '"') return cell;
  const std::string_view body = cell.substr(open + 1);
  const size_t close = body.find('"');
  if (std::all_of(body.begin() + static_cast<ptrdiff_t>(close) + 1, body.end(), IsBlank)) {
    return body.substr(0, close);
  }
  std::string& text = unquoted_.emplace_back();
  bool inside = true;
  for (size_t i = 0; i < body.size(); ++i) {
    if (body[i] != '"') {
      text += body[i];
    } else if (inside && i + 1 < body.size() && body[i + 1] == '"') {
      text += body[i++];
    } else {
      inside = !inside;
    }
  }
  return text;
}

void RecordBlock::Clear() {
  places.Grow(1);
  places[0] = ~uint32_t{0};
  records = 0;
  counted_to_ = 0;
  line_ = 0;
  unquoted_.clear();
}

}  // namespace pythia
