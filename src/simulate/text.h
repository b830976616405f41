// Simulated rows and their truth as text, without allocation per row. Private to simulate/.
#pragma once

#include <map>
#include <string>
#include <string_view>

#include "simulate/world.h"

namespace pythia {

// How a row is spoiled.
enum class Dirt {
  kNone,
  kEmptyClicks,
  kCostNotAvailable,
  kImpossibleDate,
  kNegativeImpressions,
  kTextInRoi,
  kTooManyFields,
  kClicksAboveImpressions,
  kDuplicateRow,
};
inline constexpr int kNumDirts = 8;  // without kNone

// The names in SimulateSummary::dirty; empty for kNone.
std::string_view DirtName(Dirt dirt);

// The header of the history, without an end of line.
std::string_view HistoryHeader();

// Appends the row, spoiled by `dirt` (kDuplicateRow writes it as it is), with `end` behind it.
void AppendRow(const SimulatedCampaign& campaign, Dirt dirt, std::string_view end,
               std::string* out);

// The truth document in three parts: what goes before the rows, one row, what goes behind.
void AppendTruthHead(const SimulateOptions& options, std::string* out);
void AppendTruthRow(const SimulatedCampaign& campaign, Dirt dirt, bool first, std::string* out);
void AppendTruthTail(const std::map<std::string, int64_t>& dirty, std::string* out);

}  // namespace pythia
