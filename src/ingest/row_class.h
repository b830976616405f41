// Which rows below a header are campaigns, and which are something else.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "ingest/record_block.h"

namespace pythia {

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

}  // namespace pythia
