// Numbers that follow from other columns of the same row.
//
//   CTR = Clicks / Impressions          missing where Impressions are 0
//   CPC = Acquisition_Cost / Clicks     missing where Clicks are 0
//   CPM = 1000 · Acquisition_Cost / Impressions
//   ROI = (Revenue − Acquisition_Cost) / Acquisition_Cost
// Missing, too, where one of the operands is. Free functions, thread-safe.
#pragma once

#include "campaign/table.h"

namespace pythia {

// Fills those of CTR, CPC, CPM and ROI that have fewer rows than Impressions, up to its rows; a ROI
// that has its rows was given and stays. Requires Impressions and Clicks, and the operands of every
// such column.
void FillDerived(Table* table);

}  // namespace pythia
