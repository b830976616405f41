#include "explain/coalitions.h"

#include <algorithm>
#include <cmath>

#include "explain/kernels.h"

namespace pythia::explain_internal {

// The kernels' header stands alone.
static_assert(kMaxTablePlayers == kMaxCoalitionPlayers && kMaxPlayers == kMaxProductPlayers);

std::vector<double> CoalitionWeights(int players) {
  std::vector<double> weights(static_cast<size_t>(players) + 1);
  double binomial = 1;  // of players - 2 over s - 1
  for (int s = 1; s < players; ++s) {
    if (s > 1) binomial = binomial * (players - s) / (s - 1);
    weights[static_cast<size_t>(s)] = 1 / ((players - 1) * binomial);
  }
  return weights;
}

Background Padded(const Background& background) {
  const int players = std::max(background.players, kMinCoalitionPlayers);
  Background padded = {.players = players, .intercept = background.intercept};
  padded.contributions.assign(background.rows() * static_cast<size_t>(players), 0);
  for (size_t row = 0; row < background.rows(); ++row) {
    std::copy_n(&background.contributions[row * static_cast<size_t>(background.players)],
                background.players, &padded.contributions[row * static_cast<size_t>(players)]);
  }
  return padded;
}

CentredBackground::CentredBackground(const Background& background)
    : players(background.players),
      rows(background.rows()),
      centre(background.intercept),
      columns(background.contributions.size()),
      spread(0) {
  for (size_t j = 0; j < static_cast<size_t>(players); ++j) {
    const auto at = [&](size_t row) { return background.contributions[row * players + j]; };
    double sum = 0;
    for (size_t row = 0; row < rows; ++row) sum += at(row);
    mean.push_back(sum / static_cast<double>(rows));
    centre += mean[j];
    double most = 0;
    for (size_t row = 0; row < rows; ++row) {
      columns[j * rows + row] = at(row) - mean[j];
      most = std::max(most, std::abs(columns[j * rows + row]));
    }
    spread += most;
  }
}

bool WithinTableReach(double centre, std::span<const double> mean, std::span<const double> plan) {
  double sum = std::abs(centre);
  for (size_t j = 0; j < plan.size(); ++j) sum += std::abs(plan[j] - mean[j]);
  return sum <= kTableReach;
}

}  // namespace pythia::explain_internal
