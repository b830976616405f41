#include "ingest/row_class.h"

#include <algorithm>
#include <array>

#include "ingest/fields.h"

namespace pythia {
namespace {

constexpr std::array<std::string_view, 22> kTotalWords = {
    "total",         "totals",
    "grand total",   "overall total",
    "sum",           "subtotal",
    "total general", "total g\xC3\xA9n\xC3\xA9ral",
    "gesamt",        "summe",
    "gesamtsumme",   "gesamtergebnis",
    "totale",        "totale complessivo",
    "totaal",        "eindtotaal",
    "ensemble",      "insgesamt",
    "suma",          "suma total",
    "total geral",   "totais"};

std::string Lower(std::string_view text) {
  std::string lower(text);
  for (char& c : lower) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c;
  return lower;
}

// "Total", "Totals:", "Total: Campaigns", "Overall total - 12 campaigns", "Results from 5 ads",
// "Total of 3 results".
bool NamesTotals(std::string_view cell) {
  if (cell.size() < 3 || cell.size() > 200) return false;
  const std::string lower = Lower(cell);
  for (const std::string_view word : kTotalWords) {
    if (!lower.starts_with(word)) continue;
    std::string_view rest = Trim(std::string_view(lower).substr(word.size()));
    if (rest.empty() || rest[0] == ':' || rest[0] == '(' || rest.starts_with("- ")) return true;
  }
  for (const std::string_view phrase :
       {std::string_view("results from "), std::string_view("total of ")}) {
    const bool counts = lower.starts_with(phrase) && lower.size() > phrase.size();
    if (counts && lower[phrase.size()] >= '0' && lower[phrase.size()] <= '9') return true;
  }
  return false;
}

bool IsFooter(std::span<const std::string_view> cells, size_t num_cells, size_t columns) {
  if (cells.empty()) return false;
  const std::string_view text = Trim(cells[0]);
  const bool alone = std::all_of(cells.begin() + 1, cells.end(),
                                 [](std::string_view cell) { return Trim(cell).empty(); });
  if (!alone) return false;
  if (text.starts_with("\xC2\xA9") || text.starts_with("#") || text.starts_with("@20")) return true;
  const std::string lower = Lower(text.substr(0, 40));
  if (lower.starts_with("(c)") || lower.starts_with("copyright")) return true;
  return num_cells == 1 && columns > 2 && text.find(' ') != std::string_view::npos;
}

}  // namespace

RowClassifier::RowClassifier(std::vector<std::string> header, int date_cell)
    : header_(std::move(header)),
      is_named_(!header_.empty() && !header_[0].empty() &&
                (header_[0][0] < '0' || header_[0][0] > '9')),
      date_cell_(date_cell) {}

bool RowClassifier::IsTotals(std::span<const std::string_view> cells) const {
  int seen = 0;
  bool named = false;
  for (size_t i = 0; i < cells.size() && seen < 2; ++i) {
    const std::string_view cell = Trim(cells[i]);
    if (IsMissingMark(cell)) continue;
    ++seen;
    named = named || (ingest_internal::MayNameTotals(cell) && NamesTotals(cell));
  }
  // GA4 says it behind the numbers.
  if (!named && !cells.empty()) named = NamesTotals(Trim(cells.back()));
  if (!named || date_cell_ < 0 || std::cmp_greater_equal(date_cell_, cells.size())) return named;
  return ScanDate(cells[static_cast<size_t>(date_cell_)]).shape == DateScan::Shape::kNone;
}

bool RowClassifier::IsHeader(std::span<const std::string_view> cells) const {
  if (cells.size() != header_.size() || Trim(cells[0]) != header_[0]) return false;
  for (size_t i = 1; i < cells.size(); ++i) {
    if (Trim(cells[i]) != header_[i]) return false;
  }
  return header_.size() > 1;
}

RowClass RowClassifier::Classify(std::span<const std::string_view> cells, size_t num_cells) const {
  const size_t width = header_.size();
  const bool settled =
      num_cells == width && !cells[0].empty() && cells[0][0] >= '0' && cells[0][0] <= '9';
  if (settled && (width < 2 || !ingest_internal::MayNameTotals(cells[1]))) return RowClass::kData;
  const bool blank = std::all_of(cells.begin(), cells.end(),
                                 [](std::string_view cell) { return Trim(cell).empty(); });
  if (blank) return RowClass::kBlank;
  if (IsFooter(cells, num_cells, width)) return RowClass::kFooter;
  if (IsTotals(cells)) return RowClass::kTotals;
  if (IsHeader(cells)) return RowClass::kHeaderAgain;
  if (num_cells < width) return RowClass::kTooFew;
  const bool extra = std::any_of(cells.begin() + static_cast<ptrdiff_t>(width), cells.end(),
                                 [](std::string_view cell) { return !Trim(cell).empty(); });
  return extra ? RowClass::kTooMany : RowClass::kData;
}

}  // namespace pythia
