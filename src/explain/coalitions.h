// What the methods for few players share: padding, weights of coalitions, and a background taken
// relative to its mean.
#pragma once

#include <cstddef>
#include <new>
#include <span>
#include <vector>

#include "explain/game.h"

namespace pythia::explain_internal {

// Memory that starts where a vector of any length may.
template <class T>
struct LineAllocator {
  using value_type = T;
  static constexpr std::align_val_t kAlignment{64};

  LineAllocator() = default;
  template <class U>
  LineAllocator(const LineAllocator<U>& /*other*/) {}  // NOLINT(google-explicit-constructor)
  T* allocate(size_t n) { return static_cast<T*>(::operator new(n * sizeof(T), kAlignment)); }
  void deallocate(T* memory, size_t /*n*/) { ::operator delete(memory, kAlignment); }
  bool operator==(const LineAllocator&) const = default;
};
using AlignedNumbers = std::vector<double, LineAllocator<double>>;

// What v(S) counts in the sum for a member of S, by |S|: (s - 1)! (M - s - 1)! / (M - 1)!; 0 for
// none and for all players. [players + 1]
std::vector<double> CoalitionWeights(int players);

// The background with at least kMinCoalitionPlayers players; the new ones contribute nothing.
Background Padded(const Background& background);

// Mean contributions, and what the rows differ from them by.
struct CentredBackground {
  explicit CentredBackground(const Background& background);

  int players;
  size_t rows;
  double centre;                // the linear predictor at the means
  std::vector<double> mean;     // [players]
  std::vector<double> columns;  // [players x rows]
  double spread;                // no row's coalition differs from the centre by more
};

// Within it, exponentials of a table and their products stay normal numbers.
inline constexpr double kTableReach = 300;
// Whether a plan, [mean.size()], stays within it around a centre.
bool WithinTableReach(double centre, std::span<const double> mean, std::span<const double> plan);

}  // namespace pythia::explain_internal
