// Quadrature rules: Gauss-Legendre, and the Gauss rule of a discrete distribution.
#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "explain/coalitions.h"
#include "explain/kernels.h"

namespace pythia::explain_internal {

struct Rule {
  std::vector<double> nodes;
  std::vector<double> weights;  // of sum 1
};

// `points` nodes on (0, 1): exact for polynomials of degree 2 points - 1.
Rule GaussLegendre(int points);

// Compresses values of equal weight to few nodes with the same first moments: Lanczos with
// reorthogonalisation gives the Jacobi matrix, its eigenvalues are the nodes. Golub and Welsch,
// "Calculation of Gauss quadrature rules", Math. Comp. 23 (1969). Not thread-safe.
class Compression {
 public:
  explicit Compression(const Kernels& kernels) : kernels_(kernels) {}
  // Starts over with other values.
  void Reset(std::span<const double> values);
  // The rule of `points` nodes, or of fewer that are exact (`exact()`).
  void MakeRule(int points, Rule* rule);
  bool exact(int points) const { return complete_ && points >= static_cast<int>(alpha_.size()); }

 private:
  void Extend();

  const Kernels& kernels_;
  size_t rows_ = 0;
  size_t stride_ = 0;
  double spread_ = 0;
  bool complete_ = false;
  AlignedNumbers values_;       // [stride]
  AlignedNumbers basis_;        // [steps + 1][stride]
  std::vector<double> alpha_;   // diagonal
  std::vector<double> beta_;    // beside it
  std::vector<double> beside_;  // scratch
  std::vector<double> first_;   // first components of the eigenvectors
};

}  // namespace pythia::explain_internal
