// Numbers that follow from other columns of the same row.
//
//   CTR = Clicks / Impressions          missing where Impressions are 0
//   CPC = Acquisition_Cost / Clicks     missing where Clicks are 0
//   CPM = 1000 · Acquisition_Cost / Impressions
//   ROI = (Revenue − Acquisition_Cost) / Acquisition_Cost
// Missing, too, where one of the operands is. Free functions, thread-safe.
#pragma once

#include <span>
#include <string_view>

#include "campaign/table.h"

namespace pythia {

// scale · numerator / divisor, or scale · (numerator − divisor) / divisor.
struct Ratio {
  std::string_view name;
  double scale;
  std::string_view numerator;
  std::string_view divisor;
  bool minus_divisor;

  // Row by row, NaN where it is missing; spans of one length.
  void Of(std::span<const double> numerators, std::span<const double> divisors,
          std::span<double> out) const;
};

// Those above.
std::span<const Ratio> Ratios();

// Fills those of CTR, CPC, CPM and ROI that have fewer rows than Impressions, up to its rows; a ROI
// that has its rows was given and stays. Requires Impressions and Clicks, and the operands of every
// such column.
void FillDerived(Table* table);

}  // namespace pythia
