// Which rows below a header are campaigns, and which are something else.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "ingest/record_block.h"

namespace pythia {

namespace ingest_internal {

// A first letter that no word of kTotalWords has settles most rows at once.
inline bool MayNameTotals(std::string_view cell) {
  if (cell.empty()) return false;
  switch (cell[0] | 0x20) {
    case 't':
    case 'g':
    case 'o':
    case 's':
    case 'e':
    case 'i':
    case 'r':
      return true;
    default:
      return false;
  }
}

// The first three letters of kTotalWords and of the phrases of NamesTotals().
inline bool BeginsLikeTotals(std::string_view cell) {
  if (cell.size() < 3) return false;
  const auto goes_on = [cell](char second, char third) {
    return (cell[1] | 0x20) == second && (cell[2] | 0x20) == third;
  };
  switch (cell[0] | 0x20) {
    case 't':
      return goes_on('o', 't');
    case 'g':
      return goes_on('r', 'a') || goes_on('e', 's');
    case 'o':
      return goes_on('v', 'e');
    case 's':
      return goes_on('u', 'm') || goes_on('u', 'b');
    case 'e':
      return goes_on('i', 'n') || goes_on('n', 's');
    case 'i':
      return goes_on('n', 's');
    case 'r':
      return goes_on('e', 's');
    default:
      return false;
  }
}

}  // namespace ingest_internal

enum class RowClass {
  kData,
  kBlank,        // no cell holds anything
  kFooter,       // a line of text under the table: "©2026 Microsoft Corporation ..."
  kTotals,       // "Total: Campaigns", "Grand total"
  kHeaderAgain,  // the header once more, as where files were put together
  kTooFew,       // cells
  kTooMany,
};

// Thread-safe: const after construction.
class RowClassifier {
 public:
  // `date_cell`: the column that holds the date, -1 for none; a row with a date is no total.
  RowClassifier(std::vector<std::string> header, int date_cell);
  // `num_cells`: all of the row, of which `cells` may be the first.
  RowClass Classify(std::span<const std::string_view> cells, size_t num_cells) const;
  // True only for rows that Classify() takes for data, and for most of them; at a glance.
  bool IsPlainData(const RecordBlock& block, size_t record) const;

 private:
  bool IsTotals(std::span<const std::string_view> cells) const;
  bool IsHeader(std::span<const std::string_view> cells) const;

  std::vector<std::string> header_;
  bool is_named_;  // the first column's header does not begin like a number
  int date_cell_;
};

inline bool RowClassifier::IsPlainData(const RecordBlock& block, size_t record) const {
  const size_t width = header_.size();
  if (block.num_cells(record) != width) return false;
  const auto cell = [&](size_t c) {
    const uint32_t* place = block.separators() + block.first(record) + c;
    const size_t begin = uint32_t{place[0] + 1};
    return std::string_view(block.bytes() + begin, place[1] - begin);
  };
  const auto is_plain = [](std::string_view text) {  // neither blank nor quoted
    return !text.empty() && static_cast<unsigned char>(text[0]) > '"';
  };
  const std::string_view first = cell(0);
  if (first.empty() || first[0] < '0' || first[0] > '9') return false;
  if (width < 2) return true;
  const std::string_view second = cell(1);
  if (!is_plain(second)) return false;
  if (!ingest_internal::MayNameTotals(second)) return true;
  // What Classify() goes on to ask, of a row whose second cell is a word.
  const std::string_view last = cell(width - 1);
  return is_plain(last) && !ingest_internal::BeginsLikeTotals(second) &&
         !ingest_internal::BeginsLikeTotals(last) && is_named_;
}

}  // namespace pythia
