// What plots with a row per player share: which rows are shown, where they lie, and where a dot
// goes in a crowd. Private to report/.
#pragma once

#include <algorithm>
#include <cstddef>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "report/plot_sheet.h"

namespace pythia::plot {

inline constexpr double kRowHeight = 32;
inline constexpr double kBarHeight = 18;
inline constexpr double kMostLabel = 270;  // pixels
inline constexpr size_t kMostRows = 10;

// How many of `count` have a row of their own; the others, never just one, share the last row.
size_t OwnRows(size_t count, size_t most_rows);

// The item of the largest `size` first, equal ones as they come. Sizes are never NaN.
template <typename Item, typename Size>
void SortLargestFirst(std::vector<Item>* items, const Size& size) {
  std::vector<std::pair<double, size_t>> order;
  for (const Item& item : *items) order.emplace_back(-size(item), order.size());
  std::sort(order.begin(), order.end());
  std::vector<Item> sorted;
  sorted.reserve(items->size());
  for (const auto& [negative, from] : order) sorted.push_back(std::move((*items)[from]));
  *items = std::move(sorted);
}

// "Sum of 4 other features"
std::string OtherWords(size_t count);

// Heights above (-) and below (+) 0 at which dots at `x` (pixels) do not cover each other, pressed
// together where they would leave [-room, room].
std::vector<double> Swarm(std::span<const double> x, double room);

// The rank of each value as a share in [0, 1]; equal values share one; NaN for NaN.
std::vector<double> RankShares(std::span<const double> values);

// Room left of the zero and right of the greatest value, so that `label` pixels fit behind each
// bar that runs from `from[i]` to `to[i]`: the pixel range for the data range of `scale`.
Span RoomForLabels(const Scale& scale, std::span<const double> from, std::span<const double> to,
                   std::span<const double> label);

}  // namespace pythia::plot
