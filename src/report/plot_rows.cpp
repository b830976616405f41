#include "report/plot_rows.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

#include <fmt/format.h>

#include "report/plot_text.h"

namespace pythia::plot {

size_t OwnRows(size_t count, size_t most_rows) {
  return count <= most_rows ? count : most_rows - 1;
}

std::string OtherWords(size_t count) { return fmt::format("Sum of {} other features", count); }

// From left to right, each dot takes the level nearest the middle whose last dot it clears: levels
// 0, 1, -1, 2, -2 ...
std::vector<double> Swarm(std::span<const double> x, double room) {
  constexpr double kClear = 2 * kDotRadius + 0.3;
  std::vector<size_t> order(x.size());
  std::iota(order.begin(), order.end(), size_t{0});
  SortLargestFirst(&order, [&](size_t dot) { return -x[dot]; });
  std::vector<double> last;  // x of each level's last dot
  std::vector<double> heights(x.size());
  for (const size_t dot : order) {
    const auto free =
        std::find_if(last.begin(), last.end(), [&](double at) { return x[dot] - at >= kClear; });
    const auto level = free - last.begin();
    if (free == last.end()) {
      last.push_back(x[dot]);
    } else {
      *free = x[dot];
    }
    const double steps = std::ceil(static_cast<double>(level) / 2);
    heights[dot] = level % 2 == 0 ? steps : -steps;
  }
  const double most = std::ceil(static_cast<double>(last.size()) / 2);
  const double step = std::min(kClear, room / std::max(1.0, most));
  for (double& height : heights) height *= step;
  return heights;
}

std::vector<double> RankShares(std::span<const double> values) {
  std::vector<double> sorted;
  for (const double value : values) {
    if (!std::isnan(value)) sorted.push_back(value);
  }
  std::sort(sorted.begin(), sorted.end());
  std::vector<double> shares;
  shares.reserve(values.size());
  for (const double value : values) {
    if (std::isnan(value)) {
      shares.push_back(std::numeric_limits<double>::quiet_NaN());
      continue;
    }
    const auto [first, end] = std::equal_range(sorted.begin(), sorted.end(), value);
    const auto middle = static_cast<double>((first - sorted.begin()) + (end - sorted.begin()) - 1);
    shares.push_back(sorted.size() < 2 ? 0.5 : middle / 2 / static_cast<double>(sorted.size() - 1));
  }
  return shares;
}

// Starts with all the room that could be needed; every round needs no more than the one before.
Span RoomForLabels(const Scale& scale, std::span<const double> from, std::span<const double> to,
                   std::span<const double> label) {
  constexpr int kRounds = 6;
  double left = 0;
  double right = 0;
  for (size_t i = 0; i < to.size(); ++i)
    (to[i] < from[i] ? left : right) = std::max(to[i] < from[i] ? left : right, label[i]);
  Scale tried = scale;
  for (int round = 0; round < kRounds; ++round) {
    tried.pixels = {scale.pixels.from + left, scale.pixels.to - right};
    left = 0;
    right = 0;
    for (size_t i = 0; i < to.size(); ++i) {
      const double tip = tried(to[i]);
      if (to[i] < from[i]) {
        left = std::max(left, label[i] - (tip - tried.pixels.from));
      } else {
        right = std::max(right, label[i] - (tried.pixels.to - tip));
      }
    }
  }
  return tried.pixels;
}

}  // namespace pythia::plot
